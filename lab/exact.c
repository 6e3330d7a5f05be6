// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/exact.h"

#include "base/clock.h"
#include "base/file.h"
#include "kernel/store/title.h"
#include "lab/boot.h"
#include "lab/guest_error.h"
#include "lab/region.h"
#include "lab/snapshot.h"
#include "lab/workdir.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define COUNTS_BYTES_MAX (512u << 20)
#define TICKS_MAX RUN_NS_MAX
#define SAID_BYTES_MAX (1u << 20)
#define PLUGIN_PREFIX "cannot write the "

int64_t exact_clock_difference(const struct run *r, unsigned phase)
{
	const struct report_phase *empty = &r->phases[MARKER_PHASE_EMPTY];
	unsigned first = phase * MARKER_SEGMENTS;
	uint64_t counted = r->halted_ticks[phase], around;

	for (unsigned s = 0; s < MARKER_SEGMENTS; s++)
		counted += profile_clock_insns(&r->profile, first + s);
	/* What the clock sees of one window beside what is counted in it. */
	around = empty->tsc_ticks - r->halted_ticks[MARKER_PHASE_EMPTY] -
		 profile_clock_insns(&r->profile, MARKER_PHASE_EMPTY * MARKER_SEGMENTS);
	return (int64_t)(counted + around * r->phases[phase].windows - r->phases[phase].tsc_ticks);
}

bool exact_phase_possible(const struct report_phase *p, const struct report_phase *empty)
{
	return p->tsc_ticks <= TICKS_MAX && p->minor_faults <= TICKS_MAX &&
	       p->major_faults <= TICKS_MAX &&
	       (!p->windows || empty->tsc_ticks <= TICKS_MAX / p->windows);
}

int exact_take_phases(const struct report *report, const struct run_request *q, struct run *out,
		      struct err *e)
{
	const unsigned n = q->iterations ? q->iterations : q->scenario->iterations;
	unsigned seen = 0;

	for (size_t i = 0; i < report->count; i++) {
		struct report_phase p;

		if (report->items[i].type != FRAME_PHASE)
			continue;
		if (report->items[i].len != sizeof(p))
			return err_unmeasured(e, EPROTO, "the guest's phase has %zu bytes",
					      report->items[i].len);
		memcpy(&p, report->items[i].data, sizeof(p));
		if (p.phase >= MARKER_PHASES || seen & 1u << p.phase)
			return err_unmeasured(e, EPROTO,
					      "the guest reports phase %u twice or "
					      "out of range",
					      p.phase);
		seen |= 1u << p.phase;
		out->phases[p.phase] = p;
	}
	if (seen != (1u << MARKER_PHASES) - 1)
		return err_unmeasured(e, EPROTO, "the guest's report lacks a phase");
	for (unsigned k = 0; k < MARKER_PHASES; k++) {
		if (!exact_phase_possible(&out->phases[k], &out->phases[MARKER_PHASE_EMPTY]))
			return err_unmeasured(e, EPROTO, "the guest's phase %u is impossible", k);
	}
	for (unsigned k = 0; k < MARKER_PHASES; k++) {
		unsigned want = marker_twice(k) ? 2 * n : n;

		if (k != MARKER_PHASE_EMPTY &&
		    (out->phases[k].iterations != want ||
		     out->phases[k].windows != (uint64_t)want * q->scenario->n_segments))
			return err_unmeasured(e, EPROTO,
					      "the guest reports %u iterations in phase %u, not %u",
					      out->phases[k].iterations, k, want);
	}
	return 0;
}

static int take_report(const struct report *report, const struct run_request *q, struct run *out,
		       struct err *e)
{
	int r = run_take_report(report, q, out, e);

	return r < 0 ? r : exact_take_phases(report, q, out, e);
}

