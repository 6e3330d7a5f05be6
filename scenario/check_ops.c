// SPDX-License-Identifier: GPL-2.0-or-later
#include "scenario/check_ops.h"

#include "proto/plan_files.h"
#include "scenario/map_kinds.h"
#include "scenario/map_sizes.h"
#include "scenario/op_words.h"

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

/* What may be done with a file, by its list. */
static int check_file(const struct plan_op *op, struct err *e)
{
	static const struct {
		const char *word;
		unsigned how;
	} files[] = {
#define FILE_HOW(code, word, path, how, option) { word, how },
		PLAN_FILES(FILE_HOW)
#undef FILE_HOW
	};
	const bool writes = op->code == PLAN_OP_WRITE_FILE;
	const char *word = files[op->arg].word;
	const unsigned how = files[op->arg].how;

	if (!(how & (writes ? PLAN_FILE_WRITE : PLAN_FILE_READ)))
		return err_set(e, EINVAL, "%s can only be %s", word, writes ? "read" : "written");
	if (!writes && !(how & PLAN_FILE_RANGE) != (op->map == PLAN_NO_MAP))
		return err_set(e, EINVAL,
			       how & PLAN_FILE_RANGE ? "%s needs map: NAME"
						     : "%s is read as a whole: no map",
			       word);
	return 0;
}

static int check_amount(const struct scenario *s, const struct plan_op *op, struct err *e)
{
	switch (op->code) {
	case PLAN_OP_SWAPOFF:
	case PLAN_OP_SWAPON:
		return s->swap_on ? 0
				  : err_set(e, EINVAL,
					    "'needs: [swap: {on: brd, size: SIZE}]' is expected");
	case PLAN_OP_OPEN:
	case PLAN_OP_PIPE:
		return op->arg <= PLAN_DESCRIPTORS_MAX
			       ? 0
			       : err_set(e, EINVAL, "times is %u at most", PLAN_DESCRIPTORS_MAX);
	case PLAN_OP_PIPE_WRITE:
	case PLAN_OP_PIPE_READ:
		return op->arg <= PLAN_PIPE_BYTES_MAX ? 0
						      : err_set(e, EINVAL, "size is %uK at most",
								PLAN_PIPE_BYTES_MAX >> 10);
	case PLAN_OP_BRK:
		if (op->arg % 4096 || op->each % 4096 || op->arg > 1ull << 30)
			return err_set(e, EINVAL, "to and each are multiples of 4K up to 1G");
		return 0;
	case PLAN_OP_BPF_CREATE:
		if (op->each % 8 || op->each > 1u << 15 || op->each * op->arg2 > 1ull << 28)
			return err_set(e, EINVAL,
				       "each is a multiple of 8 up to 32K, and all entries 256M");
		return 0;
	}
	return 0;
}

/* What some kinds of maps cannot do, and what a second map has to have. */
static int check_maps(const struct scenario *s, const struct plan_op *op, const char *name,
		      struct err *e)
{
	const struct plan_map *m = &s->maps[op->map];

	if (op->code == PLAN_OP_VMSPLICE && (op->each ? op->each : op->bytes) > PLAN_VMSPLICE_MAX)
		return err_set(e, EINVAL, "each: SIZE up to %uK is needed, which a pipe takes",
			       PLAN_VMSPLICE_MAX >> 10);
	if (op->code == PLAN_OP_URING_REGISTER && m->flags & PLAN_MAP_ANYWHERE)
		return err_set(e, EINVAL, "%s is for maps at a fixed place", name);
	if (op_has_two_ranges(op) && op->offset + op->bytes > s->maps[op->map2].bytes)
		return err_set(e, EINVAL, "the range is longer than map '%s'",
			       s->map_names[op->map2]);
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

	if (op->code == PLAN_OP_READ_FILE || op->code == PLAN_OP_WRITE_FILE) {
		int r = check_file(op, e);

		if (r < 0)
			return r;
	}
	if (op->map == PLAN_NO_MAP)
		return check_amount(s, op, e);
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
	if (check_maps(s, op, w->name, e) < 0)
		return -EINVAL;
	return check_pieces(op, w->name, map_granule(m), e);
}
