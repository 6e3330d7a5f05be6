/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A foreign program on a command line: PROGRAM ARGS behind "--", and what it finds in the guest. */
#ifndef CMD_COMMON_PROGRAM_OPTS_H
#define CMD_COMMON_PROGRAM_OPTS_H

#include "cmd/common/cmd.h"
#include "scenario/read.h"

struct program_opts {
	char **words; /* PROGRAM and its arguments, then NULL; NULL: none was given */
	struct opt_list files, environment, settings;
	const char *stdin_path;
	unsigned nodes;
	struct opt_list metrics; /* NAME=REGEX, of what it prints */
	bool cgroup;
};

/* Their lines in a command's table of options; @p is its struct program_opts. */
#define PROGRAM_OPTS(p)                                                                          \
	{ "file",                                                                                \
	  0,                                                                                     \
	  OPT_LIST,                                                                              \
	  "SRC[:DST]",                                                                           \
	  "a file or folder for the program behind --; may be given again",                      \
	  &(p)->files },                                                                         \
		{ "stdin",                                                                       \
		  0,                                                                             \
		  OPT_STRING,                                                                    \
		  "FILE",                                                                        \
		  "what the program reads (default /dev/null)",                                  \
		  &(p)->stdin_path },                                                            \
		{ "metric-regex",                                                                \
		  0,                                                                             \
		  OPT_LIST,                                                                      \
		  "NAME=REGEX",                                                                  \
		  "a metric in what the program prints: the group's number; may be given again", \
		  &(p)->metrics },                                                               \
		{ "env",                                                                         \
		  0,                                                                             \
		  OPT_LIST,                                                                      \
		  "KEY=VALUE",                                                                   \
		  "in the program's environment; may be given again",                            \
		  &(p)->environment },                                                           \
		{ "cgroup",                                                                      \
		  0,                                                                             \
		  OPT_FLAG,                                                                      \
		  NULL,                                                                          \
		  "the program runs in a cgroup of its own, with the memory controller",         \
		  &(p)->cgroup },                                                                \
		{ "nodes", 0, OPT_UINT, "N", "NUMA nodes of the program's guest", &(p)->nodes }, \
	{                                                                                        \
		"sysfs", 0, OPT_LIST, "PATH=VALUE",                                              \
			"written below /sys/kernel/mm before the program starts; may be given "  \
			"again",                                                                 \
			&(p)->settings                                                           \
	}

/*
 * Behind opts_parse(): takes what stands behind "--" off the positional arguments. A program and
 * scenarios (@scenarios: some were named) do not go together, nor do these options without a
 * program. -1 to go on, else the exit status.
 */
int program_opts_take(const struct cmd *self, struct program_opts *p, bool scenarios, int *argc,
		      char **argv, int dashdash);
/* Makes a scenario, program/NAME, of the program and adds it to @library, as *index. */
int program_opts_add(const struct program_opts *p, struct scenario_list *library, size_t *index,
		     struct err *e);
void program_opts_free(struct program_opts *p);
#define _cleanup_program_opts_ __attribute__((cleanup(program_opts_free)))

#endif
