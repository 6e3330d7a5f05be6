// SPDX-License-Identifier: GPL-2.0-or-later
#include "plugin/region.h"

void region_window(struct region *r, int slot)
{
	if (r->open && slot >= 0)
		r->flags |= COUNTS_REGION_LEFT_OPEN;
	r->open = false;
	r->seen = false;
}

int region_marker(struct region *r, bool opens, int slot)
{
	unsigned phase = (unsigned)slot / MARKER_SEGMENTS;

	/* Only the first segment is a program's. */
	if (slot < 0 || (!r->open && slot % MARKER_SEGMENTS))
		return slot;
	if (opens == r->open) {
		r->flags |= opens ? COUNTS_REGION_TWICE : COUNTS_REGION_NOT_OPEN;
		return slot;
	}
	r->open = opens;
	if (opens && !r->seen)
		r->windows[phase]++;
	r->seen = true;
	return opens ? slot + MARKER_REGION_SEGMENT : slot - MARKER_REGION_SEGMENT;
}
