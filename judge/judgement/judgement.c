// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/judgement/judgement.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/nearest.h"
#include "scenario/metric.h"
#include "judge/times/ranks.h"
#include "judge/table/primary.h"
#include "judge/judgement/row_events.h"
#include "judge/judgement/row_states.h"
#include "judge/judgement/row_work.h"
#include "judge/times/stability.h"
#include "judge/judgement/warn.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CONTROL_SUFFIX "#aa"

/* What is the same for all cells of a table. */
struct judging {
	const struct rows *t;
	const struct judge_options *o;
	uint32_t baseline, control; /* kernels; control: INTERN_NONE if there is none */
	unsigned *claims;
	struct signed_rank_tables *tables;
	struct timed_rule rule;
	struct judgement *out;
};

void judgement_free(struct judgement *j)
{
	for (size_t i = 0; i < j->n_warnings; i++)
		free(j->warnings[i].text);
	for (size_t i = 0; i < j->count; i++) {
		free(j->rows[i].reason);
		free(j->rows[i].events);
	}
	free(j->warnings);
	free(j->rows);
	*j = (struct judgement){ 0 };
}

static struct judged_row *add_row(struct judgement *j)
{
	if (j->count == j->cap) {
		size_t cap = j->cap + j->cap / 2 + 64;
		struct judged_row *grown = realloc(j->rows, cap * sizeof(*grown));

		if (!grown)
			return NULL;
		j->rows = grown;
		j->cap = cap;
	}
	return &j->rows[j->count++];
}

/* The oldest of all kernels, by the numbers in their releases (strverscmp). */
static uint32_t oldest_kernel(const struct rows *t)
{
	const struct row *best = &t->at[0], *last = best;

	for (size_t i = 1; i < t->count; i++) {
		const struct row *row = &t->at[i];
		bool seen = row->release == last->release;

		last = row;
		if (!seen && row->release != best->release &&
		    strverscmp(rows_word(t, row->release), rows_word(t, best->release)) < 0)
			best = row;
	}
	return best->kernel;
}

double judged_ratio(const struct judged_row *r)
{
	return r->counted ? r->exact.ratio : r->timed.ratio;
}

/* Has a side runs of several builds? */
static bool has_builds(const struct group *g)
{
	for (size_t i = 1; i < g->count; i++) {
		if (g->rows[i].release != g->rows[0].release)
			return true;
	}
	return false;
}

/* What a cell's control says, before the other kernels are judged. */
struct control {
	bool there;
	struct judged_row row;
	struct timed_control timed;
};

static int judge_counted(const struct judging *g, const struct group *base,
			 const struct group *side, const struct control *control,
			 struct judged_row *row, struct reason *why)
{
	const struct exact_cell *noise = control->there ? &control->row.exact : NULL;
	int r = exact_cell_judge(base, side, g->o->threshold, noise, &row->exact, why);

	if (r == 0 && row->is_control)
		exact_cell_is_control(&row->exact, why);
	row->verdict = row->exact.verdict;
	return r;
}

/* Step 2 of judgement.h. */
static int check_stability(const struct judging *g, const struct pairs *p,
			   const struct control *control, struct judged_row *row,
			   struct reason *why)
{
	struct reason unstable = { "" };
	struct stability s;
	int r = stability_check(p, row->timed.n, &s);
	bool failed;

	if (r < 0)
		return r;
	failed = stability_failed(&s, row->timed.n, &unstable);
	if (control->there && timed_control_failed(&control->timed, &row->timed)) {
		reason_add(&unstable, "%sthe A/A control failed: the baseline differs from itself",
			   failed ? "; " : "");
		failed = true;
	}
	if (failed && row->verdict != VERDICT_UNSTABLE) {
		row->verdict = VERDICT_UNSTABLE;
		*why = unstable;
	}
	return row->primary ? warn_drift(g->out, g->t, row, &s) : 0;
}

static int judge_timed(const struct judging *g, const struct group *base, const struct group *side,
		       struct control *control, struct judged_row *row, struct reason *why)
{
	_cleanup_pairs_ struct pairs p = { 0 };
	int r = pairs_make(base, side, &p);

