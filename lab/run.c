// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/run.h"

#include "base/clock.h"
#include "kernel/store/title.h"
#include "lab/boot.h"
#include "lab/guest_error.h"
#include "lab/counts/page_state.h"
#include "lab/snapshot.h"
#include "symbols/symbols.h"
#include "vm/machine.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONSOLE_TAIL_BYTES 8192
#define ENVIRONMENT_BYTES_MAX 65536

unsigned run_pairs(const struct run *r)
{
	unsigned pairs = 0;

	while (pairs < MARKER_PAIRS && r->phases[marker_phase(pairs, 0)].windows)
		pairs++;
	return pairs;
}

double run_window_ns(const struct run *r)
{
	uint64_t ticks = 0, windows = 0;

	for (unsigned phase = 0; phase < MARKER_PHASES; phase++) {
		if (phase == MARKER_PHASE_EMPTY)
			continue;
		ticks += r->phases[phase].tsc_ticks;
		windows += r->phases[phase].windows;
	}
	return windows ? (double)ticks / (double)windows : 0;
}

unsigned run_iterations(const struct run *r)
{
	return r->phases[marker_phase(0, 0)].iterations;
}

int run_note(struct run *r, struct err *e, const char *fmt, ...)
{
	char *all, *line = NULL;
	va_list args;
	int n;

	va_start(args, fmt);
	n = vasprintf(&line, fmt, args);
	va_end(args);
	if (n < 0)
		return err_oom(e);
	all = str_printf("%s%s%s", r->notes ? r->notes : "", r->notes ? "; " : "", line);
	free(line);
	if (!all)
		return err_oom(e);
	free(r->notes);
	r->notes = all;
	return 0;
}

void run_free(struct run *r)
{
	profile_free(&r->profile);
	calltree_free(&r->tree);
	for (unsigned s = 0; s < MARKER_SEGMENTS; s++)
		free(r->timing.spans_ns[s]);
	output_free(&r->output);
	symbols_free(r->symbols);
	free(r->environment);
	free(r->console);
	free(r->cmdline);
	free(r->notes);
	json_decref(r->argv);
	json_decref(r->affinity);
	*r = (struct run){ 0 };
}

/* What the segments left behind, each told of once. */
static int take_segments(const struct report *report, const struct scenario *s, struct run *out,
			 struct err *e)
{
	unsigned seen = 0;

	for (size_t i = 0; i < report->count; i++) {
		struct report_segment g;

		if (report->items[i].type != FRAME_SEGMENT)
			continue;
		if (report->items[i].len != sizeof(g))
			return err_unmeasured(e, EPROTO, "the guest's segment has %zu bytes",
					      report->items[i].len);
		memcpy(&g, report->items[i].data, sizeof(g));
		if (g.segment >= s->n_segments || seen & 1u << g.segment)
			return err_unmeasured(e, EPROTO,
					      "the guest reports segment %u twice or out of range",
					      g.segment);
		if (g.minor_faults > RUN_NS_MAX || g.major_faults > RUN_NS_MAX)
			return err_unmeasured(e, EPROTO, "the guest's segment %u is impossible",
					      g.segment);
		seen |= 1u << g.segment;
		out->segments[g.segment] = g;
	}
	if (seen != (1u << s->n_segments) - 1)
		return err_unmeasured(e, EPROTO, "the guest's report lacks a segment");
	return 0;
}

/* How often the guest executes what it measures: once to look, to warm up, and N and 2N. */
static unsigned executions(const struct run_request *q)
{
	const struct scenario *s = q->scenario;
	const unsigned n = q->iterations ? q->iterations : s->iterations;

	return 1 + s->warmup_iterations * (1 + 2 * MARKER_PAIRS) + n * 3 * MARKER_PAIRS;
}

int run_wait(struct machine *m, const struct run_request *q, struct err *e)
{
	const struct scenario *s = q->scenario;
	int r = machine_wait_pause(m, s->program ? "running the program" : "running the scenario",
				   e);
	const char *did = r == -ETIME ? strstr(e->text, ": ") : NULL;
	_cleanup_free_ char *copy = did ? strdup(did + 2) : NULL;

	if (!copy || !s->program || q->accel != ACCEL_ICOUNT)
		return r;
	return err_unmeasured(e, ETIME,
			      "the program was still running, in one of the %u times that it is "
			      "executed: %s; a larger --deadline waits longer",
			      executions(q), copy);
}

int run_take_report(const struct report *report, const struct run_request *q, struct run *out,
		    struct err *e)
{
	const struct report_item *environment = report_find(report, FRAME_CPUINFO);
	int r = guest_check_release(report, q->kernel->release, e);

