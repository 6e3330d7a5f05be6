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
	static const char *const names[] = { "proven", "likely", "not confirmed", "no difference",
					     "inconclusive" };

	return names[s];
}

struct proof_pair proof_pair_of(const struct comparison *c)
{
	const struct metric *m = comparison_deciding(c);
	struct proof_pair p = { .measured = true,
				.differs = c->verdict == VERDICT_REGRESSION ||
					   c->verdict == VERDICT_IMPROVEMENT,
				.old_value = m->old_one.value,
				.new_value = m->new_one.value,
				.parted = c->parts.known,
				.by_part = comparison_part(c),
				.old_part = m->old_one.value,
				.new_part = m->new_one.value };

	/* Where nothing varies, all is exact. */
	if (c->change.parted) {
		p.old_part = m->old_one.part;
		p.new_part = m->new_one.part;
	}
	return p;
}

enum proof_status proof_judge(bool slower, const struct proof_pair *parent, size_t suspects,
			      const struct proof_pair *revert, double *won_back)
{
	const bool part = parent->by_part;
	const double change =
		part ? parent->new_part - parent->old_part : parent->new_value - parent->old_value;
	const double back =
		part ? revert->old_part - revert->new_part : revert->old_value - revert->new_value;

	*won_back = NAN;
	if (!parent->measured || !parent->differs || (change > 0) != slower)
		return PROOF_NOT_CONFIRMED;
	if (suspects > 1 || !revert->measured || (part && !revert->parted))
		return PROOF_LIKELY;
	*won_back = back / change;
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
