// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/views/mechanism/lines.h"

#include "report/views/mechanism/cost_json.h"
#include "report/views/parts.h"

#include <string.h>

static json_t *numbers(double o, double n)
{
	return json_pack("{s:o,s:o,s:o}", "old", part_number(o), "new", part_number(n), "delta",
			 part_number(n - o));
}

/* "b < c" as a list. */
static json_t *chain_json(const char *into)
{
	json_t *list = json_array();

	while (*into) {
		const char *end = strstr(into, " < ");
		size_t len = end ? (size_t)(end - into) : strlen(into);
		_cleanup_free_ char *name = strndup(into, len);

		json_array_append_new(list, name ? part_text(name) : NULL);
		into += end ? len + 3 : len;
	}
	return list;
}

static json_t *part_json(const struct line_part *p)
{
	json_t *o = numbers(p->insns[0], p->insns[1]);

	if (o)
		json_object_set_new(o, "inlined_into", chain_json(p->into));
	return o;
}

static json_t *line_number(unsigned line)
{
	return line ? json_integer(line) : json_null();
}

static json_t *line_json(const struct line_delta *l)
{
	json_t *parts = json_array();
	json_t *o =
		json_pack("{s:o,s:o,s:o}", "file", part_text(*l->file ? l->file : NULL), "line_old",
			  line_number(l->line[0]), "line_new", line_number(l->line[1]));

	if (!o)
		return NULL;
	cost_json_pair(o, &l->costs, COST_OF_FUNCTIONS);
	for (size_t i = 0; i < l->n_parts; i++)
		json_array_append_new(parts, part_json(&l->parts[i]));
	json_object_set_new(o, "parts", parts);
	return o;
}

static json_t *function_json(const struct attribution *a, const struct line_function *f)
{
	json_t *lines = json_array();
	json_t *o =
		json_pack("{s:o,s:o,s:o}", "name", part_text(f->name), "inlined_old",
			  part_number(f->inlined[0]), "inlined_new", part_number(f->inlined[1]));

	if (!o)
		return NULL;
	cost_json_pair(o, &f->rows[0], COST_OF_FUNCTIONS);
	json_object_set_new(o, "segments", cost_json_rows(a, f->rows, 1, COST_OF_FUNCTIONS, false));
	for (size_t i = 0; i < f->n_lines; i++)
		json_array_append_new(lines, line_json(&f->lines[i]));
	json_object_set_new(o, "lines", lines);
	return o;
}

json_t *lines_json(const struct lines_view *v)
{
	const struct line_deltas *d = v->deltas;
	json_t *functions = json_array();

	if (!d) {
		json_decref(functions);
		return json_pack("{s:{s:o,s:o}}", "missing", "old", part_text(v->missing[0]), "new",
				 part_text(v->missing[1]));
	}
	for (size_t i = 0; i < d->n_functions; i++)
		json_array_append_new(functions, function_json(v->attribution, &d->functions[i]));
	return json_pack("{s:o,s:o}", "functions", functions, "without_line",
			 numbers(d->without_line[0], d->without_line[1]));
}
