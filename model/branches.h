/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Predictors of branches, of the kind that is published (A. Seznec, "A case for (partially) TAgged
 * GEometric history length branch prediction", 2006, and his ITTAGE): what processors have is not.
 */
#ifndef MODEL_BRANCHES_H
#define MODEL_BRANCHES_H

#include "base/err.h"
#include "model/model.h"

#include <stdbool.h>
#include <stdint.h>

#define BRANCH_TABLES 5u
#define INDIRECT_TABLES 3u
#define RETURNS_MAX 256u

struct direction_entry {
	uint16_t tag; /* 0: none */
	int8_t counter;
	uint8_t useful;
};

struct target_entry {
	uint64_t key, target;
};

struct branches {
	const struct model *m;
	int8_t *bimodal; /* owned, as are these: */
	struct direction_entry *tables[BRANCH_TABLES];
	struct target_entry *targets[INDIRECT_TABLES];
	uint64_t taken[2]; /* the directions so far, the last in bit 0 of [0] */
	uint64_t path;
	uint64_t draw; /* of pseudo-random numbers */
	uint64_t returns[RETURNS_MAX];
	unsigned top;
};

int branches_init(struct branches *b, const struct model *m, struct err *e);
void branches_free(struct branches *b);
/* The instruction, a branch, executes, and goes on at @next; whether that was predicted. */
bool branches_predicted(struct branches *b, const struct model_insn *insn, uint64_t next);

#endif
