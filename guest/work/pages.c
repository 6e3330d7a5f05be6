// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/work/pages.h"

#include "guest/memory/arena.h"
#include "guest/work/call.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#define REGIONS 1024

int mincore_resolve(struct op *out)
{
	out->arg = (long)arena_get(out->each / 4096);
	return out->arg ? 0 : -ENOMEM;
}

/* The regions found. */
static long run_scan(const struct op *op)
{
	uint64_t base = (uint64_t)op->map->start, end = base + op->end;
	struct scan_arg arg = { .size = sizeof(arg),
				.flags = (uint64_t)op->arg3,
				.start = base + op->offset,
				.end = end,
				.vec = (uint64_t)op->data,
				.vec_len = REGIONS,
				.category_mask = (uint64_t)op->arg,
				.return_mask = (uint64_t)op->arg };
	long regions = 0;

	do {
		long r = call3(SYS_ioctl, op->arg2, PAGEMAP_SCAN_IOCTL, &arg);

		if (r < 0)
			return r;
		regions += r;
		arg.start = arg.walk_end;
	} while (arg.start < end);
	return regions;
}

static int scan_resolve(const struct plan_op *p, struct op *out)
{
	out->data = arena_get(REGIONS * sizeof(struct scan_region));
	out->arg2 = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	out->arg3 = p->flags & PLAN_OP_PROTECT ? SCAN_WP_MATCHING | SCAN_CHECK_WPASYNC : 0;
	out->run = run_scan;
	if (!out->data)
		return -ENOMEM;
	return out->arg2 < 0 ? -errno : 0;
}

/* All pieces in one vector; fewer bytes than these is an error. */
static long run_process(const struct op *op)
{
	long r = call6(SYS_process_madvise, op->arg2, (long)op->data, op->arg3, op->arg, 0, 0);

	return r < 0 || r == op->arg4 ? (r < 0 ? r : 0) : -EIO;
}

static int process_resolve(const struct plan_op *p, const struct plan_map *map, struct op *out)
{
	size_t count = (p->bytes - out->each) / p->stride + 1;
	struct iovec *v = arena_get(count * sizeof(*v));

	if (!v)
		return -ENOMEM;
	if (map->flags & PLAN_MAP_ANYWHERE)
		return -EINVAL;
	if (!p->each)
		count = 1;
	for (size_t i = 0; i < count; i++)
		v[i] = (struct iovec){ out->map->start + p->offset + i * p->stride, out->each };
	out->data = v;
	out->arg2 = call2(SYS_pidfd_open, getpid(), 0);
	out->arg3 = (long)count;
	out->arg4 = (long)(count * out->each);
	out->run = run_process;
	return out->arg2 < 0 ? (int)out->arg2 : 0;
}

int pages_resolve(const struct plan_op *p, const struct plan_map *map, struct op *out)
{
	switch (p->code) {
	case PLAN_OP_PAGEMAP_SCAN:
		return scan_resolve(p, out);
	case PLAN_OP_PROCESS_MADVISE:
		return process_resolve(p, map, out);
	}
	return -ENOSYS;
}
