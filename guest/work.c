// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/work.h"

#include "guest/report.h"
#include "guest/state.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#define AWAKE_LOOPS 3000000u /* about 15 million instructions: 15 ms at icount shift 0 */

int work_failed(const struct segment *s, int index)
{
	int code = errno;

	report_error("segment %s, operation %d: %s", s->name, index, strerror(code));
	return -code;
}

static int warm_up(const struct work *w, unsigned iterations)
{
	for (unsigned i = 0; i < iterations; i++) {
		for (unsigned s = 0; s < w->n_segments; s++) {
			int r = ops_run(w->segments[s].ops, w->segments[s].n_ops);

			if (r)
				return work_failed(&w->segments[s], r);
		}
	}
	return 0;
}

void work_rest(uint64_t ns)
{
	struct timespec ts = { .tv_sec = (time_t)(ns / 1000000000u),
			       .tv_nsec = (long)(ns % 1000000000u) };

	while (ns && clock_nanosleep(CLOCK_MONOTONIC, 0, &ts, &ts) == EINTR)
		;
	for (volatile unsigned i = 0; i < AWAKE_LOOPS; i++)
		;
}

void work_state(const struct work *w, enum report_frame_type frame)
{
	struct report_state state;

	state_read(&w->maps, &state);
	report_add(frame, &state, sizeof(state));
}

/* Finds the parts of a checked plan; the first n_prepare operations belong to no segment. */
static int resolve(const struct plan_header *plan, struct work *w)
{
	const struct plan_map *maps = (const void *)(plan + 1);
	const struct plan_segment *segments = (const void *)(maps + plan->n_maps);
	const struct plan_op *ops = (const void *)(segments + plan->n_segments);
	unsigned at = plan->n_prepare;
	int r = maps_create(maps, plan->n_maps, &w->maps);

	if (r == 0)
		r = ops_resolve(ops, plan->n_ops, &w->maps, w->ops);
	if (r < 0)
		return r;
	w->n_segments = plan->n_segments;
	for (unsigned s = 0; s < plan->n_segments; s++) {
		w->segments[s] =
			(struct segment){ segments[s].name, &w->ops[at], segments[s].n_ops };
		at += segments[s].n_ops;
	}
	return 0;
}

int work_prepare(const struct plan_header *plan, unsigned online_cpus, struct work *w)
{
	struct segment before = { "prepare", w->ops, plan->n_prepare };
	int r;

	if (plan->online_cpus && plan->online_cpus != online_cpus) {
		report_error("%u CPU(s) online, %u asked for%s", online_cpus, plan->online_cpus,
			     online_cpus == 1 ? "\nneeds CONFIG_SMP" : "");
		return -EINVAL;
	}
	w->maps.online_cpus = online_cpus;
	r = resolve(plan, w);
	if (r < 0)
		return r;
	r = ops_run(before.ops, before.n_ops);
	if (r)
		return work_failed(&before, r);
	r = warm_up(w, plan->warmup_iterations);
	if (r == 0)
		work_state(w, FRAME_STATE);
	return r;
}