	if (r < 0)
		return r;
	if (row->is_control)
		r = timed_judge_control(base, side, &p, &g->rule, &control->timed, &row->timed,
					why);
	else
		r = timed_judge(base, side, &p, &g->rule, control->there ? &control->timed : NULL,
				&row->timed, why);
	row->verdict = row->timed.verdict;
	row->one_layout = row->mode == ROW_EMULATED || !has_builds(base) || !has_builds(side);
	if (r == 0 && p.paired)
		r = check_stability(g, &p, control, row, why);
	return r == 0 ? warn_timed(g->out, g->t, row, &p) : r;
}

/* One kernel of a cell; @base is empty if the baseline has no row there. */
static int judge_group(const struct judging *g, const struct group *base, const struct mean_cv *of,
		       const struct group *side, struct control *control, bool primary,
		       struct judged_row *row)
{
	struct reason why = { "" };
	int r;

	*row = (struct judged_row){ .raw = side->rows,
				    .kernel = side->kernel,
				    .scenario = side->rows->scenario,
				    .metric = side->rows->metric,
				    .cpus = side->rows->cpus,
				    .mode = side->rows->mode,
				    .is_baseline = side->kernel == g->baseline,
				    .is_control = side->kernel == g->control,
				    .primary = primary,
				    .counted = side->rows->mode == ROW_EXACT,
				    .p_holm = NAN };
	r = mean_cv_describe(side, g->o, &row->mean_cv);
	if (r < 0)
		return r;
	mean_cv_compare(row->is_baseline ? &row->mean_cv : of, g->o, &row->mean_cv);
	if (!row->is_baseline) {
		r = row->counted ? judge_counted(g, base, side, control, row, &why)
				 : judge_timed(g, base, side, control, row, &why);
		row->reason = r == 0 ? strdup(why.text) : NULL;
		if (r == 0 && !row->reason)
			r = -ENOMEM;
	}
	return r == 0 ? warn_row(g->out, g->t, row) : r;
}

/* What is the same for all kernels of a cell. */
struct bench {
	const struct group *base; /* empty if the baseline has no row there */
	struct mean_cv of_base;
	const struct group *aa; /* NULL if there is none */
	struct control control;
	bool primary;
};

static int add_group(const struct judging *g, struct bench *b, const struct group *side)
{
	struct judged_row *row = add_row(g->out);

	if (!row)
		return -ENOMEM;
	if (side != b->aa)
		return judge_group(g, b->base, &b->of_base, side, &b->control, b->primary, row);
	*row = b->control.row;
	b->control.row.reason = NULL;
	return 0;
}

/* The baseline first, then the others as they appear. */
static int add_groups(const struct judging *g, const struct cell *c, struct bench *b)
{
	int r = b->base->count ? add_group(g, b, b->base) : 0;

	for (size_t i = 0; r == 0 && i < c->n_groups; i++) {
		if (&c->groups[i] != b->base)
			r = add_group(g, b, &c->groups[i]);
	}
	return r;
}

static int judge_cell(const struct judging *g, const struct cell *c, bool primary)
{
	const struct group none = { .table = g->t,
				    .rows = c->groups[0].rows,
				    .kernel = g->baseline };
	const struct group *found = cell_group(c, g->baseline);
	struct bench b = { .base = found ? found : &none,
			   .aa = cell_group(c, g->control),
			   .primary = primary };
	int r = mean_cv_describe(b.base, g->o, &b.of_base);

	/* First, as the others are judged by it. */
	if (r == 0 && b.aa)
		r = judge_group(g, b.base, &b.of_base, b.aa, &b.control, primary, &b.control.row);
	b.control.there = b.aa != NULL;
	if (r == 0 && !found)
		r = warn_add(g->out, "no-baseline", c->groups->rows,
			     "the baseline %s has no rows here", rows_word(g->t, g->baseline));
	if (r == 0)
		r = add_groups(g, c, &b);
	free(b.control.row.reason);
	return r == 0 && primary ? warn_order(g->out, c) : r;
}

/* Does the cell belong to a look at one scenario and CPU count? */
struct only {
	uint32_t scenario;
	unsigned cpus;
};

