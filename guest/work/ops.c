// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/work/ops.h"

#include "guest/work/call.h"
#include "guest/work/cgroup.h"
#include "guest/work/child.h"
#include "guest/work/files.h"
#include "guest/work/nodes.h"
#include "guest/work/pages.h"
#include "guest/work/program.h"
#include "guest/host/report.h"
#include "guest/work/touch.h"
#include "guest/work/wait.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

static const struct op *failed_op;

const struct op *ops_failed(void)
{
	return failed_op;
}

int ops_run(const struct op *op, const struct op *end, long *result)
{
	long sum = 0;

	while (op != end) {
		long r = op->run(op);

		if (r < 0) {
			failed_op = failed_op ? failed_op : op;
			return (int)r;
		}
		sum += r;
		op = op->next;
	}
	*result += sum;
	return 0;
}

/* The whole range at once. */
static long run_call(const struct op *op)
{
	return call6(op->number, (long)(op->map->start + op->offset), (long)op->each, op->arg,
		     op->arg2, op->arg3, op->arg4);
}

/* A call for every piece. */
static long run_pieces(const struct op *op)
{
	uint8_t *at = op->map->start + op->offset, *end = op->map->start + op->end;
	size_t each = op->each, stride = op->stride;

	for (; at + each <= end; at += stride) {
		long r = call6(op->number, (long)at, (long)each, op->arg, op->arg2, op->arg3,
			       op->arg4);

		if (r < 0)
			return r;
	}
	return 0;
}

/* The same where every call has to fail, in one way. */
static long run_failing(const struct op *op)
{
	uint8_t *at = op->map->start + op->offset, *end = op->map->start + op->end;

	for (; at + op->each <= end; at += op->stride) {
		long r = call6(op->number, (long)at, (long)op->each, op->arg, op->arg2, op->arg3,
			       op->arg4);

		if (r != -op->fails)
			return r < 0 ? r : -EUCLEAN;
	}
	return 0;
}

static long run_mremap(const struct op *op)
{
	long flags = op->map2 ? MREMAP_MAYMOVE | MREMAP_FIXED : 0;
	long r =
		call6(SYS_mremap, (long)(op->map->start + op->offset), (long)(op->end - op->offset),
		      op->arg, flags, op->map2 ? (long)op->map2->start : 0, 0);

	if (op->fails)
		return r == -op->fails ? 0 : r < 0 && r > -4096 ? r : -EUCLEAN;
	return r < 0 && r > -4096 ? r : 0;
}

static long run_mmap(const struct op *op)
{
	struct map *m = op->map;
	long flags = map_flags(m);

	for (size_t at = op->offset; at + op->each <= op->end; at += op->stride) {
		long r = call6(SYS_mmap, m->anywhere ? 0 : (long)(m->start + at), (long)op->each,
			       m->prot, flags, m->fd, m->fd < 0 ? 0 : (long)at);

		if (r < 0 && r > -4096)
			return r;
		if (m->anywhere)
			m->start = (uint8_t *)r;
	}
	return 0;
}

static long run_repeat(const struct op *op)
{
	long result = 0;

	for (long i = op->arg; i > 0; i--) {
		int r = ops_run(op + 1, op->next, &result);

		if (r < 0)
			return r;
	}
	return result;
}

/* Calls of (start, length, arg, ...): the number, or 0 if the operation is another sort. */
static long range_call(const struct plan_op *p)
{
	switch (p->code) {
	case PLAN_OP_MPROTECT:
		return SYS_mprotect;
	case PLAN_OP_MADVISE:
		return SYS_madvise;
	case PLAN_OP_MUNMAP:
		return SYS_munmap;
	case PLAN_OP_MINCORE:
		return SYS_mincore;
	case PLAN_OP_MLOCK:
		return p->flags & PLAN_OP_ONFAULT ? SYS_mlock2 : SYS_mlock;
	case PLAN_OP_MUNLOCK:
		return SYS_munlock;
	case PLAN_OP_MSYNC:
		return SYS_msync;
	case PLAN_OP_MSEAL:
		return SYS_mseal;
	case PLAN_OP_MBIND:
		return SYS_mbind;
	}
	return 0;
}

static int resolve_call(const struct plan_op *p, struct op *out)
{
	out->arg = p->code == PLAN_OP_MSEAL ? 0 : (long)p->arg;
	if (p->code == PLAN_OP_MLOCK)
		out->arg = p->flags & PLAN_OP_ONFAULT ? 1 : 0; /* MLOCK_ONFAULT */
	out->run = out->fails				? run_failing
		   : out->each < out->end - out->offset ? run_pieces
							: run_call;
	if (p->code == PLAN_OP_MINCORE)
		return mincore_resolve(out);
	return p->code == PLAN_OP_MBIND ? mbind_resolve(p, out) : 0;
}