	if (r == 0 && report->why != REPORT_DONE) {
		r = guest_error(report, e);
		output_explain(report, &out->output, e);
	}
	if (r == 0)
		r = report_struct(report, FRAME_STATE, &out->before, sizeof(out->before),
				  "page state", e);
	if (r == 0)
		r = report_struct(report, FRAME_STATE_END, &out->after, sizeof(out->after),
				  "final page state", e);
	if (r == 0)
		r = state_check(&out->before, e);
	if (r == 0)
		r = state_check(&out->after, e);
	if (r == 0)
		r = take_segments(report, q->scenario, out, e);
	if (r == 0 && q->scenario->program)
		r = output_take(report, q->scenario->program, &out->output, e);
	if (r == 0 && environment && environment->len > ENVIRONMENT_BYTES_MAX)
		r = err_unmeasured(e, EPROTO, "the guest's environment has %zu bytes",
				   environment->len);
	if (r < 0)
		return r;
	out->environment = environment ? report_text(environment) : strdup("");
	if (!out->environment)
		return err_oom(e);
	return q->accel == ACCEL_ICOUNT
		       ? guest_check_entries(out->environment, kernel_arch(q->kernel), e)
		       : 0;
}

/* An event at a function, and a histogram of what it sees. */
static const char *const probe_needs[] = { "CONFIG_KPROBE_EVENTS", "CONFIG_HIST_TRIGGERS" };

/* What the scenario needs, as far as it is known before a boot; the guest looks at the rest. */
static int check_needs(const struct run_request *q, struct err *e)
{
	const struct scenario *s = q->scenario;

	for (size_t i = 0; i < s->n_needs; i++) {
		if (kernel_config_has(q->kernel, s->needs[i]) == KERNEL_CONFIG_N)
			return err_unmeasured(e, ENOTSUP, "%s needs %s, which this kernel lacks",
					      s->name, s->needs[i]);
	}
	for (size_t i = 0; q->probed && i < ARRAY_SIZE(probe_needs); i++) {
		if (kernel_config_has(q->kernel, probe_needs[i]) == KERNEL_CONFIG_N)
			return err_unmeasured(
				e, ENOTSUP,
				"the kernel lacks %s, without which no argument can be "
				"probed ('slowpath kconfig' has it)",
				probe_needs[i]);
	}
	if (q->cpus < s->cpus)
		return err_unmeasured(e, ENOTSUP, "%s needs %u CPUs, and the guest has %u", s->name,
				      s->cpus, q->cpus);
	/* More would measure reclaim. */
	if (scenario_pages(s) * 4096 > (uint64_t)q->memory_mib << 19)
		return err_unmeasured(e, ENOTSUP,
				      "the maps of %s take %llu KiB, more than half of the "
				      "guest's %u MiB",
				      s->name, (unsigned long long)scenario_pages(s) * 4,
				      q->memory_mib);
	return 0;
}

/* "a|b": whether there is one of them. */
static bool has_function(const struct symbols *symbols, const char *either)
{
	while (*either) {
		size_t n = strcspn(either, "|");
		char name[128];

		snprintf(name, sizeof(name), "%.*s", (int)n, either);
		if (symbols_index(symbols, name) >= 0)
			return true;
		either += n + (either[n] == '|');
	}
	return false;
}

static int check_functions(const struct run_request *q, const struct symbols *symbols,
			   struct err *e)
{
	const struct scenario *s = q->scenario;

	for (size_t i = 0; i < s->n_functions; i++) {
		if (!has_function(symbols, s->functions[i]))
			return err_unmeasured(e, ENOTSUP,
					      "%s needs the function %s, which this kernel lacks",
					      s->name, s->functions[i]);
	}
	return 0;
}

int run_prepare(const struct boot *b, const struct run_request *q, struct snapshot *snapshot,
		struct symbols **symbols, struct run *out, struct err *e)
{
	const uint64_t start_ns = clock_ns();
	int r = boot_prepare(b, snapshot, symbols, &out->from_snapshot, e);

	if (r == -EBADMSG)
		snapshot_discard(snapshot);
	if (r == 0)
		r = check_functions(q, *symbols, e);
	if (r == 0)
		out->boot_seconds = out->from_snapshot ? 0 : (double)(clock_ns() - start_ns) / 1e9;
	return r;
}

int run_guest(struct boot *b, const struct run_request *q, const char *plugin, const char *snapshot,
	      struct run *out, struct report *report, struct err *e)
{
	_cleanup_(machine_free_p) struct machine *m = NULL;
	int r = boot_start(b, plugin, snapshot, &m, e);

