// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/work/work.h"

#include "guest/memory/arena.h"
#include "guest/host/clock.h"
#include "guest/work/cgroup.h"
#include "guest/work/device.h"
#include "guest/work/nodes.h"
#include "guest/work/program.h"
#include "guest/host/report.h"
#include "guest/work/settings.h"
#include "guest/memory/state.h"
#include "guest/work/trap.h"
#include "guest/work/wait.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <time.h>

#define AWAKE_TICKS_MIN 16000000u /* of the TSC: four timer ticks at 250 Hz */
#define FREED_NS 50000000u
#define REARM_AGAIN_TICKS 1300000u /* no whole number of timer ticks */

/* The plan's parts, whose lengths have been checked. */
struct parts {
	const struct plan_setting *settings;
	const struct plan_map *maps;
	const struct plan_segment *segments;
	const struct plan_op *ops;
};

static struct parts cut(const struct plan_header *plan)
{
	struct parts p;

	p.settings = (const void *)(plan + 1);
	p.maps = (const void *)(p.settings + plan->n_settings);
	p.segments = (const void *)(p.maps + plan->n_maps);
	p.ops = (const void *)(p.segments + plan->n_segments);
	return p;
}

int work_failed(const struct segment *s, int r)
{
	const struct op *op = ops_failed();

	if (!op || op < s->before || op >= s->end)
		report_error("segment %s: %s", s->name, strerror(-r));
	else
		report_error("segment %s, operation %d%s: %s", s->name,
			     (int)(op - (op < s->ops	 ? s->before
					 : op < s->after ? s->ops
							 : s->after)) +
				     1,
			     op < s->ops      ? " before it"
			     : op >= s->after ? " after it"
					      : "",
			     r == -EUCLEAN ? "it did not fail as it should" : strerror(-r));
	return r;
}

void work_state(const struct work *w, enum report_frame_type frame)
{
	struct report_state state;

	state_read(&w->maps, &state);
	report_add(frame, &state, sizeof(state));
}

/*
 * QEMU's main loop may find the CPU halted before it knows of the last instructions, lets the clock
 * jump to the next timer, and adds them afterwards. So one wakes a little late, or not, by the
 * host's chance. A task that stays awake can undo it: from an agreed instant on, and with the timer
 * set at one, everything is a function of the snapshot again. Twice, for a tick may come first.
 */
static void awake(uint64_t offset)
{
	clock_settle(ticks_read() + AWAKE_TICKS_MIN, offset);
	clock_rearm();
	clock_settle(ticks_read(), offset + REARM_AGAIN_TICKS);
	clock_rearm();
	clock_settle(ticks_read(), offset + 2 * REARM_AGAIN_TICKS);
}

void work_rest(uint64_t ns)
{
	struct timespec ts = { .tv_sec = (time_t)(ns / 1000000000u),
			       .tv_nsec = (long)(ns % 1000000000u) };

	while (ns && clock_nanosleep(CLOCK_MONOTONIC, 0, &ts, &ts) == EINTR)
		;
	awake(ns);
}

int segment_before(const struct segment *s)
{
	long result = 0;
	int r;

	trap_doing(s->name);
	if (s->spin)
		spinner_want(1);
	r = program_before();
	/* What the kernel frees late is not to be freed in the window. */
	if (r > 0) {
		work_rest(FREED_NS);
		r = 0;
	}
	if (r == 0 && s->before != s->ops)
		r = ops_run(s->before, s->ops, &result);
	if (r == 0 && s->jobs)
		threads_ready(s->jobs);
	return r;
}

int segment_after(const struct segment *s)
{
	long result = 0;
	int r = s->after == s->end ? 0 : ops_run(s->after, s->end, &result);

	if (s->spin)
		spinner_want(0);
	return r;
}

static int run_and_count(const struct segment *s, struct report_segment *out)
{
	struct rusage before, after;
	long result = 0;
	int r;

	getrusage(RUSAGE_SELF, &before);
	r = segment_run(s, &result);
	getrusage(RUSAGE_SELF, &after);
	out->minor_faults = (uint64_t)(after.ru_minflt - before.ru_minflt);
	out->major_faults = (uint64_t)(after.ru_majflt - before.ru_majflt);
	out->result = result;
	return r;
}

static int iterate(const struct work *w, int look)
{
	for (unsigned i = 0; i < w->n_segments; i++) {
		const struct segment *s = &w->segments[i];
		struct report_segment left = { .segment = i };
		int r = segment_before(s);

		if (r == 0 && look && i == 0)
			work_state(w, FRAME_STATE);
		if (r == 0)
			r = run_and_count(s, &left);
		if (r == 0 && look) {
			left.vmas = state_vmas(&w->maps);
			report_add(FRAME_SEGMENT, &left, sizeof(left));
		}
		if (r == 0)
			r = segment_after(s);
		if (r < 0)
			return work_failed(s, r);
	}
	return 0;
}

