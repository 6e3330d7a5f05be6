// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/table/cell.h"

#include <errno.h>
#include <stdlib.h>

static bool same_cell(const struct row *a, const struct row *b)
{
	return a->scenario == b->scenario && a->cpus == b->cpus && a->metric == b->metric &&
	       a->mode == b->mode;
}

static int add_group(struct cell *c, const struct row *first)
{
	if (c->n_groups == c->cap) {
		size_t cap = 2 * c->cap + 8;
		struct group *grown = realloc(c->groups, cap * sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		c->groups = grown;
		c->cap = cap;
	}
	c->groups[c->n_groups++] = (struct group){ c->table, first, 0, first->kernel };
	return 0;
}

int cell_next(const struct rows *t, size_t *at, struct cell *out)
{
	size_t first = *at;

	if (first >= t->count)
		return 0;
	out->table = t;
	out->n_groups = 0;
	for (; *at < t->count && same_cell(&t->at[first], &t->at[*at]); (*at)++) {
		const struct row *row = &t->at[*at];

		if ((!out->n_groups || out->groups[out->n_groups - 1].kernel != row->kernel) &&
		    add_group(out, row) < 0)
			return -ENOMEM;
		out->groups[out->n_groups - 1].count++;
	}
	return 1;
}

void cell_free(struct cell *c)
{
	free(c->groups);
	*c = (struct cell){ 0 };
}

const struct group *cell_group(const struct cell *c, uint32_t kernel)
{
	for (size_t i = 0; i < c->n_groups; i++) {
		if (c->groups[i].kernel == kernel)
			return &c->groups[i];
	}
	return NULL;
}

size_t group_values(const struct group *g, double *out)
{
	size_t n = 0;

	for (size_t i = 0; i < g->count; i++) {
		if (g->rows[i].ok)
			out[n++] = g->rows[i].value;
	}
	return n;
}
