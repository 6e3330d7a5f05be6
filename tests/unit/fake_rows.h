/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables of raw rows, as if measured. */
#ifndef TESTS_UNIT_FAKE_ROWS_H
#define TESTS_UNIT_FAKE_ROWS_H

#include "judge/table/rows.h"

/* One cell being filled; change a member and go on. */
struct fake_rows {
	struct rows *rows;
	const char *scenario, *metric, *unit, *mode;
	const char *release; /* NULL: the kernel's name */
	uint16_t cpus;
	unsigned kernels; /* positions turn with the blocks */
	unsigned attempt; /* of a run: each has an id of its own */
	uint64_t seed;
};

/* mprotect/x at 1 CPU, iteration_ns_per_page. @rows has to be freed. */
struct fake_rows fake_rows(struct rows *rows, unsigned kernels);
/* A run of the @k-th kernel. NaN: it failed. */
void fake_run_row(struct fake_rows *f, const char *kernel, unsigned k, unsigned block,
		  double value);
/* Blocks 0 to @blocks - 1 of kernels[] with these means and a noise of @cv of the mean. */
void fake_blocks(struct fake_rows *f, const char *const *kernels, const double *means,
		 unsigned blocks, double cv);
/* Standard normal. */
double fake_normal(uint64_t *seed);
void fake_finish(struct fake_rows *f);

#endif
