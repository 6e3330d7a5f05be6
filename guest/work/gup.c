// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/work/gup.h"

#include "guest/memory/arena.h"
#include "guest/work/call.h"
#include "guest/work/descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <sys/uio.h>
#include <unistd.h>

#define RING_ENTRIES 4

/* Between the range and the same bytes of the other map; @number says in which direction. */
static long run_process_vm(const struct op *op)
{
	for (size_t at = op->offset; at + op->each <= op->end; at += op->stride) {
		struct iovec one = { op->map->start + at, op->each };
		struct iovec other = { op->map2->start + at, op->each };
		const int reads = op->number == SYS_process_vm_readv;
		long r = call6(op->number, op->arg, (long)(reads ? &other : &one), 1,
			       (long)(reads ? &one : &other), 1, 0);

		if (r != (long)op->each)
			return r < 0 ? r : -EIO;
	}
	return 0;
}

static int process_vm_resolve(const struct plan_op *p, struct op *out)
{
	if (!out->map2 || out->end > out->map2->bytes)
		return -EINVAL;
	out->number =
		p->code == PLAN_OP_PROCESS_VM_READ ? SYS_process_vm_readv : SYS_process_vm_writev;
	out->arg = getpid();
	out->run = run_process_vm;
	return 0;
}

/* What the pipe has taken is its pages; they go on to the null device, which frees them. */
static long run_vmsplice(const struct op *op)
{
	for (size_t at = op->offset; at + op->each <= op->end; at += op->stride) {
		struct iovec v = { op->map->start + at, op->each };
		long r = call6(SYS_vmsplice, op->arg2, (long)&v, 1, 0, 0, 0);

		if (r == (long)op->each)
			r = call6(SYS_splice, op->arg, 0, op->arg3, 0, (long)op->each, 0);
		if (r != (long)op->each)
			return r < 0 ? r : -EIO;
	}
	return 0;
}

static int vmsplice_resolve(struct op *out)
{
	static int ends[2] = { -1, -1 };

	if (ends[0] < 0 && pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	if (fcntl(ends[0], F_SETPIPE_SZ, PLAN_VMSPLICE_MAX) < 0)
		return -errno;
	out->arg = ends[0];
	out->arg2 = ends[1];
	out->arg3 = descriptors_null(O_WRONLY);
	out->run = run_vmsplice;
	return out->arg3 < 0 ? (int)out->arg3 : 0;
}

static long run_uring(const struct op *op)
{
	return call6(SYS_io_uring_register, op->arg, op->arg2, (long)op->data, op->arg3, 0, 0);
}

/* One ring for all. */
static int uring_resolve(const struct plan_op *p, struct op *out)
{
	static long ring = -1;
	struct io_uring_params params = { 0 };
	size_t count;
	struct iovec *v;

	if (ring < 0)
		ring = call2(SYS_io_uring_setup, RING_ENTRIES, (long)&params);
	out->arg = ring;
	out->arg2 = IORING_UNREGISTER_BUFFERS;
	out->run = run_uring;
	if (ring < 0 || p->code == PLAN_OP_URING_UNREGISTER)
		return ring < 0 ? (int)ring : 0;
	count = p->each ? (p->bytes - p->each) / p->stride + 1 : 1;
	v = arena_get(count * sizeof(*v));
	if (!v)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		v[i] = (struct iovec){ out->map->start + p->offset + i * p->stride, out->each };
	out->data = v;
	out->arg2 = IORING_REGISTER_BUFFERS;
	out->arg3 = (long)count;
	return 0;
}

int gup_resolve(const struct plan_op *p, struct op *out)
{
	if (!out->map && p->code != PLAN_OP_URING_UNREGISTER)
		return -EINVAL;
	switch (p->code) {
	case PLAN_OP_PROCESS_VM_READ:
	case PLAN_OP_PROCESS_VM_WRITE:
		return process_vm_resolve(p, out);
	case PLAN_OP_VMSPLICE:
		return vmsplice_resolve(out);
	}
	return uring_resolve(p, out);
}
