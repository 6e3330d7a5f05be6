// SPDX-License-Identifier: GPL-2.0-or-later
#include "scenario/op_words.h"

#include "base/cleanup.h"

#define MAP OP_KEY_MAP
#define RANGE (OP_KEY_OFFSET | OP_KEY_SIZE)
#define PIECES (RANGE | OP_KEY_EACH | OP_KEY_STRIDE)
#define FAILS OP_KEY_FAILS

static const struct op_word table[] = {
	{ "touch", PLAN_OP_TOUCH_READ, MAP | OP_KEY_ACCESS, RANGE | OP_KEY_STRIDE | OP_KEY_SEED,
	  true },
	{ "mprotect", PLAN_OP_MPROTECT, MAP | OP_KEY_TO_PROT, PIECES | FAILS, true },
	{ "madvise", PLAN_OP_MADVISE, MAP | OP_KEY_ADVICE, PIECES | FAILS, true },
	{ "mmap", PLAN_OP_MMAP, MAP, PIECES, true },
	{ "munmap", PLAN_OP_MUNMAP, MAP, PIECES | FAILS, true },
	{ "mremap", PLAN_OP_MREMAP, MAP, RANGE | OP_KEY_NEW_SIZE | OP_KEY_TO_MAP | FAILS, false },
	{ "mincore", PLAN_OP_MINCORE, MAP, PIECES, false },
	{ "mlock", PLAN_OP_MLOCK, MAP, PIECES | OP_KEY_ONFAULT, true },
	{ "munlock", PLAN_OP_MUNLOCK, MAP, PIECES, true },
	{ "msync", PLAN_OP_MSYNC, MAP | OP_KEY_HOW, PIECES, true },
	{ "mseal", PLAN_OP_MSEAL, MAP, PIECES, false },
	{ "fork", PLAN_OP_FORK, 0, OP_KEY_DO, false },
	{ "kill", PLAN_OP_KILL, 0, 0, false },
	{ "mrelease", PLAN_OP_MRELEASE, 0, 0, false },
	{ "wait", PLAN_OP_WAIT, 0, 0, false },
	{ "uffd-register", PLAN_OP_UFFD_REGISTER, MAP, RANGE | OP_KEY_ASYNC, false },
	{ "uffd-unregister", PLAN_OP_UFFD_UNREGISTER, MAP, RANGE, false },
	{ "uffd-protect", PLAN_OP_UFFD_PROTECT, MAP, PIECES, false },
	{ "uffd-resolve", PLAN_OP_UFFD_RESOLVE, MAP, PIECES, false },
	{ "migrate-pages", PLAN_OP_MIGRATE_PAGES, OP_KEY_FROM | OP_KEY_TO_NODE, 0, false },
	{ "move-pages", PLAN_OP_MOVE_PAGES, MAP | OP_KEY_TO_NODE, RANGE | OP_KEY_STRIDE, false },
	{ "mbind", PLAN_OP_MBIND, MAP | OP_KEY_POLICY, PIECES | OP_KEY_NODES | OP_KEY_MOVE, false },
	{ "process-madvise", PLAN_OP_PROCESS_MADVISE, MAP | OP_KEY_ADVICE, PIECES, false },
	{ "pagemap-scan", PLAN_OP_PAGEMAP_SCAN, MAP | OP_KEY_MATCH, RANGE | OP_KEY_PROTECT, false },
	{ "read", PLAN_OP_READ, MAP, RANGE | OP_KEY_EACH, false },
	{ "write", PLAN_OP_WRITE, MAP, RANGE | OP_KEY_EACH, false },
	{ "pread", PLAN_OP_PREAD, MAP, PIECES, false },
	{ "pwrite", PLAN_OP_PWRITE, MAP, PIECES, false },
	{ "fsync", PLAN_OP_FSYNC, MAP, 0, false },
	{ "fdatasync", PLAN_OP_FDATASYNC, MAP, 0, false },
	{ "ftruncate", PLAN_OP_FTRUNCATE, MAP | OP_KEY_TO_SIZE, 0, false },
	{ "fallocate", PLAN_OP_FALLOCATE, MAP | OP_KEY_FALLOCATE, PIECES, false },
	{ "fadvise", PLAN_OP_FADVISE, MAP | OP_KEY_FADVICE, PIECES, false },
	{ "readahead", PLAN_OP_READAHEAD, MAP, PIECES, false },
	{ "splice", PLAN_OP_SPLICE, MAP, RANGE | OP_KEY_EACH, false },
	{ "sendfile", PLAN_OP_SENDFILE, MAP | OP_KEY_TO_MAP, RANGE | OP_KEY_EACH, false },
	{ "copy-file-range", PLAN_OP_COPY_FILE_RANGE, MAP | OP_KEY_TO_MAP, RANGE | OP_KEY_EACH,
	  false },
	{ "drop-caches", PLAN_OP_DROP_CACHES, OP_KEY_WHAT, 0, false },
	{ "sleep", PLAN_OP_SLEEP, OP_KEY_MS, 0, false },
	{ "until", PLAN_OP_UNTIL, OP_KEY_WAIT, OP_KEY_AT_LEAST | OP_KEY_ADVANCED | OP_KEY_EVERY_MS,
	  false },
	{ "cgroup-create", PLAN_OP_CGROUP_CREATE, 0, 0, false },
	{ "cgroup-remove", PLAN_OP_CGROUP_REMOVE, 0, 0, false },
	{ "cgroup-enter", PLAN_OP_CGROUP_ENTER, 0, 0, false },
	{ "cgroup-leave", PLAN_OP_CGROUP_LEAVE, 0, 0, false },
	{ "cgroup-reclaim", PLAN_OP_CGROUP_RECLAIM, OP_KEY_AMOUNT, 0, false },
	{ "cgroup-high", PLAN_OP_CGROUP_HIGH, OP_KEY_LIMIT, 0, false },
	{ "cgroup-stat", PLAN_OP_CGROUP_STAT, 0, 0, false },
	{ "repeat", PLAN_OP_REPEAT, OP_KEY_TIMES | OP_KEY_DO, 0, true },
};

