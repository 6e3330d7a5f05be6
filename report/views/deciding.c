// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/views/deciding.h"

#include "judge/counts/count_verdict.h"
#include "judge/table/verdict.h"
#include "report/views/parts.h"
#include "report/words/number.h"
#include "report/words/table.h"

#include <math.h>
#include <string.h>

void deciding_verdict(const struct comparison *c, const char *sentence,
		      const struct text_style *style, struct buf *out)
{
	const char *part = comparison_part(c);

	tone_put(out, style, verdict_tone(c->verdict), sentence);
	if (part && (c->verdict == VERDICT_REGRESSION || c->verdict == VERDICT_IMPROVEMENT))
		buf_printf(out, ", %s", part);
}

/* "function:move_page_tables" of "function:move_page_tables_insns_per_page"; "" of the iteration */
static void chosen(const struct metric *m, const char *item, struct buf *out)
{
	const struct quantity *of = &m->old_one.of;
	size_t suffix = strlen(of->unit) + strlen(item) + strlen("__per_");
	size_t len = strlen(of->name);

	if (of->kind == READING_PRINTED)
		buf_printf(out, " in %s, which the program prints", of->name);
	else if (!strcmp(of->unit, "calls"))
		buf_printf(out, " in calls per %s, %.*s", item, (int)(len - suffix), of->name);
	else if (!strncmp(of->name, "iteration_", strlen("iteration_")) || len <= suffix)
		buf_printf(out, " in executed instructions per %s", item);
	else
		buf_printf(out, " in executed instructions per %s, %.*s", item, (int)(len - suffix),
			   of->name);
}

void deciding_ratio(const struct comparison *c, const char *item, struct buf *out)
{
	const struct metric *m = comparison_deciding(c);

	if (comparison_part(c))
		buf_puts(out, "of the whole, of which nothing is claimed, ");
	buf_puts(out, "NEW / OLD = ");
	if (isfinite(metric_ratio(m)))
		buf_printf(out, "%.4f", metric_ratio(m));
	else
		buf_puts(out, "undefined (OLD is 0)");
	chosen(m, item, out);
}

void deciding_parts(const struct comparison *c, const struct text_style *style, struct buf *out)
{
	const struct reading_parts *p = &c->parts;
	_cleanup_buf_ struct buf rest = { 0 };

	/* All is exact, or nothing is known. */
	if (!p->known || !c->change.parted || !p->exact)
		return;
	if (p->varying)
		buf_printf(&rest, "; the other %zu var%s by %s, most %s", p->varying,
			   p->varying == 1 ? "ies" : "y", number_of(c->change.rest_spread).text,
			   p->most);
	buf_keep(out, buf_error(&rest));
	text_say(out, style, 2, "exact in %zu function%s: %s of %s%s", p->exact,
		 p->exact == 1 ? "" : "s", number_change(c->change.part_delta).text,
		 number_change(c->change.delta).text, buf_str(&rest));
}

void deciding_change_json(const struct reading_change *x, json_t *row)
{
	json_object_set_new(row, "part", change_part(x) ? json_string("exact") : json_null());
	if (!x->parted)
		return;
	json_object_set_new(row, "exact_part",
			    json_pack("{s:o}", "delta", part_number(x->part_delta)));
	json_object_set_new(row, "varying_part",
			    json_pack("{s:o,s:o}", "delta", part_number(x->rest_delta), "spread",
				      part_number(x->rest_spread)));
}

void deciding_json(const struct comparison *c, json_t *doc)
{
	const struct metric *m = comparison_deciding(c);
	const struct reading_change *x = &c->change;
	const bool all = c->parts.known && !x->parted;
	const char *part = comparison_part(c);

	json_object_set_new(doc, "decides", part_text(metric_name(m)));
	json_object_set_new(doc, "part", part ? json_string("exact") : json_null());
	if (!c->parts.known) {
		json_object_set_new(doc, "exact_part", json_null());
		json_object_set_new(doc, "varying_part", json_null());
		return;
	}
	json_object_set_new(doc, "exact_part",
			    json_pack("{s:o,s:I}", "delta",
				      part_number(all ? x->delta : x->part_delta), "functions",
				      (json_int_t)c->parts.exact));
	json_object_set_new(doc, "varying_part",
			    json_pack("{s:o,s:o,s:I,s:o}", "delta",
				      part_number(all ? 0 : x->rest_delta), "spread",
				      part_number(all ? 0 : x->rest_spread), "functions",
				      (json_int_t)c->parts.varying, "most",
				      part_text(c->parts.most[0] ? c->parts.most : NULL)));
}
