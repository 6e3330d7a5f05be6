/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A command of this very program, carried out by a child of it. */
#ifndef CMD_MEASURE_PATROL_CALL_H
#define CMD_MEASURE_PATROL_CALL_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>

#define PATROL_CALL_WORDS_MAX 1024

/* The words of one; borrowed. */
struct patrol_call {
	const char *words[PATROL_CALL_WORDS_MAX + 8];
	size_t count;
	bool full; /* there was no room */
};

void patrol_word(struct patrol_call *c, const char *word);
/* OPTION VALUE, unless the value is NULL. */
void patrol_option(struct patrol_call *c, const char *option, const char *value);
/*
 * The exit status, with what it printed in @out; -errno if it did not come to one. What it
 * complained of is in *why (malloc'ed, in one line), whatever it ended with; NULL: of nothing.
 */
int patrol_call(struct patrol_call *c, const char *home, struct buf *out, char **why,
		struct err *e);

#endif