static int resolve(const struct plan_op *p, const struct plan_map *map, struct op *out)
{
	out->number = range_call(p);
	if (out->number)
		return resolve_call(p, out);
	out->arg = (long)p->arg;
	if (plan_op_is_of_file(p->code) || p->code == PLAN_OP_DROP_CACHES)
		return files_resolve(p, out);
	switch (p->code) {
	case PLAN_OP_TOUCH_READ:
	case PLAN_OP_TOUCH_WRITE:
		return touch_resolve(p, out);
	case PLAN_OP_MMAP:
		out->run = run_mmap;
		return 0;
	case PLAN_OP_MREMAP:
		out->arg = p->arg ? (long)p->arg : (long)p->bytes;
		out->run = run_mremap;
		return 0;
	case PLAN_OP_REPEAT:
		out->run = run_repeat;
		return 0;
	case PLAN_OP_PROGRAM:
		return program_resolve(p, out);
	case PLAN_OP_FORK:
	case PLAN_OP_KILL:
	case PLAN_OP_MRELEASE:
	case PLAN_OP_WAIT:
		return child_resolve(p, ops_run, out);
	case PLAN_OP_MIGRATE_PAGES:
	case PLAN_OP_MOVE_PAGES:
		return nodes_resolve(p, out);
	case PLAN_OP_SLEEP:
	case PLAN_OP_UNTIL:
		return wait_resolve(p, out);
	}
	if (p->code >= PLAN_OP_CGROUP_CREATE && p->code <= PLAN_OP_CGROUP_STAT)
		return cgroup_resolve(p, out);
	return pages_resolve(p, map, out);
}

/* What a plan may not say, whoever made it. */
static const char *check(const struct plan_op *p, unsigned left, const struct maps *maps)
{
	const struct map *m;

	if (p->n_body > left)
		return "its body is cut off";
	if (p->map == PLAN_NO_MAP)
		return range_call(p) || p->bytes ? "no map" : NULL;
	if (p->map >= maps->count || (p->map2 != PLAN_NO_MAP && p->map2 >= maps->count))
		return "no such map";
	m = &maps->at[p->map];
	if (p->offset > m->bytes || p->bytes > m->bytes - p->offset)
		return "range outside its map";
	if (!p->bytes || !p->stride || p->each > p->bytes)
		return "an empty range";
	return NULL;
}

int ops_resolve(const struct plan_op *plan, const struct plan_map *plan_maps, unsigned count,
		struct maps *maps, struct op *out)
{
	for (unsigned i = 0; i < count; i++) {
		const struct plan_op *p = &plan[i];
		const char *wrong = check(p, count - i - 1, maps);
		int r = wrong ? -EINVAL : 0;

		out[i] = (struct op){ .next = &out[i + 1 + p->n_body],
				      .offset = p->offset,
				      .end = p->offset + p->bytes,
				      .each = p->each ? p->each : p->bytes,
				      .stride = p->each || !range_call(p) ? p->stride : p->bytes,
				      .index = i,
				      .fails = (int)p->fails };
		if (!wrong && p->map != PLAN_NO_MAP)
			out[i].map = &maps->at[p->map];
		if (!wrong && p->map2 != PLAN_NO_MAP)
			out[i].map2 = &maps->at[p->map2];
		if (!wrong)
			r = resolve(p, out[i].map ? &plan_maps[p->map] : NULL, &out[i]);
		if (r < 0) {
			report_error("operation %u: %s", i, wrong ? wrong : strerror(-r));
			return r;
		}
	}
	return 0;
}

int ops_slice(const struct op *from, unsigned count, unsigned index, unsigned threads,
	      struct op *out)
{
	for (unsigned i = 0; i < count; i++) {
		size_t pages = (from[i].end - from[i].offset) / 4096, slice;

		out[i] = from[i];
		out[i].next = &out[from[i].next - from];
		if (!from[i].map)
			continue;
		slice = pages / threads * 4096;
		if (!slice || (from[i].each < from[i].end - from[i].offset &&
			       (slice % from[i].stride || slice < from[i].each)))
			return -EINVAL;
		out[i].offset += index * slice;
		if (index + 1 < threads)
			out[i].end = out[i].offset + slice;
		if (out[i].each > out[i].end - out[i].offset)
			out[i].each = out[i].end - out[i].offset;
	}
	return 0;
}
