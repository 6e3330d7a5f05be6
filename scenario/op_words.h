/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What operations are called, which keys each takes, and what it does how often. The reader, the
 * printer and whoever makes something else of a scenario go by this one table.
 */
#ifndef SCENARIO_OP_WORDS_H
#define SCENARIO_OP_WORDS_H

#include "proto/plan.h"

#include <stdbool.h>
#include <stddef.h>

/* Keys, as bits; "to" has five meanings, one an operation. */
enum op_key {
	OP_KEY_MAP = 1ull << 0,
	OP_KEY_OFFSET = 1ull << 1,
	OP_KEY_SIZE = 1ull << 2,
	OP_KEY_STRIDE = 1ull << 3,
	OP_KEY_EACH = 1ull << 4,
	OP_KEY_ACCESS = 1ull << 5,
	OP_KEY_SEED = 1ull << 6,
	OP_KEY_TO_PROT = 1ull << 7,
	OP_KEY_TO_MAP = 1ull << 8,
	OP_KEY_TO_NODE = 1ull << 9,
	OP_KEY_FROM = 1ull << 10,
	OP_KEY_ADVICE = 1ull << 11,
	OP_KEY_NEW_SIZE = 1ull << 12,
	OP_KEY_HOW = 1ull << 13,
	OP_KEY_POLICY = 1ull << 14,
	OP_KEY_NODES = 1ull << 15,
	OP_KEY_MATCH = 1ull << 16,
	OP_KEY_ONFAULT = 1ull << 17,
	OP_KEY_ASYNC = 1ull << 18,
	OP_KEY_PROTECT = 1ull << 19,
	OP_KEY_MOVE = 1ull << 20,
	OP_KEY_FAILS = 1ull << 21,
	OP_KEY_TIMES = 1ull << 22,
	OP_KEY_DO = 1ull << 23,
	OP_KEY_FADVICE = 1ull << 24,
	OP_KEY_FALLOCATE = 1ull << 25,
	OP_KEY_TO_SIZE = 1ull << 26,
	OP_KEY_WHAT = 1ull << 27,
	OP_KEY_AMOUNT = 1ull << 29, /* "size", of what has no map */
	OP_KEY_LIMIT = 1ull << 40,  /* likewise; may be "max" */
	OP_KEY_MS = 1ull << 41,
	OP_KEY_WAIT = 1ull << 42, /* "file", of what is waited for */
	OP_KEY_AT_LEAST = 1ull << 43,
	OP_KEY_ADVANCED = 1ull << 44,
	OP_KEY_EVERY_MS = 1ull << 45,
};

struct op_word {
	const char *name;
	uint32_t code;		     /* enum plan_op_code; touch: the one that reads */
	uint64_t required, optional; /* enum op_key */
	bool threads;		     /* several threads may do it at once */
};

/* All of them, and how many. */
const struct op_word *op_words(size_t *count);
/* By code; never NULL for an operation that was read. */
const struct op_word *op_word(uint32_t code);

/* Whether the task sleeps in it, by intention. */
bool op_sleeps(const struct plan_op *op);
/* cgroup-create and the like. */
bool op_is_of_cgroup(const struct plan_op *op);
bool op_is_touch(const struct plan_op *op);
/* It works on the map's file, which has to have one. */
bool op_is_of_file(const struct plan_op *op);
/* How often it touches, or calls the kernel; of a repeat, its body is not in it. */
uint64_t op_steps(const struct plan_op *op);

#endif
