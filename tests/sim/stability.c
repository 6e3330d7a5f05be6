// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How often the checks of judge/times/stability.h fail where they should not, and where they
 * should. As in rules.c, ln y = block effect + noise, and the block effect is a random walk of half
 * the noise a block. Quantised: values are rounded down to a grid, as by a coarse clock.
 */
#include "judge/times/modes.h"
#include "judge/times/stability.h"
#include "tests/sim/sim.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEADY_DRAWS 60000
#define DRAWS 20000
#define BLOCKS_MAX 40
#define SD 0.02

enum trouble { STEADY, QUANTISED, TWO_MODES, POSITION, DRIFT };

struct kind {
	const char *name;
	enum trouble trouble;
	enum noise noise;
	unsigned blocks;
	double size;  /* in SD: distance of modes, of positions, drift over all blocks, grid */
	double share; /* of the upper mode */
};

static const struct kind kinds[] = {
	{ "steady, normal", STEADY, NORMAL, 10, 0, 0 },
	{ "steady, normal", STEADY, NORMAL, 20, 0, 0 },
	{ "steady, normal", STEADY, NORMAL, 40, 0, 0 },
	{ "steady, t3", STEADY, T3, 20, 0, 0 },
	{ "steady, t3", STEADY, T3, 40, 0, 0 },
	{ "steady, outliers", STEADY, OUTLIERS, 20, 0, 0 },
	{ "steady, outliers", STEADY, OUTLIERS, 40, 0, 0 },
	{ "steady, gamma(2)", STEADY, GAMMA2, 20, 0, 0 },
	{ "steady, gamma(2)", STEADY, GAMMA2, 40, 0, 0 },
	{ "steady, exponential", STEADY, EXPONENTIAL, 20, 0, 0 },
	{ "steady, exponential", STEADY, EXPONENTIAL, 30, 0, 0 },
	{ "steady, exponential", STEADY, EXPONENTIAL, 40, 0, 0 },
	{ "steady, lognormal", STEADY, LOGNORMAL, 20, 0, 0 },
	{ "steady, lognormal", STEADY, LOGNORMAL, 40, 0, 0 },
	{ "steady, interrupted", STEADY, INTERRUPTED, 20, 0, 0 },
	{ "steady, interrupted", STEADY, INTERRUPTED, 24, 0, 0 },
	{ "steady, interrupted", STEADY, INTERRUPTED, 30, 0, 0 },
	{ "steady, interrupted", STEADY, INTERRUPTED, 40, 0, 0 },
	{ "quantised, 1 SD", QUANTISED, NORMAL, 20, 1, 0 },
	{ "quantised, 1 SD", QUANTISED, NORMAL, 40, 1, 0 },
	{ "quantised, 2 SD", QUANTISED, NORMAL, 20, 2, 0 },
	{ "quantised, 2 SD", QUANTISED, NORMAL, 40, 2, 0 },
	{ "quantised, 4 SD", QUANTISED, NORMAL, 40, 4, 0 },
	{ "modes, 5 SD, 1/4", TWO_MODES, NORMAL, 20, 5, 0.25 },
	{ "modes, 5 SD, 1/2", TWO_MODES, NORMAL, 20, 5, 0.5 },
	{ "modes, 9 SD, 1/4", TWO_MODES, NORMAL, 20, 9, 0.25 },
	{ "modes, 9 SD, 1/2", TWO_MODES, NORMAL, 20, 9, 0.5 },
	{ "modes, 5 SD, 1/4", TWO_MODES, NORMAL, 40, 5, 0.25 },
	{ "modes, 5 SD, 1/2", TWO_MODES, NORMAL, 40, 5, 0.5 },
	{ "modes, 6 SD, 1/4", TWO_MODES, NORMAL, 40, 6, 0.25 },
	{ "modes, 6 SD, 1/2", TWO_MODES, NORMAL, 40, 6, 0.5 },
	{ "position, 4 SD", POSITION, NORMAL, 20, 4, 0 },
	{ "position, 3 SD", POSITION, NORMAL, 40, 3, 0 },
	{ "drift, 8 SD", DRIFT, NORMAL, 20, 8, 0 },
	{ "drift, 5 SD", DRIFT, NORMAL, 40, 5, 0 },
};
#define CELLS (sizeof(kinds) / sizeof(kinds[0]))

struct tally {
	unsigned draws, position, drift, modes, any;
};

static double quantise(double x, double grid)
{
	return grid * floor(x / grid);
}

/* Which blocks have the upper mode, or OLD first: an exact share of them, shuffled. */
static void choose(bool *chosen, unsigned n, double share, uint64_t *state)
{
	for (unsigned i = 0; i < n; i++)
		chosen[i] = i < share * n;
	for (unsigned i = n; i-- > 1;) {
		unsigned k = (unsigned)(sim_uniform(state) * (i + 1));
		bool swap = chosen[i];

		chosen[i] = chosen[k];
		chosen[k] = swap;
	}
}

