// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/views/search/narrow_plan.h"

#include "bisect/calibration.h"
#include "bisect/noisy_steps.h"

#include <math.h>
#include <string.h>

#define LOOK_RUNS 4 /* both sides of a step, and both ends */

static const char *const ways[] = {
	[KERNEL_STORED] = "store",
	[KERNEL_DOWNLOADED] = "download",
	[KERNEL_BUILT] = "build",
	[KERNEL_READ] = "read",
};

static size_t count_of(const struct narrow_plan *p, enum kernel_way way)
{
	size_t n = 0;

	for (size_t i = 0; i < p->count; i++)
		n += p->kernels[i].way == way;
	return n;
}

static json_t *kernels_json(const struct narrow_plan *p)
{
	json_t *list = json_array();

	for (size_t i = 0; i < p->count; i++)
		json_array_append_new(list, json_pack("{s:s,s:s,s:I}", "kernel", p->kernels[i].spec,
						      "from", ways[p->kernels[i].way], "bytes",
						      (json_int_t)p->kernels[i].bytes));
	return list;
}

static json_t *part_json(const struct forecast_part *part)
{
	return json_pack("{s:f,s:f}", "measurements", part->items, "bytes", part->weight);
}

json_t *narrow_plan_json(const struct narrow_plan *p)
{
	json_t *doc = json_pack("{s:s,s:s,s:s,s:b,s:f,s:o,s:I}", "schema", "slowpath/narrow-plan/1",
				"scenario", p->scenario->name, "mode", p->timed ? "timed" : "exact",
				"all", p->all, "threshold", p->threshold, "kernels",
				kernels_json(p), "stored", (json_int_t)count_of(p, KERNEL_STORED));

	if (doc && p->timed)
		json_object_set_new(doc, "boots",
				    json_pack("{s:i,s:i,s:i}", "ends", 2 * CALIBRATION_RUNS,
					      "ends_at_most", 2 * CALIBRATION_RUNS_MAX,
					      "a_step_at_most",
					      NOISY_STEPS_RUNS + LOOK_RUNS * NOISY_STEPS_LOOKS));
	if (!doc || p->timed)
		return doc;
	json_object_set_new(doc, "no_step", part_json(&p->forecast.ends));
	json_object_set_new(doc, "one_step", part_json(&p->forecast.one_step));
	json_object_set_new(doc, "most", part_json(&p->forecast.most));
	return doc;
}

static void kernel_lines(const struct narrow_plan *p, struct buf *b)
{
	for (size_t i = 0; i < p->count; i++) {
		const struct kernel_foreseen *k = &p->kernels[i];

		if (k->bytes)
			buf_printf(b, "  %6.1f MB  %s\n", (double)k->bytes / 1e6, k->spec);
		else
			buf_printf(b, "  %9s  %s\n", ways[k->way], k->spec);
	}
}

static void ways_line(const struct narrow_plan *p, struct buf *b)
{
	static const char *const words[] = { "in the store", "to download", "to build unless built",
					     "to read from files" };
	const char *gap = ": ";

	buf_printf(b, "%zu kernels", p->count);
	for (unsigned way = 0; way < 4; way++) {
		size_t n = count_of(p, way);

		if (n) {
			buf_printf(b, "%s%zu %s", gap, n, words[way]);
			gap = ", ";
		}
	}
	buf_puts(b, "\n\n");
}

static void part_line(const char *when, const struct forecast_part *part, struct buf *b)
{
	buf_printf(b, "  %-20s %4.0f measurement%s, %7.1f MB to download\n", when,
		   ceil(part->items), ceil(part->items) == 1 ? "" : "s", part->weight / 1e6);
}

static void exact_lines(const struct narrow_plan *p, struct buf *b)
{
	if (p->all) {
		part_line("all of them", &p->forecast.most, b);
		return;
	}
	part_line("if there is no step", &p->forecast.ends, b);
	part_line("one, in the mean", &p->forecast.one_step, b);
	part_line("at most", &p->forecast.most, b);
}

static void timed_lines(const struct narrow_plan *p, struct buf *b)
{
	buf_printf(b,
		   "  %d boots of both ends, %d if it is open then whether they differ;\n"
		   "  for each step at most %d to name it and %d to look at it\n"
		   "  %.1f MB to download, if every kernel is visited\n",
		   2 * CALIBRATION_RUNS, 2 * CALIBRATION_RUNS_MAX, NOISY_STEPS_RUNS,
		   LOOK_RUNS * NOISY_STEPS_LOOKS, p->forecast.most.weight / 1e6);
}

int narrow_plan_text(const struct narrow_plan *p, struct buf *out, struct err *e)
{
	buf_printf(out, "%s, %s, threshold %.3g %%\n", p->scenario->name,
		   p->timed ? "timed" : "exact", 100 * p->threshold);
	ways_line(p, out);
	kernel_lines(p, out);
	buf_puts(out, "\n");
	if (p->timed)
		timed_lines(p, out);
	else
		exact_lines(p, out);
	return buf_error(out) ? err_oom(e) : 0;
}
