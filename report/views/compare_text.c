// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/views/replay.h"
#include "report/views/compare.h"

#include "judge/counts/outcomes.h"
#include "judge/counts/state.h"
#include "judge/why/device.h"
#include "kernel/store/title.h"
#include "report/views/deciding.h"
#include "report/views/differences.h"
#include "report/views/events.h"
#include "report/views/next.h"
#include "report/views/program.h"
#include "report/views/tasks.h"
#include "report/words/inferred.h"
#include "report/words/number.h"
#include "report/words/release.h"
#include "report/words/table.h"
#include "report/words/unlike.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LISTED_MIN 1 /* instructions per item: below, a function is among the others */
#define GROUPS_SHOWN 4
#define SMALL_MAX 3	       /* unless there are fewer than this */
#define UNATTRIBUTED_MAX 0.001 /* of the metric, before it is worth a line */

static const char *sentence(enum verdict v)
{
	switch (v) {
	case VERDICT_REGRESSION:
		return "REGRESSION";
	case VERDICT_IMPROVEMENT:
		return "IMPROVEMENT";
	case VERDICT_EQUIVALENT:
		return "EQUIVALENT";
	case VERDICT_TRIVIAL:
		return "TRIVIAL CHANGE";
	case VERDICT_SUSPECT:
		return "SUSPECT";
	case VERDICT_INCONCLUSIVE:
		return "INCONCLUSIVE";
	case VERDICT_UNSTABLE:
		return "UNSTABLE";
	case VERDICT_DIFFERENT_STATE:
		return "DIFFERENT STATE, no verdict";
	}
	return "";
}

/* A change, but not of what the scenario is about. */
static void source(const struct comparison *c, const struct text_style *style, struct buf *b)
{
	bool changed = c->verdict == VERDICT_REGRESSION || c->verdict == VERDICT_IMPROVEMENT ||
		       c->verdict == VERDICT_SUSPECT || c->verdict == VERDICT_TRIVIAL;

	if (changed && c->source_change == SOURCE_SAME)
		text_say(b, style, 2, "but not in %s itself, which this scenario is about",
			 c->source_functions);
}

static void weight(const struct compare_view *v, const struct text_style *style, struct buf *b)
{
	const struct weight_share *w = v->weight;

	if (w)
		text_say(b, style, 2,
			 "in %s the functions that changed have %.1f %% of the kernel's time (%zu "
			 "of %zu are in it)",
			 v->weight_file, 100 * w->share, w->found, w->changed);
}

/* How far apart the two are, where releases of mainline lie between them. */
static void distance(const struct compare_view *v, const struct text_style *style, struct buf *b)
{
	struct release o, n;
	unsigned count;

	if (!release_parse(v->old_kernel->release, &o) ||
	    !release_parse(v->new_kernel->release, &n) || !releases_between(&o, &n, &count) ||
	    !count)
		return;
	text_say(b, style, 2, "%u mainline release%s between %u.%u and %u.%u", count,
		 count == 1 ? " lies" : "s lie", o.major, o.minor, n.major, n.minor);
}

/* The same call in instructions and in time. */
static void time_line(const struct compare_view *v, const struct text_style *style, struct buf *b)
{
	_cleanup_free_ char *line = v->time ? replay_line(v->time) : NULL;

	if (line)
		text_say(b, style, 2, "%s", line);
	if (v->time && !line)
		buf_keep(b, -ENOMEM);
	if (v->no_time)
		text_say(b, style, 2, "its time is not known: %s", v->no_time);
}

static void headline(const struct compare_view *v, const struct text_style *style, struct buf *b)
{
	const struct comparison *c = v->comparison;
	_cleanup_buf_ struct buf ratio = { 0 };

	deciding_verdict(c, sentence(c->verdict), style, b);
	buf_printf(b, "  %s\n", v->scenario->name);
	if (c->work.different) {
		text_say(b, style, 2, "%s", c->reason);
		return;
	}
	if (c->verdict == VERDICT_DIFFERENT_STATE) {
		text_say(b, style, 2, "the two kernels did not do the same work: %s", c->reason);
		return;
	}
	deciding_ratio(c, scenario_item_name(v->scenario), &ratio);
	buf_keep(b, buf_error(&ratio));
	text_say(b, style, 2, "%s (%s, %u CPU%s)", buf_str(&ratio), compare_mode(c), c->cpus,
		 c->cpus == 1 ? "" : "s");
	text_say(b, style, 2, "%s", c->reason);
	time_line(v, style, b);
	deciding_parts(c, style, b);
	source(c, style, b);
	weight(v, style, b);
}

