// SPDX-License-Identifier: GPL-2.0-or-later
#include "scenario/check_ops.h"

#include "scenario/op_words.h"
#include "scenario/map_sizes.h"

#include <errno.h>

static int check_pieces(const struct plan_op *op, const char *name, uint64_t granule, struct err *e)
{
	if (op->offset % granule || op->bytes % granule || op->each % granule)
		return err_set(e, EINVAL,
			       "the offset, size and each of %s must be multiples of %lluK", name,
			       (unsigned long long)granule >> 10);
	if (op->each > op->bytes)
		return err_set(e, EINVAL, "each exceeds the range");
	if (op->each && (op->stride < op->each || op->stride % granule))
		return err_set(e, EINVAL,
			       "the stride must be a multiple of %lluK, and each at most",
			       (unsigned long long)granule >> 10);
	return 0;
}

int op_check(const struct scenario *s, const struct plan_op *op, struct err *e)
{
	const struct op_word *w = op_word(op->code);
	const struct plan_map *m;
	uint64_t room;

	if (op->map == PLAN_NO_MAP)
		return 0;
	m = &s->maps[op->map];
	if (op->offset >= m->bytes || op->bytes > m->bytes - op->offset)
		return err_set(e, EINVAL, "the range lies outside map '%s'", s->map_names[op->map]);
	if (op_is_touch(op) || op->code == PLAN_OP_MOVE_PAGES) {
		if (op->stride > op->bytes)
			return err_set(e, EINVAL, "the stride exceeds the range");
		if (op->code == PLAN_OP_MOVE_PAGES && (op->offset | op->stride) % 4096)
			return err_set(e, EINVAL, "offset and stride must be multiples of 4K");
		return 0;
	}
	if (op->code == PLAN_OP_MREMAP) {
		uint64_t size = op->arg ? op->arg : op->bytes;

		room = op->map2 == PLAN_NO_MAP ? m->bytes - op->offset : s->maps[op->map2].bytes;
		if (size > room || size % 4096)
			return err_set(e, EINVAL, "new_size must be a multiple of 4K up to %lluK",
				       (unsigned long long)room >> 10);
	}
	if (op->code == PLAN_OP_MMAP && (m->flags & PLAN_MAP_ANYWHERE) &&
	    (op->bytes != m->bytes || op->each))
		return err_set(e, EINVAL, "a map that may be anywhere is mapped as a whole");
	return check_pieces(op, w->name, map_granule(m), e);
}
