// SPDX-License-Identifier: GPL-2.0-or-later
#include "plugin/capture/calls.h"

#include <stdlib.h>

#define CALLS_MAX (1u << 20)

void calls_add(struct calls *c, const struct call *call)
{
	if (!c->all || call->insns < c->least)
		c->least = call->insns;
	if (call->insns > c->most)
		c->most = call->insns;
	c->all++;
	c->flags |= call->flags;
	c->insns += call->insns;
	if (c->count == c->cap) {
		size_t cap = c->cap ? 2 * c->cap : 64;
		struct call *grown = cap > CALLS_MAX ? NULL : realloc(c->at, cap * sizeof(*grown));

		if (!grown)
			return;
		c->at = grown;
		c->cap = cap;
	}
	c->at[c->count++] = *call;
}

static int by_insns(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static size_t collect(const struct calls *c, bool disturbed_too, uint64_t *out)
{
	size_t n = 0;

	for (size_t i = 0; i < c->count; i++) {
		if (disturbed_too || !c->at[i].flags)
			out[n++] = c->at[i].insns;
	}
	return n;
}

bool calls_choose(struct calls *c)
{
	uint64_t *insns = malloc((c->count + 1) * sizeof(*insns)), median;
	size_t n = insns ? collect(c, false, insns) : 0;
	bool disturbed_too = n == 0;

	if (insns && disturbed_too)
		n = collect(c, true, insns);
	if (!n) {
		free(insns);
		return false;
	}
	qsort(insns, n, sizeof(*insns), by_insns);
	median = insns[(n - 1) / 2];
	free(insns);
	c->chosen = 0;
	while (c->at[c->chosen].insns != median || (!disturbed_too && c->at[c->chosen].flags))
		c->chosen++;
	return true;
}

bool calls_fits(const struct calls *c, uint64_t ordinal)
{
	if (ordinal == c->chosen)
		return true;
	return ordinal > c->chosen && ordinal < c->count && !c->at[ordinal].flags &&
	       c->at[ordinal].insns == c->at[c->chosen].insns;
}
