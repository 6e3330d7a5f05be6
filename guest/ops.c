// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/ops.h"

#include "guest/report.h"

#include <errno.h>
#include <sys/mman.h>

int ops_resolve(const struct plan_op *plan, unsigned count, const struct maps *maps, struct op *out)
{
	for (unsigned i = 0; i < count; i++) {
		const struct plan_op *p = &plan[i];
		const struct map *m;

		if (p->map >= maps->count) {
			report_error("operation %u: no map %u", i, p->map);
			return -EINVAL;
		}
		m = &maps->at[p->map];
		if (p->offset > m->bytes || p->bytes > m->bytes - p->offset) {
			report_error("operation %u: range outside map %u", i, p->map);
			return -EINVAL;
		}
		out[i] = (struct op){ .code = p->code,
				      .start = m->start + p->offset,
				      .end = m->start + p->offset + p->bytes,
				      .stride = p->stride ? p->stride : 4096,
				      .arg = (long)p->arg };
	}
	return 0;
}

/* Three or four instructions a page: the counts are to show the kernel, not this loop. */
static void touch_read(const struct op *op)
{
	for (volatile uint8_t *p = op->start; p < op->end; p += op->stride)
		(void)*p;
}

static void touch_write(const struct op *op)
{
	for (volatile uint8_t *p = op->start; p < op->end; p += op->stride)
		*p = 1;
}

static int run_one(const struct op *op)
{
	size_t bytes = (size_t)(op->end - op->start);

	switch (op->code) {
	case PLAN_OP_TOUCH_READ:
		touch_read(op);
		return 0;
	case PLAN_OP_TOUCH_WRITE:
		touch_write(op);
		return 0;
	case PLAN_OP_MPROTECT:
		return mprotect(op->start, bytes, (int)op->arg);
	case PLAN_OP_MADVISE:
		return madvise(op->start, bytes, (int)op->arg);
	}
	errno = ENOSYS;
	return -1;
}

int ops_run(const struct op *ops, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		if (run_one(&ops[i]) < 0)
			return (int)i + 1;
	}
	return 0;
}
