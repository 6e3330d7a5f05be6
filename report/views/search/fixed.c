// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/views/search/fixed.h"

#include "kernel/store/title.h"
#include "report/views/differences.h"
#include "report/views/next.h"
#include "report/words/table.h"
#include "report/words/unlike.h"
#include "report/views/parts.h"
#include "report/words/number.h"
#include "vm/argv.h"

#include <math.h>
#include <string.h>

#define LISTED_MIN 1 /* instructions per item: below, a function is not worth a line */

static json_t *percent(double share)
{
	return part_number(100 * share);
}

static json_t *rows(const struct gap_row *r, size_t n)
{
	json_t *list = json_array();
	bool ok = list;

	for (size_t i = 0; ok && i < n; i++)
		ok = json_array_append_new(
			     list, json_pack("{s:s,s:o,s:o,s:o,s:o,s:o,s:o}", "name", r[i].name,
					     "old", part_number(r[i].old_value), "new",
					     part_number(r[i].new_value), "candidate",
					     part_number(r[i].candidate), "closed",
					     percent(r[i].closed), "closed_low", percent(r[i].low),
					     "closed_high", percent(r[i].high))) == 0;
	if (ok)
		return list;
	json_decref(list);
	return NULL;
}

/* Of one whose verdict is of the exact part; else null. */
static json_t *part(const struct gap *g)
{
	return g->by_part ? rows(&g->part, 1) : json_null();
}

json_t *fixed_json(const struct fixed_view *v)
{
	const struct gap *g = v->gap;

	return json_pack(
		"{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:f,s:i,s:i,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:s?"
		",s:{s:f}}",
		"schema", "slowpath/fixed/1", "id", v->id, "mode", v->mode, "scenario",
		v->scenario->name, "status", gap_status_name(g->status), "verdict",
		verdict_name(g->verdict), "gap_verdict", verdict_name(g->gap_verdict), "reason",
		g->reason, "threshold", v->threshold, "cpus", (int)v->cpus, "blocks",
		(int)v->blocks, "old", part_kernel(v->kernels[0]), "new",
		part_kernel(v->kernels[1]), "candidate", part_kernel(v->kernels[2]), "metrics",
		rows(g->metrics, g->n_metrics), "functions", rows(g->functions, g->n_functions),
		"exact_part", part(g), "audit", part_audit(v->audit), "qemu", v->qemu_version,
		"seconds", "total", v->total_seconds);
}

static void share_text(double share, struct buf *b)
{
	if (isfinite(share))
		buf_printf(b, "%.1f %%", 100 * share);
	else
		buf_puts(b, "any share");
}

static enum tone status_tone(enum gap_status s)
{
	switch (s) {
	case GAP_CLOSED:
		return TONE_GOOD;
	case GAP_OPEN:
		return TONE_BAD;
	case GAP_PARTLY:
	case GAP_INCONCLUSIVE:
		return TONE_UNSURE;
	case GAP_NONE:
		break;
	}
	return TONE_PLAIN;
}

static void headline(const struct fixed_view *v, const struct text_style *style, struct buf *b)
{
	const struct gap *g = v->gap;
	const struct gap_row *m = gap_deciding(g);
	static const char *const words[] = { "CLOSED", "PARTLY CLOSED", "NOT CLOSED", "NO GAP",
					     "INCONCLUSIVE" };

	tone_put(b, style, status_tone(g->status), words[g->status]);
	buf_printf(b, "  %s\n", v->scenario->name);
	if (g->status != GAP_NONE && isfinite(m->closed)) {
		buf_printf(b, "  the candidate closes %.1f %% of the gap", 100 * m->closed);
		if (m->low != m->high) {
			buf_puts(b, ", between ");
			share_text(m->low, b);
			buf_puts(b, " and ");
			share_text(m->high, b);
		}
		if (g->by_part)
			buf_puts(b, " in what is exact");
		buf_printf(b, " (%s, %u CPU%s)\n", v->mode, v->cpus, v->cpus == 1 ? "" : "s");
	}
	text_say(b, style, 2, "%s", g->reason);
}

