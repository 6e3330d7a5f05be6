// SPDX-License-Identifier: GPL-2.0-or-later
#include "scenario/map_sizes.h"

#define HUGETLB_BYTES (2u << 20)

uint64_t map_granule(const struct plan_map *m)
{
	return m->kind == PLAN_MAP_HUGETLB_PRIVATE || m->kind == PLAN_MAP_HUGETLB_SHARED
		       ? HUGETLB_BYTES
		       : 4096;
}
