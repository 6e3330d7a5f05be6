/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A cell: the rows of one scenario, CPU count, metric and mode, a group a kernel. Rows are judged
 * cell by cell; rows_read() has sorted them so that cells and groups are ranges.
 */
#ifndef JUDGE_TABLE_CELL_H
#define JUDGE_TABLE_CELL_H

#include "judge/table/rows.h"

struct group {
	const struct rows *table;
	const struct row *rows;
	size_t count;
	uint32_t kernel;
};

/* Zero before the first, freed after the last. */
struct cell {
	const struct rows *table;
	struct group *groups;
	size_t n_groups, cap;
};

/*
 * The cell that starts at row *at, which is moved behind it. 1, 0 at the end of the rows, or
 * -ENOMEM.
 */
int cell_next(const struct rows *t, size_t *at, struct cell *out);
void cell_free(struct cell *c);
#define _cleanup_cell_ __attribute__((cleanup(cell_free)))
/* The group of a kernel, or NULL. */
const struct group *cell_group(const struct cell *c, uint32_t kernel);
/* The values of a group's good rows, in its order, into @out (room for count); how many. */
size_t group_values(const struct group *g, double *out);

#endif
