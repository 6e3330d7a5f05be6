// SPDX-License-Identifier: GPL-2.0-or-later
/* The first table of a page: every case in one line. */
#include "report/evidence/phrases.h"
#include "report/evidence/study_kind.h"
#include "report/page/html.h"
#include "report/words/number.h"
#include "report/words/plain.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BAR_WIDTH 100.0
#define BAR_SPAN_MIN 0.2 /* of log2(ratio): what fills half of a bar at least */
#define BAR_SPAN_MAX 4.0
#define SMALLEST 0.0005 /* of an event per item: less is nothing */

/* Columns that not every experiment has. */
struct shape {
	bool events;
	bool time; /* replayed, beside a count */
	const char *heads[2];
	double span; /* of log2(ratio) */
};

static const struct {
	const char *name, *word;
} events[] = {
	{ "atomics", "atomics" }, { "ipis", "IPIs" },	      { "tlb_flushes", "flushes" },
	{ "faults", "faults" },	  { "switches", "switches" }, { "lock_calls", "locks" },
};

static bool known_event(const struct evidence *x, const struct evidence_case *c, size_t i,
			double value[2])
{
	return events_find(x, c, events[i].name, &value[0], &value[1]) &&
	       fmax(value[0], value[1]) >= SMALLEST;
}

static struct shape shape_of(const struct evidence *x)
{
	struct shape s = { .heads = { "OLD", "NEW" }, .span = BAR_SPAN_MIN };

	if (study_searches(x)) {
		bool series = x->study.kind == &study_narrow;

		s.heads[0] = series ? "before" : "first";
		s.heads[1] = series ? "after" : "second";
	}
	for (size_t i = 0; i < x->n_cases; i++) {
		const struct evidence_case *c = &x->cases[i];
		double value[2];

		s.time = s.time || c->time;
		for (size_t k = 0; k < ARRAY_SIZE(events); k++)
			s.events = s.events || known_event(x, c, k, value);
		if (isfinite(c->ratio) && c->ratio > 0)
			s.span = fmax(s.span, fabs(log2(c->ratio)));
	}
	s.span = fmin(s.span, BAR_SPAN_MAX);
	return s;
}

/* From the middle, which is 1, by the logarithm: half as much is as far as twice as much. */
static void put_bar(const struct shape *s, double ratio, struct buf *out)
{
	double middle = BAR_WIDTH / 2, far;

	if (!isfinite(ratio) || ratio <= 0)
		return;
	far = fmax(-1, fmin(1, log2(ratio) / s->span)) * (middle - 2);
	buf_printf(out,
		   "<svg class=bar width=%.0f height=16 viewBox=\"0 0 %.0f 16\" "
		   "aria-hidden=true><rect class=\"%s\" x=%.1f y=3 width=%.1f height=10 />"
		   "<path class=edge d=\"M%.1f 0v16\"/></svg>",
		   BAR_WIDTH, BAR_WIDTH, ratio > 1 ? "more" : "less", fmin(middle, middle + far),
		   fabs(far), middle);
}

static void put_ratio(const struct shape *s, const struct evidence_case *c, struct buf *out)
{
	if (!isfinite(c->ratio)) {
		buf_puts(out, "<td data-v=1 data-h=ratio>-");
		return;
	}
	buf_printf(out, "<td class=ratio data-v=%.6g data-h=ratio>", c->ratio);
	put_bar(s, c->ratio, out);
	buf_printf(out, "<b>%.4fx</b>", c->ratio);
}

static void put_value(const struct shape *s, const struct evidence_case *c, unsigned side,
		      struct buf *out)
{
	double value = side ? c->new_value : c->old_value;

	buf_puts(out, "<td class=n");
	if (isfinite(value))
		buf_printf(out, " data-v=%.6g", value);
	buf_printf(out, " data-h=\"%s\">", s->heads[side]);
	phrase_value(value, out);
}

/* Per item of an iteration. */
static void put_events(const struct evidence *x, const struct evidence_case *c, struct buf *out)
{
	bool any = false;

	buf_puts(out, "<td data-h=events>");
	for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
		double value[2];

		if (!known_event(x, c, i, value))
			continue;
		buf_printf(out, "%s%s %s&nbsp;\xe2\x86\x92&nbsp;%s", any ? "<br>" : "",
			   events[i].word, number_of(value[0]).text, number_of(value[1]).text);
		any = true;
	}
	if (!any)
		buf_puts(out, "-");
}

/* Of a call of the path, replayed on the processor that measured it. */
static void put_time(const struct evidence_case *c, struct buf *out)
{
	buf_puts(out, "<td data-h=\"in time\">");
	if (c->time)
		buf_printf(out, "%.2fx", c->time->judged.ratio);
	else
		buf_puts(out, "-");
}

static void put_name(const struct evidence *x, size_t at, struct buf *out)
{
	const struct evidence_case *c = &x->cases[at];
	_cleanup_buf_ struct buf name = { 0 };

	if (x->study.kind == &study_narrow) {
		phrase_release(c->old_run, &name);
		buf_puts(&name, " \xe2\x86\x92 ");
		phrase_release(c->new_run, &name);
	} else {
		buf_puts(&name, *c->what ? c->what : c->scenario->name);
	}
	buf_printf(out, "<tr><td data-h=%s><a href=\"#%s\">",
		   study_searches(x) ? "which" : "scenario", part_id(x, at).text);
	plain_html(out, buf_str(&name));
	buf_puts(out, "</a>");
	buf_keep(out, buf_error(&name));
}