static void kernels(const struct fixed_view *v, const struct text_style *style, struct buf *b)
{
	static const char *const names[] = { "OLD", "NEW", "CANDIDATE" };
	_cleanup_table_ struct table t = { .no_headings = true };

	table_column(&t, "", NULL, TABLE_WORD);
	table_column(&t, "kernel", NULL, TABLE_NAME);
	table_column(&t, "compiler", NULL, TABLE_NAME);
	for (unsigned i = 0; i < 3; i++) {
		table_row(&t);
		table_put(&t, "%s", names[i]);
		table_put(&t, "%s", kernel_title(v->kernels[i]).text);
		table_put(&t, "%s", v->kernels[i]->compiler);
	}
	buf_puts(b, "\n");
	table_text(&t, style, 2, b);
	unlike_lines(v->kernels, 3, style, b);
}

static bool gap_row_is_negative(const struct gap_row *x)
{
	return number_is_negative(x->old_value) || number_is_negative(x->new_value) ||
	       number_is_negative(x->candidate);
}

static void gap_table(const char *title, const struct gap_row *from, size_t n, double least,
		      unsigned top, const struct text_style *style, struct buf *b)
{
	_cleanup_table_ struct table t = { 0 };
	unsigned shown = 0;
	bool negative = false;

	table_column(&t, title, NULL, TABLE_NAME);
	table_column(&t, "old", NULL, TABLE_NUMBER);
	table_column(&t, "new", NULL, TABLE_NUMBER);
	table_column(&t, "candidate", NULL, TABLE_NUMBER);
	table_column(&t, "closed", NULL, TABLE_NUMBER);
	for (size_t i = 0; i < n && shown < top; i++) {
		const struct gap_row *x = &from[i];

		if (fabs(x->new_value - x->old_value) < least &&
		    fabs(x->candidate - x->old_value) < least)
			continue;
		shown++;
		table_row(&t);
		table_put(&t, gap_row_is_negative(x) ? "%s *" : "%s", x->name);
		negative = negative || gap_row_is_negative(x);
		table_number(&t, x->old_value);
		table_number(&t, x->new_value);
		table_number(&t, x->candidate);
		if (isfinite(x->closed))
			table_put(&t, "%.1f %%", 100 * x->closed);
		else
			table_put(&t, "-");
	}
	buf_puts(b, "\n");
	table_text(&t, style, 2, b);
	if (negative)
		text_say(b, style, 2, "* %s", number_negative_note);
}

static void audit(const struct fixed_view *v, const struct text_style *style, struct buf *b)
{
	_cleanup_buf_ struct buf lines = { 0 };

	differences_text(v->audit, style, 2, "OLD and candidate differ", &lines);
	if (lines.len)
		buf_printf(b, "\n%s", buf_str(&lines));
	buf_keep(b, buf_error(&lines));
}

int fixed_text(const struct fixed_view *v, unsigned top, const struct text_style *style,
	       struct buf *out, struct err *e)
{
	const struct gap *g = v->gap;
	const struct ending x = {
		.id = v->id,
		.arch = kernel_arch(v->kernels[0])->name,
		.qemu_version = v->qemu_version,
		.cpu = v->cpu_model,
		.seconds = v->total_seconds,
		.caveat = strstr(v->mode, "exact")
				  ? "Instructions are not time: cache, TLB and contention are not "
				    "seen here."
				  : NULL,
	};

	headline(v, style, out);
	kernels(v, style, out);
	gap_table("metric", g->metrics, g->n_metrics, 0, (unsigned)g->n_metrics, style, out);
	if (g->n_functions)
		gap_table("instructions in", g->functions, g->n_functions, LISTED_MIN, top, style,
			  out);
	audit(v, style, out);
	ending_text(&x, style, out);
	return buf_error(out) ? err_oom(e) : 0;
}
