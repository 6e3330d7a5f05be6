/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The calls of the function in the first window, by which one is chosen for later windows. */
#ifndef PLUGIN_CAPTURE_CALLS_H
#define PLUGIN_CAPTURE_CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct call {
	uint64_t insns;
	uint32_t flags; /* CAPTURE_* */
};

struct calls {
	struct call *at;
	size_t count, cap;
	uint64_t all, insns; /* also of those that there was no room for */
	uint64_t least, most;
	uint32_t flags;
	size_t chosen; /* the ordinal */
};

void calls_add(struct calls *c, const struct call *call);
/* Chooses the first that executes the median of those that nothing disturbed; false: no call. */
bool calls_choose(struct calls *c);
/* Whether the call @ordinal of a window is as good as the chosen one, or is it. */
bool calls_fits(const struct calls *c, uint64_t ordinal);

#endif
