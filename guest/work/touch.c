// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Three or four instructions a page, five at random: the counts are to show the kernel, not these
 * loops.
 */
#include "guest/work/touch.h"

#include "guest/memory/arena.h"

#include <errno.h>

static long read_in_order(const struct op *op)
{
	volatile uint8_t *p = op->map->start + op->offset, *end = op->map->start + op->end;

	for (size_t stride = op->stride; p < end; p += stride)
		(void)*p;
	return 0;
}

static long write_in_order(const struct op *op)
{
	volatile uint8_t *p = op->map->start + op->offset, *end = op->map->start + op->end;

	for (size_t stride = op->stride; p < end; p += stride)
		*p = 1;
	return 0;
}

static long read_at_random(const struct op *op)
{
	volatile uint8_t *p = op->map->start + op->offset;
	const uint32_t *at = op->data, *end = at + op->arg2;

	for (size_t stride = op->stride; at < end; at++)
		(void)p[*at * stride];
	return 0;
}

static long write_at_random(const struct op *op)
{
	volatile uint8_t *p = op->map->start + op->offset;
	const uint32_t *at = op->data, *end = at + op->arg2;

	for (size_t stride = op->stride; at < end; at++)
		p[*at * stride] = 1;
	return 0;
}

int touch_resolve(const struct plan_op *p, struct op *out)
{
	int writes = p->code == PLAN_OP_TOUCH_WRITE;
	uint64_t count = (p->bytes - 1) / p->stride + 1;
	uint32_t *order;

	out->run = writes ? write_in_order : read_in_order;
	if (!p->seed)
		return 0;
	if (count > UINT32_MAX)
		return -EINVAL;
	order = arena_get(count * sizeof(*order));
	if (!order)
		return -ENOMEM;
	plan_shuffle(order, (uint32_t)count, p->seed);
	out->data = order;
	out->arg2 = (long)count;
	out->run = writes ? write_at_random : read_at_random;
	return 0;
}
