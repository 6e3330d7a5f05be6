// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/native.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "replay/child_plan.h"
#include "vm/tsc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define EMPTY_CALLS 1000
#define WIDTH_TRIES 100

void replay_result_free(struct replay_result *r)
{
	free(r->replaced);
	free(r->warm);
	free(r->cold);
	*r = (struct replay_result){ 0 };
}

void replay_child_close(struct replay_child *k)
{
	if (k->socket >= 0)
		close(k->socket);
	proc_kill(&k->proc);
	if (k->ram)
		munmap(k->ram, k->capture->ram_bytes);
	if (k->plan)
		munmap(k->plan, k->plan_bytes);
	if (k->ram_fd >= 0)
		close(k->ram_fd);
	if (k->plan_fd >= 0)
		close(k->plan_fd);
	free(k->edits);
	free(k->pages);
	rewrite_free(&k->rewrite);
	layout_free(&k->layout);
	free(k);
}

static int list_replaced(const struct rewrite *w, struct replay_result *r, struct err *e)
{
	const struct rewrite_code *code = (const void *)w->code.data;
	const size_t n = w->code.len / sizeof(*code);

	r->replaced = calloc(n + 1, sizeof(*r->replaced));
	if (!r->replaced)
		return err_oom(e);
	for (size_t i = 0; i < n; i++)
		if (code[i].ignored)
			r->replaced[r->n_replaced++] =
				(struct replay_replaced){ code[i].va, code[i].times,
							  code[i].ignored };
	r->n_pointers = w->n_pointers;
	r->n_encoded = w->n_encoded;
	r->n_operands = w->n_operands;
	r->n_locks = w->n_locks;
	return 0;
}

/*
 * A core with three adders does a little less than three additions a cycle, with the loop around
 * them; two threads that share it have half of that each.
 */
#define WIDTH_LEAST 2.5
#define WIDTH_SHARE 0.95

static int take_pace(struct replay_child *k, struct err *e)
{
	const struct plan *p = k->plan;
	const double chain = (double)p->chain_ticks[0] + (double)p->chain_ticks[1];
	const double wide =
		(double)(p->wide_ticks[0] > p->wide_ticks[1] ? p->wide_ticks[0] : p->wide_ticks[1]);
	struct replay_pace *now = &k->pace;

	if (chain < 1 || wide < 1)
		return err_unmeasured(e, EPROTO, "the child measured no time");
	now->cycles_per_tick = 2.0 * PLAN_CHAIN / chain;
	now->width = PLAN_WIDE / (wide * now->cycles_per_tick);
	if (now->width > k->widest)
		k->widest = now->width;
	now->shared = now->width < WIDTH_LEAST || now->width < WIDTH_SHARE * k->widest;
	now->ghz = now->cycles_per_tick * k->tsc_khz / 1e6;
	return 0;
}

struct replay_pace replay_child_pace(const struct replay_child *k)
{
	return k->pace;
}

/* Ticks of a block, each at least what the harness takes by itself. */
static int block(struct replay_child *k, enum plan_what what, unsigned n, uint64_t *ticks,
		 struct err *e)
{
	uint64_t place = 0;
	int r = child_do(k, what, n, &place, e);

	if (r < 0)
		return r;
	memcpy(ticks, (uint8_t *)k->plan + k->ticks_at, n * sizeof(*ticks));
	return take_pace(k, e);
}

static int measure_harness(struct replay_child *k, struct err *e)
{
	uint64_t ticks[EMPTY_CALLS];
	int r;

	k->tsc_khz = tsc_measure_khz();
	if (!k->tsc_khz)
		return err_set(e, ENOTSUP, "this machine has no time stamp counter");
	r = block(k, PLAN_EMPTY, EMPTY_CALLS, ticks, e);
	if (r < 0)
		return r;
	/* A moment in which the core is free is soon found, if there are any. */
	for (unsigned i = 0; r == 0 && i < WIDTH_TRIES; i++) {
		uint64_t one;

		r = block(k, PLAN_EMPTY, 1, &one, e);
	}
	if (r < 0)
		return r;
	k->harness_ticks = ticks[0];
	for (unsigned i = 1; i < EMPTY_CALLS; i++)
		if (ticks[i] < k->harness_ticks)
			k->harness_ticks = ticks[i];
	return 0;
}

static int prove(struct replay_child *k, struct replay_result *r, struct err *e)
{
	int s = k->options->watch ? watch_call(k, r, e) : 0;

	if (s == 0)
		s = child_do(k, PLAN_ONCE, 0, &r->refused_at, e);
	if (s == 0)
		s = proof_of_registers(k, r, e);
	if (s == 0)
		s = proof_of_memory(k, r, e);
	if (s == 0 && k->options->steps_max) {
		s = child_do(k, PLAN_STEPS, 0, &r->refused_at, e);
		if (s == 0)
			s = proof_of_steps(k, r, e);
	}
	return s;
}

