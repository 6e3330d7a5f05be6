// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/counts/gap.h"

#include "judge/times/sequential.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Less than this share closed is none. */
#define PART_MIN 0.05
/* Where the bounds of a share are looked for. */
#define SHARE_MAX 64

void gap_free(struct gap *g)
{
	free(g->metrics);
	free(g->functions);
	comparison_free(&g->opened);
	comparison_free(&g->left);
	*g = (struct gap){ 0 };
}

const char *gap_status_name(enum gap_status s)
{
	static const char *const names[] = { "closed", "partly closed", "not closed", "no gap",
					     "inconclusive" };

	return names[s];
}

int gap_exit(const struct gap *g)
{
	switch (g->status) {
	case GAP_CLOSED:
		return 0;
	case GAP_PARTLY:
	case GAP_OPEN:
		return 1;
	case GAP_NONE:
	case GAP_INCONCLUSIVE:
		break;
	}
	return 125;
}

const struct gap_row *gap_deciding(const struct gap *g)
{
	return g->by_part ? &g->part : &g->metrics[0];
}

/*
 * Whether, in what is exact in all three, nothing is left of a gap that is one there, and the
 * whole, which cannot be told, does not speak against it (reading/parts.h has the same guard): work
 * that moved into what varies would show in it.
 */
static bool closed_in_part(const struct gap *g)
{
	const struct reading_change *left = &g->left.change;

	return g->by_part && left->parted && left->is == READING_CANNOT_TELL &&
	       g->verdict == VERDICT_INCONCLUSIVE &&
	       g->part.candidate - g->part.old_value < left->smallest &&
	       left->delta - left->rest_spread < left->smallest;
}

/* From the two verdicts and the share of the first metric. */
static void decide(struct gap *g, const char *why_gap, const char *why_left)
{
	const struct gap_row *m = gap_deciding(g);
	char number[READING_NUMBER_BYTES];
	const char *where = g->by_part ? "in the functions that are exact in all three, " : "";

	if (g->gap_verdict != VERDICT_REGRESSION) {
		bool none = verdict_exit(g->gap_verdict, 0) == 0;

		g->status = none ? GAP_NONE : GAP_INCONCLUSIVE;
		snprintf(g->reason, sizeof(g->reason), "%s (NEW against OLD: %s)",
			 none ? "NEW is no regression against OLD, so there is no gap to close"
			      : why_gap,
			 verdict_name(g->gap_verdict));
	} else if (g->part_unknown) {
		g->status = GAP_INCONCLUSIVE;
		snprintf(g->reason, sizeof(g->reason),
			 "the whole cannot be told, and what is exact in all three kernels does "
			 "not differ between OLD and NEW by what matters");
	} else if (g->verdict == VERDICT_REGRESSION) {
		g->status = m->closed >= PART_MIN && m->low > 0 ? GAP_PARTLY : GAP_OPEN;
		snprintf(g->reason, sizeof(g->reason),
			 "%sthe candidate is still a regression against OLD, x %.4f; NEW is x %.4f",
			 where, m->candidate / m->old_value, m->new_value / m->old_value);
	} else if (verdict_exit(g->verdict, 0) == 0) {
		g->status = GAP_CLOSED;
		snprintf(g->reason, sizeof(g->reason),
			 "the candidate is no regression against OLD%s",
			 g->by_part ? "; NEW is one in the functions that are exact" : "");
	} else if (closed_in_part(g)) {
		g->status = GAP_CLOSED;
		g->verdict = m->candidate == m->old_value ? VERDICT_EQUIVALENT : VERDICT_TRIVIAL;
		snprintf(g->reason, sizeof(g->reason),
			 "in the functions that are exact in all three, the candidate is no "
			 "regression against OLD; nothing is said of the whole, as the others "
			 "vary by %s",
			 reading_number(g->left.change.rest_spread, number));
	} else {
		g->status = GAP_INCONCLUSIVE;
		snprintf(g->reason, sizeof(g->reason), "the candidate against OLD: %s", why_left);
	}
}

static double share(double old_value, double new_value, double candidate)
{
	return new_value == old_value ? NAN : (new_value - candidate) / (new_value - old_value);
}

/* The share, and how far it can be off if each value can be by its spread and what is unseen. */
static struct gap_row row(const char *name, const double values[3], const double spreads[3])
{
	struct gap_row r = { .name = name,
			     .old_value = values[0],
			     .new_value = values[1],
			     .candidate = values[2],
			     .closed = share(values[0], values[1], values[2]) };

	r.low = r.high = r.closed;
	/* A gap that may be none, as far as the spreads tell, has any share. */
	if (fabs(values[1] - values[0]) <= spreads[0] + spreads[1] && spreads[0] + spreads[1] > 0) {
		r.low = -INFINITY;
		r.high = INFINITY;
		return r;
	}
	for (unsigned corner = 0; corner < 8; corner++) {
		double at[3], closed;

		for (unsigned i = 0; i < 3; i++)
			at[i] = values[i] + (corner >> i & 1 ? spreads[i] : -spreads[i]);
		closed = share(at[0], at[1], at[2]);
		r.low = fmin(r.low, closed);
		r.high = fmax(r.high, closed);
	}
	return r;
}

