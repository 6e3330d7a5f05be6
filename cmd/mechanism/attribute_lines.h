/* SPDX-License-Identifier: GPL-2.0-or-later */
/* attribute --lines: debug information of both sides, and what it makes of two runs. */
#ifndef CMD_MECHANISM_ATTRIBUTE_LINES_H
#define CMD_MECHANISM_ATTRIBUTE_LINES_H

#include "drive/mechanism.h"
#include "judge/why/line_deltas.h"

struct attribute_lines {
	bool wanted;	       /* --lines, or a file is named */
	const char *files[2];  /* --debug-old, --debug-new; NULL: the kernel itself */
	struct err missing[2]; /* why a side has no debug information; code 0: it has */
	struct line_costs costs[2];
	struct line_deltas deltas;
	bool made; /* deltas: both sides have debug information */
};

/*
 * Before anything is measured: whether the debug information is there and of these builds. That
 * one's own kernel has none is no error; that of a file that was named is.
 */
int attribute_lines_check(struct attribute_lines *l, const struct mechanism *m, struct err *e);
int attribute_lines_make(struct attribute_lines *l, const struct mechanism *m, struct err *e);
void attribute_lines_free(struct attribute_lines *l);

#endif
