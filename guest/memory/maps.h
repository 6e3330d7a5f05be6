/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The mappings that a plan asks for. */
#ifndef GUEST_MEMORY_MAPS_H
#define GUEST_MEMORY_MAPS_H

#include "proto/plan.h"

#include <stddef.h>

/* Above the maps (proto/plan.h), below the report at REPORT_BASE (proto/report.h). */
#define ARENA_BASE 0x180000000000ull

struct map {
	uint8_t *start; /* where it is, or would be */
	size_t bytes;
	int prot, flags; /* of mmap() */
	int fd;		 /* of its file, or -1 */
	int anywhere;
	int secret;  /* memfd_secret() */
	int is_file; /* kinds file-private, file-shared */
};

struct maps {
	struct map at[PLAN_MAX_MAPS];
	unsigned count;
	unsigned online_cpus; /* counted before the guest pinned itself; see state.h */
};

/* 0, or -errno after a report_error(). */
int maps_create(const struct plan_map *plan, unsigned count, struct maps *out);

/* For a map that is secret: a descriptor for so many bytes, or -errno after a report_error(). */
int map_secret_file(size_t bytes);
/* The flags for mmap() at the map's own place: never over something that is there. */
int map_flags(const struct map *m);

#endif