/* All cells, or with @only the primary ones of one scenario and CPU count. */
static int each_cell(const struct judging *g, const struct only *only,
		     int (*fn)(const struct judging *g, const struct cell *c, bool primary))
{
	_cleanup_cell_ struct cell c = { 0 };
	uint32_t scenario = INTERN_NONE;
	struct primary primary = { 0 };
	size_t at = 0, start = 0;
	int r = 0;

	while (r == 0 && (r = cell_next(g->t, &at, &c)) > 0) {
		const struct row *first = &g->t->at[start];
		bool is_primary;

		r = 0;
		if (first->scenario != scenario) {
			scenario = first->scenario;
			primary = primary_choose(g->t, g->o, start);
		}
		start = at;
		is_primary = primary_is(g->t, &primary, first->metric);
		if (!only ||
		    (is_primary && only->scenario == first->scenario && only->cpus == first->cpus))
			r = fn(g, &c, is_primary);
	}
	return r;
}

static int count_claims(const struct judging *g, const struct cell *c, bool primary)
{
	/* The one thing that counting changes; it is handed on as const like all else. */
	unsigned *claims = g->claims;

	if (primary && c->groups->rows->mode != ROW_EXACT)
		*claims += (unsigned)(c->n_groups - (cell_group(c, g->baseline) != NULL) -
				      (cell_group(c, g->control) != NULL));
	return 0;
}

/* Step 3 of judgement.h. */
static int adjust_for_claims(struct judgement *j, unsigned claims)
{
	_cleanup_free_ struct holm *list = calloc(j->count + 1, sizeof(*list));
	size_t m = 0;

	if (!list)
		return -ENOMEM;
	for (size_t i = 0; i < j->count; i++) {
		const struct judged_row *r = &j->rows[i];

		if (!r->primary || r->counted || r->is_baseline || r->is_control)
			continue;
		/* What could not be tested is a test all the same. */
		list[m].p = isfinite(r->timed.p) && r->timed.alpha > 0
				    ? r->timed.p * TIMED_ALPHA / r->timed.alpha
				    : 1;
		list[m++].tag = i;
	}
	holm_adjust(list, m, claims);
	for (size_t i = 0; i < m; i++) {
		struct judged_row *r = &j->rows[list[i].tag];
		struct reason why = { "" };

		r->p_holm = list[i].p;
		if (r->p_holm <= TIMED_ALPHA ||
		    (r->verdict != VERDICT_REGRESSION && r->verdict != VERDICT_IMPROVEMENT))
			continue;
		r->verdict = VERDICT_INCONCLUSIVE;
		reason_add(
			&why,
			"p is %.3g among the %zu primary metrics judged together (Holm); alone, a "
			"change of %.1f %% could have been seen",
			r->p_holm, claims > m ? claims : m, 100 * r->timed.detectable);
		free(r->reason);
		r->reason = strdup(why.text);
		if (!r->reason)
			return -ENOMEM;
	}
	return 0;
}

/* Step 4 of judgement.h. */
static int cap(struct judgement *j)
{
	for (size_t i = 0; i < j->count; i++) {
		struct judged_row *r = &j->rows[i];

		if (r->counted || r->is_baseline || !r->one_layout ||
		    (r->verdict != VERDICT_REGRESSION && r->verdict != VERDICT_IMPROVEMENT))
			continue;
		r->verdict = VERDICT_SUSPECT;
		free(r->reason);
		r->reason = strdup(
			r->mode == ROW_EMULATED
				? "real in these blocks, but timed under an emulator: hardware "
				  "has to confirm"
				: "real in these blocks; one build a side is one code layout: "
				  "another build or machine has to confirm");
		if (!r->reason)
			return -ENOMEM;
	}
	return 0;
}

/* What was chosen has to be there: nothing else is judged in its place. */
static int check_metric(const struct judging *g, struct err *e)
{
	const char *word = g->o->metric;
	struct nearest near = { .word = word };
	_cleanup_buf_ struct buf text = { 0 };
	uint32_t last = INTERN_NONE;

	if (!word)
		return 0;
	for (size_t i = 0; i < g->t->count; i++) {
		const char *metric = rows_word(g->t, g->t->at[i].metric);

		if (metric_names(word, metric))
			return 0;
		if (g->t->at[i].metric == last || g->t->at[i].scenario != g->t->at[0].scenario)
			continue;
		last = g->t->at[i].metric;
		buf_printf(&text, "%s%s", text.len ? ", " : "", metric);
		nearest_try(&near, metric);
	}
	nearest_text(&near, "", &text);
	if (buf_error(&text))
		return err_oom(e);
	return err_set(e, EINVAL, "metric '%.140s': the rows have none of it; they have %s", word,
		       buf_str(&text));
}

