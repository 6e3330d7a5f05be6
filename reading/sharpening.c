// SPDX-License-Identifier: GPL-2.0-or-later
#include "reading/sharpening.h"

#include <math.h>

#define THRESHOLD_AIMED_AT 0.01
/* What is left of a spread by a doubling that helps: a half at best, less than this by 1 / sqrt(N).
 */
#define HELPED 0.8

void sharpening_begin(struct sharpening *s, double threshold, unsigned n, unsigned n_max,
		      double budget)
{
	*s = (struct sharpening){
		.target = (threshold > 0 ? threshold : THRESHOLD_AIMED_AT) / 3 / READING_SPREADS,
		.left = budget,
		.n = n,
		.n_max = n_max,
	};
}

static double share_of(const struct reading *r)
{
	if (r->exact || r->spread == 0)
		return 0;
	return r->value == 0 ? INFINITY : r->spread / fabs(r->value);
}

double sharpening_share(const struct reading *old_one, const struct reading *new_one)
{
	return fmax(share_of(old_one), share_of(new_one));
}

/* Doublings that @share asks for if it falls by 1 / N. */
static unsigned foretold(const struct sharpening *s, double share)
{
	unsigned n = 0;

	while (n < SHARPENING_DOUBLINGS && share > s->target) {
		share /= 2;
		n++;
	}
	return n;
}

/* As many of the doublings as can be made if there are to be so many runs of them. */
static unsigned affordable(const struct sharpening *s, unsigned doublings, double cost,
			   unsigned runs)
{
	while (doublings &&
	       (doublings > SHARPENING_DOUBLINGS - s->raised || s->n > s->n_max >> doublings ||
		runs * ldexp(cost, (int)doublings) > s->left))
		doublings--;
	return doublings;
}

/* From so few iterations that their spread tells nothing. 0: there are enough, or no budget. */
static unsigned doublings_of_few(const struct sharpening *s, double cost)
{
	unsigned n = 0;

	if (s->told > 1 || s->n >= SHARPENING_FEW)
		return 0;
	while (s->n << n < SHARPENING_FIRST && s->n << (n + 1) <= s->n_max &&
	       ldexp(cost, (int)n + 1) <= s->left / 2)
		n++;
	return n;
}

static enum sharpening_step measure(struct sharpening *s, unsigned doublings)
{
	s->n <<= doublings;
	return SHARPENING_MEASURE;
}

enum sharpening_step sharpening_told(struct sharpening *s, double share, double cost)
{
	bool helped = isfinite(share) && share <= HELPED * s->last;
	unsigned wanted, doublings;

	s->told++;
	s->left -= cost;
	s->last = share;
	if (s->confirms || s->ends)
		return SHARPENING_TAKE;
	doublings = share > 0 ? doublings_of_few(s, cost) : 0;
	s->first += doublings > 0;
	if (doublings)
		return measure(s, doublings);
	if (share <= s->target && !s->raised)
		return SHARPENING_TAKE;
	if (share <= s->target) {
		s->confirms = true;
		return SHARPENING_MEASURE;
	}
	if (s->raised && !helped)
		return SHARPENING_TAKE_FIRST;
	wanted = s->raised ? foretold(s, share) : 1;
	/* One that may be sharp needs one more that confirms it. */
	doublings = affordable(s, wanted, cost, 2);
	if (s->raised && doublings < wanted && affordable(s, wanted, cost, 1) > doublings) {
		doublings = affordable(s, wanted, cost, 1);
		s->ends = true;
	}
	if (!doublings)
		return SHARPENING_TAKE;
	s->raised += doublings;
	return measure(s, doublings);
}
