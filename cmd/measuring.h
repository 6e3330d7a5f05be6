/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What commands that measure kernels have in common: some options, and keeping what was measured.
 */
#ifndef CMD_MEASURING_H
#define CMD_MEASURING_H

#include "cmd/session.h"
#include "lab/run.h"
#include "vm/argv.h"

#include <limits.h>

#define DEFAULT_SCENARIO "mprotect/shared-dirty-toggle"
#define CPUS_MAX 16
#define CPUS_AS_NEEDED UINT_MAX

/* Options of every such command. Texts are as they were given; parse_measuring() fills the rest. */
struct measuring {
	const char *threshold_text;
	double threshold; /* fraction of OLD */
	const char *memory;
	unsigned memory_mib; /* 0: as the scenario says */
	unsigned cpus;	     /* or CPUS_AS_NEEDED: measuring_cpus() tells */
	unsigned deadline_s;
	bool fresh;
};

/* Versions of clang-format lay out braces in macros each in its own way. */
/* clang-format off */
#define MEASURING_DEFAULTS \
	{ .threshold_text = "1%", .cpus = CPUS_AS_NEEDED, .deadline_s = SESSION_DEADLINE_S }
/* clang-format on */

/* Of every command that waits for guests: what it means is in vm/patience.h. */
#define DEADLINE_OPT(target)                                                          \
	{                                                                             \
		"deadline", 0, OPT_UINT, "SECONDS",                                   \
			"scales how long a guest is waited for (default 120)", target \
	}
/* 129 if it is 0, else -1. */
int check_deadline(const struct cmd *self, unsigned deadline_s);

/* Their lines in a command's table of options; @m is its struct measuring. */
#define MEASURING_OPTS(m)                                                                    \
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
		{ "fresh", 0, OPT_FLAG, NULL, "boot anew, without snapshots", &(m)->fresh }, \
		DEADLINE_OPT(&(m)->deadline_s)

/* Checks and reads them: -1 to go on, else the exit status. */
int parse_measuring(const struct cmd *self, struct measuring *m);
/* CPUs of the guest: what was asked for, or what the scenario needs. */
unsigned measuring_cpus(const struct measuring *m, const struct scenario *scenario);
/* A boot of @kernel as the options want it. */
struct run_request measuring_request(const struct measuring *m, const struct kernel *kernel,
				     const struct scenario *scenario, unsigned side);

/* Where a run belongs in its experiment. */
struct run_place {
	const char *experiment;
	unsigned block, position, attempt;
	const char *side; /* "old", or the kernel's name */
};

/* Keeps a run, good or bad; of one that was stopped from outside (-ECANCELED), nothing. */
int keep_run(struct session *s, const struct run_place *at, const struct run_request *q,
	     const struct run *run, const struct err *failure, struct err *e);
/*
 * An experiment in which nothing was kept is taken out of the database again: it says nothing, and
 * stands in every list. Whether it was.
 */
bool drop_unmeasured(struct session *s, const char *id);
/*
 * Of many runs, whether one's failure ends them all: it says nothing of the kernel. A QEMU that
 * dies in a run is that run's failure, kept with what it said; but not for ever. What fails before
 * it started (no disk, no memory) or was asked for (Ctrl-C) is the host's. @in_a_row: how many
 * QEMUs have died, 0 at first.
 */
bool failure_ends_all(unsigned *in_a_row, const struct run *run, const struct err *failure);
/* The end of the console of a kernel that failed, on stderr, for those who have to find out why. */
void show_console(const struct run_request *q, const struct run *run);

/* The one scenario that @name means (NULL: the default one). -EINVAL if it is a glob for several.
 */
int choose_scenario(const struct session *s, const char *name, const struct scenario **out,
		    struct err *e);

/*
 * A new experiment in the database, with the scenario's file: @id gets its name. @command, which is
 * given up, is what was asked for.
 */
int begin_experiment(struct session *s, const char *name, json_t *command, const char *mode,
		     enum machine_accel accel, const struct scenario *scenario,
		     char id[STORE_ID_LEN], struct err *e);

#endif
