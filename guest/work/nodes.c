// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/work/nodes.h"

#include "guest/memory/arena.h"
#include "guest/work/call.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#define MASK_BITS 65	      /* the kernel takes one off */
#define MPOL_MF_MOVE (1 << 1) /* <numaif.h> comes with libnuma */

static long run_migrate(const struct op *op)
{
	const unsigned long *masks = op->data;

	return call6(SYS_migrate_pages, 0, MASK_BITS, (long)&masks[0], (long)&masks[1], 0, 0);
}

static int migrate_resolve(const struct plan_op *p, struct op *out)
{
	unsigned long *masks = arena_get(2 * sizeof(*masks));

	if (!masks)
		return -ENOMEM;
	if (p->arg >= PLAN_MAX_NODES || p->arg2 >= PLAN_MAX_NODES)
		return -EINVAL;
	masks[0] = 1ul << p->arg;
	masks[1] = 1ul << p->arg2;
	out->data = masks;
	out->run = run_migrate;
	return 0;
}

/* The vectors of one move_pages(). */
struct move {
	size_t count;
	void **pages;
	int *nodes;
	int *status;
};

static long run_move(const struct op *op)
{
	const struct move *m = op->data;

	return call6(SYS_move_pages, 0, (long)m->count, (long)m->pages, (long)m->nodes,
		     (long)m->status, MPOL_MF_MOVE);
}

static int move_resolve(const struct plan_op *p, struct op *out)
{
	struct move *m = arena_get(sizeof(*m));
	size_t count = (p->bytes - 1) / p->stride + 1;

	if (!m)
		return -ENOMEM;
	*m = (struct move){ .count = count,
			    .pages = arena_get(count * sizeof(*m->pages)),
			    .nodes = arena_get(count * sizeof(*m->nodes)),
			    .status = arena_get(count * sizeof(*m->status)) };
	if (!m->pages || !m->nodes || !m->status)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		m->pages[i] = out->map->start + p->offset + i * p->stride;
		m->nodes[i] = (int)p->arg;
	}
	out->data = m;
	out->run = run_move;
	return 0;
}

int nodes_resolve(const struct plan_op *p, struct op *out)
{
	return p->code == PLAN_OP_MOVE_PAGES ? move_resolve(p, out) : migrate_resolve(p, out);
}

int mbind_resolve(const struct plan_op *p, struct op *out)
{
	unsigned long *mask = arena_get(sizeof(*mask));

	if (!mask)
		return -ENOMEM;
	*mask = p->arg2;
	out->arg = (long)p->arg;
	out->arg2 = *mask ? (long)mask : 0;
	out->arg3 = *mask ? MASK_BITS : 0;
	out->arg4 = p->flags & PLAN_OP_MOVE ? MPOL_MF_MOVE : 0;
	return 0;
}

unsigned nodes_online(void)
{
	unsigned count = 0;

	for (unsigned i = 0; i < 64; i++) {
		char path[64];

		snprintf(path, sizeof(path), "/sys/devices/system/node/node%u", i);
		count += access(path, F_OK) == 0;
	}
	return count ? count : 1;
}
