// SPDX-License-Identifier: GPL-2.0-or-later
#include "scenario/map_kinds.h"

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
