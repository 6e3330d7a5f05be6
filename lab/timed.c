// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/timed.h"

#include "base/clock.h"
#include "lab/boot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int check_clock(const struct timing *t, struct err *e)
{
	const struct report_clock *c = &t->clock;

	if (c->steps < 2 || c->step_ns > RUN_NS_MAX || !c->step_ns)
		return err_unmeasured(e, EPROTO, "the guest's clock does not move");
	if (c->read_ns > RUN_NS_MAX || t->timed.total_ns > RUN_NS_MAX)
		return err_unmeasured(e, EPROTO, "the guest's clock is impossible");
	return 0;
}

/* The spans of one segment, checked: they were made one after another. */
static int take_spans(const struct report_item *item, const struct run_request *q,
		      struct timing *out, struct err *e)
{
	struct report_spans head = { 0 };
	uint64_t sum_ns = 0;
	size_t bytes;

	if (item->len >= sizeof(head))
		memcpy(&head, item->data, sizeof(head));
	bytes = (size_t)head.rounds * sizeof(uint64_t);
	if (item->len < sizeof(head) || head.rounds != out->timed.rounds ||
	    item->len != sizeof(head) + bytes || head.segment >= q->scenario->n_segments ||
	    out->spans_ns[head.segment])
		return err_unmeasured(e, EPROTO, "the guest's spans are inconsistent");
	out->spans_ns[head.segment] = malloc(bytes);
	if (!out->spans_ns[head.segment])
		return err_oom(e);
	memcpy(out->spans_ns[head.segment], item->data + sizeof(head), bytes);
	for (uint32_t i = 0; i < head.rounds; i++) {
		uint64_t span_ns = out->spans_ns[head.segment][i];

		if (span_ns > out->timed.total_ns - sum_ns)
			return err_unmeasured(e, EPROTO,
					      "the guest's spans are longer than the whole");
		sum_ns += span_ns;
	}
	return 0;
}

static int take_timing(const struct report *report, const struct run_request *q, struct timing *out,
		       struct err *e)
{
	int r = report_struct(report, FRAME_CLOCK, &out->clock, sizeof(out->clock), "clock", e);

	if (r == 0)
		r = report_struct(report, FRAME_TIMED, &out->timed, sizeof(out->timed), "timing",
				  e);
	if (r == 0)
		r = check_clock(out, e);
	if (r == 0 && (!out->timed.rounds || out->timed.rounds > q->scenario->rounds_max ||
		       out->timed.rounds_max != q->scenario->rounds_max ||
		       out->timed.min_time_ns != q->scenario->min_time_ms * 1000000ull))
		r = err_unmeasured(e, EPROTO, "the guest reports %u rounds of %u, in %llu ns",
				   out->timed.rounds, out->timed.rounds_max,
				   (unsigned long long)out->timed.min_time_ns);
	for (size_t i = 0; r == 0 && i < report->count; i++) {
		if (report->items[i].type == FRAME_SPANS)
			r = take_spans(&report->items[i], q, out, e);
	}
	for (size_t s = 0; r == 0 && s < q->scenario->n_segments; s++) {
		if (!out->spans_ns[s])
			r = err_unmeasured(e, EPROTO, "the guest reports no spans of %s",
					   q->scenario->segments[s].name);
	}
	return r;
}

static int put_plan(const struct boot *b, const struct run_request *q, struct err *e)
{
	struct plan_request pq = { .timed = true,
				   .online_cpus = q->cpus,
				   .map_offset = q->perturbation.map_offset };
	_cleanup_free_ void *plan = NULL;
	size_t len = 0;
	int r = scenario_plan(q->scenario, &pq, &plan, &len, e);

	return r < 0 ? r : workdir_put(&b->dir, "plan", plan, len, e);
}

/* Starts the machine and waits for the guest's first pause. */
static int boot(struct boot *b, struct run *out, struct machine **m, struct err *e)
{
	uint64_t start_ns = clock_ns();
	int r;

	boot_progress(b, "booting");
	r = boot_start(b, NULL, NULL, m, e);
	if (r == 0)
		r = boot_wait_ready(b, *m, e);
	if (*m) {
		out->argv = machine_argv_json(*m);
		out->affinity = machine_affinity_json(*m);
	}
	out->boot_seconds = (double)(clock_ns() - start_ns) / 1e9;
	return r;
}

static int measure(struct boot *b, const struct run_request *q, struct run *out, struct err *e)
{
	_cleanup_(machine_free_p) struct machine *m = NULL;
	_cleanup_report_ struct report report = { 0 };
	uint64_t start_ns;
	int r = put_plan(b, q, e);

	if (r == 0)
		r = boot(b, out, &m, e);
	start_ns = clock_ns();
	boot_progress(b, "timing");
	if (r == 0)
		r = machine_plug(m, e);
	if (r == 0)
		r = machine_continue(m, e);
	if (r == 0)
		r = run_wait(m, q, e);
	if (r == 0)
		r = machine_report(m, &report, e);
	if (r == 0)
		r = run_take_report(&report, q, out, e);
	if (r == 0)
		r = take_timing(&report, q, &out->timing, e);
	out->measure_seconds = (double)(clock_ns() - start_ns) / 1e9;
	return r;
}

static int smoke(struct boot *b, const struct run_request *q, struct run *out, struct err *e)
{
	_cleanup_(machine_free_p) struct machine *m = NULL;
	int r = put_plan(b, q, e);

	return r < 0 ? r : boot(b, out, &m, e);
}

int timed_measure(const struct lab *lab, const struct run_request *q, struct run *out,
		  struct err *e)
{
	return run_in_boot(lab, q, out, measure, e);
}

int timed_smoke(const struct lab *lab, const struct run_request *q, struct run *out, struct err *e)
{
	return run_in_boot(lab, q, out, smoke, e);
}
