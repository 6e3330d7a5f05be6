/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A cell: the rows of one scenario, CPU count and metric, a group a kernel. Rows are judged cell by
 * cell; rows_read() has sorted them so that cells and groups are ranges.
 */
#ifndef JUDGE_CELL_H
#define JUDGE_CELL_H

#include "judge/rows.h"

#define CELL_KERNELS_MAX 64

struct group {
	const struct row *rows;
	size_t count;
	uint32_t kernel;
};

struct cell {
	const struct rows *table;
	struct group groups[CELL_KERNELS_MAX];
	size_t n_groups;
};

/*
 * The cell that starts at row *at, which is moved behind it. Returns false at the end of the rows.
 * Kernels beyond CELL_KERNELS_MAX are left out; a profile cannot have as many.
 */
bool cell_next(const struct rows *t, size_t *at, struct cell *out);
/* The group of a kernel, or NULL. */
const struct group *cell_group(const struct cell *c, uint32_t kernel);
/* The values of a group's good rows, in its order, into @out (room for count); how many. */
size_t group_values(const struct group *g, double *out);

#endif
