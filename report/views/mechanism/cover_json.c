// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/views/mechanism/cover.h"

#include "report/views/parts.h"

static json_t *function_json(const struct coverage_function *f, unsigned runs)
{
	return json_pack("{s:o,s:i,s:o,s:b,s:b,s:b,s:i,s:I,s:I}", "name", part_text(f->name),
			 "line", (int)f->line, "symbol", part_text(f->symbol), "ambiguous",
			 f->ambiguous, "covered_any", coverage_is_covered(f), "covered_all",
			 coverage_is_covered(f) && f->runs == runs, "runs", (int)f->runs, "insns",
			 (json_int_t)f->insns, "calls", (json_int_t)f->calls);
}

static double ratio(size_t part, size_t whole)
{
	return (double)part / (double)whole;
}

int cover_json(const struct cover_view *v, json_t *doc, struct err *e)
{
	const struct coverage *c = v->coverage;
	json_t *functions = json_array();
	json_t *own;

	for (size_t i = 0; i < c->count; i++)
		json_array_append_new(functions, function_json(&c->functions[i], c->runs));
	own = json_pack(
		"{s:o,s:o,s:o,s:s,s:i,s:I,s:I,s:I,s:I,s:I,s:o,s:o,s:o,s:o}", "source",
		part_text(v->source), "source_path", part_text(v->source_path), "tree_version",
		part_text(v->tree_version), "functions_from", "universal-ctags", "runs",
		(int)c->runs, "total_source_functions", (json_int_t)c->count, "total_functions",
		(json_int_t)c->with_symbol, "covered_any", (json_int_t)c->covered_any,
		"covered_all", (json_int_t)c->covered_all, "ambiguous", (json_int_t)c->ambiguous,
		"ratio_any", part_number(ratio(c->covered_any, c->with_symbol)), "ratio_all",
		part_number(ratio(c->covered_all, c->with_symbol)), "source_ratio_any",
		part_number(ratio(c->covered_any, c->count)), "functions", functions);
	if (!own || json_object_update(doc, own) < 0) {
		json_decref(own);
		return err_oom(e);
	}
	json_decref(own);
	return 0;
}
