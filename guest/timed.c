// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/timed.h"

#include "guest/host/clock.h"
#include "guest/work/program.h"
#include "guest/host/report.h"
#include "guest/work/work.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

struct rounds {
	uint64_t *spans_ns; /* [segment * rounds_max + round] */
	struct report_timed told;
};

static int run_round(const struct work *w, struct rounds *r)
{
	for (unsigned s = 0; s < w->n_segments; s++) {
		const struct segment *seg = &w->segments[s];
		uint64_t before_ns, after_ns;
		long result = 0;
		int failed = segment_before(seg);

		before_ns = clock_now_ns();
		if (failed == 0)
			failed = segment_run(seg, &result);
		after_ns = clock_now_ns();
		if (failed == 0)
			failed = segment_after(seg);
		if (failed == 0)
			failed = program_told(0);
		if (failed < 0)
			return work_failed(seg, failed);
		r->spans_ns[s * r->told.rounds_max + r->told.rounds] = after_ns - before_ns;
	}
	r->told.rounds++;
	return 0;
}

static int run_rounds(const struct plan_header *plan, const struct work *w, struct rounds *r)
{
	struct rusage before, after;
	uint64_t start_ns;
	int failed = 0;

	getrusage(RUSAGE_SELF, &before);
	start_ns = clock_now_ns();
	do {
		failed = run_round(w, r);
		r->told.total_ns = clock_now_ns() - start_ns;
	} while (!failed && r->told.rounds < plan->rounds_max &&
		 (r->told.rounds < plan->rounds_min || r->told.total_ns < plan->min_time_ns));
	getrusage(RUSAGE_SELF, &after);
	r->told.minor_faults = (uint64_t)(after.ru_minflt - before.ru_minflt);
	r->told.major_faults = (uint64_t)(after.ru_majflt - before.ru_majflt);
	return failed;
}

static void report_spans(const struct work *w, const struct rounds *r)
{
	size_t bytes = r->told.rounds * sizeof(*r->spans_ns);

	report_add(FRAME_TIMED, &r->told, sizeof(r->told));
	for (uint32_t s = 0; s < w->n_segments; s++) {
		struct report_spans head = { .segment = s, .rounds = r->told.rounds };
		uint8_t *room = report_begin(FRAME_SPANS, sizeof(head) + bytes);

		if (!room) {
			report_error("%u rounds do not fit into the report", r->told.rounds);
			return;
		}
		memcpy(room, &head, sizeof(head));
		memcpy(room + sizeof(head), &r->spans_ns[s * r->told.rounds_max], bytes);
		report_end(sizeof(head) + bytes);
	}
}

int measure_timed(const struct plan_header *plan, unsigned online_cpus)
{
	static struct work w; /* too large for the stack; one plan per boot */
	struct rounds rounds = { .told = { .rounds_max = plan->rounds_max,
					   .min_time_ns = plan->min_time_ns } };
	size_t n = (size_t)plan->n_segments * plan->rounds_max;
	struct report_clock clock;
	int r = 0;

	if (!plan->rounds_max || plan->rounds_max > PLAN_MAX_ROUNDS) {
		report_error("plan: %u rounds", plan->rounds_max);
		return -EINVAL;
	}
	rounds.spans_ns = malloc(n * sizeof(*rounds.spans_ns));
	if (!rounds.spans_ns) {
		report_error("no memory for %zu spans", n);
		return -ENOMEM;
	}
	/* Its page faults come now, not inside a span. */
	memset(rounds.spans_ns, 0, n * sizeof(*rounds.spans_ns));
	r = work_prepare(plan, online_cpus, &w);
	if (r == 0) {
		clock_measure(&clock);
		report_add(FRAME_CLOCK, &clock, sizeof(clock));
		work_rest(plan->rest_ns[0]);
		r = run_rounds(plan, &w, &rounds);
		work_state(&w, FRAME_STATE_END);
		report_spans(&w, &rounds);
	}
	free(rounds.spans_ns);
	return r;
}
