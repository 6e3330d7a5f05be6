// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/views/mechanism/contention.h"

#include "report/views/parts.h"
#include "report/words/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const side_names[] = { "old", "new" };

/* A function by its name, of both sides; NULL where a side has it not. */
struct both {
	const char *name;
	const struct contention_function *sides[2];
};

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct both *)a)->name, ((const struct both *)b)->name);
}

static double touches_of(const struct both *b, unsigned side)
{
	return b->sides[side] ? b->sides[side]->touches.mean : 0;
}

/* By how much they changed, or with one kernel by how much there is; then by name. */
static double weight(const struct both *b)
{
	return b->sides[1] ? fabs(touches_of(b, 1) - touches_of(b, 0)) : touches_of(b, 0);
}

static int by_weight(const void *a, const void *b)
{
	double x = weight(a), y = weight(b);

	return x != y ? (x > y ? -1 : 1) : by_name(a, b);
}

/* A kernel that has not the function has nothing of it: that is told from one kernel by @n. */
static const struct contention_function nothing;

static struct both *unite(const struct contention_view *v, size_t *count)
{
	size_t room = v->sides[0].n_functions + (v->n > 1 ? v->sides[1].n_functions : 0);
	struct both *all = calloc(room + 1, sizeof(*all));
	size_t n = 0, kept = 0;

	for (unsigned side = 0; all && side < v->n; side++) {
		for (size_t i = 0; i < v->sides[side].n_functions; i++) {
			const struct contention_function *f = &v->sides[side].functions[i];

			all[n].name = f->name;
			all[n++].sides[side] = f;
		}
	}
	if (!all)
		return NULL;
	qsort(all, n, sizeof(*all), by_name);
	for (size_t i = 0; i < n; i++) {
		struct both *last = kept ? &all[kept - 1] : NULL;

		if (last && !strcmp(last->name, all[i].name)) {
			for (unsigned side = 0; side < v->n; side++)
				last->sides[side] =
					last->sides[side] ? last->sides[side] : all[i].sides[side];
		} else {
			all[kept++] = all[i];
		}
	}
	for (size_t i = 0; i < kept; i++) {
		for (unsigned side = 0; side < v->n; side++)
			all[i].sides[side] = all[i].sides[side] ? all[i].sides[side] : &nothing;
	}
	qsort(all, kept, sizeof(*all), by_weight);
	*count = kept;
	return all;
}

static json_t *value_json(const struct contention_value *v)
{
	return json_pack("{s:o,s:o}", "mean", part_number(v->mean), "spread",
			 part_number(v->spread));
}

static json_t *side_json(const struct contention_part *p)
{
	json_t *regions = json_object();

	for (unsigned i = 0; i < CONTENTION_REGIONS; i++)
		json_object_set_new(regions, contention_region_name(i), part_number(p->regions[i]));
	return json_pack("{s:o,s:o,s:o,s:o}", "lines", value_json(&p->lines), "lines_in", regions,
			 "touches", value_json(&p->touches), "waiting", value_json(&p->waiting));
}

/* @segment: -1 for the iteration. */
static const struct contention_part *part_of(const struct contention_view *v, unsigned side,
					     int segment)
{
	return segment < 0 ? &v->sides[side].iteration : &v->sides[side].segments[segment];
}

static json_t *part_json(const struct contention_view *v, int segment)
{
	json_t *doc = json_pack("{s:s}", "name", part_of(v, 0, segment)->name);

	if (v->n == 1) {
		json_object_set_new(doc, "kernel", side_json(part_of(v, 0, segment)));
		return doc;
	}
	for (unsigned side = 0; side < 2; side++)
		json_object_set_new(doc, side_names[side], side_json(part_of(v, side, segment)));
	return doc;
}

static json_t *function_json(const struct contention_view *v, const struct both *b)
{
	bool waits = b->sides[0]->waits || (v->n > 1 && b->sides[1]->waits);
	json_t *doc = json_pack("{s:s,s:b}", "name", b->name, "waits", waits);

	for (unsigned side = 0; side < v->n; side++) {
		json_t *one = value_json(&b->sides[side]->touches);

		json_object_set_new(one, "stores", part_number(b->sides[side]->store_mean));
		json_object_set_new(doc, v->n == 1 ? "kernel" : side_names[side], one);
	}
	return doc;
}

