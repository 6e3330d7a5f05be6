/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A region of interest, which a foreign program marks within the window that it runs in
 * (proto/marker.h): what executes while it is open counts in a slot of its own. Whose process opens
 * or closes it is all one, as the whole of a program is counted, and all that runs beside it.
 */
#ifndef PLUGIN_REGION_H
#define PLUGIN_REGION_H

#include "proto/counts.h"

#include <stdbool.h>
#include <stdint.h>

struct region {
	bool open;
	bool seen;			 /* in this window */
	uint32_t flags;			 /* COUNTS_REGION_*: what a program did wrong, ever */
	uint64_t windows[MARKER_PHASES]; /* in which one was opened */
};

/* A window opens, or closes; @slot: the one that was counted in until now, or -1. */
void region_window(struct region *r, int slot);
/* A region's marker; the slot to count in from here on. Outside of any window it does nothing. */
int region_marker(struct region *r, bool opens, int slot);

#endif