/* The plugin writes all of a file or none, and says on stderr why none. */
static int not_written(const struct workdir *w, struct err *e)
{
	_cleanup_free_ char *path = str_printf("%s/stderr", w->path);
	_cleanup_buf_ struct buf said = { 0 };
	const char *why;

	if (!path)
		return err_oom(e);
	if (file_read(path, SAID_BYTES_MAX, &said, NULL) < 0)
		return e->code;
	why = strstr(buf_str(&said), PLUGIN_PREFIX);
	return why ? err_set(e, ENOSPC, "QEMU's plugin %.*s", (int)strcspn(why, "\n"), why)
		   : e->code;
}

static int read_output(const struct workdir *w, const char *name, struct buf *out, struct err *e)
{
	_cleanup_free_ char *path = str_printf("%s/%s", w->path, name);
	int r = path ? file_read(path, COUNTS_BYTES_MAX, out, e) : err_oom(e);

	return r == -ENOENT ? not_written(w, e) : r;
}

/*
 * Whether the work of a window is that of all tasks. A program may have many, and the one that
 * waits for it does next to nothing; with several CPUs the metric is the sum over them all.
 */
static bool counts_all_tasks(const struct run_request *q)
{
	return q->scenario->program || q->cpus > 1;
}

static int take_counts(const struct workdir *w, const struct symbols *symbols,
		       const struct run_request *q, struct run *out, struct err *e)
{
	_cleanup_buf_ struct buf counts = { 0 }, calls = { 0 };
	int r = read_output(w, "counts", &counts, e);

	if (r == 0)
		r = profile_read(counts.data, counts.len, symbols, counts_all_tasks(q),
				 &out->profile, e);
	if (r == 0 && q->scenario->program)
		r = region_take(out, e);
	for (unsigned slot = 0; r == 0 && slot < MARKER_SLOTS; slot++)
		out->halted_ticks[slot / MARKER_SEGMENTS] += out->profile.slots[slot].halted;
	if (r == 0 && q->tree)
		r = read_output(w, "tree", &calls, e);
	return r < 0 || !q->tree ? r : calltree_read(calls.data, calls.len, symbols, &out->tree, e);
}

/* Carries out the plan in the machine, which stands at the guest's first pause or runs from it. */
static int carry_out(const struct boot *b, struct machine *m, bool at_pause,
		     const struct symbols *symbols, const struct run_request *q, struct run *out,
		     struct err *e)
{
	_cleanup_(symbols_free_p) struct symbols *with_modules = NULL;
	_cleanup_report_ struct report report = { 0 };
	int r = at_pause ? machine_plug(m, e) : 0;

	if (r == 0 && at_pause)
		r = machine_continue(m, e);
	if (r == 0)
		r = run_wait(m, q, e);
	if (r == 0)
		r = machine_report(m, &report, e);
	if (r == 0)
		r = take_report(&report, q, out, e);
	if (r == 0)
		r = run_name_modules(b, &report, &with_modules, e);
	if (r == 0)
		r = take_counts(&b->dir, with_modules ? with_modules : symbols, q, out, e);
	return r;
}

/* What the plugin needs to follow calls. */
static int prepare_tree(struct boot *b, const struct symbols *symbols, struct err *e)
{
	_cleanup_buf_ struct buf starts = { 0 };
	int r;

	b->tree = true;
	r = symbols_starts(symbols, &starts, e);
	return r < 0 ? r : workdir_put(&b->dir, "functions", starts.data, starts.len, e);
}

