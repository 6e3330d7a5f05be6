// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/store/title.h"
#include "report/views/audit.h"

#include <math.h>
#include <string.h>

#define TEXT_COLUMNS 44
#define AROUND 2 /* equal rows shown on either side of a difference */

static int things(const struct audit_view *v, struct buf *b)
{
	const struct audit *a = v->audit;
	size_t same = 0;
	int r = 0;

	for (size_t i = 0; i < a->count; i++) {
		const struct audit_entry *x = &a->entries[i];

		same += x->same;
		if (x->same || !strcmp(x->name, "config"))
			continue;
		r |= buf_printf(b, "  %s:\n    OLD  %s\n    NEW  %s\n", x->name, x->old_value,
				x->new_value);
	}
	return r | buf_printf(b, "  the same on both sides: %zu of %zu things\n", same, a->count);
}

static int configs(const struct config_diff *c, struct buf *b)
{
	bool mm = true;
	int r;

	if (!c->known)
		return buf_puts(b, "\n  config: not known of both sides\n");
	r = buf_printf(b, "\n  config: %zu options differ\n", c->count);
	for (size_t i = 0; i < c->count; i++) {
		const struct config_change *x = &c->entries[i];

		if (i == 0 || x->mm != mm)
			r |= buf_printf(b, "  %s\n", x->mm ? "of memory management:" : "others:");
		mm = x->mm;
		r |= buf_printf(b, "    %-*s %s -> %s\n", TEXT_COLUMNS, x->option, x->old_value,
				x->new_value);
	}
	return r;
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

static int half(struct buf *b, const struct disasm_insn *insn, double executed)
{
	if (!insn)
		return buf_printf(b, "%10s  %-*s", "", TEXT_COLUMNS, "");
	return buf_printf(b, "%10.4f  %-*.*s", executed, TEXT_COLUMNS, TEXT_COLUMNS, insn->text);
}

static int rows(const struct listing *l, struct buf *b)
{
	bool gap = false;
	int r = buf_printf(b, "\n  %10s  %-*s   %10s  %s\n", "executed", TEXT_COLUMNS, "OLD",
			   "executed", "NEW");

	for (size_t i = 0; i < l->count; i++) {
		const struct listing_row *row = &l->rows[i];

		if (!is_near(l, i)) {
			if (!gap)
				r |= buf_puts(b, "         ...\n");
			gap = true;
			continue;
		}
		gap = false;
		r |= buf_puts(b, "  ");
		r |= half(b, row->old_insn, row->old_executed);
		r |= buf_printf(b, " %c ", !row->old_insn ? '+' : !row->new_insn ? '-' : ' ');
		r |= half(b, row->new_insn, row->new_executed);
		while (b->len && b->data[b->len - 1] == ' ')
			b->data[--b->len] = '\0';
		r |= buf_puts(b, "\n");
	}
	return r;
}

static int function(const struct audit_view *v, struct buf *b)
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
	int r = buf_printf(b, "\n  %s, executed per %s: %s\n", v->function,
			   scenario_item_name(v->scenario), sentences[l->difference]);

	for (unsigned i = 0; i < 2; i++)
		r |= buf_printf(b, "    %s  %#llx, %llu bytes, %zu instructions\n",
				i ? "NEW" : "OLD", (unsigned long long)v->code[i]->start,
				(unsigned long long)(v->code[i]->end - v->code[i]->start),
				v->code[i]->count);
	if (fabs(l->unplaced_old) > 0.001 || fabs(l->unplaced_new) > 0.001)
		r |= buf_printf(b,
				"    executed in code that was patched at boot, not placed: %.3f / "
				"%.3f\n",
				l->unplaced_old, l->unplaced_new);
	return r | rows(l, b);
}

int audit_text(const struct audit_view *v, struct buf *out, struct err *e)
{
	int r = buf_printf(out, "AUDIT  %s\n  OLD  %s\n  NEW  %s\n\n", v->scenario->name,
			   kernel_title(v->kernels[0]).text, kernel_title(v->kernels[1]).text);

	r |= things(v, out);
	r |= configs(v->configs, out);
	if (v->function)
		r |= function(v, out);
	return r ? err_oom(e) : 0;
}