void compare_kernels(const struct compare_view *v, const struct text_style *style, struct buf *b)
{
	const struct kernel *const sides[2] = { v->old_kernel, v->new_kernel };
	_cleanup_table_ struct table t = { .no_headings = true };

	table_column(&t, "", NULL, TABLE_WORD);
	table_column(&t, "kernel", NULL, TABLE_NAME);
	table_column(&t, "compiler", NULL, TABLE_NAME);
	for (unsigned i = 0; i < 2; i++) {
		table_row(&t);
		table_put(&t, "%s", i ? "NEW" : "OLD");
		table_put(&t, "%s", kernel_title(sides[i]).text);
		table_put(&t, "%s", sides[i]->compiler);
	}
	buf_puts(b, "\n");
	table_text(&t, style, 2, b);
	unlike_lines(sides, 2, style, b);
}

static bool is_exact(const struct metric *m)
{
	return m->old_one.exact && m->new_one.exact;
}

static bool is_negative(double old_insns, double new_insns)
{
	return number_is_negative(old_insns) || number_is_negative(new_insns);
}

/* How it was measured, where that is otherwise than one would think. */
static void notes(const struct comparison *c, const struct text_style *style, struct buf *b)
{
	const char *const *of = c->notes;

	if (of[0] && of[1] && !strcmp(of[0], of[1])) {
		text_say(b, style, 2, "OLD and NEW: %s", of[0]);
		return;
	}
	for (unsigned i = 0; i < 2; i++) {
		if (of[i])
			text_say(b, style, 2, "%s: %s", i ? "NEW" : "OLD", of[i]);
	}
}

static void metrics(const struct compare_view *v, const struct text_style *style, struct buf *b)
{
	const struct comparison *c = v->comparison;
	_cleanup_table_ struct table t = { 0 };
	bool negative = false;

	table_column(&t, "metric", NULL, TABLE_NAME);
	table_column(&t, "old", NULL, TABLE_NUMBER);
	table_column(&t, "new", NULL, TABLE_NUMBER);
	table_column(&t, "delta", NULL, TABLE_NUMBER);
	table_column(&t, "ratio", NULL, TABLE_NUMBER);
	for (size_t i = 0; i < c->n_metrics; i++) {
		const struct metric *m = &c->metrics[i];

		const bool one = m->old_one.of.kind != READING_PRINTED &&
				 is_negative(m->old_one.value, m->new_one.value);

		negative = negative || one;
		table_row(&t);
		table_put(&t, one ? "%s *" : "%s", metric_name(m));
		table_number(&t, m->old_one.value);
		table_number(&t, m->new_one.value);
		table_change(&t, metric_delta(m));
		table_ratio(&t, metric_ratio(m));
		if (!is_exact(m) && !(c->exact && m->old_one.of.kind == READING_PRINTED)) {
			table_row(&t);
			table_put(&t, "    spread of the measurements");
			table_number(&t, m->old_one.spread);
			table_number(&t, m->new_one.spread);
		}
		if (!i)
			events_metrics(&c->events, &t);
	}
	buf_puts(b, "\n");
	table_text(&t, style, 2, b);
	if (negative)
		text_say(b, style, 2, "* %s", number_negative_note);
	events_outside(&c->events, style, b);
	if (!c->exact)
		text_say(b, style, 2, "near-exact: %s", c->why_not);
	notes(c, style, b);
	if (c->iterations != v->scenario->iterations)
		text_say(b, style, 2, "N is %u iterations; the scenario says %u", c->iterations,
			 v->scenario->iterations);
}

/* A side on which a function was not executed at all: inlined there, or not taken. */
static void put_side(struct table *t, double insns, double calls)
{
	if (insns == 0 && calls == 0)
		table_put(t, "-");
	else
		table_number(t, insns);
}

