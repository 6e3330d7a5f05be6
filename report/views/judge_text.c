// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/views/judge.h"

#include "report/words/number.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define NAME_MIN 8
#define WIDTH 98
#define INDENT 6

/* The rows of one scenario and CPU count. */
struct table {
	const struct rows *t;
	const struct judged_row *rows;
	size_t count;
	const char *baseline;
	int name_width;
	bool approximate; /* a row is marked so */
	bool secondary;	  /* a verdict stands in brackets */
	bool contradicts; /* the two sets of rules say different things of a row */
};

/* Breaks text into lines at blanks; all but the first are indented. */
static int put_wrapped(struct buf *out, size_t column, size_t indent, const char *text)
{
	int r = 0;

	while (*text) {
		size_t len = strlen(text), room = column < WIDTH ? WIDTH - column : 1;

		if (len > room) {
			len = room;
			while (len && text[len] != ' ')
				len--;
			if (!len)
				len = strcspn(text, " ");
		}
		r |= buf_add(out, text, len);
		text += len + strspn(text + len, " ");
		column = indent;
		r |= *text ? buf_printf(out, "\n%*s", (int)indent, "") : 0;
	}
	return r | buf_puts(out, "\n");
}

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

static int put_metric(const struct table *x, const struct judged_row *r, struct buf *out)
{
	char by[64];

	/* All kernels of a metric are judged at one confidence, but those without blocks. */
	if (r->counted)
		snprintf(by, sizeof(by), "ratio   change");
	else
		snprintf(by, sizeof(by), "ratio   interval");
	return buf_printf(out, "\n%s, %s%s\n  %-*s %4s %11s %6s  %-23s  %-15s %s\n",
			  rows_word(x->t, r->metric), mode_label(r), r->primary ? ", primary" : "",
			  x->name_width, "kernel", "n", "mean", "cv", "rules mean-cv",
			  r->counted ? "rules exact" : "rules blocks", by);
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

static int put_interval(struct table *x, const struct judged_row *r, struct buf *out)
{
	const struct timed *t = &r->timed;

	if (!isfinite(t->ratio))
		return 0;
	if (!isfinite(t->high))
		return buf_printf(out, "%.4f  no interval", t->ratio);
	x->approximate = x->approximate || !t->exact;
	return buf_printf(out, "%.4f  %.4f to %.4f%s", t->ratio, t->low, t->high,
			  t->exact ? "" : " ~");
}

static int put_counts(const struct judged_row *r, struct buf *out)
{
	const struct exact_cell *c = &r->exact;

	if (isnan(c->ratio))
		return 0;
	return buf_printf(out, "%.4f  %s, %s", c->ratio, number_change(c->change.delta).text,
			  reading_exactness(c->exact));
}

/* Why, and how sure; of secondary metrics only if there is something to be wary of. */
static int put_reason(const struct judged_row *r, struct buf *out)
{
	const char *control = r->is_control ? "A/A control: " : "";
	_cleanup_buf_ struct buf text = { 0 };
	char among[48] = "";
	int rc;

	if (!r->primary && !r->is_control && r->verdict != VERDICT_UNSTABLE)
		return 0;
	/* NaN, of what is not claimed, is not more. */
	if (!r->counted && r->p_holm > r->timed.p)
		snprintf(among, sizeof(among), " (%.2g among all claims)", r->p_holm);
	if (r->counted || !isfinite(r->timed.p))
		rc = buf_printf(&text, "%s%s", control, r->reason);
	else
		rc = buf_printf(&text, "%s%zu %s, confidence %.4g %%, p %.2g%s; %s", control,
				r->timed.n, r->timed.paired ? "blocks" : "runs a side",
				100 * (1 - r->timed.alpha), r->timed.p, among, r->reason);
	return rc | buf_printf(out, "%*s", INDENT, "") |
	       put_wrapped(out, INDENT, INDENT, buf_str(&text));
}

static int put_row(struct table *x, const struct judged_row *r, struct buf *out)
{
	const struct mean_cv *m = &r->mean_cv;
	char value[40], label[40], verdict[40];
	int rc;

	format_value(value, sizeof(value), m->value);
	snprintf(label, sizeof(label), "%s %s", r->is_baseline ? "baseline" : m->classification,
		 mean_cv_label(m));
	rc = buf_printf(out, "  %-*s %4zu %11s %5.1f%%  ", x->name_width,
			rows_word(x->t, r->kernel), m->ok_runs, value, 100 * m->cv);
	if (r->is_baseline)
		return rc | buf_printf(out, "%s\n", label);
	snprintf(verdict, sizeof(verdict), r->primary ? "%s" : "(%s)", verdict_name(r->verdict));
	x->secondary = x->secondary || !r->primary;
	x->contradicts = x->contradicts || contradicts(r);
	rc |= buf_printf(out, "%-23s  %-15s ", label, verdict);
	rc |= r->counted ? put_counts(r, out) : put_interval(x, r, out);
	while (out->len && out->data[out->len - 1] == ' ')
		out->data[--out->len] = '\0';
	return rc | buf_puts(out, "\n") | put_reason(r, out);
}

/* The metrics that are primary, or those that are not. */
static int put_metrics(struct table *x, bool primary, struct buf *out)
{
	const struct judged_row *last = NULL;
	int r = 0;

	for (size_t i = 0; i < x->count; i++) {
		const struct judged_row *row = &x->rows[i];

		if (row->primary != primary)
			continue;
		if (!last || last->metric != row->metric || last->mode != row->mode)
			r |= put_metric(x, row, out);
		last = row;
		r |= put_row(x, row, out);
	}
	return r;
}

static int put_table(struct table *x, struct buf *out)
{
	int r = buf_puts(out, rows_word(x->t, x->rows->scenario));

	x->name_width = NAME_MIN;
	for (size_t i = 0; i < x->count; i++) {
		int width = (int)strlen(rows_word(x->t, x->rows[i].kernel));

		x->name_width = width > x->name_width ? width : x->name_width;
	}
	if (x->rows->cpus)
		r |= buf_printf(out, ", %u CPU%s", x->rows->cpus, x->rows->cpus == 1 ? "" : "s");
	r |= buf_printf(out, ", against %s\n", x->baseline);
	r |= put_metrics(x, true, out) | put_metrics(x, false, out);
	return r | buf_puts(out, "\n");
}

/* Which cell a warning is about; the scenario only where there are several. */
static int put_where(const struct rows *t, const struct row *where, bool several, struct buf *out)
{
	int r = 0;

	if (several)
		r |= buf_printf(out, "%s, ", rows_word(t, where->scenario));
	if (several && where->cpus)
		r |= buf_printf(out, "%u CPU%s, ", where->cpus, where->cpus == 1 ? "" : "s");
	return r | buf_printf(out, "%s: ", rows_word(t, where->metric));
}

static int put_warnings(const struct rows *t, const struct judgement *j, bool several,
			struct buf *out)
{
	int r = 0;

	for (size_t i = 0; i < j->n_warnings; i++) {
		const struct judge_warning *w = &j->warnings[i];
		_cleanup_buf_ struct buf text = { 0 };

		r |= buf_puts(&text, "warning: ");
		r |= w->where ? put_where(t, w->where, several, &text) : 0;
		r |= buf_puts(&text, w->text);
		r |= put_wrapped(out, 0, 2, buf_str(&text));
	}
	return r;
}

/* What the tables leave to be explained. */
static int put_notes(const struct judgement *j, const struct table *seen, struct buf *out)
{
	_cleanup_buf_ struct buf text = { 0 };
	int r = 0;

	if (seen->contradicts) {
		r |= buf_printf(&text,
				"The rules differ: mean-cv, kept for published results, calls what "
				"is within %.3g %% neutral and asks for no test; exact and blocks "
				"give the verdict, and %.3g %% matters to them.",
				100 * j->tolerance, 100 * j->threshold);
		r |= put_wrapped(out, 0, 2, buf_str(&text));
	}
	if (seen->secondary)
		r |= buf_puts(out, "(...) of a metric that is not primary: it describes, and is no "
				   "claim\n");
	if (seen->approximate)
		r |= buf_puts(out, "~ estimate by selection, interval and test by normal "
				   "approximation: above 40 blocks, or without blocks\n");
	return r;
}

int judge_text(const struct rows *t, const struct judgement *j, struct buf *out)
{
	struct table seen = { 0 };
	size_t tables = 0;
	int r = 0;

	for (size_t i = 0; i < j->count; tables++) {
		struct table x = { .t = t,
				   .rows = &j->rows[i],
				   .baseline = rows_word(t, j->baseline) };

		while (i < j->count && j->rows[i].scenario == x.rows->scenario &&
		       j->rows[i].cpus == x.rows->cpus) {
			x.count++;
			i++;
		}
		r |= put_table(&x, out);
		seen.approximate = seen.approximate || x.approximate;
		seen.secondary = seen.secondary || x.secondary;
		seen.contradicts = seen.contradicts || x.contradicts;
	}
	r |= put_notes(j, &seen, out);
	return r | put_warnings(t, j, tables > 1, out);
}
