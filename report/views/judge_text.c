// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/views/judge.h"

#include "report/words/number.h"
#include "report/words/table.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define INDENT 2

/* The rows of one scenario and CPU count. */
struct part {
	const struct rows *t;
	const struct judgement *j;
	const struct text_style *style;
	const struct judged_row *rows;
	size_t count;
	bool approximate; /* a row is marked so */
	bool secondary;	  /* a verdict stands in brackets */
};

static const char *mode_label(const struct judged_row *r)
{
	switch ((enum row_mode)r->mode) {
	case ROW_EXACT:
		return "executed instructions";
	case ROW_TIMED:
		return "timed";
	case ROW_EMULATED:
		return "timed (emulated)";
	case ROW_NATIVE:
		return "timed (native)";
	}
	return "";
}

/* Enough digits to see a change of a thousandth, without the width of a large number. */
static void format_value(char *out, size_t size, double value)
{
	if (fabs(value) < 0.01)
		snprintf(out, size, "%s", number_of(value).text);
	else
		snprintf(out, size, fabs(value) < 1e5 ? "%.4f" : "%.7g", value);
}

/* Do the two sets of rules, read as one sentence, contradict each other? */
static bool contradicts(const struct judged_row *r)
{
	const char *published = r->mean_cv.classification, *own = verdict_name(r->verdict);
	bool neutral = !strcmp(published, "neutral");

	switch (r->verdict) {
	case VERDICT_REGRESSION:
	case VERDICT_IMPROVEMENT:
		return strcmp(published, own) != 0;
	case VERDICT_SUSPECT:
		return strcmp(published, judged_ratio(r) > 1 ? "regression" : "improvement") != 0;
	case VERDICT_EQUIVALENT:
	case VERDICT_TRIVIAL:
	case VERDICT_INCONCLUSIVE:
	case VERDICT_UNSTABLE:
	case VERDICT_DIFFERENT_STATE:
		break;
	}
	return !neutral;
}

static void put_interval(struct part *x, const struct judged_row *r, struct table *t)
{
	const struct timed *d = &r->timed;

	if (!isfinite(d->ratio)) {
		table_skip(t);
		table_skip(t);
		return;
	}
	table_ratio(t, d->ratio);
	if (!isfinite(d->high)) {
		table_put(t, "none");
		return;
	}
	x->approximate = x->approximate || !d->exact;
	table_put(t, "%.4f to %.4f%s", d->low, d->high, d->exact ? "" : " ~");
}

static void put_counts(const struct judged_row *r, struct table *t)
{
	const struct exact_cell *c = &r->exact;

	if (isnan(c->ratio)) {
		table_skip(t);
		table_skip(t);
		return;
	}
	table_ratio(t, c->ratio);
	table_put(t, "%s, %s", number_change(c->change.delta).text, reading_exactness(c->exact));
}

/* Why, and how sure; of secondary metrics only if there is something to be wary of. */
static void put_reason(const struct judged_row *r, struct table *t)
{
	const char *control = r->is_control ? "A/A control: " : "";
	char among[48] = "";

	if (!r->primary && !r->is_control && r->verdict != VERDICT_UNSTABLE)
		return;
	/* NaN, of what is not claimed, is not more. */
	if (!r->counted && r->p_holm > r->timed.p)
		snprintf(among, sizeof(among), " (%.2g among all claims)", r->p_holm);
	if (r->counted || !isfinite(r->timed.p))
		table_note(t, TONE_PLAIN, "%s%s%s%s", control, r->reason, r->events ? "; " : "",
			   r->events ? r->events : "");
	else
		table_note(t, TONE_PLAIN, "%s%zu %s, confidence %.4g %%, p %.2g%s; %s", control,
			   r->timed.n, r->timed.paired ? "blocks" : "runs a side",
			   100 * (1 - r->timed.alpha), r->timed.p, among, r->reason);
}

static void put_row(struct part *x, const struct judged_row *r, struct table *t)
{
	char verdict[VERDICT_WORDS_BYTES];
	const struct mean_cv *m = &r->mean_cv;
	char value[40];

	format_value(value, sizeof(value), m->value);
	table_row(t);
	table_put(t, "%s", rows_word(x->t, r->kernel));
	table_put(t, "%zu", m->ok_runs);
	table_put(t, "%s", value);
	table_put(t, "%.1f%%", 100 * m->cv);
	if (r->is_baseline) {
		table_skip(t);
		table_skip(t);
		table_put(t, "baseline");
		return;
	}
	if (r->counted)
		put_counts(r, t);
	else
		put_interval(x, r, t);
	table_put(t, r->primary ? "%s" : "(%s)",
		  verdict_words(r->verdict, r->counted ? change_part(&r->exact.change) : NULL,
				verdict));
	table_tone(t, r->primary ? verdict_tone(r->verdict) : TONE_DIM);
	x->secondary = x->secondary || !r->primary;
	put_reason(r, t);
}