const struct op_word *op_words(size_t *count)
{
	*count = ARRAY_SIZE(table);
	return table;
}

const struct op_word *op_word(uint32_t code)
{
	if (code == PLAN_OP_TOUCH_WRITE)
		code = PLAN_OP_TOUCH_READ;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		if (table[i].code == code)
			return &table[i];
	}
	return NULL;
}

bool op_sleeps(const struct plan_op *op)
{
	return op->code == PLAN_OP_SLEEP || op->code == PLAN_OP_UNTIL;
}

bool op_is_of_cgroup(const struct plan_op *op)
{
	return op->code >= PLAN_OP_CGROUP_CREATE && op->code <= PLAN_OP_CGROUP_STAT;
}

bool op_is_touch(const struct plan_op *op)
{
	return op->code == PLAN_OP_TOUCH_READ || op->code == PLAN_OP_TOUCH_WRITE;
}

bool op_is_of_file(const struct plan_op *op)
{
	return plan_op_is_of_file(op->code);
}

/* The lseek() before a row of calls, and the second half of a splice. */
static uint64_t file_steps(const struct plan_op *op)
{
	uint64_t pieces = op->each ? (op->bytes - op->each) / op->stride + 1 : 1;

	switch (op->code) {
	case PLAN_OP_READ:
	case PLAN_OP_WRITE:
	case PLAN_OP_SENDFILE:
		return pieces + 1;
	case PLAN_OP_SPLICE:
		return 2 * pieces;
	}
	return pieces;
}

uint64_t op_steps(const struct plan_op *op)
{
	if (op->code == PLAN_OP_REPEAT)
		return 0;
	if (op_is_of_file(op))
		return file_steps(op);
	if (op_is_touch(op))
		return (op->bytes - 1) / op->stride + 1;
	/* One call with a vector of the pieces. */
	if (!op->each || op->code == PLAN_OP_PROCESS_MADVISE)
		return 1;
	return (op->bytes - op->each) / op->stride + 1;
}
