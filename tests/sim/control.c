// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What an A/A control does to the error rates: how often two kernels that differ by more than what
 * matters (1 %) are called equal, how often a change is claimed where there is none, and found
 * where there is one. Looks at 10, 20 and 40 blocks, as `slowpath run` makes them; a block is a run
 * of each kernel and one more of the baseline, and its level a random walk of half the noise.
 */
#include "judge/times/timed.h"
#include "tests/sim/sim.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DRAWS 10000
#define BLOCKS 40

static const double sds[] = { 0.003, 0.03, 0.05, 0.08, 0.12 }; /* of a single run's ln y */
/* True ratio less one; the last one is one sd. */
static const double effects[] = { 0, 0.02, 0.03, 0.04, NAN };
#define SDS (sizeof(sds) / sizeof(sds[0]))
#define EFFECTS (sizeof(effects) / sizeof(effects[0]))
#define CELLS (SDS * EFFECTS)

struct tally {
	unsigned equal, changed, slower, unstable;
};

static double effect_of(size_t cell)
{
	double effect = effects[cell % EFFECTS];

	return isnan(effect) ? sds[cell / EFFECTS] : log1p(effect);
}

static void draw(double sd, double effect, uint64_t *state, struct signed_rank_tables *tables,
		 struct tally *t)
{
	const struct judge_options o = { .threshold = 0.01, .looks = { 10, 20, 40 }, .n_looks = 3 };
	const struct timed_rule rule = { .options = &o, .tables = tables };
	const struct group none = { 0 };
	double d[2][BLOCKS], old_y[BLOCKS] = { 0 }, level = 0;
	uint32_t block[BLOCKS];
	struct pairs p[2];
	struct timed_control control;
	struct timed timed;
	struct reason why = { "" };

	for (unsigned i = 0; i < BLOCKS; i++) {
		double base;

		level += 0.5 * sd * sim_normal(state);
		base = level + sd * sim_normal(state);
		block[i] = i;
		d[0][i] = level + sd * sim_normal(state) - base;
		d[1][i] = level + sd * sim_normal(state) + effect - base;
	}
	for (unsigned i = 0; i < 2; i++)
		p[i] = (struct pairs){ .paired = true,
				       .blocks = BLOCKS,
				       .n = BLOCKS,
				       .d = d[i],
				       .old_y = old_y,
				       .block = block };
	if (timed_judge_control(&none, &none, &p[0], &rule, &control, &timed, &why) < 0 ||
	    timed_judge(&none, &none, &p[1], &rule, &control, &timed, &why) < 0)
		abort();
	if (timed_control_failed(&control, &timed)) {
		t->unstable++;
		return;
	}
	t->equal += timed.verdict == VERDICT_EQUIVALENT || timed.verdict == VERDICT_TRIVIAL;
	t->changed += timed.verdict == VERDICT_REGRESSION || timed.verdict == VERDICT_IMPROVEMENT;
	t->slower += timed.verdict == VERDICT_REGRESSION;
}

static void simulate(size_t cell, void *result)
{
	_cleanup_signed_rank_tables_ struct signed_rank_tables tables = { 0 };
	uint64_t state = 20261129 + 7919 * cell;
	struct tally t = { 0 };

	for (int i = 0; i < DRAWS; i++)
		draw(sds[cell / EFFECTS], effect_of(cell), &state, &tables, &t);
	memcpy(result, &t, sizeof(t));
}

static double share(unsigned count)
{
	return (double)count / DRAWS;
}

static void check(struct sim_tap *tap, size_t cell, const struct tally *t)
{
	double sd = 100 * sds[cell / EFFECTS], effect = effect_of(cell);

	if (effect > log1p(0.01))
		sim_check(tap, share(t->equal) <= 0.01,
			  "sd %.1f %%, slower by %.1f %%: called equal at most once in 100: %.4f",
			  sd, 100 * expm1(effect), share(t->equal));
	if (effect == 0)
		sim_check(tap, share(t->changed) <= 0.01,
			  "sd %.1f %%: A/A false alarms at most "
			  "1 %%: %.4f",
			  sd, share(t->changed));
	/* So that the rule says something where it can. */
	if (effect == 0 && sd < 1)
		sim_check(tap, share(t->equal) >= 0.9, "sd %.1f %%: equal is called equal: %.4f",
			  sd, share(t->equal));
	if (isnan(effects[cell % EFFECTS]) && sd > 1)
		sim_check(tap, share(t->slower) >= 0.8,
			  "sd %.1f %%: power at 1 SD at least .8 by 40 blocks: %.4f", sd,
			  share(t->slower));
}

int main(void)
{
	struct tally all[CELLS];
	struct sim_tap tap = { 0 };

	if (sim_run(CELLS, sizeof(all[0]), simulate, all) < 0) {
		sim_check(&tap, false, "the simulation did not run");
		return sim_end(&tap);
	}
	printf("# %5s %7s | %8s %8s %8s %8s\n", "sd, %", "true, %", "equal", "changed", "slower",
	       "unstable");
	for (size_t i = 0; i < CELLS; i++)
		printf("# %5.1f %7.1f | %8.4f %8.4f %8.4f %8.4f\n", 100 * sds[i / EFFECTS],
		       100 * expm1(effect_of(i)), share(all[i].equal), share(all[i].changed),
		       share(all[i].slower), share(all[i].unstable));
	for (size_t i = 0; i < CELLS; i++)
		check(&tap, i, &all[i]);
	return sim_end(&tap);
}
