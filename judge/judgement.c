// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/judgement.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "judge/quantised.h"
#include "judge/stats.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define UNBALANCED 0.75 /* of the blocks begin with the same side */

void judgement_free(struct judgement *j)
{
	for (size_t i = 0; i < j->n_warnings; i++)
		free(j->warnings[i].text);
	free(j->warnings);
	free(j->rows);
	*j = (struct judgement){ 0 };
}

static int add_warning(struct judgement *j, const char *kind, uint32_t metric, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

static int add_warning(struct judgement *j, const char *kind, uint32_t metric, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;
	int n;

	if (j->n_warnings == j->cap_warnings) {
		size_t cap = 2 * j->cap_warnings + 16;
		struct judge_warning *grown = realloc(j->warnings, cap * sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		j->warnings = grown;
		j->cap_warnings = cap;
	}
	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0)
		return -ENOMEM;
	j->warnings[j->n_warnings++] = (struct judge_warning){ kind, metric, text };
	return 0;
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
	const struct row *best = &t->at[0];

	for (size_t i = 1; i < t->count; i++) {
		const struct row *row = &t->at[i];

		if (row->release != best->release &&
		    strverscmp(rows_word(t, row->release), rows_word(t, best->release)) < 0)
			best = row;
	}
	return best->kernel;
}

static int warn_about(struct judgement *j, const struct rows *t, const struct judged_row *row)
{
	const char *kernel = rows_word(t, row->kernel);
	const struct timed *x = &row->timed;
	int r = 0;

	if (row->mean_cv.failed_runs)
		r |= add_warning(j, "partial", row->metric, "%s: %zu of %zu runs failed", kernel,
				 row->mean_cv.failed_runs, row->mean_cv.run_count);
	if (!row->counted && row->mean_cv.ok_runs < TIMED_BLOCKS_MIN)
		r |= add_warning(
			j, "small-n", row->metric,
			"%s: %zu good runs; below %d no verdict stands%s", kernel,
			row->mean_cv.ok_runs, TIMED_BLOCKS_MIN,
			row->mean_cv.ok_runs == 1 ? ", though mean-cv calls one run reliable" : "");
	if (row->is_baseline || row->counted)
		return r ? -ENOMEM : 0;
	if (!x->paired && x->n)
		r |= add_warning(j, "unpaired", row->metric,
				 "%s: runs do not pair up by block; judged unpaired", kernel);
	if (x->paired && x->n >= 4 &&
	    ((double)x->old_first > UNBALANCED * (double)x->n ||
	     (double)x->new_first > UNBALANCED * (double)x->n))
		r |= add_warning(j, "unbalanced-order", row->metric,
				 "%s: the same side came first in %zu of %zu blocks", kernel,
				 x->old_first > x->new_first ? x->old_first : x->new_first, x->n);
	return r ? -ENOMEM : 0;
}

enum verdict judged_verdict(const struct judged_row *r)
{
	return r->counted ? r->exact.verdict : r->timed.verdict;
}

double judged_ratio(const struct judged_row *r)
{
	return r->counted ? r->exact.ratio : r->timed.ratio;
}

static int judge_cell(const struct cell *c, const struct mean_cv_rules *rules, double threshold,
		      struct judgement *j, struct err *e)
{
	const struct rows *t = c->table;
	const struct group *baseline = cell_group(c, rules->baseline);
	int r = 0;

	if (!baseline)
		return err_set(
			e, ENOENT, "scenario '%s', metric '%s': no rows of the baseline '%s'",
			rows_word(t, c->groups[0].rows->scenario),
			rows_word(t, c->groups[0].rows->metric), rows_word(t, rules->baseline));
	for (size_t i = 0; r == 0 && i < c->n_groups; i++) {
		const struct group *g = &c->groups[i];
		struct judged_row *row = add_row(j);

		if (!row)
			return err_oom(e);
		*row = (struct judged_row){ .kernel = g->kernel,
					    .scenario = g->rows->scenario,
					    .metric = g->rows->metric,
					    .cpus = g->rows->cpus,
					    .is_baseline = g == baseline,
					    .counted =
						    !strcmp(rows_word(t, g->rows->unit), "insns") };
		r = mean_cv_judge(c, g, rules, &row->mean_cv);
		if (r == 0 && !row->is_baseline)
			r = row->counted ? exact_cell_judge(baseline, g, threshold, &row->exact)
					 : timed_judge(baseline, g, &row->timed);
		if (r == 0)
			r = warn_about(j, t, row);
	}
	return r < 0 ? err_oom(e) : 0;
}

/* The rows of one kernel, scenario and CPU count, over all metrics that are divided alike. */
struct pool {
	const struct rows *t;
	const struct row *like;
	double *values;
	size_t n;
};

static const char *divisor_of(const char *metric)
{
	const char *per = strstr(metric, "_ns_per_");

	return per ? per : "";
}

static bool pooled(const struct pool *p, const struct row *row)
{
	const char *divisor = divisor_of(rows_word(p->t, row->metric));

	return row->ok && row->kernel == p->like->kernel && row->scenario == p->like->scenario &&
	       row->cpus == p->like->cpus && *divisor &&
	       !strcmp(divisor, divisor_of(rows_word(p->t, p->like->metric)));
}

static int warn_quantised(struct judgement *j, const struct pool *p, const struct quantised *q)
{
	int r = 0;

	for (size_t i = 0; i < j->count; i++) {
		const struct judged_row *row = &j->rows[i];
		const struct mean_cv *m = &row->mean_cv;
		char tick[96] = "";

		if (row->kernel != p->like->kernel || row->scenario != p->like->scenario ||
		    row->cpus != p->like->cpus ||
		    strcmp(divisor_of(rows_word(p->t, row->metric)),
			   divisor_of(rows_word(p->t, p->like->metric))) != 0)
			continue;
		if (q->tick_ns > 0)
			snprintf(tick, sizeof(tick), " (as of a clock that ticks every %.3g ms)",
				 q->tick_ns / 1e6);
		r |= add_warning(
			j, "quantised-clock", row->metric,
			"%s: all values are multiples of %.4f ns, rounded down%s; that explains "
			"about %.0f %% of the variance",
			rows_word(p->t, row->kernel), q->step, tick,
			100 * quantised_share(q, m->value, m->stdev_value * m->stdev_value));
	}
	return r ? -ENOMEM : 0;
}

/* Small tables only: with a million rows a grid would show in any of their cells as well. */
#define POOL_ROWS_MAX 20000

static int find_quantised(const struct rows *t, struct judgement *j, struct err *e)
{
	_cleanup_free_ double *values = NULL;
	_cleanup_free_ bool *done = NULL;

	if (t->count > POOL_ROWS_MAX)
		return 0;
	values = calloc(t->count, sizeof(*values));
	done = calloc(t->count, sizeof(*done));
	if (!values || !done)
		return err_oom(e);
	for (size_t i = 0; i < t->count; i++) {
		struct pool p = { .t = t, .like = &t->at[i], .values = values };
		struct quantised q;

		if (done[i])
			continue;
		for (size_t k = i; k < t->count; k++) {
			if (!pooled(&p, &t->at[k]))
				continue;
			done[k] = true;
			values[p.n++] = t->at[k].value;
		}
		if (quantised_find(values, p.n, &q) < 0 ||
		    (q.found && warn_quantised(j, &p, &q) < 0))
			return err_oom(e);
	}
	return 0;
}

static int warn_table(const struct rows *t, const struct mean_cv_rules *rules, struct judgement *j)
{
	const char *baseline = rows_word(t, rules->baseline);
	int r = 0;

	if (t->identical)
		r |= add_warning(
			j, "duplicate-rows", INTERN_NONE,
			"%zu rows repeat another run and metric to the digit; each counts once",
			t->identical);
	if (oldest_kernel(t) != rules->baseline)
		r |= add_warning(
			j, "baseline-reversed", INTERN_NONE,
			"the baseline %s is not the oldest kernel: for older ones 'improvement' "
			"means that %s is slower",
			baseline, baseline);
	return r;
}

int judge_table(const struct rows *t, struct mean_cv_rules *rules, double threshold,
		struct judgement *out, struct err *e)
{
	struct cell c;
	size_t at = 0;
	int r = 0;

	*out = (struct judgement){ 0 };
	if (rules->baseline == INTERN_NONE)
		rules->baseline = oldest_kernel(t);
	if (warn_table(t, rules, out) != 0)
		r = err_oom(e);
	while (r == 0 && cell_next(t, &at, &c))
		r = judge_cell(&c, rules, threshold, out, e);
	if (r == 0)
		r = find_quantised(t, out, e);
	if (r < 0)
		judgement_free(out);
	return r;
}
