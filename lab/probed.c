// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/probed.h"

#include "base/clock.h"
#include "base/nearest.h"
#include "lab/boot.h"
#include "lab/guest_error.h"
#include "symbols/text.h"

#include <errno.h>
#include <stdlib.h>

const char *probe_refusal_name(enum probe_refusal r)
{
	static const char *const names[] = { "possible",  "absent",  "clone",
					     "ambiguous", "notrace", "not tried" };

	return names[r];
}

/* A function that ftrace does not know can be probed where it is called. */
static int find_sites(const struct kernel *k, const struct symbols *symbols, uint64_t vaddr,
		      enum probe_refusal *refusal, struct probed *out, struct err *e)
{
	_cleanup_text_ struct text text = { 0 };
	size_t n;
	int r = text_open(k->vmlinux_path, vaddr, &text, e);

	if (r < 0 || text_is_traced(&text, vaddr, symbols_address(symbols, "__fentry__")))
		return r;
	n = text_calls(&text, vaddr, out->sites, PLAN_PROBE_SITES);
	if (!n || n > PLAN_PROBE_SITES)
		*refusal = PROBE_NOTRACE;
	else
		out->n_sites = (unsigned)n;
	return 0;
}

static int try_place(const struct kernel *k, const struct symbols *s, const char *function,
		     enum probe_refusal *refusal, struct probed *out, struct err *e)
{
	struct symbols_named n = symbols_named(s, function);

	/* A clone beside the function takes some of its calls. */
	*refusal = n.clones	 ? PROBE_CLONE
		   : n.whole > 1 ? PROBE_AMBIGUOUS
		   : n.whole	 ? PROBE_POSSIBLE
				 : PROBE_ABSENT;
	return *refusal == PROBE_POSSIBLE ? find_sites(k, s, n.vaddr, refusal, out, e) : 0;
}

/* Functions whose name is like that of one that there is not. */
static int find_meant(const struct symbols *symbols, const char *function, struct probed *out,
		      struct err *e)
{
	struct nearest near = { .word = function };
	_cleanup_buf_ struct buf text = { 0 };

	for (size_t i = 0; i < symbols_functions(symbols); i++)
		nearest_try(&near, symbols_name(symbols, i));
	nearest_text(&near, "", &text);
	if (buf_error(&text) < 0)
		return err_oom(e);
	snprintf(out->meant, sizeof(out->meant), "%s",
		 text.len < sizeof(out->meant) ? buf_str(&text) : "");
	return 0;
}

static int choose(const struct kernel *k, const struct scenario *s, const struct symbols *symbols,
		  struct probed *out, struct err *e)
{
	/* Where calls are is read from the vmlinux, also beside a snapshot. */
	int r = s->n_probes ? kernel_verify(k, KERNEL_FILE_VMLINUX, e) : 0;

	out->place = -1;
	for (size_t i = 0; r == 0 && i < s->n_probes; i++) {
		out->refusals[i] = PROBE_NOT_TRIED;
		if (out->place >= 0)
			continue;
		r = try_place(k, symbols, s->probes[i].function, &out->refusals[i], out, e);
		if (out->refusals[i] == PROBE_POSSIBLE)
			out->place = (long)i;
	}
	if (r == 0 && s->n_probes == 1 && out->refusals[0] == PROBE_ABSENT)
		r = find_meant(symbols, s->probes[0].function, out, e);
	return r;
}

static int put_plan(const struct boot *b, const struct run_request *q, const struct probed *p,
		    struct err *e)
{
	struct plan_request pq = { .online_cpus = q->cpus,
				   .probe = &q->scenario->probes[p->place],
				   .probe_sites = p->sites,
				   .n_probe_sites = p->n_sites };
	_cleanup_free_ void *plan = NULL;
	size_t len = 0;
	int r = scenario_plan(q->scenario, &pq, &plan, &len, e);

	return r < 0 ? r : workdir_put(&b->dir, "plan", plan, len, e);
}

static int take_histogram(const struct report *report, struct histogram *out, struct err *e)
{
	const struct report_item *item = report_find(report, FRAME_PROBE);

	if (!item)
		return err_unmeasured(e, EPROTO, "the guest's report has no histogram");
	return histogram_parse((const char *)item->data, item->len, out, e);
}

static int carry_out(struct boot *b, const struct run_request *q, const char *snapshot,
		     struct run *run, struct probed *out, struct err *e)
{
	_cleanup_report_ struct report report = { 0 };
	int r = put_plan(b, q, out, e);

	boot_progress(b, "probing");
	if (r == 0)
		r = run_guest(b, q, NULL, snapshot, run, &report, e);
	return r < 0 ? r : take_histogram(&report, &out->histogram, e);
}

static int measure(struct boot *b, const struct run_request *q, struct run *run, struct err *e)
{
	_cleanup_snapshot_ struct snapshot snapshot = SNAPSHOT_NONE;
	_cleanup_(symbols_free_p) struct symbols *symbols = NULL;
	uint64_t start_ns;
	int r = run_prepare(b, q, q->fresh ? NULL : &snapshot, &symbols, run, e);

	if (r < 0)
		return r;
	start_ns = clock_ns();
	r = choose(q->kernel, q->scenario, symbols, q->probed, e);
	if (r == 0 && q->probed->place >= 0 && q->scenario->probes[q->probed->place].argument)
		r = carry_out(b, q, q->fresh ? NULL : snapshot.state, run, q->probed, e);
	run->measure_seconds = (double)(clock_ns() - start_ns) / 1e9;
	if (r == -EBADMSG)
		snapshot_discard(&snapshot);
	return r;
}

int probed_measure(const struct lab *lab, const struct run_request *q, struct run *run,
		   struct probed *out, struct err *e)
{
	struct run_request own = *q;

	*out = (struct probed){ .place = -1 };
	own.probed = out;
	return run_in_boot(lab, &own, run, measure, e);
}