/* One list of operations a CPU. */
static int make_jobs(const struct plan_segment *plan, unsigned threads, struct segment *s)
{
	unsigned count = plan->n_ops;
	struct job *jobs = arena_get(threads * sizeof(*jobs));
	int r = jobs ? threads_start(threads) : -ENOMEM;

	for (unsigned i = 0; r == 0 && i < threads; i++) {
		struct op *copy = arena_get(count * sizeof(*copy));

		if (!copy)
			return -ENOMEM;
		r = plan->flags & PLAN_SEGMENT_OWN ? ops_slice(s->ops, count, i, threads, copy)
						   : ops_slice(s->ops, count, 0, 1, copy);
		jobs[i] = (struct job){ copy, copy + count };
	}
	s->jobs = jobs;
	return r;
}

static int make_segments(const struct plan_header *plan, const struct parts *p, struct work *w)
{
	const struct op *at = w->ops + plan->n_prepare;

	w->n_segments = plan->n_segments;
	for (unsigned i = 0; i < plan->n_segments; i++) {
		const struct plan_segment *from = &p->segments[i];
		struct segment *s = &w->segments[i];
		int r = 0;

		s->name = from->name;
		s->before = at;
		s->ops = s->before + from->n_before;
		s->after = s->ops + from->n_ops;
		s->end = at = s->after + from->n_after;
		s->spin = !!(from->flags & PLAN_SEGMENT_SPIN);
		if (from->flags & PLAN_SEGMENT_THREADS)
			r = make_jobs(from, w->maps.online_cpus, s);
		if (r < 0) {
			report_error("segment %s, threads: %s", s->name, strerror(-r));
			return r;
		}
	}
	return 0;
}

static int check_machine(const struct plan_header *plan, unsigned online_cpus)
{
	unsigned nodes = nodes_online();
	struct sysinfo info;

	if (plan->online_cpus && plan->online_cpus != online_cpus) {
		report_error("%u CPU(s) online, %u asked for%s", online_cpus, plan->online_cpus,
			     online_cpus == 1 ? "\nneeds CONFIG_SMP" : "");
		return -EINVAL;
	}
	if (nodes < plan->nodes) {
		report_error("%u NUMA node(s) online, %u needed\nneeds CONFIG_NUMA", nodes,
			     plan->nodes);
		return -ENODEV;
	}
	if (plan->swap && (sysinfo(&info) < 0 || !info.totalswap != (plan->swap == 1))) {
		report_error("needs swap: %s", plan->swap == 1 ? "no" : "yes");
		return -ENODEV;
	}
	return 0;
}

int work_warm_up(const struct work *w, unsigned iterations)
{
	int r = 0;

	for (unsigned i = 0; r == 0 && i < iterations; i++)
		r = iterate(w, 0);
	program_forget();
	return r;
}

int work_prepare(const struct plan_header *plan, unsigned online_cpus, struct work *w)
{
	const struct parts p = cut(plan);
	struct segment prepare = { .name = "prepare", .before = w->ops, .ops = w->ops };
	long result = 0;
	int r = program_open(plan);

	/* What the guest is furnished with first would hide what is unpacked before it. */
	if (r == 0)
		r = device_open(plan);
	if (r == 0)
		r = check_machine(plan, online_cpus);
	w->maps.online_cpus = online_cpus;
	trap_install();
	trap_doing(prepare.name);
	for (unsigned i = 0; r == 0 && i < plan->n_segments; i++) {
		if (p.segments[i].flags & PLAN_SEGMENT_SPIN)
			r = spinner_start();
	}
	if (r == 0)
		r = cgroup_open(plan);
	if (r == 0)
		r = settings_write(p.settings, plan->n_settings);
	if (r == 0)
		r = maps_create(p.maps, plan->n_maps, &w->maps);
	if (r == 0)
		r = ops_resolve(p.ops, p.maps, plan->n_ops, &w->maps, w->ops);
	if (r == 0)
		r = make_segments(plan, &p, w);
	if (r < 0)
		return r;
	prepare.after = prepare.end = w->ops + plan->n_prepare;
	r = ops_run(prepare.ops, prepare.after, &result);
	if (r < 0)
		return work_failed(&prepare, r);
	r = work_warm_up(w, plan->warmup_iterations);
	if (r == 0)
		r = iterate(w, 1);
	program_forget();
	return r;
}
