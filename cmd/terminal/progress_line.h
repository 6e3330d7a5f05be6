/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one line that says what is being waited for. Pure. */
#ifndef CMD_TERMINAL_PROGRESS_LINE_H
#define CMD_TERMINAL_PROGRESS_LINE_H

#include "kernel/store/store.h"

#define PROGRESS_TEXT_BYTES 120
#define PROGRESS_LINE_BYTES 512

struct progress_state {
	size_t at, of; /* "3 of 30"; at 0: no steps */
	char scenario[PROGRESS_TEXT_BYTES], what[PROGRESS_TEXT_BYTES];
	char sides[2][PROGRESS_TEXT_BYTES];
	bool watching; /* a build or a download, instead of the sides: */
	enum kernel_watch_kind kind;
	char watched[PROGRESS_TEXT_BYTES];
	uint64_t watch_done, watch_about;
	double total_s; /* expected, from the start on; NAN: not known */
};

struct progress_line {
	char time[PROGRESS_TEXT_BYTES]; /* shown dimmed, ahead of the rest */
	char rest[PROGRESS_LINE_BYTES];
};

/*
 * What to show @elapsed_s after the start. Both parts together stay below @columns bytes, so that a
 * terminal never wraps them: names lose their middle, then what is said least often goes.
 */
struct progress_line progress_line(const struct progress_state *p, double elapsed_s,
				   unsigned columns);

#endif