/* Of a metric that is one of the other tasks, these are not outside. */
static void put_outside_note(const struct compare_view *v, enum outside which, struct table *t)
{
	const char *word = v->scenario->metric;

	if (which == OUTSIDE_OTHERS && metric_is_task(word))
		table_put(t, "%s of these is what decides", strchr(word, ':') + 1);
	else
		table_put(t, "not in the metric");
}

/* What is in no function, and in no metric but one of other tasks. */
static void put_outside(const struct compare_view *v, struct table *t, bool *negative)
{
	const struct comparison *c = v->comparison;

	for (unsigned i = 0; i < OUTSIDE_COUNT; i++) {
		const struct outside_delta *o = &c->outside[i];

		if (o->old_insns == 0 && o->new_insns == 0)
			continue;
		table_row(t);
		table_put(t, is_negative(o->old_insns, o->new_insns) ? "%s *" : "%s",
			  outside_name(i));
		table_number(t, o->old_insns);
		table_number(t, o->new_insns);
		table_change(t, o->new_insns - o->old_insns);
		put_outside_note(v, i, t);
		*negative = *negative || is_negative(o->old_insns, o->new_insns);
	}
}

static void put_others(double rest, struct table *t)
{
	table_row(t);
	table_put(t, "(all others)");
	table_skip(t);
	table_skip(t);
	table_change(t, rest);
}

/* "?": not known (judge/counts/comparison.h). */
static void put_calls(struct table *t, const struct function_delta *f)
{
	const struct number_text o = number_calls(f->old_calls), n = number_calls(f->new_calls);

	table_put(t, "%s -> %s", o.text, n.text);
}

/* Calls that are not known have not changed, as far as one can tell. */
static double calls_change(const struct function_delta *f)
{
	double change = fabs(f->new_calls - f->old_calls);

	return isnan(change) ? 0 : change;
}

static int by_calls(const void *a, const void *b)
{
	const struct function_delta *const *x = a, *const *y = b;
	double dx = calls_change(*x), dy = calls_change(*y);

	if (dx != dy)
		return dx > dy ? -1 : 1;
	/* Else as they were: by what they cost. */
	return (*x > *y) - (*x < *y);
}

/* The rows in the order that was asked for (owned); NULL when out of memory. */
static const struct function_delta **in_order(const struct compare_view *v)
{
	const struct comparison *c = v->comparison;
	const struct function_delta **rows = calloc(c->n_functions + 1, sizeof(const void *));

	for (size_t i = 0; rows && i < c->n_functions; i++)
		rows[i] = &c->functions[i];
	if (rows && v->by_calls)
		qsort(rows, c->n_functions, sizeof(const void *), by_calls);
	return rows;
}

/* Returns how many are not shown and change by LISTED_MIN or more. */
static size_t put_functions(const struct compare_view *v, unsigned top, struct table *t,
			    bool *negative)
{
	const struct comparison *c = v->comparison;
	_cleanup_free_ const struct function_delta **rows = in_order(v);
	double rest = c->unattributed_new - c->unattributed_old;
	size_t shown = 0, listed = 0;

	if (!rows)
		t->error = -ENOMEM;
	for (size_t i = 0; rows && i < c->n_functions; i++) {
		const struct function_delta *f = rows[i];
		double delta = f->new_insns - f->old_insns;
		bool little = v->by_calls ? calls_change(f) == 0
					  : fabs(delta) < LISTED_MIN && shown >= SMALL_MAX;

		listed += fabs(delta) >= LISTED_MIN;
		if (shown >= top || little || (delta == 0 && !v->by_calls)) {
			rest += delta;
			continue;
		}
		shown++;
		*negative = *negative || function_has_negative(f);
		table_row(t);
		table_put(t, function_has_negative(f) ? "%s *" : "%s", f->name);
		put_side(t, f->old_insns, f->old_calls);
		put_side(t, f->new_insns, f->new_calls);
		table_change(t, delta);
		put_calls(t, f);
		inferred_notes(t, f, false);
	}
	put_others(rest, t);
	return listed > shown ? listed - shown : 0;
}