/* What tells this row from others of the scenario, and how its values are to be read. */
static void put_how(const struct evidence *x, const struct evidence_case *c, bool several,
		    struct buf *out)
{
	_cleanup_buf_ struct buf old_name = { 0 }, new_name = { 0 };

	buf_puts(out, "<td class=how data-h=how>");
	if (study_searches(x)) {
		phrase_kernel(c->old_run, false, &old_name);
		plain_html(out, buf_str(&old_name));
		buf_puts(out, " \xe2\x86\x92 ");
	}
	if (study_searches(x) || several) {
		phrase_kernel(c->new_run, false, &new_name);
		plain_html(out, buf_str(&new_name));
		buf_puts(out, "; ");
	}
	buf_printf(out, "%s/%s, %s, ", strcmp(c->unit, "insns") ? "ns" : "insns", c->item,
		   evidence_cpus(c->cpus).text);
	buf_puts(out, evidence_mode_words(c));
	if (c->blocks > 1)
		buf_printf(out, ", %zu blocks", c->blocks);
	if (isfinite(c->low) && isfinite(c->high)) {
		buf_puts(out, ", ");
		phrase_interval(c, out);
	}
	buf_keep(out, buf_error(&old_name));
	buf_keep(out, buf_error(&new_name));
}

/* Does a case have another NEW than the first? */
static bool several_news(const struct evidence *x)
{
	for (size_t i = 0; i < x->n_cases; i++) {
		const struct record_run *a = x->cases[0].new_run, *b = x->cases[i].new_run;

		if (a && b && strcmp(a->side, b->side) != 0)
			return true;
	}
	return false;
}

static void put_legend(const struct evidence *x, const struct shape *s, struct buf *out)
{
	buf_printf(out,
		   "<p class=legend><span class=\"key more\"></span> costs more <span "
		   "class=\"key less\"></span> costs less; ratio = %s / %s, the line is 1.0, "
		   "the scale logarithmic. Executed instructions are not time.%s",
		   s->heads[1], s->heads[0],
		   s->time ? " In time: what a call of the path took, replayed." : "");
	if (s->events)
		buf_printf(out, " Events per %s.", x->cases[0].item);
	buf_puts(out, "</p>\n");
}

static void put_row(const struct evidence *x, const struct shape *s, size_t at, bool several,
		    struct buf *out)
{
	const struct evidence_case *c = &x->cases[at];

	put_name(x, at, out);
	buf_puts(out, "<td data-h=verdict>");
	html_verdict(out, c);
	put_ratio(s, c, out);
	put_value(s, c, 0, out);
	put_value(s, c, 1, out);
	if (s->events)
		put_events(x, c, out);
	if (s->time)
		put_time(c, out);
	put_how(x, c, several, out);
	buf_puts(out, "\n");
}

/* The dearest of those that have no place yet. */
static size_t next_of(const struct evidence *x, const bool *placed)
{
	size_t best = x->n_cases;

	for (size_t i = 0; i < x->n_cases; i++) {
		double ratio = isfinite(x->cases[i].ratio) ? x->cases[i].ratio : 1;

		if (!placed[i] &&
		    (best == x->n_cases ||
		     ratio > (isfinite(x->cases[best].ratio) ? x->cases[best].ratio : 1)))
			best = i;
	}
	return best;
}

/* Scenarios of 'slowpath compare' as it prints them, the dearest first; others as was asked for. */
static void put_rows(const struct evidence *x, const struct shape *s, struct buf *out)
{
	_cleanup_free_ bool *placed = calloc(x->n_cases, sizeof(*placed));
	bool several = several_news(x);

	if (!placed) {
		buf_keep(out, -ENOMEM);
		return;
	}
	for (size_t i = 0; i < x->n_cases; i++) {
		size_t at = x->is_compare ? next_of(x, placed) : i;

		placed[at] = true;
		put_row(x, s, at, several, out);
	}
}

void summary_put(const struct evidence *x, struct buf *out)
{
	const struct shape s = shape_of(x);
	bool searches = study_searches(x);

	buf_printf(out, "<h2 id=summary>%s</h2>\n",
		   searches ? "Pairs that were compared" : "Summary");
	if (x->n_cases > 1)
		buf_puts(out, "<p class=js hidden><label>Filter: <input class=filter "
			      "data-for=result type=search></label> <span class=found>"
			      "</span></p>\n");
	buf_puts(out, "<div class=box><table id=result class=\"stack sort\"><thead><tr>");
	buf_printf(out, "<th>%s<th>verdict<th>ratio<th>%s<th>%s%s%s<th>how</thead><tbody>\n",
		   searches ? "which" : "scenario", s.heads[0], s.heads[1],
		   s.events ? "<th>events" : "", s.time ? "<th>in time" : "");
	put_rows(x, &s, out);
	html_table_end(out);
	put_legend(x, &s, out);
}
