// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/times/timed.h"

#include "base/cleanup.h"
#include "judge/times/ranks.h"
#include "judge/times/sequential.h"
#include "stats/stats.h"

#include <errno.h>
#include <math.h>

static struct sequential_margins margins(const struct judge_options *o,
					 const struct timed_control *control, size_t look)
{
	const double threshold = log1p(o->threshold);
	double claim = control ? fmax(threshold, control->looks[look].half_width) : threshold;

	return (struct sequential_margins){ .claim = claim, .equal = threshold };
}

static void take_margins(struct timed *t, struct sequential_margins m)
{
	t->claim_min = expm1(m.claim);
	t->equal_max = expm1(m.equal);
}

/* Unpaired data has one look: without blocks there is no saying what came first. */
static struct sequential_rule plan(const struct timed_rule *rule, const struct pairs *p,
				   const struct timed_control *control)
{
	const struct judge_options *o = rule->options;
	struct sequential_rule plan = sequential_fixed((unsigned)p->blocks, 0);

	if (o->n_looks && p->paired) {
		plan.n_looks = o->n_looks;
		for (size_t i = 0; i < o->n_looks; i++)
			plan.looks[i].blocks = o->looks[i];
	}
	plan.alpha = TIMED_ALPHA;
	plan.claims = rule->claims ? rule->claims : 1;
	for (size_t i = 0; i < plan.n_looks; i++) {
		struct sequential_look *look = &plan.looks[i];

		look->reached = look->blocks <= p->blocks;
		look->n = pairs_within(p, look->blocks);
		look->margins = margins(o, control, i);
	}
	return plan;
}

static bool is_change(enum verdict v)
{
	return v == VERDICT_REGRESSION || v == VERDICT_IMPROVEMENT;
}

static bool is_equality(enum verdict v)
{
	return v == VERDICT_EQUIVALENT || v == VERDICT_TRIVIAL;
}

/* Does the control raise the bar for changes? */
static bool by_control(const struct timed *t)
{
	return t->claim_min > 1.0001 * t->equal_max;
}

/* Of an interval that is neither here nor there. */
static void explain_doubt(const struct timed *t, const struct sequential_rule *plan,
			  struct reason *why)
{
	bool real = t->p <= t->alpha && (t->low > 1 || t->high < 1);
	double size = fabs(log(t->ratio));

	if (t->low >= 1 / (1 + t->equal_max) && t->high <= 1 + t->equal_max)
		reason_add(why,
			   "the interval lies within %.3g %%, but nothing is called equal here",
			   100 * t->equal_max);
	else if (!real)
		reason_add(why, "the interval excludes neither no change nor one of %.3g %%",
			   100 * t->claim_min);
	else if (size < log1p(t->claim_min))
		reason_add(why, "the interval excludes no change, but the change is below %.3g %%",
			   100 * t->claim_min);
	else
		reason_add(why, "a change, but at an early look it has to stand among %u claims",
			   plan->claims);
	reason_add(why, "; a change of %.1f %% could have been seen",
		   100 * fmax(t->detectable, t->claim_min));
}

/* Why the verdict is what it is. */
static void explain(const struct timed *t, const struct sequential_rule *plan, struct reason *why)
{
	if (!isfinite(t->detectable))
		reason_add(why, "%zu blocks; no verdict below %d", t->n,
			   1 + (int)ceil(-log2(t->alpha)));
	else if (!isfinite(t->claim_min))
		reason_add(why, "the A/A control has too few blocks to vouch for the machine");
	else if (is_change(t->verdict))
		reason_add(why, "the interval excludes no change");
	else if (is_equality(t->verdict))
		reason_add(why, "the interval lies within %.3g %%%s", 100 * t->equal_max,
			   t->verdict == VERDICT_TRIVIAL ? ", and excludes no change" : "");
	else
		explain_doubt(t, plan, why);
	if (by_control(t) && isfinite(t->claim_min) && isfinite(t->detectable))
		reason_add(why, " (the A/A control tells only %.3g %% apart)", 100 * t->claim_min);
	if (plan->n_looks > 1 && t->decided)
		reason_add(why, "; look %u of %zu, at %u blocks", t->look, plan->n_looks,
			   plan->looks[t->look - 1].blocks);
	else if (plan->n_looks > 1)
		reason_add(why, "; undecided after %zu blocks, the next look is at %u", t->blocks,
			   plan->looks[t->look].blocks);
}