static bool same_metric(const struct judged_row *a, const struct judged_row *b)
{
	return a->metric == b->metric && a->mode == b->mode;
}

/* One metric's: rows from @at on. */
static void put_metric(struct part *x, size_t at, struct buf *out)
{
	const struct judged_row *first = &x->rows[at];
	_cleanup_table_ struct table t = { 0 };

	buf_printf(out, "\n%s, %s%s, by rules %s\n", rows_word(x->t, first->metric),
		   mode_label(first), first->primary ? ", primary" : "",
		   first->counted ? "exact" : "blocks");
	table_column(&t, "kernel", NULL, TABLE_NAME);
	table_column(&t, "n", NULL, TABLE_NUMBER);
	table_column(&t, "mean", NULL, TABLE_NUMBER);
	table_column(&t, "cv", NULL, TABLE_NUMBER);
	table_column(&t, "ratio", NULL, TABLE_NUMBER);
	/* All kernels of a metric are judged at one confidence, but those without blocks. */
	table_column(&t, first->counted ? "change" : "interval", NULL, TABLE_WORD);
	table_column(&t, "verdict", NULL, TABLE_WORD);
	for (size_t i = at; i < x->count; i++) {
		if (same_metric(&x->rows[i], first))
			put_row(x, &x->rows[i], &t);
	}
	table_text(&t, x->style, INDENT, out);
}

/* The metrics that are primary, or those that are not. */
static void put_metrics(struct part *x, bool primary, struct buf *out)
{
	for (size_t i = 0; i < x->count; i++) {
		bool seen = false;

		for (size_t k = 0; k < i; k++)
			seen = seen || same_metric(&x->rows[k], &x->rows[i]);
		if (x->rows[i].primary == primary && !seen)
			put_metric(x, i, out);
	}
}

/* What the rules say that published results were judged by: beside ours, not in one row with them.
 */
static void put_published(const struct part *x, struct buf *out)
{
	_cleanup_table_ struct table t = { 0 };
	bool differ = false;

	table_column(&t, "metric", NULL, TABLE_NAME);
	table_column(&t, "kernel", NULL, TABLE_NAME);
	table_column(&t, "by rules mean-cv", NULL, TABLE_WORD);
	for (size_t i = 0; i < x->count; i++) {
		const struct judged_row *row = &x->rows[i];
		const struct mean_cv *m = &row->mean_cv;

		table_row(&t);
		table_put(&t, "%s", rows_word(x->t, row->metric));
		table_put(&t, "%s", rows_word(x->t, row->kernel));
		table_put(&t, "%s %s", row->is_baseline ? "baseline" : m->classification,
			  mean_cv_label(m));
		differ = differ || (!row->is_baseline && contradicts(row));
	}
	buf_puts(out, "\n");
	text_say(out, x->style, 0,
		 "The same by mean-cv, kept for published results: no test, and what is within "
		 "%.3g %% is neutral",
		 100 * x->j->tolerance);
	table_text(&t, x->style, INDENT, out);
	if (differ)
		text_say(out, x->style, 0,
			 "The rules differ, and mean-cv is no verdict: it calls what is within "
			 "%.3g %% neutral, whatever it is; exact and blocks give the verdict, "
			 "and %.3g %% matters to them.",
			 100 * x->j->tolerance, 100 * x->j->threshold);
}

static void put_part(struct part *x, struct buf *out)
{
	buf_puts(out, rows_word(x->t, x->rows->scenario));
	if (x->rows->cpus)
		buf_printf(out, ", %u CPU%s", x->rows->cpus, x->rows->cpus == 1 ? "" : "s");
	buf_printf(out, ", against %s\n", rows_word(x->t, x->j->baseline));
	put_metrics(x, true, out);
	put_metrics(x, false, out);
	put_published(x, out);
	buf_puts(out, "\n");
}