static int run_plan(struct boot *b, const struct run_request *q, const char *snapshot,
		    const struct symbols *symbols, struct run *out, struct err *e)
{
	_cleanup_(machine_free_p) struct machine *m = NULL;
	struct plan_request pq = { .online_cpus = q->cpus,
				   .map_offset = q->perturbation.map_offset,
				   .extra_rest_ns = q->extra_rest_ns,
				   .iterations = q->iterations };
	_cleanup_free_ void *plan = NULL;
	_cleanup_buf_ struct buf places = { 0 };
	size_t plan_len = 0;
	int r = scenario_plan(q->scenario, &pq, &plan, &plan_len, e);

	if (r == 0)
		r = symbols_places(symbols, &places, e);
	if (r == 0)
		r = workdir_put(&b->dir, "plan", plan, plan_len, e);
	if (r == 0)
		r = workdir_put(&b->dir, "places", places.data, places.len, e);
	b->page_fault = symbols_address(symbols, symbols_arch(symbols)->page_fault);
	if (r == 0 && q->tree)
		r = prepare_tree(b, symbols, e);
	if (r == 0)
		r = boot_start(b, b->lab->plugin, snapshot, &m, e);
	if (r == 0 && !snapshot)
		r = boot_wait_ready(b, m, e);
	if (m) {
		json_decref(out->argv);
		out->argv = machine_argv_json(m);
		json_decref(out->affinity);
		out->affinity = machine_affinity_json(m);
	}
	return r < 0 ? r : carry_out(b, m, !snapshot, symbols, q, out, e);
}

/*
 * -EBADMSG: the snapshot is damaged; it has been thrown away, unless somebody else looks at it just
 * now.
 */
static int measure_once(struct boot *b, const struct run_request *q, bool fresh, struct run *out,
			const char **refused, struct err *e)
{
	_cleanup_snapshot_ struct snapshot snapshot = SNAPSHOT_NONE;
	_cleanup_(symbols_free_p) struct symbols *symbols = NULL;
	uint64_t start_ns;
	int r = run_prepare(b, q, fresh ? NULL : &snapshot, &symbols, out, e);

	*refused = "damaged";
	if (r < 0)
		return r;
	*refused = "refused by QEMU";
	start_ns = clock_ns();
	boot_progress(b, "measuring");
	r = run_plan(b, q, fresh ? NULL : snapshot.state, symbols, out, e);
	out->measure_seconds = (double)(clock_ns() - start_ns) / 1e9;
	if (r == -EBADMSG)
		snapshot_discard(&snapshot);
	if (r == 0 && q->keep_symbols)
		out->symbols = steal(&symbols);
	return r;
}

static int measure(struct boot *b, const struct run_request *q, struct run *out, struct err *e)
{
	const char *refused, *first;
	int again = 0, r = measure_once(b, q, q->fresh, out, &refused, e);

	for (first = refused; r == -EBADMSG && again < 2; again++) {
		boot_progress(b, "snapshot damaged, booting again:");
		err_clear(e);
		/* The last time without: the other side may have found the same damage. */
		r = measure_once(b, q, again, out, &refused, e);
	}
	if (r < 0 || !again)
		return r;
	/* A kernel that was booted again counts the same, but whoever waited wants to know why. */
	return again == 1 ? run_note(out, e, "snapshot %s, and made anew", first)
			  : run_note(out, e, "snapshot %s, and a new one %s too: booted without",
				     first, refused);
}

static int smoke(struct boot *b, const struct run_request *q, struct run *out, struct err *e)
{
	_cleanup_snapshot_ struct snapshot snapshot = SNAPSHOT_NONE;
	_cleanup_(symbols_free_p) struct symbols *symbols = NULL;

	return boot_prepare(b, q->fresh ? NULL : &snapshot, &symbols, &out->from_snapshot, e);
}

int exact_measure(const struct lab *lab, const struct run_request *q, struct run *out,
		  struct err *e)
{
	*out = (struct run){ 0 };
	if (q->tree && q->cpus > 1)
		return err_set(e, ENOTSUP, "a call tree needs one CPU, not %u", q->cpus);
	return run_in_boot(lab, q, out, measure, e);
}

int exact_smoke(const struct lab *lab, const struct run_request *q, struct run *out, struct err *e)
{
	*out = (struct run){ 0 };
	return run_in_boot(lab, q, out, smoke, e);
}
