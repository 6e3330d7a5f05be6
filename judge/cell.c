// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/cell.h"

static bool same_cell(const struct row *a, const struct row *b)
{
	return a->scenario == b->scenario && a->cpus == b->cpus && a->metric == b->metric;
}

bool cell_next(const struct rows *t, size_t *at, struct cell *out)
{
	size_t first = *at;

	if (first >= t->count)
		return false;
	out->table = t;
	out->n_groups = 0;
	for (; *at < t->count && same_cell(&t->at[first], &t->at[*at]); (*at)++) {
		const struct row *row = &t->at[*at];

		if (!out->n_groups || out->groups[out->n_groups - 1].kernel != row->kernel) {
			if (out->n_groups == CELL_KERNELS_MAX)
				continue;
			out->groups[out->n_groups++] = (struct group){ row, 0, row->kernel };
		}
		out->groups[out->n_groups - 1].count++;
	}
	return true;
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
