// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/views/search/narrow.h"

#include "base/cleanup.h"
#include "kernel/store/title.h"
#include "report/views/differences.h"
#include "report/views/next.h"
#include "report/words/inferred.h"
#include "report/words/number.h"
#include "report/words/table.h"
#include "report/words/unlike.h"
#include "vm/argv.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BAR_COLUMNS 20
#define LISTED_MIN 1 /* instructions per item: below, a function is not worth a line */

static bool counted(const struct narrow_view *v)
{
	return strstr(v->mode, "exact") != NULL;
}

/* A kernel that could not be had has no title. */
static struct kernel_title label(const struct narrow_item *x)
{
	const char *text = !strncmp(x->spec, "debian:", 7) ? x->spec + 7 : x->spec;
	struct kernel_title t;

	if (x->kernel)
		return kernel_title(x->kernel);
	snprintf(t.text, sizeof(t.text), "%s", text);
	return t;
}

static void headline(const struct narrow_view *v, const struct text_style *style, struct buf *b)
{
	const struct narrow *n = v->narrow;
	char text[24];
	size_t i = 0;

	for (const char *p = verdict_name(n->verdict); *p && i + 1 < sizeof(text); p++)
		text[i++] = *p >= 'a' && *p <= 'z' ? (char)(*p - 'a' + 'A') : *p;
	text[i] = '\0';
	tone_put(b, style, verdict_tone(n->verdict),
		 n->n_steps || n->verdict != VERDICT_EQUIVALENT ? text : "NO STEP");
	buf_printf(b, "  %s\n", v->scenario->name);
	text_say(b, style, 2, "%s (%s, %u CPU%s, threshold %.3g %%)", n->reason, v->mode, v->cpus,
		 v->cpus == 1 ? "" : "s", 100 * v->threshold);
	buf_puts(b, "\n");
}

static double largest(const struct narrow *n)
{
	double most = 0;

	for (size_t i = 0; i < n->count; i++) {
		if (n->items[i].state == ITEM_MEASURED)
			most = fmax(most, n->items[i].reading.value);
	}
	return most;
}

/* The step that ends at an item, NULL if none does. */
static const struct narrow_step *step_to(const struct narrow *n, size_t item)
{
	for (size_t i = 0; i < n->n_steps; i++) {
		if (n->steps[i].first_bad == item)
			return &n->steps[i];
	}
	return NULL;
}

static void put_bar(struct table *t, double share)
{
	static const char full[] = "####################";
	_Static_assert(sizeof(full) == BAR_COLUMNS + 1, "a bar is as long as its table's column");

	table_put(t, "%.*s", (int)lround(share * BAR_COLUMNS), full);
	table_value(t, share);
}

static void put_item(const struct narrow *n, size_t at, double most, struct table *t)
{
	const struct narrow_item *x = &n->items[at];
	const struct narrow_step *s = step_to(n, at);

	table_row(t);
	table_put(t, "%s", label(x).text);
	if (x->state == ITEM_SKIPPED) {
		table_put(t, "-");
		table_put(t, "skipped");
		table_tone(t, TONE_UNSURE);
		table_note(t, TONE_PLAIN, "%s", x->reason);
		return;
	}
	table_number(t, x->reading.value);
	put_bar(t, most > 0 ? x->reading.value / most : 0);
	if (s && isfinite(narrow_ratio(s))) {
		table_put(t, "x %.4f", narrow_ratio(s));
		table_tone(t, verdict_tone(s->verdict));
	}
}

static void series(const struct narrow_view *v, const struct text_style *style, struct buf *b)
{
	const struct narrow *n = v->narrow;
	_cleanup_table_ struct table t = { 0 };
	double most = largest(n);
	size_t untested = 0;

	table_column(&t, counted(v) ? "executed instructions" : "guest nanoseconds", NULL,
		     TABLE_NAME);
	table_column(&t, scenario_item_name(v->scenario)[0] == 'p' ? "per page" : "per call", NULL,
		     TABLE_NUMBER);
	table_column(&t, "", NULL, TABLE_WORD);
	table_column(&t, "step", NULL, TABLE_WORD);
	for (size_t i = 0; i < n->count; i++) {
		untested += n->items[i].state == ITEM_UNTESTED;
		if (n->items[i].state != ITEM_UNTESTED)
			put_item(n, i, most, &t);
	}
	table_text(&t, style, 2, b);
	if (untested)
		buf_printf(b, "  %zu more not measured, as their neighbours do not differ\n",
			   untested);
}

static void functions(const struct narrow_step *s, unsigned top, const struct text_style *style,
		      struct buf *b)
{
	const struct comparison *c = &s->comparison;
	_cleanup_table_ struct table t = { .no_headings = true };
	unsigned shown = 0;
	bool negative = false;