/* "by source file: mm/memcontrol.c +170.123, mm/memory.c +60.456; 12 others +3.210" */
static void groups(const struct compare_view *v, const struct text_style *style, struct buf *b)
{
	const struct comparison *c = v->comparison;
	_cleanup_buf_ struct buf list = { 0 };
	size_t shown = 0, others = 0;
	double rest = 0, unknown = 0;

	for (size_t i = 0; i < c->n_groups; i++) {
		const struct group_delta *g = &c->groups[i];

		if (!g->file) {
			unknown += g->delta;
		} else if (shown < GROUPS_SHOWN && fabs(g->delta) >= LISTED_MIN) {
			buf_printf(&list, "%s%s %s", shown ? ", " : "", g->file,
				   number_change(g->delta).text);
			shown++;
		} else {
			rest += g->delta;
			others++;
		}
	}
	if (!shown)
		return;
	if (others)
		buf_printf(&list, "; %zu other%s %s", others, others == 1 ? "" : "s",
			   number_change(rest).text);
	buf_printf(&list, "; of no known file %s", number_change(unknown).text);
	buf_keep(b, buf_error(&list));
	buf_puts(b, "\n");
	text_say(b, style, 2, "%sby source file: %s",
		 metric_is_task(v->scenario->metric) ? "the measured task " : "", buf_str(&list));
}

/* What of it is the device's, and what a device in the guest's memory does not show. */
static void devices(const struct compare_view *v, const struct text_style *style, struct buf *b)
{
	struct device_share shares[DEVICES_MAX];
	size_t n = device_shares(v->scenario, v->comparison, shares);
	const struct metric *m = &v->comparison->metrics[0];

	for (size_t i = 0; i < n; i++) {
		buf_puts(b, "\n");
		if (shares[i].old_insns == 0 && shares[i].new_insns == 0) {
			text_say(b, style, 2, "%s: none of its functions was executed",
				 shares[i].what);
			continue;
		}
		text_say(b, style, 2, "%s, its own functions: %s of %s -> %s of %s", shares[i].what,
			 number_of(shares[i].old_insns).text, number_of(m->old_one.value).text,
			 number_of(shares[i].new_insns).text, number_of(m->new_one.value).text);
		if (shares[i].in_call)
			text_say(b, style, 4,
				 "what it copies is under memcpy and such; it ends a request in "
				 "the call that submits it, so a disk's queue, interrupts and "
				 "waiting are not seen here");
		else
			text_say(b, style, 4,
				 "a request ends at the host's moment: what waits for one is "
				 "near-exact at best");
	}
}

static void functions(const struct compare_view *v, unsigned top, const struct text_style *style,
		      struct buf *b)
{
	_cleanup_table_ struct table t = { 0 };
	bool negative = false;
	size_t more;

	table_column(&t, metric_is_task(v->scenario->metric) ? "measured task" : "instructions in",
		     NULL, TABLE_NAME);
	table_column(&t, "old", NULL, TABLE_NUMBER);
	table_column(&t, "new", NULL, TABLE_NUMBER);
	table_column(&t, "delta", NULL, TABLE_NUMBER);
	table_column(&t, "calls", NULL, TABLE_WORD);
	more = put_functions(v, top, &t, &negative);
	put_outside(v, &t, &negative);
	buf_puts(b, "\n");
	table_text(&t, style, 2, b);
	if (more)
		text_say(b, style, 2, "of the others %zu change by %d or more; --top %zu lists %s",
			 more, LISTED_MIN, top + more, more == 1 ? "it" : "them");
	if (negative)
		text_say(b, style, 2, "* %s", number_negative_note);
}

static void value_text(struct buf *b, uint64_t value)
{
	if (value == REPORT_UNKNOWN)
		buf_puts(b, "unknown");
	else
		buf_printf(b, "%llu", (unsigned long long)value);
}

static void outcome_value(struct buf *b, double value)
{
	if (isnan(value))
		buf_puts(b, "unknown");
	else
		buf_printf(b, "%.6g", value);
}

