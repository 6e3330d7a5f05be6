// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/views/narrow.h"

#include "base/cleanup.h"
#include "kernel/store/title.h"
#include "report/words/number.h"
#include "report/words/unlike.h"
#include "vm/argv.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BAR_COLUMNS 40
#define NAME_COLUMNS 34
#define NAME_COLUMNS_MAX 72
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

/* Of the series: as wide as its longest title, within limits. */
static int name_columns(const struct narrow *n)
{
	int columns = NAME_COLUMNS;

	for (size_t i = 0; i < n->count; i++) {
		int width = (int)strlen(label(&n->items[i]).text);

		if (n->items[i].state != ITEM_UNTESTED && width > columns)
			columns = width < NAME_COLUMNS_MAX ? width : NAME_COLUMNS_MAX;
	}
	return columns;
}

static int headline(const struct narrow_view *v, struct buf *b)
{
	const struct narrow *n = v->narrow;
	char text[24];
	size_t i = 0;

	for (const char *p = verdict_name(n->verdict); *p && i + 1 < sizeof(text); p++)
		text[i++] = *p >= 'a' && *p <= 'z' ? (char)(*p - 'a' + 'A') : *p;
	text[i] = '\0';
	return buf_printf(b, "%s  %s\n  %s (%s, %u CPU%s, threshold %.3g %%)\n\n",
			  n->n_steps || n->verdict != VERDICT_EQUIVALENT ? text : "NO STEP",
			  v->scenario->name, n->reason, v->mode, v->cpus, v->cpus == 1 ? "" : "s",
			  100 * v->threshold);
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

static int bar(double share, struct buf *b)
{
	int columns = (int)lround(share * BAR_COLUMNS), r = 0;

	for (int i = 0; i < columns; i++)
		r |= buf_puts(b, "#");
	return r;
}

static int series(const struct narrow_view *v, struct buf *b)
{
	const struct narrow *n = v->narrow;
	double most = largest(n);
	const int columns = name_columns(n);
	size_t untested = 0;
	int r = buf_printf(b, "  %-*s %12s\n", columns,
			   counted(v) ? "executed instructions" : "guest nanoseconds",
			   scenario_item_name(v->scenario)[0] == 'p' ? "per page" : "per call");

	for (size_t i = 0; i < n->count; i++) {
		const struct narrow_item *x = &n->items[i];
		const struct narrow_step *s = step_to(n, i);

		untested += x->state == ITEM_UNTESTED;
		if (x->state == ITEM_UNTESTED)
			continue;
		r |= buf_printf(b, "  %-*s ", columns, label(x).text);
		if (x->state == ITEM_SKIPPED) {
			r |= buf_printf(b, "%12s  skipped: %s\n", "-", x->reason);
			continue;
		}
		r |= buf_printf(b, "%12s  ", number_of(x->reading.value).text);
		r |= bar(most > 0 ? x->reading.value / most : 0, b);
		if (s && isfinite(narrow_ratio(s)))
			r |= buf_printf(b, "  x %.4f", narrow_ratio(s));
		r |= buf_puts(b, "\n");
	}
	if (untested)
		r |= buf_printf(b, "  %zu more not measured, as their neighbours do not differ\n",
				untested);
	return r;
}

static int functions(const struct narrow_step *s, unsigned top, struct buf *b)
{
	const struct comparison *c = &s->comparison;
	unsigned shown = 0;
	int r = 0;

	for (size_t i = 0; i < c->n_functions && shown < top; i++) {
		const struct function_delta *f = &c->functions[i];
		double delta = f->new_insns - f->old_insns;

		if (fabs(delta) < LISTED_MIN)
			break;
		r |= buf_printf(b, "    %-*s %12s %12s %12s\n", NAME_COLUMNS, f->name,
				number_of(f->old_insns).text, number_of(f->new_insns).text,
				number_change(delta).text);
		shown++;
	}
	return r;
}

static int audit(const struct narrow_step *s, struct buf *b)
{
	bool same_compiler = false;
	int r = 0;

	for (size_t i = 0; i < s->audit.count; i++) {
		const struct audit_entry *x = &s->audit.entries[i];

		if (!strcmp(x->name, "compiler"))
			same_compiler = x->same;
		if (x->same || !strcmp(x->old_value, x->new_value))
			continue;
		if (!strcmp(x->name, "config") && s->audit.config_differences >= 0)
			r |= buf_printf(b, "    differs: config, in %ld options\n",
					s->audit.config_differences);
		else
			r |= buf_printf(b, "    differs: %s: %s / %s\n", x->name, x->old_value,
					x->new_value);
	}
	if (same_compiler)
		r |= buf_puts(b, "    same compiler\n");
	return r;
}

static int step(const struct narrow_view *v, const struct narrow_step *s, unsigned top,
		struct buf *b)
{
	const struct narrow *n = v->narrow;
	int r = buf_printf(b, "\n  %s  %s -> %s",
			   s->gradual			 ? "GRADUALLY"
			   : s->new_value > s->old_value ? "UP"
							 : "DOWN",
			   number_of(s->old_value).text, number_of(s->new_value).text);

	if (isfinite(narrow_ratio(s)))
		r |= buf_printf(b, ", x %.4f", narrow_ratio(s));
	r |= buf_printf(b, ": %s\n", verdict_name(s->verdict));
	r |= buf_printf(b, "    before   %s\n", label(&n->items[s->last_good]).text);
	for (size_t i = s->last_good + 1; i < s->first_bad && !s->gradual; i++)
		r |= buf_printf(b, "    between  %s (skipped)\n", label(&n->items[i]).text);
	r |= buf_printf(b, "    after    %s\n", label(&n->items[s->first_bad]).text);
	r |= buf_printf(b, "    %s\n", s->reason);
	if (!s->compared)
		r |= buf_printf(b, "    with probability %.3f\n", s->probability);
	r |= functions(s, top, b);
	return r | audit(s, b);
}

static int unlike(const struct narrow *n, struct buf *out)
{
	_cleanup_free_ const struct kernel **kernels = calloc(n->count + 1, sizeof(*kernels));
	size_t before = out->len;
	int r = kernels ? buf_puts(out, "\n") : -ENOMEM;

	for (size_t i = 0; r == 0 && i < n->count; i++)
		kernels[i] = n->items[i].kernel;
	if (r == 0)
		r = unlike_lines(kernels, n->count, out);
	/* Nothing to say, and no blank line for it. */
	if (r == 0 && out->len == before + 1)
		out->data[--out->len] = '\0';
	return r;
}

int narrow_text(const struct narrow_view *v, unsigned top, struct buf *out, struct err *e)
{
	const struct narrow *n = v->narrow;
	int r = headline(v, out);

	r |= series(v, out);
	for (size_t i = 0; i < n->n_steps; i++)
		r |= step(v, &n->steps[i], top, out);
	r |= unlike(n, out);
	r |= buf_printf(out, "\n  %s  QEMU %s, -cpu %s  %.1f s\n", v->id, v->qemu_version,
			ARGV_CPU_MODEL, v->total_seconds);
	r |= buf_puts(out, counted(v)
				   ? "  Instructions are not time: cache, TLB and contention are "
				     "not seen here.\n"
			   : !strcmp(v->mode, "emulated")
				   ? "  Emulated: this tells of QEMU, not of hardware.\n"
				   : "");
	return r ? err_oom(e) : 0;
}
