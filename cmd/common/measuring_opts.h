/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options of commands that measure kernels. */
#ifndef CMD_COMMON_MEASURING_OPTS_H
#define CMD_COMMON_MEASURING_OPTS_H

#include "cmd/common/building_opts.h"
#include "cmd/common/cmd.h"
#include "drive/measure/measuring.h"

/* Versions of clang-format lay out braces in macros each in its own way. */
/* clang-format off */
#define MEASURING_DEFAULTS \
	{ .threshold_text = "1%", .cpus = CPUS_AS_NEEDED, .deadline_s = SESSION_DEADLINE_S }

/* Of every command that waits for guests: what it means is in vm/patience.h. */
#define DEADLINE_OPT(target)                                                          \
	{                                                                             \
		"deadline", 0, OPT_UINT, "SECONDS",                                   \
			"scales how long a guest is waited for (default 120)", target \
	}
/* What a verdict is about; what it can be is in scenario/metric.h. */
#define METRIC_OPT(target)                                                               \
	{                                                                                \
		"metric", 0, OPT_STRING, "METRIC",                                       \
			"what decides: iteration, SEGMENT, kernel, function:NAME, "      \
			"inclusive:NAME, calls:NAME, or what a program prints", target   \
	}
/* The processor that guests see: drive/begin/cpu_model.h. */
#define CPU_OPT(target)                                                                      \
	{                                                                                    \
		"cpu", 0, OPT_STRING, "MODEL",                                               \
			"the guest's processor, as QEMU's -cpu has it (see slowpath-compare(1))", \
			target                                                               \
	}
/* How many iterations: drive/measure/sharpen.h. Both are ITERATIONS_NOT_GIVEN before. */
#define ITERATIONS_OPTS(iterations, budget_s)                                                  \
	{ "iterations", 0, OPT_UINT, "N",                                                      \
	  "N of N and 2N (default: as many as the counts need)", iterations },                 \
	{ "budget", 0, OPT_UINT, "SECONDS",                                                    \
	  "to find N in, a scenario (default: a billion instructions)", budget_s }
#define ITERATIONS_NOT_GIVEN UINT_MAX
/* clang-format on */
/* 129 if they cannot be, else -1, and what was not given is 0. */
int check_iterations(const struct cmd *self, unsigned *iterations, unsigned *budget_s);
/* 129 if it is no metric anywhere, else -1. */
int parse_metric(const struct cmd *self, const char *word);
/* "1" or "1%" of OLD, as a share in *@share. -1, or the status of a usage error. */
int parse_percent(const struct cmd *self, const char *option, const char *text, double *share);
/* 129 if it is 0, else -1. */
int check_deadline(const struct cmd *self, unsigned deadline_s);

/* Their lines in a command's table of options; @m is its struct measuring. */
#define MEASURING_OPTS(m) MEASURING_OPTS_OF(m, ARCH_OPT(&(m)->arch))
#define MEASURING_OPTS_OF(m, arch_opt)                                                       \
	{ "threshold",                                                                       \
	  0,                                                                                 \
	  OPT_STRING,                                                                        \
	  "PERCENT",                                                                         \
	  "smallest effect that matters, of OLD (default 1%)",                               \
	  &(m)->threshold_text },                                                            \
		{ "cpus",                                                                    \
		  0,                                                                         \
		  OPT_UINT,                                                                  \
		  "N",                                                                       \
		  "CPUs of the guest (default 1, or as the scenario needs)",                 \
		  &(m)->cpus },                                                              \
		{ "mem",                                                                     \
		  0,                                                                         \
		  OPT_STRING,                                                                \
		  "SIZE",                                                                    \
		  "memory of the guest (default 512M, or as the scenario says)",             \
		  &(m)->memory },                                                            \
		METRIC_OPT(&(m)->metric), arch_opt, CPU_OPT(&(m)->cpu_model),                \
		{ "fresh", 0, OPT_FLAG, NULL, "boot anew, without snapshots", &(m)->fresh }, \
		DEADLINE_OPT(&(m)->deadline_s)

/* Checks and reads them: -1 to go on, else the exit status. */
int parse_measuring(const struct cmd *self, struct measuring *m);
/* check_iterations() of commands that have --mode exact|timed, and what is of exact mode alone. */
int check_mode(const struct cmd *self, const char *mode, const char *metric, unsigned *iterations,
	       unsigned *budget_s);

#endif