/* Outcomes that differ, or are not what the scenario says. */
static void findings(const struct comparison *c, const struct text_style *style, struct buf *b)
{
	for (size_t i = 0; i < c->n_outcomes; i++) {
		const struct work_outcome *o = &c->outcomes[i];
		_cleanup_buf_ struct buf text = { 0 };

		if (outcome_result(o) == CHECK_PASS || (isnan(o->old_value) && isnan(o->new_value)))
			continue;
		outcome_value(&text, o->old_value);
		buf_puts(&text, " -> ");
		outcome_value(&text, o->new_value);
		if (!isnan(o->expected))
			buf_printf(&text, ", %.6g expected", o->expected);
		text_say(b, style, 2, "found: %s: %s", o->name, buf_str(&text));
		buf_keep(b, buf_error(&text));
	}
}

static void state(const struct compare_view *v, const struct text_style *style, struct buf *b)
{
	const struct comparison *c = v->comparison;
	_cleanup_buf_ struct buf text = { 0 };
	size_t failed = 0, unknown = 0;

	for (size_t i = 0; i < c->n_checks; i++) {
		const struct state_check *k = &c->checks[i];

		failed += k->result == CHECK_FAIL;
		unknown += k->result == CHECK_UNKNOWN;
		buf_printf(&text, "%s%s ", i ? ", " : "", k->name);
		value_text(&text, k->old_value);
		if (k->old_value != k->new_value) {
			buf_puts(&text, " / ");
			value_text(&text, k->new_value);
		}
	}
	buf_puts(b, "\n");
	text_say(b, style, 2, "same state: %s (%s)",
		 failed	   ? "NO"
		 : unknown ? "not fully known"
			   : "yes",
		 buf_str(&text));
	findings(c, style, b);
	buf_keep(b, buf_error(&text));
}

static void audit(const struct compare_view *v, const struct text_style *style, struct buf *b)
{
	const struct audit *a = v->audit;
	size_t different = 0;

	differences_text(a, style, 2, "differs", b);
	for (size_t i = 0; i < a->count; i++) {
		const struct audit_entry *x = &a->entries[i];

		different += !x->same;
		if (!x->same && !strcmp(x->old_value, x->new_value))
			text_say(b, style, 2, "not known of either side: %s", x->name);
	}
	if (audit_is_same(a, "compiler"))
		buf_puts(b, "  same compiler\n");
	if (!different)
		buf_printf(b, "  nothing else differs (%zu things compared)\n", a->count);
}

static void confirmation(const struct compare_view *v, const struct text_style *style,
			 struct buf *b)
{
	const struct confirmation *f = v->confirmation;
	_cleanup_table_ struct table t = { .no_headings = true };

	if (!f)
		return;
	buf_puts(b, "\n");
	text_say(b, style, 2, "%s by %zu perturbations: median delta %s, MAD %s",
		 f->confirmed ? "confirmed" : "NOT confirmed", f->count,
		 number_change(f->median_delta).text, number_of(f->mad).text);
	table_column(&t, "what", NULL, TABLE_NAME);
	table_column(&t, "delta", NULL, TABLE_NUMBER);
	table_column(&t, "state", NULL, TABLE_WORD);
	for (size_t i = 0; i < f->count; i++) {
		table_row(&t);
		table_put(&t, "%s", f->rows[i].what);
		table_change(&t, f->rows[i].delta);
		if (f->rows[i].different_state)
			table_put(&t, "in another state");
	}
	table_text(&t, style, 4, b);
}

