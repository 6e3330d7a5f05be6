// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/narrow/narrowing.h"

#include "drive/begin/metric.h"

#include "drive/begin/begin.h"

#include <errno.h>

/* What was asked for. */
static json_t *command_json(const struct narrowing *w)
{
	json_t *kernels = json_array(), *ranges = json_array();

	for (size_t i = 0; kernels && i < w->narrow.count; i++) {
		json_array_append_new(kernels, json_string(w->narrow.items[i].spec));
		json_array_append_new(ranges, json_boolean(w->from_range[i]));
	}
	json_t *out =
		json_pack("{s:s,s:s,s:o,s:o,s:s,s:s,s:f,s:b,s:i,s:i,s:s?,s:s,s:s*,s:s*}", "command",
			  "narrow", "baseline", w->narrow.items[0].spec, "kernels", kernels,
			  "from_range", ranges, "scenario", w->scenario->name, "mode",
			  w->timed ? "timed" : "exact", "threshold", w->m->threshold, "all", w->all,
			  "cpus", (int)w->m->cpus, "memory_mib", (int)w->m->memory_mib, "cmdline",
			  w->cmdline, "metric", w->m->metric ? w->m->metric : METRIC_DEFAULT, "cpu",
			  w->m->cpu_model, "arch", w->m->arch);

	if (out && w->m->iterations)
		json_object_set_new(out, "iterations", json_integer(w->m->iterations));
	if (out && w->m->budget_s)
		json_object_set_new(out, "budget", json_integer(w->m->budget_s));
	return out;
}

static int begin(struct narrowing *w, struct err *e)
{
	const struct beginning b = {
		.name = "narrow",
		.command = command_json(w),
		.mode = w->timed ? "timed" : "exact",
		/* By times, it says so as soon as it is known: a kernel has to be tried first. */
		.accel = w->timed ? ACCEL_TCG : ACCEL_ICOUNT,
		.scenario = w->scenario,
	};

	return experiment_begin(w->s, &b, w->id, e);
}

int narrow_search(struct narrowing *w, struct err *e)
{
	int r = w->journal.id ? 0 : begin(w, e);

	if (r < 0)
		return r;
	r = w->timed ? narrow_search_timed(w, e) : narrow_search_exact(w, e);
	/* Of what was stopped, the kernels at least are there, and what was asked for. */
	if (r < 0 && r != -ECANCELED && drop_unmeasured(w->s, w->id))
		return r;
	return r < 0 ? err_wrap(e, "'slowpath narrow --resume %s' goes on", w->id) : 0;
}

int narrow_keep(const struct narrowing *w, const json_t *document, struct err *e)
{
	const char *verdict = verdict_name(w->narrow.verdict);

	return w->journal.finished
		       ? store_add_result(w->s->store, w->id, w->scenario->name, verdict, document,
					  e)
		       : experiment_conclude(w->s, w->id, w->scenario->name, verdict, document, e);
}
