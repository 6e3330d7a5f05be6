// SPDX-License-Identifier: GPL-2.0-or-later
#include "bisect/proof.h"

#include "base/cleanup.h"
#include "judge/times/timed.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

const char *proof_status_name(enum proof_status s)
{
	static const char *const names[] = { "proven", "likely", "not confirmed", "no difference" };

	return names[s];
}

enum proof_status proof_judge(bool slower, const struct proof_pair *parent, size_t suspects,
			      const struct proof_pair *revert, double *won_back)
{
	const double change = parent->new_value - parent->old_value;

	*won_back = NAN;
	if (!parent->measured || !parent->differs || (change > 0) != slower)
		return PROOF_NOT_CONFIRMED;
	if (suspects > 1 || !revert->measured)
		return PROOF_LIKELY;
	*won_back = (revert->old_value - revert->new_value) / change;
	return *won_back >= PROOF_WON_BACK ? PROOF_PROVEN : PROOF_NOT_CONFIRMED;
}

static void fill(const struct sequential *s, double level, struct proof_blocks *out)
{
	const struct signed_rank *ranks = &s->ranks;

	out->pair = (struct proof_pair){ .measured = true,
					 .differs = s->verdict == VERDICT_REGRESSION ||
						    s->verdict == VERDICT_IMPROVEMENT,
					 .old_value = exp(level),
					 .new_value = exp(level + ranks->estimate) };
	out->low = exp(ranks->low);
	out->high = exp(ranks->high);
	out->p = ranks->p;
	out->n = ranks->n;
	snprintf(out->reason, sizeof(out->reason),
		 "%s by %zu blocks: ratio %.4f, %.4g %% interval %.4f to %.4f",
		 verdict_name(s->verdict), ranks->n, exp(ranks->estimate), 100 * (1 - s->alpha),
		 out->low, out->high);
}

int proof_judge_blocks(const double *old_times, const double *new_times, size_t n, double threshold,
		       struct proof_blocks *out)
{
	_cleanup_free_ double *room = calloc(2 * n + 1, sizeof(*room));
	double *d = room, *old_logs = room + n;
	struct sequential_rule rule = sequential_default();
	struct signed_rank level = { 0 };
	struct sequential s;

	*out = (struct proof_blocks){ .verdict = VERDICT_INCONCLUSIVE };
	if (!room)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		d[i] = log(new_times[i] / old_times[i]);
		old_logs[i] = log(old_times[i]);
	}
	sequential_reach(&rule, n);
	for (size_t i = 0; i < rule.n_looks; i++)
		rule.looks[i].margins =
			(struct sequential_margins){ log1p(threshold), log1p(threshold) };
	if (sequential_judge(&rule, d, NULL, &s) < 0)
		return -ENOMEM;
	out->decided = s.decided;
	out->verdict = s.verdict;
	if (!s.ranks.n)
		return 0;
	if (signed_rank(old_logs, s.ranks.n, 0.5, NULL, &level) < 0)
		return -ENOMEM;
	fill(&s, level.estimate, out);
	return 0;
}