static void footer(const struct compare_view *v, const struct text_style *style, struct buf *b)
{
	const struct comparison *c = v->comparison;
	/* Of what other tasks executed, attribute knows no more. */
	const bool explained = !v->scenario->program && !metric_is_task(v->scenario->metric);
	const char *const why[] = { "attribute", v->old_kernel->spec, v->new_kernel->spec,
				    "-s",	 v->scenario->name,   NULL };
	const struct ending x = { .id = v->id,
				  .arch = kernel_arch(v->old_kernel)->name,
				  .qemu_version = v->qemu_version,
				  .cpu = v->cpu_model,
				  .seconds = v->total_seconds,
				  .caveat = "Instructions are not time: cache, TLB and contention "
					    "are not seen here.",
				  .second = explained ? why : NULL };

	if (fabs(c->unattributed_old) > UNATTRIBUTED_MAX * c->metrics[0].old_one.value ||
	    fabs(c->unattributed_new) > UNATTRIBUTED_MAX * c->metrics[0].new_one.value)
		buf_printf(b, "  not attributed to any function: %s / %s\n",
			   number_of(c->unattributed_old).text,
			   number_of(c->unattributed_new).text);
	if (c->clock_old || c->clock_new)
		buf_printf(b, "  counts and emulator clock differ by %lld / %lld instructions\n",
			   (long long)c->clock_old, (long long)c->clock_new);
	ending_text(&x, style, b);
}

/* A program without maps has no pages to tell of, and what it did is told by itself. */
static bool has_state(const struct compare_view *v)
{
	const struct comparison *c = v->comparison;

	return !c->work.known || v->scenario->n_maps ||
	       (c->verdict == VERDICT_DIFFERENT_STATE && !c->work.different);
}

int compare_text(const struct compare_view *v, unsigned top, const struct text_style *style,
		 struct buf *out, struct err *e)
{
	headline(v, style, out);
	compare_kernels(v, style, out);
	distance(v, style, out);
	metrics(v, style, out);
	groups(v, style, out);
	devices(v, style, out);
	functions(v, top, style, out);
	events_text(&v->comparison->events, scenario_item_name(v->scenario), style, out);
	tasks_text(v->comparison, scenario_item_name(v->scenario), top, style, out);
	if (v->comparison->work.known)
		program_text(v, style, out);
	if (has_state(v))
		state(v, style, out);
	audit(v, style, out);
	confirmation(v, style, out);
	footer(v, style, out);
	return buf_error(out) ? err_oom(e) : 0;
}

static void table_line(const struct compare_view *v, struct table *t)
{
	const struct comparison *c = v->comparison;
	char verdict[VERDICT_WORDS_BYTES];
	const struct metric *m;

	table_row(t);
	table_put(t, "%s", v->scenario->name);
	if (v->failure) {
		table_put(t, "not measured");
		table_tone(t, TONE_UNSURE);
		table_note(t, TONE_PLAIN, "%s", v->failure);
		return;
	}
	m = comparison_deciding(c);
	table_put(t, "%s", verdict_words(c->verdict, comparison_part(c), verdict));
	table_tone(t, verdict_tone(c->verdict));
	table_number(t, m->old_one.value);
	table_number(t, m->new_one.value);
	table_ratio(t, metric_ratio(m));
	table_put(t, "%s", compare_mode(c));
}

int compare_table(const struct compare_view *const *views, size_t count,
		  const struct text_style *style, struct buf *out, struct err *e)
{
	_cleanup_table_ struct table t = { 0 };
	const char *one[] = { "compare", NULL, NULL, "-s", NULL, NULL };
	struct ending x = { .second = one };

	table_column(&t, "scenario", NULL, TABLE_NAME);
	table_column(&t, "verdict", NULL, TABLE_WORD);
	table_column(&t, "old", NULL, TABLE_NUMBER);
	table_column(&t, "new", NULL, TABLE_NUMBER);
	table_column(&t, "ratio", NULL, TABLE_NUMBER);
	table_column(&t, "mode", NULL, TABLE_WORD);
	for (size_t i = 0; i < count; i++)
		table_line(views[i], &t);
	table_text(&t, style, 0, out);
	if (!count)
		return buf_error(out) ? err_oom(e) : 0;
	one[1] = views[0]->old_kernel->spec;
	one[2] = views[0]->new_kernel->spec;
	one[4] = views[0]->scenario->name;
	x.id = views[0]->id;
	x.arch = kernel_arch(views[0]->old_kernel)->name;
	x.qemu_version = views[0]->qemu_version;
	for (size_t i = 0; i < count; i++)
		x.seconds += views[i]->failure ? 0 : views[i]->total_seconds;
	compare_kernels(views[0], style, out);
	ending_text(&x, style, out);
	return buf_error(out) ? err_oom(e) : 0;
}
