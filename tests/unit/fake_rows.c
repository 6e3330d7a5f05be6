// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/unit/unit.h"

#include "tests/unit/fake_rows.h"

#include <math.h>
#include <stdio.h>

struct fake_rows fake_rows(struct rows *rows, unsigned kernels)
{
	return (struct fake_rows){ .rows = rows,
				   .scenario = "mprotect/x",
				   .metric = "iteration_ns_per_page",
				   .unit = "ns",
				   .cpus = 1,
				   .kernels = kernels,
				   .seed = 1 };
}

void fake_run_row(struct fake_rows *f, const char *kernel, unsigned k, unsigned block, double value)
{
	struct err e = { 0 };
	char run[128];
	const struct row_text row = { .experiment = "e",
				      .kernel = kernel,
				      .release = f->release ? f->release : kernel,
				      .scenario = f->scenario,
				      .metric = f->metric,
				      .unit = f->unit,
				      .mode = f->mode,
				      .run = run,
				      .block = block,
				      .position = (k + block) % f->kernels,
				      .cpus = f->cpus,
				      .ok = !isnan(value),
				      .value = value };

	snprintf(run, sizeof(run), "%s-%u-%s-%u-%u", f->scenario, f->cpus, kernel, block,
		 f->attempt);
	assert_int_equal(rows_add(f->rows, &row, &e), 0);
}

double fake_normal(uint64_t *seed)
{
	double sum = 0;

	/* Irwin and Hall: the sum of twelve uniforms, less six. */
	for (int i = 0; i < 12; i++) {
		*seed = *seed * 6364136223846793005u + 1442695040888963407u;
		sum += (double)(*seed >> 11) / 9007199254740992.0;
	}
	return sum - 6;
}

void fake_blocks(struct fake_rows *f, const char *const *kernels, const double *means,
		 unsigned blocks, double cv)
{
	for (unsigned b = 0; b < blocks; b++) {
		for (unsigned k = 0; k < f->kernels; k++)
			fake_run_row(f, kernels[k], k, b,
				     means[k] * exp(cv * fake_normal(&f->seed)));
	}
}

void fake_finish(struct fake_rows *f)
{
	struct err e = { 0 };

	assert_int_equal(rows_finish(f->rows, "fake", &e), 0);
}
