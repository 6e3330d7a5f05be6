// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/views/mechanism/audit.h"

#include "report/views/parts.h"

static json_t *config_json(const struct config_diff *c)
{
	json_t *list = json_array();
	size_t mm = 0;

	for (size_t i = 0; i < c->count; i++) {
		const struct config_change *x = &c->entries[i];

		mm += x->mm;
		json_array_append_new(list,
				      json_pack("{s:o,s:o,s:o,s:b}", "option", part_text(x->option),
						"old", part_text(x->old_value), "new",
						part_text(x->new_value), "mm", x->mm));
	}
	return json_pack("{s:b,s:I,s:I,s:o}", "known", c->known, "count", (json_int_t)c->count,
			 "mm_count", (json_int_t)mm, "differences", list);
}

static json_t *address(uint64_t vaddr)
{
	return json_sprintf("%#llx", (unsigned long long)vaddr);
}

static json_t *code_json(const struct disasm *d, double unplaced)
{
	return json_pack("{s:o,s:I,s:I,s:o}", "address", address(d->start), "bytes",
			 (json_int_t)(d->end - d->start), "instructions", (json_int_t)d->count,
			 "unplaced", part_number(unplaced));
}

static void add_side(json_t *o, const char *side, const struct disasm_insn *insn, double executed)
{
	json_object_set_new(o, side,
			    insn ? json_pack("{s:o,s:o,s:o}", "address", address(insn->vaddr),
					     "text", part_text(insn->text), "executed",
					     part_number(executed))
				 : json_null());
}

static json_t *function_json(const struct audit_view *v)
{
	const struct listing *l = v->listing;
	json_t *rows = json_array();

	for (size_t i = 0; i < l->count; i++) {
		json_t *o = json_object();

		add_side(o, "old", l->rows[i].old_insn, l->rows[i].old_executed);
		add_side(o, "new", l->rows[i].new_insn, l->rows[i].new_executed);
		json_array_append_new(rows, o);
	}
	return json_pack("{s:o,s:s,s:o,s:o,s:o}", "name", part_text(v->function), "difference",
			 listing_difference_name(l->difference), "old",
			 code_json(v->code[0], l->unplaced_old), "new",
			 code_json(v->code[1], l->unplaced_new), "rows", rows);
}

int audit_json(const struct audit_view *v, json_t *doc, struct err *e)
{
	int r = json_object_set_new(doc, "audit", part_audit(v->audit));

	r |= json_object_set_new(doc, "config", config_json(v->configs));
	if (v->function)
		r |= json_object_set_new(doc, "function", function_json(v));
	return r ? err_oom(e) : 0;
}