static int open_child(struct replay_child *k, struct replay_result *r, struct err *e)
{
	const struct capture *c = k->capture;
	int s;

	if (c->disturbed)
		return err_unmeasured(e, ENOTSUP, "something else ran between entry and return");
	s = layout_read(c, &k->layout, e);
	/* Memory that cannot be laid out is the guest's, and no failure of this program. */
	if (s == -ENOTSUP && e)
		e->status = ERR_UNMEASURED;
	if (s == 0)
		s = rewrite_plan(c, &k->layout, k->options->locks, &k->rewrite, &r->refused_at, e);
	if (s == 0)
		s = list_replaced(&k->rewrite, r, e);
	if (s == 0)
		s = child_lay_out(k, &r->refused_at, e);
	if (s == 0)
		s = child_start(k, e);
	if (s < 0)
		return s;
	r->pinned = k->plan->pinned != 0;
	r->fifo = k->plan->fifo != 0;
	if (k->options->cpu >= 0 && !r->pinned)
		return err_set(e, EINVAL, "this process may not use CPU %d", k->options->cpu);
	s = prove(k, r, e);
	if (s == 0)
		s = measure_harness(k, e);
	r->harness_ticks = k->harness_ticks;
	r->tsc_khz = k->tsc_khz;
	return s;
}

int replay_child_open(const struct capture *c, const struct replay_options *o,
		      struct replay_child **out, struct replay_result *r, struct err *e)
{
	struct replay_child *k = calloc(1, sizeof(*k));
	int s;

	*r = (struct replay_result){ 0 };
	*out = NULL;
	if (!k)
		return err_oom(e);
	*k = (struct replay_child){
		.capture = c,
		.options = o,
		.proc = PROC_NONE,
		.socket = -1,
		.ram_fd = -1,
		.plan_fd = -1,
	};
	s = open_child(k, r, e);
	if (s < 0) {
		replay_child_close(k);
		return s;
	}
	*out = k;
	return 0;
}

int replay_child_call(struct replay_child *k, unsigned n, bool cold, struct replay_call *out,
		      struct err *e)
{
	uint64_t ticks[PLAN_CALLS_MAX];

	for (unsigned done = 0; done < n;) {
		const unsigned now = n - done < PLAN_CALLS_MAX ? n - done : PLAN_CALLS_MAX;
		int r = block(k, cold ? PLAN_COLD : PLAN_WARM, now, ticks, e);

		if (r < 0)
			return r;
		for (unsigned i = 0; i < now; i++) {
			struct replay_call *call = &out[done + i];

			call->ticks = ticks[i] > k->harness_ticks ? ticks[i] - k->harness_ticks : 0;
			call->cycles = (double)call->ticks * k->pace.cycles_per_tick;
			call->ns = (double)call->ticks * 1e6 / k->tsc_khz;
		}
		done += now;
	}
	return 0;
}

/* Of a counter that follows the clock of the core, or of two that are not the same. */
#define TSC_SHARE 0.01

int replay_child_check(struct replay_child *k, struct err *e)
{
	const double khz = tsc_measure_khz();
	struct replay_result r = { 0 };
	int s;

	if (khz < k->tsc_khz * (1 - TSC_SHARE) || khz > k->tsc_khz * (1 + TSC_SHARE))
		return err_unmeasured(e, ENOTSUP,
				      "the time stamp counter is not constant: %u kHz, and %.0f "
				      "later",
				      k->tsc_khz, khz);
	s = child_do(k, PLAN_ONCE, 0, &r.refused_at, e);

	if (s == 0)
		s = proof_of_registers(k, &r, e);
	return s < 0 ? s : proof_of_memory(k, &r, e);
}

/* Calls of a block: short, so that what shares the core does so for all of it or for none. */
#define BLOCK_NS 200000.0

int replay_child_quiet(struct replay_child *k, unsigned n, bool cold, unsigned limit_ms,
		       struct replay_call *out, unsigned *got, unsigned *shared, struct err *e)
{
	const uint64_t until = clock_ns() + (uint64_t)limit_ms * 1000000;
	struct replay_call calls[PLAN_CALLS_MAX];
	unsigned size = 1;

	*got = *shared = 0;
	while (*got < n) {
		const unsigned left = n - *got;
		int r;

		size = size < left ? size : left;
		r = replay_child_call(k, size, cold, calls, e);
		if (r < 0)
			return r;
		if (k->pace.shared) {
			*shared += size;
		} else {
			memcpy(out + *got, calls, size * sizeof(*calls));
			*got += size;
		}
		if (clock_ns() > until)
			break;
		size = calls[0].ns * 2 * size < BLOCK_NS && 2 * size <= PLAN_CALLS_MAX ? 2 * size
										       : size;
	}
	return 0;
}

static int call_both(struct replay_child *k, const struct replay_options *o,
		     struct replay_result *r, struct err *e)
{
	unsigned shared[2] = { 0 };
	int s;

	r->warm = calloc(o->warm + 1, sizeof(*r->warm));
	r->cold = calloc(o->cold + 1, sizeof(*r->cold));
	if (!r->warm || !r->cold)
		return err_oom(e);
	s = replay_child_quiet(k, o->cold, true, o->quiet_ms, r->cold, &r->n_cold, &shared[0], e);
	if (s == 0)
		s = replay_child_quiet(k, o->warm, false, o->quiet_ms, r->warm, &r->n_warm,
				       &shared[1], e);
	if (s < 0)
		return s;
	r->n_shared = shared[0] + shared[1];
	r->ghz = k->pace.ghz;
	r->width = k->pace.width;
	return replay_child_check(k, e);
}

int replay_native(const struct capture *c, const struct replay_options *o, struct replay_result *r,
		  struct err *e)
{
	_cleanup_replay_child_ struct replay_child *k = NULL;
	int s = replay_child_open(c, o, &k, r, e);

	return s < 0 ? s : call_both(k, o, r, e);
}
