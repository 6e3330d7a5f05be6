/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A foreign program in the place of a scenario, for all commands that measure one: it becomes
 * program/NAME beside the library's when the session opens, and is chosen by that name.
 */
#ifndef CMD_COMMON_PROGRAM_WORDS_H
#define CMD_COMMON_PROGRAM_WORDS_H

#include "cmd/common/program_opts.h"

/* What a command line says of it; owned by the context, which main() frees. */
struct program_words {
	struct program_opts opts;
	char **split; /* the words of one option, or NULL; owned */
	char name[128];
};

/* Of this context; for the table of options. Ends the program when out of memory. */
struct program_words *program_words_of(struct cmd_ctx *ctx);
/*
 * Behind opts_parse(): what stands behind "--". *scenario, which must be NULL or @usual then,
 * becomes the program's name. -1 to go on, else the exit status.
 */
int program_words_take(const struct cmd *self, struct cmd_ctx *ctx, const char **scenario,
		       const char *usual, int *argc, char **argv, int dashdash);
/* The same of an option that holds all words; quotes and backslashes are a shell's. */
int program_words_split(const struct cmd *self, struct cmd_ctx *ctx, const char *text,
			const char **scenario, const char *usual);
/* Adds the scenario, if there is a program. */
int program_words_add(const struct cmd_ctx *ctx, struct scenario_list *library, struct err *e);
void program_words_free(struct cmd_ctx *ctx);

#endif
