// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/plan/order.h"

#include <errno.h>
#include <stdlib.h>

#define GOLDEN_GAMMA 0x9e3779b97f4a7c15u

const char *order_name(enum order_kind kind)
{
	static const char *const names[ORDER_KINDS] = { "balanced", "random", "round-robin" };

	return kind < ORDER_KINDS ? names[kind] : "?";
}

static uint64_t mix(uint64_t z)
{
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static uint64_t next(uint64_t *state)
{
	*state += GOLDEN_GAMMA;
	return mix(*state);
}

static uint64_t start(const struct order_request *q)
{
	uint64_t state = mix(q->seed + GOLDEN_GAMMA);

	state = mix((state ^ q->cpus) + GOLDEN_GAMMA);
	for (const char *c = q->scenario; *c; c++)
		state = mix((state ^ (unsigned char)*c) + GOLDEN_GAMMA);
	return state;
}

/* 0 to n - 1, each equally likely. */
static unsigned below(uint64_t *state, unsigned n)
{
	/* The last, incomplete run of n values would favour small ones. */
	uint64_t limit = UINT64_MAX - UINT64_MAX % n, drawn;

	do
		drawn = next(state);
	while (drawn >= limit);
	return (unsigned)(drawn % n);
}

static void shuffled(uint64_t *state, uint8_t *out, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		out[i] = (uint8_t)i;
	for (unsigned i = n; i > 1; i--) {
		unsigned j = below(state, i);
		uint8_t kept = out[i - 1];

		out[i - 1] = out[j];
		out[j] = kept;
	}
}

static void balanced(const struct order_request *q, uint64_t *state, uint8_t *out)
{
	uint8_t rows[ORDER_ARMS_MAX], columns[ORDER_ARMS_MAX], symbols[ORDER_ARMS_MAX];
	unsigned n = q->arms;

	for (unsigned block = 0; block < q->blocks; block++) {
		unsigned row = block % n;

		if (row == 0) {
			shuffled(state, rows, n);
			shuffled(state, columns, n);
			shuffled(state, symbols, n);
		}
		for (unsigned p = 0; p < n; p++)
			*out++ = symbols[(rows[row] + columns[p]) % n];
	}
}

static void round_robin(const struct order_request *q, uint64_t *state, uint8_t *out)
{
	unsigned first = below(state, q->arms);

	for (unsigned block = 0; block < q->blocks; block++) {
		for (unsigned p = 0; p < q->arms; p++)
			*out++ = (uint8_t)((first + block + p) % q->arms);
	}
}

int order_make(const struct order_request *q, uint8_t **out, struct err *e)
{
	uint64_t state = start(q);

	if (!q->arms || q->arms > ORDER_ARMS_MAX || !q->blocks)
		return err_set(e, EINVAL, "no order of %u kernels in %u blocks", q->arms,
			       q->blocks);
	*out = calloc(q->blocks, q->arms);
	if (!*out)
		return err_oom(e);
	switch (q->kind) {
	case ORDER_RANDOM:
		for (unsigned block = 0; block < q->blocks; block++)
			shuffled(&state, *out + (size_t)block * q->arms, q->arms);
		break;
	case ORDER_ROUND_ROBIN:
		round_robin(q, &state, *out);
		break;
	default:
		balanced(q, &state, *out);
	}
	return 0;
}

void order_effect_add(struct order_effect *f, unsigned arm, unsigned position)
{
	if (arm < f->arms && position < f->arms)
		f->counts[arm][position]++;
}

void order_effect_range(const struct order_effect *f, unsigned *least, unsigned *most)
{
	*least = *most = f->counts[0][0];
	for (unsigned arm = 0; arm < f->arms; arm++) {
		for (unsigned p = 0; p < f->arms; p++) {
			unsigned count = f->counts[arm][p];

			*least = count < *least ? count : *least;
			*most = count > *most ? count : *most;
		}
	}
}

bool order_effect_balanced(const struct order_effect *f)
{
	unsigned least, most;

	order_effect_range(f, &least, &most);
	return most - least <= 1;
}
