/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The mappings that a plan asks for. */
#ifndef GUEST_MAPS_H
#define GUEST_MAPS_H

#include "proto/plan.h"

#include <stddef.h>

struct map {
	uint8_t *start;
	size_t bytes;
};

struct maps {
	struct map at[PLAN_MAX_MAPS];
	unsigned count;
	unsigned online_cpus; /* counted before the guest pinned itself; see state.h */
};

/* 0, or -errno after a report_error(). */
int maps_create(const struct plan_map *plan, unsigned count, struct maps *out);

#endif
