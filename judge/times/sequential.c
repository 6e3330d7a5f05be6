// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/times/sequential.h"

#include <math.h>

#define ALPHA 0.01

struct sequential_rule sequential_default(void)
{
	const struct sequential_margins m = { log1p(0.01), log1p(0.01) };

	return (struct sequential_rule){
		.looks = { { .blocks = 10, .margins = m },
			   { .blocks = 20, .margins = m },
			   { .blocks = 40, .margins = m } },
		.n_looks = 3,
		.alpha = ALPHA,
		.claims = 1,
	};
}

struct sequential_rule sequential_fixed(unsigned blocks, double margin)
{
	const struct sequential_margins m = { margin, margin };

	return (struct sequential_rule){ .looks = { { .blocks = blocks, .margins = m } },
					 .n_looks = 1,
					 .alpha = ALPHA,
					 .claims = 1 };
}

void sequential_reach(struct sequential_rule *rule, size_t n)
{
	for (size_t i = 0; i < rule->n_looks; i++) {
		rule->looks[i].reached = rule->looks[i].blocks <= n;
		rule->looks[i].n = rule->looks[i].blocks;
	}
}

enum verdict sequential_verdict(double low, double high, double estimate, double p, double alpha,
				struct sequential_margins m)
{
	bool real = p <= alpha && (low > 0 || high < 0);

	/* Without bounds nothing is known, however much it takes to matter. */
	if (!isfinite(low) || !isfinite(high) || !isfinite(m.claim))
		return VERDICT_INCONCLUSIVE;
	if (low >= -m.equal && high <= m.equal && m.claim <= m.equal)
		return real ? VERDICT_TRIVIAL : VERDICT_EQUIVALENT;
	if (real && fabs(estimate) >= m.claim)
		return estimate > 0 ? VERDICT_REGRESSION : VERDICT_IMPROVEMENT;
	return VERDICT_INCONCLUSIVE;
}

/* Would a change of this p stand among all that is claimed? */
static bool stands(const struct sequential_rule *rule, const struct sequential *s)
{
	return s->ranks.p * (double)rule->claims <= s->alpha;
}

int sequential_judge(const struct sequential_rule *rule, const double *d,
		     struct signed_rank_tables *tables, struct sequential *out)
{
	*out = (struct sequential){ .verdict = VERDICT_INCONCLUSIVE,
				    .alpha = rule->alpha / (double)rule->n_looks };
	for (size_t i = 0; i < rule->n_looks && rule->looks[i].reached; i++) {
		const struct sequential_look *look = &rule->looks[i];
		struct signed_rank *s = &out->ranks;
		bool last = i + 1 == rule->n_looks;
		int r;

		out->look = i + 1;
		if (!look->n)
			continue;
		r = signed_rank(d, look->n, out->alpha, tables, s);
		if (r < 0)
			return r;
		out->detectable = fmax(s->high - s->estimate, s->estimate - s->low);
		out->verdict = sequential_verdict(s->low, s->high, s->estimate, s->p, out->alpha,
						  look->margins);
		if ((out->verdict == VERDICT_REGRESSION || out->verdict == VERDICT_IMPROVEMENT) &&
		    !last && !stands(rule, out))
			out->verdict = VERDICT_INCONCLUSIVE;
		out->decided = out->verdict != VERDICT_INCONCLUSIVE || last;
		if (out->decided)
			return 0;
	}
	out->decided = out->look == rule->n_looks;
	return 0;
}
