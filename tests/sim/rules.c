// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The error rates of the rule that slowpath judges by, and of rules that others use, by simulation:
 * DRAWS experiments a cell, fixed seeds, two processes. Prints the table as comments and TAP lines
 * for what is promised (method: A/A false alarms, coverage, power).
 *
 * A draw is 40 blocks of two runs; ln y = block effect + noise (+ shift on the new side). The
 * block effect (host drift) is a random walk of half the noise a block; pairing removes it.
 */
#include "judge/sequential.h"
#include "judge/stats.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define DRAWS 20000
#define BLOCKS 40
#define CLASSIC_RUNS 9 /* a side, for the rules that know no blocks */
#define SD 0.02	       /* of a single run's ln y */

enum noise { NORMAL, T3, OUTLIERS, NOISES };
static const char *const noise_names[NOISES] = { "normal", "t3", "10 % outliers" };
static const double shifts[] = { 0, 1, 1.5 }; /* in SD of a single run's ln y */
#define SHIFTS (sizeof(shifts) / sizeof(shifts[0]))
#define CELLS (NOISES * SHIFTS)

struct tally {
	unsigned alarms, right, covered, blocks;
	unsigned u_test, ranges, mean_cv; /* say "changed" */
};

struct result {
	size_t cell;
	struct tally tally;
};

/* splitmix64 (Steele, Lea and Flood, 2014). */
static uint64_t next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

static double uniform(uint64_t *state)
{
	return ((double)(next(state) >> 11) + 0.5) / 9007199254740992.0;
}

static double normal(uint64_t *state)
{
	return sqrt(-2 * log(uniform(state))) * cos(2 * M_PI * uniform(state));
}

/* Unit variance for each kind (t3 has variance 3; the mixture .9 + .1 * 25). */
static double noise(enum noise kind, uint64_t *state)
{
	double chi = 0;

	switch (kind) {
	case T3:
		for (int i = 0; i < 3; i++) {
			double z = normal(state);

			chi += z * z;
		}
		return normal(state) / sqrt(chi / 3) / sqrt(3);
	case OUTLIERS:
		return normal(state) * (uniform(state) < 0.1 ? 5 : 1) / sqrt(0.9 + 0.1 * 25);
	default:
		return normal(state);
	}
}

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
		drift += 0.5 * SD * normal(state);
		old_side[i] = drift + SD * noise(kind, state);
		new_side[i] = drift + SD * noise(kind, state) + shift * SD;
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

static struct tally simulate(size_t cell)
{
	uint64_t state = 20260513 + 7919 * cell;
	_cleanup_signed_rank_tables_ struct signed_rank_tables tables = { 0 };
	struct tally t = { 0 };

	for (int i = 0; i < DRAWS; i++)
		draw((enum noise)(cell / SHIFTS), shifts[cell % SHIFTS], &state, &tables, &t);
	return t;
}

/* The cells with the parity of @part, to a pipe. */
static void work(size_t part, int to)
{
	for (size_t cell = part; cell < CELLS; cell += 2) {
		/* Below PIPE_BUF: the two writers' results do not mix. */
		struct result r = { cell, simulate(cell) };

		if (write(to, &r, sizeof(r)) != sizeof(r))
			_exit(1);
	}
}

static int run_cells(struct tally all[CELLS])
{
	int pipes[2], status = 0, failed = 0;
	struct result one;
	size_t got = 0;

	if (pipe(pipes) < 0)
		return -1;
	for (size_t part = 0; part < 2; part++) {
		pid_t pid = fork();

		if (pid < 0)
			return -1;
		if (pid == 0) {
			work(part, pipes[1]);
			_exit(0);
		}
	}
	close(pipes[1]);
	while (read(pipes[0], &one, sizeof(one)) == sizeof(one) && one.cell < CELLS) {
		all[one.cell] = one.tally;
		got++;
	}
	for (int i = 0; i < 2; i++) {
		wait(&status);
		failed |= status;
	}
	return failed || got != CELLS ? -1 : 0;
}

static void check(int *number, int *failed, bool good, const char *what, const char *kind,
		  double value)
{
	printf("%sok %d - %s, %s: %.4f\n", good ? "" : "not ", ++*number, what, kind, value);
	*failed += !good;
}

int main(void)
{
	struct tally all[CELLS];
	int number = 0, failed = 0;

	if (run_cells(all) < 0) {
		printf("1..1\nnot ok 1 - the simulation did not run\n");
		return 1;
	}
	printf("1..%d\n", 4 * NOISES);
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
	for (size_t i = 0; i < NOISES; i++) {
		const struct tally *t = &all[i * SHIFTS];
		double power = (double)t[1].right / DRAWS, covered = 1;

		for (size_t k = 0; k < SHIFTS; k++)
			covered = fmin(covered, (double)t[k].covered / DRAWS);
		check(&number, &failed, (double)t->alarms / DRAWS <= 0.01,
		      "A/A false alarms at most 1 %", noise_names[i], (double)t->alarms / DRAWS);
		check(&number, &failed, covered >= 0.99, "coverage at least 99 %", noise_names[i],
		      covered);
		check(&number, &failed, power >= 0.8, "power at 1 SD at least .8 by 40 blocks",
		      noise_names[i], power);
		check(&number, &failed, (double)t[0].u_test / DRAWS > (double)t[0].alarms / DRAWS,
		      "a U test of sequential runs under drift does worse", noise_names[i],
		      (double)t[0].u_test / DRAWS);
	}
	return failed != 0;
}
