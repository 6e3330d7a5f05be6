// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/work/uffd.h"

#include "guest/work/call.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>

static long run_register(const struct op *op)
{
	struct uffdio_register arg = {
		.range = { .start = (uint64_t)(op->map->start + op->offset),
			   .len = op->end - op->offset },
		.mode = (uint64_t)op->arg2,
	};

	return call3(SYS_ioctl, op->arg, UFFDIO_REGISTER, &arg);
}

static long run_unregister(const struct op *op)
{
	struct uffdio_range arg = { .start = (uint64_t)(op->map->start + op->offset),
				    .len = op->end - op->offset };

	return call3(SYS_ioctl, op->arg, UFFDIO_UNREGISTER, &arg);
}

static long run_protect(const struct op *op)
{
	uint64_t base = (uint64_t)op->map->start;

	for (size_t at = op->offset; at + op->each <= op->end; at += op->stride) {
		struct uffdio_writeprotect arg = {
			.range = { .start = base + at, .len = op->each },
			.mode = (uint64_t)op->arg2,
		};
		long r = call3(SYS_ioctl, op->arg, UFFDIO_WRITEPROTECT, &arg);

		if (r < 0)
			return r;
	}
	return 0;
}

/* A piece is filled, or mapped, or moved: how many bytes, by what the kernel says of it. */
static long fill(const struct op *op, uint64_t at)
{
	const uint64_t start = (uint64_t)op->map->start + at;
	const uint64_t other = op->map2 ? (uint64_t)op->map2->start + at : 0;
	struct uffdio_copy copy = { .dst = start, .src = other, .len = op->each };
	struct uffdio_zeropage zero = { .range = { start, op->each } };
	struct uffdio_continue more = { .range = { start, op->each } };
	struct uffd_move move = { .dst = other, .src = start, .len = op->each };
	long r;

	switch (op->arg2) {
	case PLAN_OP_UFFD_COPY:
		r = call3(SYS_ioctl, op->arg, UFFDIO_COPY, &copy);
		return r < 0 ? r : (long)copy.copy;
	case PLAN_OP_UFFD_ZERO:
		r = call3(SYS_ioctl, op->arg, UFFDIO_ZEROPAGE, &zero);
		return r < 0 ? r : (long)zero.zeropage;
	case PLAN_OP_UFFD_CONTINUE:
		r = call3(SYS_ioctl, op->arg, UFFDIO_CONTINUE, &more);
		return r < 0 ? r : (long)more.mapped;
	}
	r = call3(SYS_ioctl, op->arg, UFFDIO_MOVE_, &move);
	return r < 0 ? r : move.moved;
}

static long run_fill(const struct op *op)
{
	for (size_t at = op->offset; at + op->each <= op->end; at += op->stride) {
		long r = fill(op, at);

		if (r != (long)op->each)
			return r < 0 ? r : -EIO;
	}
	return 0;
}

/* One descriptor for all; what it is to be able to do is said once, by who opens it. */
static long uffd_open(int async)
{
	static long fd = -1;
	struct uffdio_api api = {
		.api = UFFD_API,
		.features = UFFD_FEATURE_PAGEFAULT_FLAG_WP |
			    (async ? UFFD_FEATURE_WP_ASYNC_ | UFFD_FEATURE_WP_UNPOPULATED_ : 0),
	};
	long r;

	if (fd >= 0)
		return fd;
	fd = call1(SYS_userfaultfd, O_CLOEXEC);
	if (fd < 0)
		return fd;
	/* File-backed memory, where the kernel can: a registration tells if not. */
	api.features |= UFFD_FEATURE_WP_HUGETLBFS_SHMEM;
	r = call3(SYS_ioctl, fd, UFFDIO_API, &api);
	return r < 0 ? r : fd;
}

static int fill_resolve(const struct plan_op *p, struct op *out)
{
	const int two = p->code == PLAN_OP_UFFD_COPY || p->code == PLAN_OP_UFFD_MOVE;

	if (two && (!out->map2 || out->end > out->map2->bytes))
		return -EINVAL;
	out->arg2 = p->code;
	out->run = run_fill;
	return 0;
}

int uffd_resolve(const struct plan_op *p, struct op *out)
{
	static const uint64_t modes[] = { [PLAN_UFFD_WP] = UFFDIO_REGISTER_MODE_WP,
					  [PLAN_UFFD_MISSING] = UFFDIO_REGISTER_MODE_MISSING,
					  [PLAN_UFFD_MINOR] = UFFDIO_REGISTER_MODE_MINOR };

	out->arg = uffd_open(!!(p->flags & PLAN_OP_ASYNC));
	if (out->arg < 0 || !out->map)
		return out->arg < 0 ? (int)out->arg : -EINVAL;
	switch (p->code) {
	case PLAN_OP_UFFD_REGISTER:
		if (p->arg > PLAN_UFFD_MINOR)
			return -EINVAL;
		out->arg2 = (long)modes[p->arg];
		out->run = run_register;
		return 0;
	case PLAN_OP_UFFD_UNREGISTER:
		out->run = run_unregister;
		return 0;
	case PLAN_OP_UFFD_PROTECT:
	case PLAN_OP_UFFD_RESOLVE:
		out->arg2 = p->code == PLAN_OP_UFFD_PROTECT ? UFFDIO_WRITEPROTECT_MODE_WP : 0;
		out->run = run_protect;
		return 0;
	}
	return fill_resolve(p, out);
}
