// SPDX-License-Identifier: GPL-2.0-or-later
#include "scenario/check_ops.h"

#include "scenario/op_words.h"
#include "scenario/map_kinds.h"
#include "scenario/map_sizes.h"

#include <errno.h>

/* What the guest has a buffer or a pipe for. */
#define FILE_CALL_BYTES_MAX (1u << 20)

static bool op_has_buffer(const struct plan_op *op)
{
	return (op->code >= PLAN_OP_READ && op->code <= PLAN_OP_PWRITE) ||
	       op->code == PLAN_OP_SPLICE;
}

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

/* Bytes of a file need no alignment; what a file system demands of fallocate, it says itself. */
static int check_file_op(const struct scenario *s, const struct plan_op *op, const char *name,
			 struct err *e)
{
	const struct plan_map *m = &s->maps[op->map];

	if (!map_is_of_file(m) || (op->map2 != PLAN_NO_MAP && !map_is_of_file(&s->maps[op->map2])))
		return err_set(e, EINVAL,
			       "%s needs maps of files: memfd-*, tmpfs-* or file-* are expected",
			       name);
	if (op->map2 != PLAN_NO_MAP &&
	    (op->map2 == op->map || op->offset + op->bytes > s->maps[op->map2].bytes))
		return err_set(e, EINVAL, "%s needs another file, as long as what is copied", name);
	if (op->code == PLAN_OP_FTRUNCATE && op->arg > m->bytes)
		return err_set(e, EINVAL, "a file is at most as long as its map");
	if (op->each > op->bytes)
		return err_set(e, EINVAL, "each exceeds the range");
	if (op->each && op->stride < op->each)
		return err_set(e, EINVAL, "the stride must be at least each");
	if ((op->each ? op->each : op->bytes) > FILE_CALL_BYTES_MAX && op_has_buffer(op))
		return err_set(e, EINVAL, "%s: at most %uM at a time (each)", name,
			       FILE_CALL_BYTES_MAX >> 20);
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
	if (op_is_of_file(op))
		return check_file_op(s, op, w->name, e);
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
