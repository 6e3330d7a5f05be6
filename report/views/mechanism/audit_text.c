// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/views/mechanism/audit.h"

#include "kernel/store/title.h"
#include "report/views/differences.h"
#include "report/words/table.h"

#include <math.h>
#include <string.h>

#define AROUND 2 /* equal rows shown on either side of a difference */

/* "compiler, cmdline": what is not the same, but the config. */
static void names(const struct audit *a, struct buf *b)
{
	for (size_t i = 0; i < a->count; i++) {
		const struct audit_entry *x = &a->entries[i];

		if (!x->same && strcmp(x->name, "config") != 0)
			buf_printf(b, "%s%s", b->len ? ", " : "", x->name);
	}
}

static void summary(const struct audit_view *v, const struct text_style *style, struct buf *b)
{
	_cleanup_buf_ struct buf which = { 0 };
	size_t same = 0;

	names(v->audit, &which);
	for (size_t i = 0; i < v->audit->count; i++)
		same += v->audit->entries[i].same;
	if (v->configs->known)
		buf_printf(&which, "%sthe config, in %zu option%s", which.len ? ", " : "",
			   v->configs->count, v->configs->count == 1 ? "" : "s");
	text_say(b, style, 2, "%zu of %zu things are the same; not: %s", same, v->audit->count,
		 which.len ? buf_str(&which) : "none");
	buf_keep(b, buf_error(&which));
}

static void things(const struct audit_view *v, const struct text_style *style, struct buf *b)
{
	const struct audit *a = v->audit;

	for (size_t i = 0; i < a->count; i++) {
		const struct audit_entry *x = &a->entries[i];
		_cleanup_buf_ struct buf words = { 0 };

		if (x->same || !strcmp(x->name, "config"))
			continue;
		buf_puts(b, "\n");
		if (!strcmp(x->name, "cmdline")) {
			difference_text(x, a->config_differences, &words);
			text_say(b, style, 2, "%s", buf_str(&words));
			buf_keep(b, buf_error(&words));
			continue;
		}
		buf_printf(b, "  %s:\n", x->name);
		text_say(b, style, 4, "OLD  %s", x->old_value);
		text_say(b, style, 4, "NEW  %s", x->new_value);
	}
}

/* Those of memory management, or the others. */
static void configs_of(const struct config_diff *c, bool mm, const struct text_style *style,
		       struct buf *b)
{
	_cleanup_table_ struct table t = { .no_headings = true };

	table_column(&t, "option", NULL, TABLE_NAME);
	table_column(&t, "old", NULL, TABLE_NAME);
	table_column(&t, "", NULL, TABLE_WORD);
	table_column(&t, "new", NULL, TABLE_NAME);
	for (size_t i = 0; i < c->count; i++) {
		const struct config_change *x = &c->entries[i];

		if (x->mm != mm)
			continue;
		table_row(&t);
		table_put(&t, "%s", x->option);
		table_put(&t, "%s", x->old_value);
		table_put(&t, "->");
		table_put(&t, "%s", x->new_value);
	}
	if (!t.n_lines) {
		buf_keep(b, t.error);
		return;
	}
	buf_printf(b, "  %s\n", mm ? "of memory management:" : "others:");
	table_text(&t, style, 4, b);
}

static void configs(const struct config_diff *c, const struct text_style *style, struct buf *b)
{
	if (!c->known) {
		buf_puts(b, "\n  config: not known of both sides\n");
		return;
	}
	buf_printf(b, "\n  config: %zu option%s differ%s\n", c->count, c->count == 1 ? "" : "s",
		   c->count == 1 ? "s" : "");
	configs_of(c, true, style, b);
	configs_of(c, false, style, b);
}

static bool differs(const struct listing_row *row)
{
	return !row->old_insn || !row->new_insn || row->old_executed != row->new_executed;
}

static bool is_near(const struct listing *l, size_t at)
{
	size_t from = at > AROUND ? at - AROUND : 0;

	for (size_t i = from; i < l->count && i <= at + AROUND; i++) {
		if (differs(&l->rows[i]))
			return true;
	}
	return false;
}

static void half(struct table *t, const struct disasm_insn *insn, double executed)
{
	if (!insn) {
		table_skip(t);
		table_skip(t);
		return;
	}
	table_put(t, "%.4f", executed);
	table_put(t, "%s", insn->text);
}

static void rows(const struct listing *l, const struct text_style *style, struct buf *b)
{
	_cleanup_table_ struct table t = { 0 };
	bool gap = false;

	table_column(&t, "executed", NULL, TABLE_NUMBER);
	table_column(&t, "OLD", NULL, TABLE_NAME);
	table_column(&t, "", NULL, TABLE_WORD);
	table_column(&t, "executed", NULL, TABLE_NUMBER);
	table_column(&t, "NEW", NULL, TABLE_NAME);
	for (size_t i = 0; i < l->count; i++) {
		const struct listing_row *row = &l->rows[i];

		if (!is_near(l, i)) {
			if (!gap) {
				table_row(&t);
				table_put(&t, "...");
			}
			gap = true;
			continue;
		}
		gap = false;
		table_row(&t);
		half(&t, row->old_insn, row->old_executed);
		table_put(&t, "%s", !row->old_insn ? "+" : !row->new_insn ? "-" : "");
		half(&t, row->new_insn, row->new_executed);
	}
	buf_puts(b, "\n");
	table_text(&t, style, 2, b);
}

static void function(const struct audit_view *v, const struct text_style *style, struct buf *b)
{
	static const char *const sentences[] = {
		[LISTING_NONE] = "the same bytes at the same place",
		[LISTING_LAYOUT] = "the same instructions in the same order: the difference is "
				   "layout alone",
		[LISTING_ORDER] = "the same instructions in another order: the difference is "
				  "layout alone",
		[LISTING_CODE] = "other instructions",
	};
	const struct listing *l = v->listing;

	buf_puts(b, "\n");
	text_say(b, style, 2, "%s, executed per %s: %s", v->function,
		 scenario_item_name(v->scenario), sentences[l->difference]);

	for (unsigned i = 0; i < 2; i++)
		buf_printf(b, "    %s  %#llx, %llu bytes, %zu instructions\n", i ? "NEW" : "OLD",
			   (unsigned long long)v->code[i]->start,
			   (unsigned long long)(v->code[i]->end - v->code[i]->start),
			   v->code[i]->count);
	if (fabs(l->unplaced_old) > 0.001 || fabs(l->unplaced_new) > 0.001)
		buf_printf(b,
			   "    executed in code that was patched at boot, not placed: %.3f / "
			   "%.3f\n",
			   l->unplaced_old, l->unplaced_new);
	rows(l, style, b);
}

static void head(const struct audit_view *v, const struct text_style *style, struct buf *out)
{
	buf_printf(out, "AUDIT  %s\n", v->scenario->name);
	for (unsigned i = 0; i < 2; i++)
		text_say(out, style, 2, "%s  %s", i ? "NEW" : "OLD",
			 kernel_title(v->kernels[i]).text);
}

int audit_text(const struct audit_view *v, const struct text_style *style, struct buf *out,
	       struct err *e)
{
	head(v, style, out);
	if (v->function) {
		function(v, style, out);
		buf_puts(out, "\n");
	}
	summary(v, style, out);
	things(v, style, out);
	configs(v->configs, style, out);
	return buf_error(out) ? err_oom(e) : 0;
}