/* *claims is what g->claims points to. */
static int prepare(struct judging *g, unsigned *claims, struct err *e)
{
	uint32_t oldest = oldest_kernel(g->t);
	char *control;

	g->baseline = g->o->baseline ? intern_find(&g->t->words, g->o->baseline) : oldest;
	if (g->baseline == INTERN_NONE)
		return err_set(e, ENOENT, "baseline '%s': there are no rows of that kernel",
			       g->o->baseline);
	control = str_printf("%s%s", rows_word(g->t, g->baseline), CONTROL_SUFFIX);
	if (!control)
		return err_oom(e);
	g->control = intern_find(&g->t->words, control);
	free(control);
	if (check_metric(g, e) < 0)
		return e->code;
	g->out->baseline = g->baseline;
	g->out->tolerance = g->o->tolerance;
	g->out->threshold = g->o->threshold;
	g->claims = claims;
	*claims = g->o->claims;
	/* Only early looks have to know. */
	if (!*claims && g->o->n_looks > 1 && each_cell(g, NULL, count_claims) < 0)
		return err_oom(e);
	g->rule = (struct timed_rule){ .options = g->o, .claims = *claims, .tables = g->tables };
	return 0;
}

int judge_table(const struct rows *t, const struct judge_options *o, struct judgement *out,
		struct err *e)
{
	_cleanup_signed_rank_tables_ struct signed_rank_tables tables = { 0 };
	struct judging g = { .t = t, .o = o, .tables = &tables, .out = out };
	unsigned claims;
	int r;

	*out = (struct judgement){ 0 };
	r = prepare(&g, &claims, e);
	if (r < 0)
		return r;
	if (warn_table(out, t, g.baseline, oldest_kernel(t)) != 0 ||
	    each_cell(&g, NULL, judge_cell) < 0 || adjust_for_claims(out, claims) < 0 ||
	    cap(out) < 0 || row_states_judge(t, out) < 0 || row_work_judge(t, out) < 0 ||
	    row_events_add(t, out) < 0 || warn_quantised(out, t) != 0) {
		judgement_free(out);
		return err_oom(e);
	}
	return 0;
}

int judgement_exit(const struct judgement *j, enum judge_rules rules)
{
	bool others = false;
	int status = 0, judged = 0;

	for (size_t i = 0; i < j->count; i++)
		others = others || (!j->rows[i].is_baseline && !j->rows[i].is_control);
	for (size_t i = 0; i < j->count; i++) {
		const struct judged_row *r = &j->rows[i];
		int one;

		if (r->is_baseline || !r->primary || (r->is_control && others))
			continue;
		if (rules == RULES_MEAN_CV)
			one = !strcmp(r->mean_cv.classification, "regression");
		else
			one = verdict_exit(r->verdict, judged_ratio(r) > 1);
		status = status == 1 || one == 1 ? 1 : status > one ? status : one;
		judged++;
	}
	return judged || rules == RULES_MEAN_CV ? status : ERR_UNMEASURED;
}

/* What failed is no reason to stop: there are fewer counts than there were to be. */
static size_t good_blocks(const struct judged_row *r)
{
	return r->exact.n_old < r->exact.n_new ? r->exact.n_old : r->exact.n_new;
}

int judge_decided(const struct rows *t, const struct judge_options *o, const char *scenario,
		  unsigned cpus, bool *decided, struct err *e)
{
	_cleanup_signed_rank_tables_ struct signed_rank_tables tables = { 0 };
	_cleanup_judgement_ struct judgement j = { 0 };
	struct judging g = { .t = t, .o = o, .tables = &tables, .out = &j };
	const struct only only = { intern_find(&t->words, scenario), cpus };
	bool others = false;
	unsigned claims;
	int r;

	*decided = false;
	if (!o->n_looks || !t->count)
		return 0;
	r = prepare(&g, &claims, e);
	if (r < 0)
		return r;
	if (each_cell(&g, &only, judge_cell) < 0)
		return err_oom(e);
	for (size_t i = 0; i < j.count; i++)
		others = others || (!j.rows[i].is_baseline && !j.rows[i].is_control);
	for (size_t i = 0; i < j.count; i++) {
		const struct judged_row *row = &j.rows[i];

		if (row->is_baseline || (row->is_control && others))
			continue;
		*decided = row->counted ? good_blocks(row) >= o->looks[0] : row->timed.decided;
		if (!*decided)
			return 0;
	}
	return 0;
}
