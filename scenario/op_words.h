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
	OP_KEY_MAP = 1 << 0,
	OP_KEY_OFFSET = 1 << 1,
	OP_KEY_SIZE = 1 << 2,
	OP_KEY_STRIDE = 1 << 3,
	OP_KEY_EACH = 1 << 4,
	OP_KEY_ACCESS = 1 << 5,
	OP_KEY_SEED = 1 << 6,
	OP_KEY_TO_PROT = 1 << 7,
	OP_KEY_TO_MAP = 1 << 8,
	OP_KEY_TO_NODE = 1 << 9,
	OP_KEY_FROM = 1 << 10,
	OP_KEY_ADVICE = 1 << 11,
	OP_KEY_NEW_SIZE = 1 << 12,
	OP_KEY_HOW = 1 << 13,
	OP_KEY_POLICY = 1 << 14,
	OP_KEY_NODES = 1 << 15,
	OP_KEY_MATCH = 1 << 16,
	OP_KEY_ONFAULT = 1 << 17,
	OP_KEY_ASYNC = 1 << 18,
	OP_KEY_PROTECT = 1 << 19,
	OP_KEY_MOVE = 1 << 20,
	OP_KEY_FAILS = 1 << 21,
	OP_KEY_TIMES = 1 << 22,
	OP_KEY_DO = 1 << 23,
	OP_KEY_FADVICE = 1 << 24,
	OP_KEY_FALLOCATE = 1 << 25,
	OP_KEY_TO_SIZE = 1 << 26,
	OP_KEY_WHAT = 1 << 27,
};

struct op_word {
	const char *name;
	uint32_t code;		     /* enum plan_op_code; touch: the one that reads */
	uint32_t required, optional; /* enum op_key */
	bool threads;		     /* several threads may do it at once */
};

/* All of them, and how many. */
const struct op_word *op_words(size_t *count);
/* By code; never NULL for an operation that was read. */
const struct op_word *op_word(uint32_t code);

bool op_is_touch(const struct plan_op *op);
/* It works on the map's file, which has to have one. */
bool op_is_of_file(const struct plan_op *op);
/* How often it touches, or calls the kernel; of a repeat, its body is not in it. */
uint64_t op_steps(const struct plan_op *op);

#endif