static void draw(const struct kind *k, uint64_t *state, struct tally *t)
{
	double d[BLOCKS_MAX], old_y[BLOCKS_MAX], level = 0;
	bool upper[BLOCKS_MAX] = { false }, old_first[BLOCKS_MAX] = { false };
	uint32_t block[BLOCKS_MAX];
	int8_t first[BLOCKS_MAX];
	const struct pairs p = { .paired = true,
				 .blocks = k->blocks,
				 .n = k->blocks,
				 .d = d,
				 .old_y = old_y,
				 .block = block,
				 .first = first };
	struct reason why = { "" };
	struct stability s;

	choose(upper, k->blocks, k->share, state);
	choose(old_first, k->blocks, 0.5, state);
	for (unsigned i = 0; i < k->blocks; i++) {
		double new_y;

		level += 0.5 * SD * sim_normal(state);
		block[i] = i;
		first[i] = old_first[i] ? -1 : 1;
		old_y[i] = level + SD * sim_noise(k->noise, state);
		new_y = level + SD * sim_noise(k->noise, state);
		if (k->trouble == TWO_MODES)
			new_y += upper[i] ? k->size * SD : 0;
		else if (k->trouble == POSITION)
			new_y += old_first[i] ? k->size * SD : 0;
		else if (k->trouble == DRIFT)
			new_y += k->size * SD * i / (k->blocks - 1);
		else if (k->trouble == QUANTISED) {
			old_y[i] = quantise(old_y[i], k->size * SD);
			new_y = quantise(new_y, k->size * SD);
		}
		d[i] = new_y - old_y[i];
	}
	if (stability_check(&p, p.n, &s) < 0)
		abort();
	t->draws++;
	t->position += s.position_p <= STABILITY_ALPHA;
	t->drift += s.drift_p <= STABILITY_ALPHA;
	t->modes += fmax(s.old_modes, s.new_modes) > modes_limit(p.n);
	t->any += stability_failed(&s, p.n, &why);
}

static void simulate(size_t cell, void *result)
{
	const struct kind *k = &kinds[cell];
	int draws = k->trouble == STEADY || k->trouble == QUANTISED ? STEADY_DRAWS : DRAWS;
	uint64_t state = 20260513 + 7919 * cell;
	struct tally t = { 0 };

	for (int i = 0; i < draws; i++)
		draw(k, &state, &t);
	memcpy(result, &t, sizeof(t));
}

static double share(unsigned count, const struct tally *t)
{
	return (double)count / t->draws;
}

static void check(struct sim_tap *tap, const struct kind *k, const struct tally *t)
{
	switch (k->trouble) {
	case STEADY:
	case QUANTISED:
		if (k->noise == INTERRUPTED)
			sim_check(tap, share(t->modes, t) <= MODES_INTERRUPTED_PER_1000 / 1000.0,
				  "%s, %u blocks: modes not more often than is told", k->name,
				  k->blocks);
		else
			sim_check(tap, share(t->any, t) < 0.002 && share(t->modes, t) <= 0.001,
				  "%s, %u blocks: false alarms below .2 %%, modes .1 %%", k->name,
				  k->blocks);
		break;
	case TWO_MODES:
		/* 5 SD are too little for 20 blocks: what is found then is told above. */
		if (k->blocks == 40 || k->size > 5)
			sim_check(tap, share(t->modes, t) >= (k->size > 5 ? 0.9 : 0.5),
				  "%s, %u blocks: found", k->name, k->blocks);
		break;
	case POSITION:
		sim_check(tap, share(t->position, t) >= 0.9, "%s, %u blocks: found", k->name,
			  k->blocks);
		break;
	case DRIFT:
		sim_check(tap, share(t->drift, t) >= 0.9, "%s, %u blocks: found", k->name,
			  k->blocks);
		break;
	}
}

int main(void)
{
	struct sim_tap tap = { 0 };
	struct tally all[CELLS];

	if (sim_run(CELLS, sizeof(all[0]), simulate, all) < 0) {
		sim_check(&tap, false, "the simulation did not run");
		return sim_end(&tap);
	}
	printf("# %-20s %6s | %8s %8s %8s %8s\n", "", "blocks", "position", "drift", "modes",
	       "any");
	for (size_t i = 0; i < CELLS; i++)
		printf("# %-20s %6u | %8.4f %8.4f %8.4f %8.4f\n", kinds[i].name, kinds[i].blocks,
		       share(all[i].position, &all[i]), share(all[i].drift, &all[i]),
		       share(all[i].modes, &all[i]), share(all[i].any, &all[i]));
	for (size_t i = 0; i < CELLS; i++)
		check(&tap, &kinds[i], &all[i]);
	return sim_end(&tap);
}