/* The numbers of an interval in ln. */
static void fill(struct timed *t, double estimate, double low, double high, double p)
{
	t->p = p;
	t->ratio = exp(estimate);
	t->low = exp(low);
	t->high = exp(high);
	/* A true change beyond the interval's half-width would have been seen half of the time. */
	t->detectable = expm1(fmax(high - estimate, estimate - low));
}

static int judge_pairs(const struct pairs *p, const struct timed_rule *rule,
		       const struct timed_control *control, struct timed *out, struct reason *why)
{
	struct sequential_rule s = plan(rule, p, control);
	struct sequential found;
	struct signed_rank *ranks = &found.ranks;
	int r = sequential_judge(&s, p->d, rule->tables, &found);

	if (r < 0)
		return r;
	out->decided = found.decided;
	out->verdict = found.verdict;
	out->look = (unsigned)found.look;
	out->alpha = found.alpha;
	take_margins(out, s.looks[found.look ? found.look - 1 : 0].margins);
	/* Before the first look there are numbers, but no verdict. */
	if (!ranks->n && p->n) {
		r = signed_rank(p->d, p->n, found.alpha, rule->tables, ranks);
		if (r < 0)
			return r;
	}
	if (ranks->n) {
		out->n = ranks->n;
		out->exact = ranks->exact;
		fill(out, ranks->estimate, ranks->low, ranks->high, ranks->p);
		explain(out, &s, why);
	} else {
		reason_add(why, "no block has a good run of both sides");
	}
	return 0;
}

/* Sorted logarithms of a side's good values; NULL when out of memory. */
static double *logs(const struct group *g, size_t *n)
{
	double *out = malloc((g->count + 1) * sizeof(*out));

	*n = 0;
	for (size_t i = 0; out && i < g->count; i++) {
		if (g->rows[i].ok && g->rows[i].value > 0)
			out[(*n)++] = log(g->rows[i].value);
	}
	if (out)
		stats_sort(out, *n);
	return out;
}

/*
 * Rank sum with its shift estimate: the median of all differences new - old, the interval by the
 * normal approximation of the rank sum's distribution.
 */
static void judge_sides(const double *o, size_t n_old, const double *n, size_t n_new,
			struct sequential_margins margins, struct timed *out)
{
	size_t pairs = n_old * n_new, k, less, equal;
	double m = (double)n_old * (double)n_new;
	double sd = sqrt(m * ((double)n_old + (double)n_new + 1) / 12), rank, low, high, estimate;

	pairwise_signs(o, n_old, n, n_new, &less, &equal);
	estimate = (pairwise_difference(o, n_old, n, n_new, (pairs + 1) / 2) +
		    pairwise_difference(o, n_old, n, n_new, pairs / 2 + 1)) /
		   2;
	rank = m / 2 - stats_two_sided_quantile(TIMED_ALPHA) * sd;
	k = rank < 1 ? 0 : (size_t)rank;
	low = k ? pairwise_difference(o, n_old, n, n_new, k) : -INFINITY;
	high = k ? pairwise_difference(o, n_old, n, n_new, pairs - k + 1) : INFINITY;
	out->n = n_old < n_new ? n_old : n_new;
	fill(out, estimate, low, high,
	     erfc(fmax(0, fabs((double)less + (double)equal / 2 - m / 2) - 0.5) / sd / sqrt(2)));
	if (out->n >= TIMED_BLOCKS_MIN)
		out->verdict =
			sequential_verdict(low, high, estimate, out->p, TIMED_ALPHA, margins);
}