	table_column(&t, "function", NULL, TABLE_NAME);
	table_column(&t, "old", NULL, TABLE_NUMBER);
	table_column(&t, "new", NULL, TABLE_NUMBER);
	table_column(&t, "delta", NULL, TABLE_NUMBER);
	for (size_t i = 0; i < c->n_functions && shown < top; i++, shown++) {
		const struct function_delta *f = &c->functions[i];
		double delta = f->new_insns - f->old_insns;

		if (fabs(delta) < LISTED_MIN)
			break;
		table_row(&t);
		table_put(&t, function_has_negative(f) ? "%s *" : "%s", f->name);
		negative = negative || function_has_negative(f);
		table_number(&t, f->old_insns);
		table_number(&t, f->new_insns);
		table_change(&t, delta);
		inferred_notes(&t, f, false);
	}
	table_text(&t, style, 4, b);
	if (negative)
		text_say(b, style, 4, "* %s", number_negative_note);
}

static void step(const struct narrow_view *v, const struct narrow_step *s, unsigned top,
		 const struct text_style *style, struct buf *b)
{
	const struct narrow *n = v->narrow;
	char words[VERDICT_WORDS_BYTES];

	buf_printf(b, "\n  %s  %s -> %s",
		   s->gradual			 ? "GRADUALLY"
		   : s->new_value > s->old_value ? "UP"
						 : "DOWN",
		   number_of(s->old_value).text, number_of(s->new_value).text);
	if (isfinite(narrow_ratio(s)))
		buf_printf(b, ", x %.4f", narrow_ratio(s));
	buf_puts(b, ": ");
	tone_put(b, style, verdict_tone(s->verdict),
		 verdict_words(s->verdict, s->compared ? comparison_part(&s->comparison) : NULL,
			       words));
	buf_printf(b, "\n    before   %s\n", label(&n->items[s->last_good]).text);
	for (size_t i = s->last_good + 1; i < s->first_bad && !s->gradual; i++)
		buf_printf(b, "    between  %s (skipped)\n", label(&n->items[i]).text);
	buf_printf(b, "    after    %s\n", label(&n->items[s->first_bad]).text);
	text_say(b, style, 4, "%s", s->reason);
	if (!s->compared)
		buf_printf(b, "    with probability %.3f\n", s->probability);
	functions(s, top, style, b);
	differences_text(&s->audit, style, 4, "differs", b);
	if (audit_is_same(&s->audit, "compiler"))
		buf_puts(b, "    same compiler\n");
}

static void unlike(const struct narrow *n, const struct text_style *style, struct buf *out)
{
	_cleanup_free_ const struct kernel **kernels = calloc(n->count + 1, sizeof(*kernels));
	_cleanup_buf_ struct buf lines = { 0 };

	if (!kernels) {
		buf_keep(out, -ENOMEM);
		return;
	}
	for (size_t i = 0; i < n->count; i++)
		kernels[i] = n->items[i].kernel;
	unlike_lines(kernels, n->count, style, &lines);
	buf_keep(out, buf_error(&lines));
	if (lines.len)
		buf_printf(out, "\n%s", lines.data);
}

static void ending(const struct narrow_view *v, const struct text_style *style, struct buf *out)
{
	const struct narrow *n = v->narrow;
	const struct narrow_step *s = n->n_steps ? &n->steps[0] : NULL;
	const char *const why[] = { "attribute",
				    s ? n->items[s->last_good].spec : "",
				    s ? n->items[s->first_bad].spec : "",
				    "-s",
				    v->scenario->name,
				    NULL };
	const struct ending x = {
		.id = v->id,
		.qemu_version = v->qemu_version,
		.cpu = v->cpu_model,
		.seconds = v->total_seconds,
		.caveat = counted(v) ? "Instructions are not time: cache, TLB and contention are "
				       "not seen here."
			  : !strcmp(v->mode, "emulated")
				  ? "Emulated: this tells of QEMU, not of hardware."
				  : NULL,
		.second = s && !v->scenario->program ? why : NULL,
	};

	ending_text(&x, style, out);
}

int narrow_text(const struct narrow_view *v, unsigned top, const struct text_style *style,
		struct buf *out, struct err *e)
{
	const struct narrow *n = v->narrow;

	headline(v, style, out);
	series(v, style, out);
	for (size_t i = 0; i < n->n_steps; i++)
		step(v, &n->steps[i], top, style, out);
	unlike(n, style, out);
	ending(v, style, out);
	return buf_error(out) ? err_oom(e) : 0;
}