	if (r == 0 && !snapshot)
		r = boot_wait_ready(b, m, e);
	if (r == 0 && !snapshot)
		r = machine_plug(m, e);
	if (r == 0 && !snapshot)
		r = machine_continue(m, e);
	if (m)
		out->argv = machine_argv_json(m);
	if (r == 0)
		r = run_wait(m, q, e);
	if (r == 0)
		r = machine_report(m, report, e);
	return r < 0 ? r : run_take_report(report, q, out, e);
}

int run_name_modules(const struct boot *b, const struct report *report, struct symbols **out,
		     struct err *e)
{
	const struct report_item *item = report_find(report, FRAME_MODULES);
	_cleanup_free_ char *text = item ? strndup((const char *)item->data, item->len) : NULL;

	*out = NULL;
	if (!item)
		return 0;
	return text ? boot_symbols_with_modules(b, text, out, e) : err_oom(e);
}

static double load(void)
{
	double one_minute;

	return getloadavg(&one_minute, 1) == 1 ? one_minute : NAN;
}

int run_in_boot(const struct lab *lab, const struct run_request *q, struct run *out,
		run_work_fn work, struct err *e)
{
	_cleanup_boot_ struct boot b = { .dir = WORKDIR_NONE };
	_cleanup_buf_ struct buf console = { 0 };
	int r;

	*out = (struct run){ .load_before = load(), .load_after = NAN };
	clock_utc(out->started);
	state_expect(q->scenario, q->cpus, &out->expected);
	r = check_needs(q, e);
	if (r == 0 && q->scenario->disk_why)
		r = run_note(out, e, "disk on NVMe instead of a RAM disk: %s",
			     q->scenario->disk_why);
	if (r == 0)
		r = boot_open(lab, q, &b, e);
	if (r == 0) {
		out->cmdline = argv_cmdline(&b.machine);
		r = out->cmdline ? 0 : err_oom(e);
	}
	if (r == 0)
		r = work(&b, q, out, e);
	out->load_after = load();
	if (b.dir.path && machine_console(b.dir.path, CONSOLE_TAIL_BYTES, &console) == 0)
		out->console = buf_steal(&console);
	if (r < 0 && r != -ECANCELED && out->console)
		guest_explain(out->console, e);
	return r < 0 ? err_wrap(e, "%s", kernel_title(q->kernel).text) : 0;
}

static int put_watched(const struct boot *b, const struct run_request *q, const struct run_watch *w,
		       const struct symbols *symbols, struct err *e)
{
	const struct plan_request pq = { .online_cpus = q->cpus,
					 .iterations = w->iterations,
					 .pairs = w->pairs };
	_cleanup_buf_ struct buf places = { 0 };
	_cleanup_free_ void *plan = NULL;
	size_t len = 0;
	int r = scenario_plan(q->scenario, &pq, &plan, &len, e);

	if (r == 0)
		r = workdir_put(&b->dir, "plan", plan, len, e);
	if (r == 0)
		r = symbols_places(symbols, &places, e);
	return r < 0 ? r : workdir_put(&b->dir, "places", places.data, places.len, e);
}

static int watch(struct boot *b, const struct run_request *q, const struct run_watch *w,
		 const char *snapshot, struct symbols **symbols, struct run *out, struct err *e)
{
	_cleanup_report_ struct report report = { 0 };
	struct symbols *with_modules = NULL;
	int r = put_watched(b, q, w, *symbols, e);

	if (w->prepare)
		w->prepare(b, q, *symbols);
	boot_progress(b, w->doing);
	if (r == 0)
		r = run_guest(b, q, b->lab->tracer, snapshot, out, &report, e);
	if (r == 0)
		r = run_name_modules(b, &report, &with_modules, e);
	if (r == 0 && with_modules) {
		symbols_free(*symbols);
		*symbols = with_modules;
	}
	return r < 0 ? r : w->take(b, q, &report, out, e);
}

int run_watched(struct boot *b, const struct run_request *q, const struct run_watch *w,
		struct run *out, struct err *e)
{
	_cleanup_snapshot_ struct snapshot snapshot = SNAPSHOT_NONE;
	_cleanup_(symbols_free_p) struct symbols *symbols = NULL;
	uint64_t start_ns;
	int r = run_prepare(b, q, q->fresh ? NULL : &snapshot, &symbols, out, e);

	if (r < 0)
		return r;
	start_ns = clock_ns();
	r = watch(b, q, w, q->fresh ? NULL : snapshot.state, &symbols, out, e);
	out->measure_seconds = (double)(clock_ns() - start_ns) / 1e9;
	if (r == -EBADMSG)
		snapshot_discard(&snapshot);
	if (r == 0)
		out->symbols = steal(&symbols);
	return r;
}
