// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The error rates of the rule that slowpath judges by, and of rules that others use, by simulation:
 * DRAWS experiments a cell, fixed seeds, two processes. Prints the table as comments and TAP lines
 * for what is promised (method: A/A false alarms, coverage, power).
 *
 * A draw is 40 blocks of two runs; ln y = block effect + noise (+ shift on the new side). The
 * block effect (host drift) is a random walk of half the noise a block; pairing removes it.
 */
#include "judge/times/sequential.h"
#include "stats/stats.h"
#include "tests/sim/sim.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DRAWS 20000
#define BLOCKS 40
#define CLASSIC_RUNS 9 /* a side, for the rules that know no blocks */
#define SD 0.02	       /* of a single run's ln y */

static const double shifts[] = { 0, 1, 1.5 }; /* in SD of a single run's ln y */
#define SHIFTS (sizeof(shifts) / sizeof(shifts[0]))
#define CELLS (SYMMETRIC * SHIFTS) /* differences of the other noises are symmetric too */

struct tally {
	unsigned alarms, right, covered, blocks;
	unsigned u_test, ranges, mean_cv; /* say "changed" */
};

/* Two-sided rank sum at .05, n = m = 9: the published tables' critical U is 17. */
static bool u_test(const double *a, const double *b, size_t n)
{
	double u = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < n; k++)
			u += b[k] > a[i] ? 1 : b[k] == a[i] ? 0.5 : 0;
	return fmin(u, (double)(n * n) - u) <= 17;
}

static bool ranges_apart(double *a, double *b, size_t n)
{
	stats_sort(a, n);
	stats_sort(b, n);
	return a[n - 1] < b[0] || b[n - 1] < a[0];
}

/* "Mean off by more than 5 %, and both coefficients of variation at most 10 %." */
static bool five_percent(const double *a, const double *b, size_t n)
{
	double ya[CLASSIC_RUNS], yb[CLASSIC_RUNS], ma, mb;

	for (size_t i = 0; i < n; i++) {
		ya[i] = exp(a[i]);
		yb[i] = exp(b[i]);
	}
	ma = stats_mean(ya, n);
	mb = stats_mean(yb, n);
	return fabs(mb - ma) / ma > 0.05 && stats_stdev(ya, n) / ma <= 0.1 &&
	       stats_stdev(yb, n) / mb <= 0.1;
}

static void draw(enum noise kind, double shift, uint64_t *state, struct signed_rank_tables *tables,
		 struct tally *t)
{
	struct sequential_rule rule = sequential_default();
	double old_side[BLOCKS], new_side[BLOCKS], d[BLOCKS], drift = 0;
	struct sequential s;

	for (int i = 0; i < BLOCKS; i++) {
		drift += 0.5 * SD * sim_normal(state);
		old_side[i] = drift + SD * sim_noise(kind, state);
		new_side[i] = drift + SD * sim_noise(kind, state) + shift * SD;
		d[i] = new_side[i] - old_side[i];
	}
	sequential_reach(&rule, BLOCKS);
	if (sequential_judge(&rule, d, tables, &s) < 0)
		abort();
	t->alarms += s.verdict == VERDICT_REGRESSION || s.verdict == VERDICT_IMPROVEMENT;
	t->right += s.verdict == VERDICT_REGRESSION;
	t->covered += s.ranks.low <= shift * SD && shift * SD <= s.ranks.high;
	t->blocks += rule.looks[s.look - 1].blocks;
	/* The other rules run all of OLD, then all of NEW: what the drift does to them is theirs.
	 */
	for (int i = 0; i < CLASSIC_RUNS; i++)
		new_side[i] = new_side[CLASSIC_RUNS + i];
	t->u_test += u_test(old_side, new_side, CLASSIC_RUNS);
	t->mean_cv += five_percent(old_side, new_side, CLASSIC_RUNS);
	t->ranges += ranges_apart(old_side, new_side, CLASSIC_RUNS);
}

static void simulate(size_t cell, void *result)
{
	_cleanup_signed_rank_tables_ struct signed_rank_tables tables = { 0 };
	uint64_t state = 20260513 + 7919 * cell;
	struct tally t = { 0 };

	for (int i = 0; i < DRAWS; i++)
		draw((enum noise)(cell / SHIFTS), shifts[cell % SHIFTS], &state, &tables, &t);
	memcpy(result, &t, sizeof(t));
}

static void print_table(const struct tally all[CELLS])
{
	printf("# %-14s %5s | %8s %8s %7s | %8s %8s %8s\n", "noise", "shift", "blocks:", "covered",
	       "blocks", "U, .05", "ranges", "5%/CV");
	for (size_t i = 0; i < CELLS; i++) {
		const struct tally *t = &all[i];

		printf("# %-14s %5.1f | %8.4f %8.4f %7.1f | %8.4f %8.4f %8.4f\n",
		       noise_names[i / SHIFTS], shifts[i % SHIFTS], (double)t->alarms / DRAWS,
		       (double)t->covered / DRAWS, (double)t->blocks / DRAWS,
		       (double)t->u_test / DRAWS, (double)t->ranges / DRAWS,
		       (double)t->mean_cv / DRAWS);
	}
}

int main(void)
{
	struct tally all[CELLS];
	struct sim_tap tap = { 0 };

	if (sim_run(CELLS, sizeof(all[0]), simulate, all) < 0) {
		sim_check(&tap, false, "the simulation did not run");
		return sim_end(&tap);
	}
	print_table(all);
	for (size_t i = 0; i < SYMMETRIC; i++) {
		const struct tally *t = &all[i * SHIFTS];
		double alarms = (double)t->alarms / DRAWS, power = (double)t[1].right / DRAWS;
		double u_test = (double)t->u_test / DRAWS, covered = 1;

		for (size_t k = 0; k < SHIFTS; k++)
			covered = fmin(covered, (double)t[k].covered / DRAWS);
		sim_check(&tap, alarms <= 0.01, "A/A false alarms at most 1 %%, %s: %.4f",
			  noise_names[i], alarms);
		sim_check(&tap, covered >= 0.99, "coverage at least 99 %%, %s: %.4f",
			  noise_names[i], covered);
		sim_check(&tap, power >= 0.8, "power at 1 SD at least .8 by 40 blocks, %s: %.4f",
			  noise_names[i], power);
		sim_check(&tap, u_test > alarms,
			  "a U test of sequential runs under drift does worse, %s: %.4f",
			  noise_names[i], u_test);
	}
	return sim_end(&tap);
}
