// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/sequential.h"

#include <math.h>

struct sequential_rule sequential_default(void)
{
	return (struct sequential_rule){
		.looks = { 10, 20, 40 }, .n_looks = 3, .alpha = 0.01, .least = log1p(0.01)
	};
}

struct sequential_rule sequential_fixed(unsigned blocks, double least)
{
	return (struct sequential_rule){
		.looks = { blocks }, .n_looks = 1, .alpha = 0.01, .least = least
	};
}

/* What a look says; `inconclusive` is not an answer unless it was the last look. */
static enum verdict look_verdict(const struct sequential_rule *rule, const struct signed_rank *s,
				 double alpha)
{
	bool real = s->p <= alpha && (s->low > 0 || s->high < 0);
	bool small = s->low >= -rule->least && s->high <= rule->least;

	if (small)
		return real ? VERDICT_TRIVIAL : VERDICT_EQUIVALENT;
	if (real && fabs(s->estimate) >= rule->least)
		return s->estimate > 0 ? VERDICT_REGRESSION : VERDICT_IMPROVEMENT;
	return VERDICT_INCONCLUSIVE;
}

int sequential_judge(const struct sequential_rule *rule, const double *d, size_t n,
		     struct sequential *out)
{
	double alpha = rule->alpha / (double)rule->n_looks;

	*out = (struct sequential){ .verdict = VERDICT_INCONCLUSIVE };
	for (size_t i = 0; i < rule->n_looks && rule->looks[i] <= n; i++) {
		int r = signed_rank(d, rule->looks[i], alpha, &out->ranks);

		if (r < 0)
			return r;
		out->blocks = rule->looks[i];
		out->detectable = fmax(out->ranks.high - out->ranks.estimate,
				       out->ranks.estimate - out->ranks.low);
		out->verdict = look_verdict(rule, &out->ranks, alpha);
		out->decided = out->verdict != VERDICT_INCONCLUSIVE || i + 1 == rule->n_looks;
		if (out->decided)
			return 0;
	}
	return 0;
}