int contention_json(const struct contention_view *v, json_t *doc, struct err *e)
{
	json_t *segments = json_array(), *functions = json_array();
	size_t count = 0;
	_cleanup_free_ struct both *all = unite(v, &count);
	int r;

	for (unsigned i = 0; i < v->sides[0].n_segments; i++)
		json_array_append_new(segments, part_json(v, (int)i));
	for (size_t i = 0; i < count; i++)
		json_array_append_new(functions, function_json(v, &all[i]));
	r = json_object_set_new(doc, "item", json_string(scenario_item_name(v->scenario)));
	r |= json_object_set_new(doc, "iteration", part_json(v, -1));
	r |= json_object_set_new(doc, "segments", segments);
	r |= json_object_set_new(doc, "functions", functions);
	return r || !all ? err_oom(e) : 0;
}

static void put_value(struct table *t, const struct contention_value *v)
{
	table_put(t, "%.3f", v->mean);
	table_put(t, "%.3f", v->spread);
}

static void value_columns(const struct contention_view *v, struct table *t)
{
	for (unsigned side = 0; side < v->n; side++) {
		table_column(t, v->n == 1 ? "mean" : side_names[side], NULL, TABLE_NUMBER);
		table_column(t, "spread", NULL, TABLE_NUMBER);
	}
}

static void put_part(const struct contention_view *v, int segment, struct table *t)
{
	const struct contention_part *p[2] = { part_of(v, 0, segment),
					       part_of(v, v->n - 1, segment) };

	table_row(t);
	table_put(t, "%s: shared lines", p[0]->name);
	for (unsigned side = 0; side < v->n; side++)
		put_value(t, &p[side]->lines);
	for (unsigned i = 0; i < CONTENTION_REGIONS; i++) {
		if (p[0]->regions[i] == 0 && p[1]->regions[i] == 0)
			continue;
		table_row(t);
		table_put(t, "  in %s", contention_region_name(i));
		for (unsigned side = 0; side < v->n; side++) {
			table_put(t, "%.3f", p[side]->regions[i]);
			table_put(t, "%s", "");
		}
	}
	table_row(t);
	table_put(t, "%s: touches of them", p[0]->name);
	for (unsigned side = 0; side < v->n; side++)
		put_value(t, &p[side]->touches);
	if (p[0]->waiting.mean == 0 && p[1]->waiting.mean == 0)
		return;
	table_row(t);
	table_put(t, "%s: touches while waiting for locks, not in these", p[0]->name);
	for (unsigned side = 0; side < v->n; side++)
		put_value(t, &p[side]->waiting);
}

static int put_functions(const struct contention_view *v, const struct text_style *style,
			 struct buf *out, struct err *e)
{
	_cleanup_table_ struct table t = { 0 };
	size_t count = 0;
	_cleanup_free_ struct both *all = unite(v, &count);

	if (!all)
		return err_oom(e);
	table_column(&t, "touches by", NULL, TABLE_NAME);
	value_columns(v, &t);
	for (size_t i = 0; i < count && i < v->top; i++) {
		table_row(&t);
		table_put(&t, "%s%s", all[i].name,
			  all[i].sides[0]->waits || (v->n > 1 && all[i].sides[1]->waits)
				  ? " (waits)"
				  : "");
		for (unsigned side = 0; side < v->n; side++)
			put_value(&t, &all[i].sides[side]->touches);
	}
	buf_puts(out, "\n");
	table_text(&t, style, 2, out);
	if (count > v->top)
		text_say(out, style, 2, "%zu more functions", count - v->top);
	return 0;
}

int contention_text(const struct contention_view *v, const struct text_style *style,
		    struct buf *out, struct err *e)
{
	_cleanup_table_ struct table t = { 0 };
	int r;

	text_say(out, style, 0, "CONTENTION  %s  %s%s%s", v->scenario->name, v->titles[0].text,
		 v->n > 1 ? " to " : "", v->n > 1 ? v->titles[1].text : "");
	text_say(out, style, 2,
		 "%u CPUs; lines of the kernel's memory that one CPU wrote in a window and another "
		 "touched, a %s; not how often they moved, and no time",
		 v->cpus, scenario_item_name(v->scenario));
	buf_puts(out, "\n");
	table_column(&t, "", NULL, TABLE_NAME);
	value_columns(v, &t);
	for (unsigned i = 0; i < v->sides[0].n_segments; i++)
		put_part(v, (int)i, &t);
	if (v->sides[0].n_segments > 1)
		put_part(v, -1, &t);
	table_text(&t, style, 2, out);
	r = put_functions(v, style, out, e);
	return r < 0 ? r : buf_error(out) ? err_oom(e) : 0;
}
