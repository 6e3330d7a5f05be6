// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/views/mechanism/probe.h"

#include "report/views/parts.h"
#include "report/words/table.h"

static const char *place_result(const struct probe_view *v, size_t i)
{
	if ((long)i != v->probed->place)
		return probe_refusal_name(v->probed->refusals[i]);
	return v->scenario->probes[i].argument ? "probed" : "counted";
}

static json_t *places_json(const struct probe_view *v)
{
	json_t *list = json_array();

	for (size_t i = 0; i < v->scenario->n_probes; i++) {
		const struct scenario_probe *p = &v->scenario->probes[i];

		json_array_append_new(list, json_pack("{s:s,s:i,s:s}", "function", p->function,
						      "argument", (int)p->argument, "result",
						      place_result(v, i)));
	}
	return list;
}

static json_t *probed_json(const struct probe_view *v)
{
	const struct scenario_probe *p = &v->scenario->probes[v->probed->place];
	const struct histogram *h = &v->probed->histogram;
	json_t *classes = json_object();

	for (enum histogram_class c = 0; c < HISTOGRAM_CLASSES; c++)
		json_object_set_new(classes, histogram_class_name(c),
				    json_integer((json_int_t)h->classes[c]));
	return json_pack(
		"{s:s,s:s,s:i,s:i,s:I,s:I,s:o,s:I,s:I,s:I,s:I,s:o}", "source", "kprobe", "function",
		p->function, "argument", (int)p->argument, "sites", (int)v->probed->n_sites,
		"calls", (json_int_t)h->calls, "total", (json_int_t)h->total, "mean",
		part_number((double)h->total / (double)h->calls), "min", (json_int_t)h->min, "max",
		(json_int_t)h->max, "zeros", (json_int_t)h->zeros, "dropped",
		(json_int_t)h->dropped, "classes", classes);
}

int probe_json(const struct probe_view *v, json_t *doc, struct err *e)
{
	json_t *own = v->counted ? json_pack("{s:s,s:s,s:n,s:o,s:n,s:o,s:n}", "source", "counts",
					     "function", v->counted, "argument", "calls",
					     part_number(v->calls), "total", "mean",
					     part_number(v->mean), "classes")
				 : probed_json(v);
	int r = own ? json_object_update(doc, own) : -1;

	json_decref(own);
	r |= json_object_set_new(doc, "places", places_json(v));
	return r ? err_oom(e) : 0;
}

static void classes(const struct probe_view *v, const struct text_style *style, struct buf *b)
{
	const struct histogram *h = &v->probed->histogram;
	_cleanup_table_ struct table t = { 0 };

	table_column(&t, "batch", NULL, TABLE_WORD);
	table_column(&t, "calls", NULL, TABLE_NUMBER);
	for (enum histogram_class c = 0; c < HISTOGRAM_CLASSES; c++) {
		table_row(&t);
		table_put(&t, "%s", histogram_class_name(c));
		table_put(&t, "%llu", (unsigned long long)h->classes[c]);
	}
	text_say(b, style, 2, "%llu calls, %llu in all, mean %.3f, from %llu to %llu",
		 (unsigned long long)h->calls, (unsigned long long)h->total,
		 (double)h->total / (double)h->calls, (unsigned long long)h->min,
		 (unsigned long long)h->max);
	if (h->zeros)
		buf_printf(b, "  %llu calls with 0\n", (unsigned long long)h->zeros);
	if (h->dropped)
		buf_printf(b, "  %llu calls are missing: too many different values\n",
			   (unsigned long long)h->dropped);
	buf_puts(b, "\n");
	table_text(&t, style, 2, b);
}

const char *probe_refusal_text(enum probe_refusal r)
{
	static const char *const texts[] = {
		[PROBE_POSSIBLE] = "",
		[PROBE_ABSENT] = "; no function of that name: it was inlined, or this kernel has "
				 "none",
		[PROBE_CLONE] = "; there is a .isra or .constprop of it, whose arguments moved",
		[PROBE_AMBIGUOUS] = "; several functions have that name",
		[PROBE_NOTRACE] = "; ftrace does not know it, and no call of it or too many can be "
				  "probed instead",
		[PROBE_NOT_TRIED] = "",
	};

	return texts[r];
}

static void place_line(const struct probe_view *v, size_t i, const struct text_style *style,
		       struct buf *out)
{
	const struct scenario_probe *p = &v->scenario->probes[i];
	char argument[32] = "";

	if (p->argument)
		snprintf(argument, sizeof(argument), ", argument %u", p->argument);
	text_say(out, style, 2, "%s%s: %s%s%s", p->function, argument, place_result(v, i),
		 probe_refusal_text(v->probed->refusals[i]),
		 (long)i == v->probed->place && v->probed->n_sites && p->argument
			 ? " where it is called (ftrace does not know it)"
			 : "");
}

int probe_text(const struct probe_view *v, const struct text_style *style, struct buf *out,
	       struct err *e)
{
	text_say(out, style, 0, "PROBE  %s  %s", v->scenario->name, v->title.text);
	if (!v->counted) {
		classes(v, style, out);
		buf_puts(out, "\n");
	} else {
		text_say(out, style, 2,
			 "%s%s is called %.1f times an iteration, once for %.3f pages in the "
			 "mean; how they are spread is not known",
			 v->probed->place < 0 ? "no place can be probed. From exact counts: "
					      : "from exact counts: ",
			 v->counted, v->calls, v->mean);
	}
	for (size_t i = 0; i < v->scenario->n_probes; i++)
		place_line(v, i, style, out);
	return buf_error(out) ? err_oom(e) : 0;
}