static const struct metric *find_metric(const struct comparison *c, const char *name)
{
	for (size_t i = 0; i < c->n_metrics; i++) {
		if (!strcmp(metric_name(&c->metrics[i]), name))
			return &c->metrics[i];
	}
	return NULL;
}

static void add_metric(struct gap *g, const struct metric *o, const struct metric *l)
{
	const struct reading *of[3] = { &o->old_one, &o->new_one, &l->new_one };
	double values[3], spreads[3];

	for (unsigned k = 0; k < 3; k++) {
		values[k] = of[k]->value;
		spreads[k] = of[k]->spread + of[k]->unseen;
	}
	g->metrics[g->n_metrics++] = row(metric_name(o), values, spreads);
}

/* The one that decides goes before the others; what a program prints on some sides only is none. */
static int add_metrics(struct gap *g, struct err *e)
{
	const struct metric *decides = comparison_deciding(&g->opened);

	g->metrics = calloc(g->opened.n_metrics, sizeof(*g->metrics));
	if (!g->metrics)
		return err_oom(e);
	add_metric(g, decides, comparison_deciding(&g->left));
	for (size_t i = 0; i < g->opened.n_metrics; i++) {
		const struct metric *o = &g->opened.metrics[i];
		const struct metric *l = find_metric(&g->left, metric_name(o));

		if (o != decides && l)
			add_metric(g, o, l);
	}
	return 0;
}

static const struct function_delta *find(const struct comparison *c, const char *name)
{
	for (size_t i = 0; i < c->n_functions; i++) {
		if (!strcmp(c->functions[i].name, name))
			return &c->functions[i];
	}
	return NULL;
}

static int add_functions(struct gap *g, struct err *e)
{
	const double none[3] = { 0 };

	g->functions =
		calloc(g->opened.n_functions + g->left.n_functions + 1, sizeof(*g->functions));
	if (!g->functions)
		return err_oom(e);
	for (size_t i = 0; i < g->opened.n_functions; i++) {
		const struct function_delta *o = &g->opened.functions[i];
		const struct function_delta *l = find(&g->left, o->name);
		const double values[3] = { o->old_insns, o->new_insns, l ? l->new_insns : 0 };

		g->functions[g->n_functions++] = row(o->name, values, none);
	}
	for (size_t i = 0; i < g->left.n_functions; i++) {
		const struct function_delta *l = &g->left.functions[i];
		const double values[3] = { 0, 0, l->new_insns };

		if (!find(&g->opened, l->name))
			g->functions[g->n_functions++] = row(l->name, values, none);
	}
	return 0;
}

/* The same functions on all sides: what is exact of two need not be of the third. */
static int add_part(struct gap *g, const struct scenario *s, const struct run *const runs[3],
		    double threshold, struct err *e)
{
	const struct metric *o = comparison_deciding(&g->opened);
	struct reading deciding[3] = { o->old_one, o->new_one,
				       comparison_deciding(&g->left)->new_one };
	struct reading_source sources[3];
	struct reading_parts_run beside[3];
	struct reading_parts parts;
	const double exact[3] = { 0 };
	double values[3];
	int r;

	for (unsigned i = 0; i < 3; i++) {
		sources[i] = reading_source_of(s, runs[i], g->opened.cpus);
		beside[i] = (struct reading_parts_run){ &sources[i], i, &deciding[i] };
		deciding[i].part = 0;
	}
	r = reading_parts_find(beside, 3, &parts, e);
	/* Of one whose counts do not hold together nothing is exact. */
	g->part_unknown = true;
	if (r < 0 || !parts.known || !deciding[0].parted || !deciding[1].parted ||
	    !deciding[2].parted)
		return r;
	for (unsigned i = 0; i < 3; i++)
		values[i] = deciding[i].part;
	/* A share of what does not matter would be one of nothing. */
	if (values[1] == values[0] ||
	    fabs(values[1] - values[0]) < threshold * fabs(deciding[0].value))
		return 0;
	g->part_unknown = false;
	g->by_part = true;
	g->part = row(metric_name(o), values, exact);
	return 0;
}

int gap_exact(const struct scenario *s, const struct run *old_run, const struct run *new_run,
	      const struct run *candidate, unsigned cpus, double threshold, struct gap *out,
	      struct err *e)
{
	int r;

	*out = (struct gap){ 0 };
	r = compare_runs(s, old_run, new_run, cpus, threshold, &out->opened, e);
	if (r == 0)
		r = compare_runs(s, old_run, candidate, cpus, threshold, &out->left, e);
	if (r == 0)
		r = add_metrics(out, e);
	if (r == 0)
		r = add_functions(out, e);
	if (r == 0 && (comparison_part(&out->opened) || comparison_part(&out->left)))
		r = add_part(out, s, (const struct run *const[]){ old_run, new_run, candidate },
			     threshold, e);
	if (r < 0)
		return r;
	out->gap_verdict = out->opened.verdict;
	out->verdict = out->left.verdict;
	decide(out, out->opened.reason, out->left.reason);
	return 0;
}

