// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/views/mechanism/cycles.h"

#include "reading/reading.h"
#include "report/views/parts.h"
#include "report/words/table.h"

static json_t *band_json(const struct cycles_band *b)
{
	return json_pack("{s:o,s:o,s:o}", "low", part_number(b->low), "published",
			 part_number(b->published), "high", part_number(b->high));
}

static json_t *segment_json(const struct cycles_segment *s)
{
	json_t *doc =
		json_pack("{s:s,s:b,s:o,s:{s:o,s:o,s:o}}", "name", s->name, "estimated",
			  !s->refused[0], "why_not", part_text(s->refused[0] ? s->refused : NULL),
			  "insns", "old", part_number(s->insns[0]), "new", part_number(s->insns[1]),
			  "ratio", part_number(s->insns[1] / s->insns[0]));

	if (!doc || s->refused[0])
		return doc;
	json_object_set_new(doc, "cycles",
			    json_pack("{s:o,s:o,s:o}", "old", band_json(&s->cycles[0]), "new",
				      band_json(&s->cycles[1]), "ratio", band_json(&s->ratio)));
	json_object_set_new(doc, "lowest_by", json_string(s->narrowest));
	json_object_set_new(doc, "highest_by", json_string(s->widest));
	return doc;
}

static json_t *functions_json(const struct cycles *c)
{
	json_t *list = json_array();

	for (size_t i = 0; i < c->n_functions; i++) {
		const struct cycles_function *f = &c->functions[i];

		json_array_append_new(list, json_pack("{s:s,s:o,s:o,s:o,s:o}", "name", f->name,
						      "insns_old", part_number(f->insns[0]),
						      "insns_new", part_number(f->insns[1]),
						      "cycles_old", part_number(f->cycles[0]),
						      "cycles_new", part_number(f->cycles[1])));
	}
	return list;
}

static void add_readings(const struct cycles_view *v, const struct cycles_segment *s, json_t *list)
{
	static const char *const sides[] = { "old", "new" };
	const char *item = scenario_item_name(v->scenario);

	for (unsigned i = 0; i < 2; i++) {
		char name[READING_NAME_BYTES];

		snprintf(name, sizeof(name), "%s_cycles_per_%s", s->name, item);
		json_array_append_new(list,
				      json_pack("{s:s,s:s,s:s,s:s,s:s,s:o,s:o}", "name", name,
						"side", sides[i], "unit", "cycles", "item", item,
						"kind", reading_kind_name(READING_ESTIMATED), "low",
						part_number(s->cycles[i].low), "high",
						part_number(s->cycles[i].high)));
	}
}

static json_t *variants_json(void)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < model_variants(); i++)
		json_array_append_new(list, json_string(model_variant_name(i)));
	return list;
}

int cycles_json(const struct cycles_view *v, json_t *doc, struct err *e)
{
	const struct cycles *c = v->cycles;
	json_t *segments = json_array(), *readings = json_array();
	int r;

	for (unsigned i = 0; i < c->n_segments; i++) {
		json_array_append_new(segments, segment_json(&c->segments[i]));
		if (!c->segments[i].refused[0])
			add_readings(v, &c->segments[i], readings);
	}
	if (c->has_iteration)
		add_readings(v, &c->iteration, readings);
	r = json_object_set_new(
		doc, "model",
		json_pack("{s:s,s:s}", "name", v->model->name, "title", v->model->title));
	r |= json_object_set_new(doc, "item", json_string(scenario_item_name(v->scenario)));
	r |= json_object_set_new(doc, "variants", variants_json());
	r |= json_object_set_new(doc, "segments", segments);
	r |= json_object_set_new(doc, "iteration",
				 c->has_iteration ? segment_json(&c->iteration) : json_null());
	r |= json_object_set_new(doc, "functions", functions_json(c));
	r |= json_object_set_new(doc, "readings", readings);
	return r ? err_oom(e) : 0;
}

static void put_segment(const struct cycles_view *v, const struct cycles_segment *s,
			const struct text_style *style, struct buf *out)
{
	const char *item = scenario_item_name(v->scenario);

	if (s->refused[0]) {
		text_say(out, style, 2, "%s: not estimated: %s", s->name, s->refused);
		return;
	}
	text_say(out, style, 2, "%s: instructions %.2f, estimated cycles %.2f to %.2f", s->name,
		 s->insns[1] / s->insns[0], s->ratio.low, s->ratio.high);
	text_say(out, style, 4,
		 "a %s: instructions %.1f to %.1f; cycles %.1f (%.1f to %.1f) to "
		 "%.1f (%.1f to %.1f)",
		 item, s->insns[0], s->insns[1], s->cycles[0].published, s->cycles[0].low,
		 s->cycles[0].high, s->cycles[1].published, s->cycles[1].low, s->cycles[1].high);
	text_say(out, style, 4, "%.2f as the file has it; the least with '%s', the most with '%s'",
		 s->ratio.published, s->narrowest, s->widest);
}

static void put_functions(const struct cycles_view *v, const struct text_style *style,
			  struct buf *out)
{
	const struct cycles *c = v->cycles;
	_cleanup_table_ struct table t = { 0 };

	table_column(&t, "where the cycles are", NULL, TABLE_NAME);
	table_column(&t, "insns old", NULL, TABLE_NUMBER);
	table_column(&t, "new", NULL, TABLE_NUMBER);
	table_column(&t, "cycles old", NULL, TABLE_NUMBER);
	table_column(&t, "new", NULL, TABLE_NUMBER);
	for (size_t i = 0; i < c->n_functions && i < v->top; i++) {
		const struct cycles_function *f = &c->functions[i];

		table_row(&t);
		table_put(&t, "%s", f->name);
		for (unsigned k = 0; k < 2; k++)
			table_put(&t, "%.1f", f->insns[k]);
		for (unsigned k = 0; k < 2; k++)
			table_put(&t, "%.1f", f->cycles[k]);
	}
	buf_puts(out, "\n");
	table_text(&t, style, 2, out);
}

int cycles_text(const struct cycles_view *v, const struct text_style *style, struct buf *out,
		struct err *e)
{
	const struct cycles *c = v->cycles;

	text_say(out, style, 0, "CYCLES  %s  %s to %s", v->scenario->name, v->titles[0].text,
		 v->titles[1].text);
	text_say(out, style, 2, "estimated by a model of %s (%s), warm; no time was measured",
		 v->model->title, v->model->name);
	buf_puts(out, "\n");
	for (unsigned i = 0; i < c->n_segments; i++)
		put_segment(v, &c->segments[i], style, out);
	if (c->has_iteration && c->n_segments > 1)
		put_segment(v, &c->iteration, style, out);
	if (v->functions && c->n_estimated)
		put_functions(v, style, out);
	return buf_error(out) ? err_oom(e) : 0;
}
