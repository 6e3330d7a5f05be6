// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/views/fixed.h"

#include "kernel/store/title.h"
#include "report/words/number.h"
#include "report/words/unlike.h"
#include "report/views/parts.h"
#include "vm/argv.h"

#include <math.h>
#include <string.h>

#define NAME_COLUMNS 34
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

json_t *fixed_json(const struct fixed_view *v)
{
	const struct gap *g = v->gap;

	return json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:f,s:i,s:i,s:o,s:o,s:o,s:o,s:o,s:o,s:s?"
			 ",s:{s:f}}",
			 "schema", "slowpath/fixed/1", "id", v->id, "mode", v->mode, "scenario",
			 v->scenario->name, "status", gap_status_name(g->status), "verdict",
			 verdict_name(g->verdict), "gap_verdict", verdict_name(g->gap_verdict),
			 "reason", g->reason, "threshold", v->threshold, "cpus", (int)v->cpus,
			 "blocks", (int)v->blocks, "old", part_kernel(v->kernels[0]), "new",
			 part_kernel(v->kernels[1]), "candidate", part_kernel(v->kernels[2]),
			 "metrics", rows(g->metrics, g->n_metrics), "functions",
			 rows(g->functions, g->n_functions), "audit", part_audit(v->audit), "qemu",
			 v->qemu_version, "seconds", "total", v->total_seconds);
}

static int share_text(double share, struct buf *b)
{
	return isfinite(share) ? buf_printf(b, "%.1f %%", 100 * share) : buf_puts(b, "any share");
}

static int headline(const struct fixed_view *v, struct buf *b)
{
	const struct gap *g = v->gap;
	const struct gap_row *m = &g->metrics[0];
	static const char *const words[] = { "CLOSED", "PARTLY CLOSED", "NOT CLOSED", "NO GAP",
					     "INCONCLUSIVE" };
	int r = buf_printf(b, "%s  %s\n", words[g->status], v->scenario->name);

	if (g->status != GAP_NONE && isfinite(m->closed)) {
		r |= buf_printf(b, "  the candidate closes %.1f %% of the gap", 100 * m->closed);
		if (m->low != m->high) {
			r |= buf_puts(b, ", between ") | share_text(m->low, b);
			r |= buf_puts(b, " and ") | share_text(m->high, b);
		}
		r |= buf_printf(b, " (%s, %u CPU%s)\n", v->mode, v->cpus, v->cpus == 1 ? "" : "s");
	}
	return r | buf_printf(b, "  %s\n", g->reason);
}

static int kernels(const struct fixed_view *v, struct buf *b)
{
	static const char *const names[] = { "OLD", "NEW", "CANDIDATE" };
	int r = buf_puts(b, "\n");

	for (unsigned i = 0; i < 3; i++)
		r |= buf_printf(b, "  %-9s  %s  %s\n", names[i], kernel_title(v->kernels[i]).text,
				v->kernels[i]->compiler);
	return r | unlike_lines(v->kernels, 3, b);
}

static int table(const char *title, const struct gap_row *rows_, size_t n, double least,
		 unsigned top, struct buf *b)
{
	unsigned shown = 0;
	int r = buf_printf(b, "\n  %-*s %12s %12s %12s %10s\n", NAME_COLUMNS, title, "old", "new",
			   "candidate", "closed");

	for (size_t i = 0; i < n && shown < top; i++) {
		const struct gap_row *x = &rows_[i];

		if (fabs(x->new_value - x->old_value) < least &&
		    fabs(x->candidate - x->old_value) < least)
			continue;
		shown++;
		r |= buf_printf(b, "  %-*s %12s %12s %12s ", NAME_COLUMNS, x->name,
				number_of(x->old_value).text, number_of(x->new_value).text,
				number_of(x->candidate).text);
		r |= isfinite(x->closed) ? buf_printf(b, "%8.1f %%\n", 100 * x->closed)
					 : buf_printf(b, "%10s\n", "-");
	}
	return r;
}

static int audit(const struct fixed_view *v, struct buf *b)
{
	bool any = false;
	int r = 0;

	for (size_t i = 0; i < v->audit->count; i++) {
		const struct audit_entry *x = &v->audit->entries[i];

		if (x->same || !strcmp(x->old_value, x->new_value))
			continue;
		r |= any ? 0 : buf_puts(b, "\n");
		any = true;
		if (!strcmp(x->name, "config") && v->audit->config_differences >= 0)
			r |= buf_printf(b, "  OLD and candidate differ: config, in %ld options\n",
					v->audit->config_differences);
		else
			r |= buf_printf(b, "  OLD and candidate differ: %s: %s / %s\n", x->name,
					x->old_value, x->new_value);
	}
	return r;
}

int fixed_text(const struct fixed_view *v, unsigned top, struct buf *out, struct err *e)
{
	const struct gap *g = v->gap;
	int r = headline(v, out);

	r |= kernels(v, out);
	r |= table("metric", g->metrics, g->n_metrics, 0, (unsigned)g->n_metrics, out);
	if (g->n_functions)
		r |= table("instructions in", g->functions, g->n_functions, LISTED_MIN, top, out);
	r |= audit(v, out);
	r |= buf_printf(out, "\n  %s  QEMU %s, -cpu %s  %.1f s\n", v->id, v->qemu_version,
			ARGV_CPU_MODEL, v->total_seconds);
	if (strstr(v->mode, "exact"))
		r |= buf_puts(out, "  Instructions are not time: cache, TLB and contention are not "
				   "seen here.\n");
	return r ? err_oom(e) : 0;
}
