// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/maps.h"

#include "guest/report.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

/*
 * Reserves room for the alignment, then maps over its middle: the mapping stands alone, with
 * unmapped pages on both sides, so that it never merges with a neighbour.
 */
static int create(const struct plan_map *p, unsigned index, struct map *out)
{
	int flags = MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE;
	size_t room = p->bytes + 2 * p->align + p->offset + 8192;
	uint8_t *at =
		mmap(NULL, room, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	uintptr_t start;

	if (at == MAP_FAILED)
		return -errno;
	start = ((uintptr_t)at + 4096 + p->align - 1) & ~(p->align - 1);
	start += p->offset;
	munmap(at, room);
	flags |= p->kind == PLAN_MAP_ANON_SHARED ? MAP_SHARED : MAP_PRIVATE;
	out->start = mmap((void *)start, p->bytes, PROT_READ | PROT_WRITE, flags, -1, 0);
	if (out->start == MAP_FAILED)
		return -errno;
	out->bytes = p->bytes;
	if (p->advice && madvise(out->start, p->bytes, (int)p->advice) < 0) {
		int code = errno;

		report_error("madvise(%u) of map %u: %s%s", p->advice, index, strerror(code),
			     code == EINVAL ? "\nneeds CONFIG_TRANSPARENT_HUGEPAGE" : "");
		return -code;
	}
	return 0;
}

int maps_create(const struct plan_map *plan, unsigned count, struct maps *out)
{
	out->count = 0;
	for (unsigned i = 0; i < count; i++) {
		int r = create(&plan[i], i, &out->at[i]);

		if (r < 0) {
			report_error("map %u of %llu bytes: %s", i,
				     (unsigned long long)plan[i].bytes, strerror(-r));
			return r;
		}
		out->count++;
	}
	return 0;
}
