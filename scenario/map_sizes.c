// SPDX-License-Identifier: GPL-2.0-or-later
#include "scenario/map_sizes.h"

#define HUGETLB_BYTES (2u << 20)

uint64_t map_granule(const struct plan_map *m)
{
	return m->kind == PLAN_MAP_HUGETLB_PRIVATE || m->kind == PLAN_MAP_HUGETLB_SHARED
		       ? HUGETLB_BYTES
		       : 4096;
}

bool map_is_of_file(const struct plan_map *m)
{
	switch (m->kind) {
	case PLAN_MAP_MEMFD_PRIVATE:
	case PLAN_MAP_MEMFD_SHARED:
	case PLAN_MAP_TMPFS_PRIVATE:
	case PLAN_MAP_TMPFS_SHARED:
	case PLAN_MAP_FILE_PRIVATE:
	case PLAN_MAP_FILE_SHARED:
		return true;
	}
	return false;
}

bool map_is_written(const struct plan_map *m)
{
	return m->kind == PLAN_MAP_FILE_PRIVATE || m->kind == PLAN_MAP_FILE_SHARED;
}

bool map_is_on_disk(const struct plan_map *m)
{
	return map_is_written(m) && !(m->flags & PLAN_MAP_TMPFS);
}

bool scenario_map_size_valid(const struct scenario *s, uint64_t bytes)
{
	return bytes && bytes % 4096 == 0 && bytes <= scenario_bytes_max(s);
}