struct blocks {
	double *gap, *won; /* ln(new / old), ln(new / candidate) */
	double *d;	   /* room for as many */
	size_t n;
	double alpha;
	struct signed_rank_tables tables;
};

static int test_share(struct blocks *b, double c, struct signed_rank *out)
{
	for (size_t i = 0; i < b->n; i++)
		b->d[i] = b->won[i] - c * b->gap[i];
	return signed_rank(b->d, b->n, b->alpha, &b->tables, out);
}

enum bound { BOUND_LOW, BOUND_ESTIMATE, BOUND_HIGH };

static double bound_of(const struct signed_rank *s, enum bound which)
{
	return which == BOUND_LOW ? s->low : which == BOUND_HIGH ? s->high : s->estimate;
}

/* The share at which a bound of the differences is 0: they fall as the share grows. */
static int find_share(struct blocks *b, enum bound which, double *out)
{
	double low = -SHARE_MAX, high = SHARE_MAX;
	struct signed_rank s;
	int r = test_share(b, low, &s);
	bool inside = r == 0 && bound_of(&s, which) > 0;

	if (r == 0)
		r = test_share(b, high, &s);
	inside = inside && r == 0 && bound_of(&s, which) < 0;
	*out = which == BOUND_LOW ? -INFINITY : which == BOUND_HIGH ? INFINITY : NAN;
	while (r == 0 && inside && high - low > 1e-9) {
		double middle = (low + high) / 2;

		r = test_share(b, middle, &s);
		*(bound_of(&s, which) > 0 ? &low : &high) = middle;
	}
	if (r == 0 && inside)
		*out = (low + high) / 2;
	return r;
}

static double median_ns(const double *ns, size_t n, double *scratch)
{
	struct signed_rank s = { 0 };

	for (size_t i = 0; i < n; i++)
		scratch[i] = log(ns[i]);
	return signed_rank(scratch, n, 0.5, NULL, &s) < 0 ? NAN : exp(s.estimate);
}

static int verdict_of(struct blocks *b, const double *ns, const double *old_ns, double threshold,
		      enum verdict *out)
{
	struct sequential_rule rule = sequential_fixed((unsigned)b->n, log1p(threshold));
	struct sequential s;
	int r;

	for (size_t i = 0; i < b->n; i++)
		b->d[i] = log(ns[i] / old_ns[i]);
	rule.alpha = b->alpha;
	sequential_reach(&rule, b->n);
	r = sequential_judge(&rule, b->d, &b->tables, &s);
	*out = s.verdict;
	return r;
}

static int judge_blocks(struct blocks *b, const double *old_ns, const double *new_ns,
			const double *candidate_ns, double threshold, struct gap *out)
{
	struct gap_row *m = &out->metrics[0];
	int r = verdict_of(b, new_ns, old_ns, threshold, &out->gap_verdict);

	m->old_value = median_ns(old_ns, b->n, b->d);
	m->new_value = median_ns(new_ns, b->n, b->d);
	m->candidate = median_ns(candidate_ns, b->n, b->d);
	if (r == 0)
		r = verdict_of(b, candidate_ns, old_ns, threshold, &out->verdict);
	for (size_t i = 0; i < b->n; i++) {
		b->gap[i] = log(new_ns[i] / old_ns[i]);
		b->won[i] = log(new_ns[i] / candidate_ns[i]);
	}
	if (r == 0)
		r = find_share(b, BOUND_ESTIMATE, &m->closed);
	if (r == 0)
		r = find_share(b, BOUND_LOW, &m->low);
	if (r == 0)
		r = find_share(b, BOUND_HIGH, &m->high);
	return r;
}

int gap_timed(const double *old_ns, const double *new_ns, const double *candidate_ns, size_t n,
	      double alpha, double threshold, const char *metric, struct gap *out, struct err *e)
{
	_cleanup_free_ double *room = calloc(3 * n + 1, sizeof(*room));
	struct blocks b = { .gap = room, .n = n, .alpha = alpha };
	int r;

	*out = (struct gap){ .metrics = calloc(1, sizeof(*out->metrics)) };
	if (!room || !out->metrics)
		return err_oom(e);
	if (!n)
		return err_set(e, EINVAL, "there are no blocks");
	b.won = room + n;
	b.d = room + 2 * n;
	out->n_metrics = 1;
	out->metrics[0].name = metric;
	r = judge_blocks(&b, old_ns, new_ns, candidate_ns, threshold, out);
	signed_rank_tables_free(&b.tables);
	if (r < 0)
		return err_oom(e);
	decide(out, "the blocks do not tell", "the blocks do not tell");
	return 0;
}
