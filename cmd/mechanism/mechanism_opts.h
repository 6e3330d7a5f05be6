/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the commands around drive/mechanism.h read and print alike. */
#ifndef CMD_MECHANISM_MECHANISM_OPTS_H
#define CMD_MECHANISM_MECHANISM_OPTS_H

#include "cmd/common/cmd.h"
#include "cmd/common/screen.h"
#include "drive/mechanism.h"

/*
 * Options of the command itself (@own) and those of all of these commands. Leaves between @min and
 * @max kernels in argv. -1 to go on, else the exit status.
 */
int mechanism_parse(const struct cmd *self, struct cmd_ctx *ctx, struct mechanism *m,
		    const struct opt *own, size_t n_own, int *argc, char **argv, int min, int max);
/* mechanism_start() with this program's own words. */
int mechanism_open(struct mechanism *m, const struct cmd_ctx *ctx, const char *command,
		   const char *purpose, int argc, char **argv, struct err *e);
/* mechanism_measure(), signals caught meanwhile. */
int mechanism_run(struct mechanism *m, struct err *e);
/*
 * Prints the text with its end: the experiment, QEMU, how long it took, and what can follow, among
 * it @next, a command for the same kernels and scenario (NULL: none). The exit status.
 */
int mechanism_print(const struct mechanism *m, const struct text_style *style, const char *next,
		    struct buf *text, struct err *e);

#endif
