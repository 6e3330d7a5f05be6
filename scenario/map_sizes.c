// SPDX-License-Identifier: GPL-2.0-or-later
#include "scenario/map_sizes.h"

#define HUGETLB_BYTES (2u << 20)

uint64_t map_granule(const struct plan_map *m)
{
	return m->kind == PLAN_MAP_HUGETLB_PRIVATE || m->kind == PLAN_MAP_HUGETLB_SHARED
		       ? HUGETLB_BYTES
		       : 4096;
}

bool scenario_map_size_valid(const struct scenario *s, uint64_t bytes)
{
	return bytes && bytes % 4096 == 0 && bytes <= scenario_bytes_max(s);
}