/* Which cell a warning is about; the scenario only where there are several. */
static void put_where(const struct rows *t, const struct row *where, bool several, struct buf *out)
{
	if (several)
		buf_printf(out, "%s, ", rows_word(t, where->scenario));
	if (several && where->cpus)
		buf_printf(out, "%u CPU%s, ", where->cpus, where->cpus == 1 ? "" : "s");
	buf_printf(out, "%s: ", rows_word(t, where->metric));
}

/* Without the kernel that it begins with, in which alone many differ. */
static const char *of_any_kernel(const struct rows *t, const struct judge_warning *w)
{
	const char *kernel = w->where ? rows_word(t, w->where->kernel) : "";
	const size_t len = strlen(kernel);

	return len && !strncmp(w->text, kernel, len) && !strncmp(w->text + len, ": ", 2)
		       ? w->text + len + 2
		       : w->text;
}

static bool same_warning(const struct rows *t, const struct judge_warning *a,
			 const struct judge_warning *b)
{
	return !strcmp(a->kind, b->kind) && !strcmp(of_any_kernel(t, a), of_any_kernel(t, b));
}

/* "a, b": each word once; @column: of the row that a warning is about. */
static void put_words(const struct part *x, size_t first, uint32_t (*column)(const struct row *row),
		      struct buf *out)
{
	const struct judgement *j = x->j;

	for (size_t i = first; i < j->n_warnings; i++) {
		const struct row *where = j->warnings[i].where;
		bool seen = false;

		if (!where || !same_warning(x->t, &j->warnings[first], &j->warnings[i]))
			continue;
		for (size_t k = first; k < i && !seen; k++)
			seen = j->warnings[k].where &&
			       same_warning(x->t, &j->warnings[first], &j->warnings[k]) &&
			       column(j->warnings[k].where) == column(where);
		if (!seen)
			buf_printf(out, "%s%s", i == first ? "" : ", ",
				   rows_word(x->t, column(where)));
	}
}

static uint32_t kernel_of(const struct row *row)
{
	return row->kernel;
}

static uint32_t metric_of(const struct row *row)
{
	return row->metric;
}

/* The warning at @first and all that say the same: one, with how many they are and of what. */
static void put_warning(const struct part *x, size_t first, bool several, struct buf *out)
{
	const struct judge_warning *w = &x->j->warnings[first];
	_cleanup_buf_ struct buf text = { 0 };
	size_t count = 0;

	for (size_t i = first; i < x->j->n_warnings; i++)
		count += same_warning(x->t, w, &x->j->warnings[i]);
	if (count == 1 || !w->where) {
		if (w->where)
			put_where(x->t, w->where, several, &text);
		text_say(out, x->style, 0, "warning: %s%s", buf_str(&text), w->text);
		buf_keep(out, buf_error(&text));
		return;
	}
	put_words(x, first, kernel_of, &text);
	buf_puts(&text, "; ");
	put_words(x, first, metric_of, &text);
	text_say(out, x->style, 0, "warning, %zu times: %s (of %s)", count, of_any_kernel(x->t, w),
		 buf_str(&text));
	buf_keep(out, buf_error(&text));
}

static void put_warnings(const struct part *x, bool several, struct buf *out)
{
	for (size_t i = 0; i < x->j->n_warnings; i++) {
		bool seen = false;

		for (size_t k = 0; k < i && !seen; k++)
			seen = same_warning(x->t, &x->j->warnings[k], &x->j->warnings[i]);
		if (!seen)
			put_warning(x, i, several, out);
	}
}

/* What the tables leave to be explained. */
static void put_notes(const struct part *seen, struct buf *out)
{
	if (seen->secondary)
		text_say(out, seen->style, 0,
			 "(...) of a metric that is not primary: it describes, and is no "
			 "claim");
	if (seen->approximate)
		text_say(out, seen->style, 0,
			 "~ estimate by selection, interval and test by normal "
			 "approximation: above 40 blocks, or without blocks");
}

void judge_text(const struct rows *t, const struct judgement *j, const struct text_style *style,
		struct buf *out)
{
	struct part seen = { .t = t, .j = j, .style = style };
	size_t parts = 0;

	for (size_t i = 0; i < j->count; parts++) {
		struct part x = { .t = t, .j = j, .style = style, .rows = &j->rows[i] };

		while (i < j->count && j->rows[i].scenario == x.rows->scenario &&
		       j->rows[i].cpus == x.rows->cpus) {
			x.count++;
			i++;
		}
		put_part(&x, out);
		seen.approximate = seen.approximate || x.approximate;
		seen.secondary = seen.secondary || x.secondary;
	}
	put_notes(&seen, out);
	put_warnings(&seen, parts > 1, out);
}
