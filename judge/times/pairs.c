// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/times/pairs.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

/* Rows of a group, read block by block. */
struct side {
	const struct group *group;
	size_t at;
};

static const struct row *head(const struct side *s)
{
	return s->at < s->group->count ? &s->group->rows[s->at] : NULL;
}

/* A block is one of its experiment; groups are sorted so. */
static int compare_blocks(const struct row *a, const struct row *b)
{
	if (a->experiment != b->experiment)
		return a->experiment < b->experiment ? -1 : 1;
	return (a->block > b->block) - (a->block < b->block);
}

/* Passes the rows of @block; the last good one, or NULL. */
static const struct row *take(struct side *s, const struct row *block)
{
	const struct row *good = NULL, *row;

	while ((row = head(s)) && compare_blocks(row, block) == 0) {
		if (row->ok && row->value > 0)
			good = row;
		s->at++;
	}
	return good;
}

static int8_t who_came_first(const struct row *o, const struct row *n)
{
	if (o->position == ROW_NO_BLOCK || n->position == ROW_NO_BLOCK)
		return 0;
	return (int8_t)((o->position > n->position) - (o->position < n->position));
}

static void add(struct pairs *p, const struct row *o, const struct row *n, uint32_t block)
{
	p->old_y[p->n] = log(o->value);
	p->d[p->n] = log(n->value) - p->old_y[p->n];
	p->block[p->n] = block;
	p->first[p->n++] = who_came_first(o, n);
}

static bool has_blocks(const struct group *g)
{
	for (size_t i = 0; i < g->count; i++) {
		if (g->rows[i].block == ROW_NO_BLOCK)
			return false;
	}
	return true;
}

int pairs_make(const struct group *old_side, const struct group *new_side, struct pairs *out)
{
	size_t room = (old_side->count < new_side->count ? old_side : new_side)->count + 1;
	struct side o = { .group = old_side }, n = { .group = new_side };

	*out = (struct pairs){ .paired = has_blocks(old_side) && has_blocks(new_side) };
	if (!out->paired)
		return 0;
	out->d = malloc(room * sizeof(*out->d));
	out->old_y = malloc(room * sizeof(*out->old_y));
	out->block = malloc(room * sizeof(*out->block));
	out->first = malloc(room * sizeof(*out->first));
	if (!out->d || !out->old_y || !out->block || !out->first) {
		pairs_free(out);
		return -ENOMEM;
	}
	while (head(&o) || head(&n)) {
		const struct row *a = head(&o), *b = head(&n);
		const struct row *next = !a || (b && compare_blocks(b, a) < 0) ? b : a;

		a = take(&o, next);
		b = take(&n, next);
		if (a && b)
			add(out, a, b, (uint32_t)out->blocks);
		out->blocks++;
	}
	return 0;
}

size_t pairs_within(const struct pairs *p, size_t blocks)
{
	size_t n = p->n;

	while (n && p->block[n - 1] >= blocks)
		n--;
	return n;
}

void pairs_free(struct pairs *p)
{
	free(p->d);
	free(p->old_y);
	free(p->block);
	free(p->first);
	*p = (struct pairs){ 0 };
}