static int judge_unpaired(const struct group *old_side, const struct group *new_side,
			  const struct timed_rule *rule, const struct timed_control *control,
			  struct timed *out, struct reason *why)
{
	struct sequential_rule s = sequential_fixed(0, 0);
	struct sequential_margins m = margins(rule->options, control, 0);
	_cleanup_free_ double *o = logs(old_side, &out->n_old), *n = logs(new_side, &out->n_new);

	if (!o || !n)
		return -ENOMEM;
	out->decided = true;
	out->look = 1;
	out->alpha = TIMED_ALPHA;
	take_margins(out, m);
	if (!out->n_old || !out->n_new) {
		reason_add(why, "a side has no good run");
		return 0;
	}
	judge_sides(o, out->n_old, n, out->n_new, m, out);
	if (out->n < TIMED_BLOCKS_MIN)
		reason_add(why, "%zu runs; no verdict below %d", out->n, TIMED_BLOCKS_MIN);
	else
		explain(out, &s, why);
	reason_add(why, "; unpaired");
	return 0;
}

static size_t good_runs(const struct group *g)
{
	size_t n = 0;

	for (size_t i = 0; i < g->count; i++)
		n += g->rows[i].ok && g->rows[i].value > 0;
	return n;
}

int timed_judge(const struct group *old_side, const struct group *new_side, const struct pairs *p,
		const struct timed_rule *rule, const struct timed_control *control,
		struct timed *out, struct reason *why)
{
	*out = (struct timed){ .verdict = VERDICT_INCONCLUSIVE,
			       .paired = p->paired,
			       .blocks = p->blocks,
			       .n_old = good_runs(old_side),
			       .n_new = good_runs(new_side),
			       .ratio = NAN,
			       .low = NAN,
			       .high = NAN,
			       .p = NAN,
			       .detectable = INFINITY };
	return p->paired ? judge_pairs(p, rule, control, out, why)
			 : judge_unpaired(old_side, new_side, rule, control, out, why);
}

/* The control at one look. */
static int look_at_control(const struct pairs *p, const struct timed_rule *rule,
			   const struct sequential_rule *plan, size_t look,
			   struct timed_control *out)
{
	const double alpha = plan->alpha / (double)plan->n_looks;
	struct signed_rank s;
	int r;

	if (!plan->looks[look].reached || !plan->looks[look].n)
		return 0;
	r = signed_rank(p->d, plan->looks[look].n, alpha, rule->tables, &s);
	if (r < 0)
		return r;
	out->looks[look].half_width = (s.high - s.low) / 2;
	out->looks[look].fails = s.p <= alpha && (s.low > 0 || s.high < 0) &&
				 fabs(s.estimate) >= log1p(rule->options->threshold);
	return 0;
}

int timed_judge_control(const struct group *old_side, const struct group *aa, const struct pairs *p,
			const struct timed_rule *rule, struct timed_control *control,
			struct timed *out, struct reason *why)
{
	const struct sequential_rule s = plan(rule, p, NULL);
	int r = timed_judge(old_side, aa, p, rule, NULL, out, why);

	for (size_t i = 0; i < JUDGE_LOOKS_MAX; i++) {
		control->looks[i].half_width = INFINITY;
		control->looks[i].fails = false;
	}
	for (size_t i = 0; r == 0 && p->paired && i < s.n_looks; i++)
		r = look_at_control(p, rule, &s, i, control);
	if (!p->paired) {
		/* Without a good run there is no interval. */
		if (isfinite(out->ratio))
			control->looks[0].half_width = log(out->high / out->low) / 2;
		control->looks[0].fails = is_change(out->verdict);
	}
	for (size_t i = 0; r == 0 && i < s.n_looks; i++) {
		if (!control->looks[i].fails)
			continue;
		out->verdict = VERDICT_UNSTABLE;
		out->decided = true;
		*why = (struct reason){ "" };
		reason_add(why, "the baseline differs from itself: no verdict on others stands");
		if (s.n_looks > 1)
			reason_add(why, "; look %zu of %zu", i + 1, s.n_looks);
		break;
	}
	return r;
}

bool timed_control_failed(const struct timed_control *control, const struct timed *t)
{
	return t->look && control->looks[t->look - 1].fails;
}
