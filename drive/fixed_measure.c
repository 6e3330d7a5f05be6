// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/fixed.h"

#include "drive/begin/accel.h"
#include "drive/session/pace.h"
#include "lab/host/limits.h"
#include "lab/plan/order.h"
#include "lab/timed.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>

#define ORDER_SEED 1

static const char *const names[FIXED_KERNELS] = { "old", "new", "candidate" };
static const char *const blamed[FIXED_KERNELS] = { "OLD", "NEW", "the candidate" };

static struct run_request request(const struct fixed *f, unsigned k, unsigned side)
{
	struct run_request q = measuring_request(f->m, f->kernels[k], f->scenario, side);

	q.cmdline = f->cmdline;
	return q;
}

static int keep(struct fixed *f, unsigned block, unsigned position, unsigned k,
		const struct pair_side *side, struct err *e)
{
	const struct run_place at = {
		.experiment = f->id, .block = block, .position = position, .side = names[k]
	};

	return keep_run(f->s, &at, &side->request, &side->run, &side->err, e);
}

int fixed_exact(struct fixed *f, struct err *e)
{
	int r;

	for (unsigned k = 0; k < FIXED_KERNELS; k++)
		f->sides[k].request = request(f, k, k % 2);
	r = pair_measure(&f->s->lab, f->sides, e);
	/* A tool that does not work, or Ctrl-C, needs no third kernel. */
	if (r == 0 && !f->sides[0].err.code && !f->sides[1].err.code)
		r = pair_measure(&f->s->lab, &f->sides[2], e);
	for (unsigned k = 0; r == 0 && k < FIXED_KERNELS; k++) {
		if (f->sides[k].run.started[0] || f->sides[k].err.code)
			r = keep(f, 0, k, k, &f->sides[k], e);
	}
	for (unsigned k = 0; r == 0 && k < FIXED_KERNELS; k++) {
		if (!f->sides[k].err.code)
			continue;
		if (f->sides[k].err.code != -ECANCELED)
			tell_console(f->s, &f->sides[k].request, &f->sides[k].run);
		*e = f->sides[k].err;
		return err_wrap(e, "%s", blamed[k]);
	}
	if (r == 0)
		r = gap_exact(f->scenario, &f->sides[0].run, &f->sides[1].run, &f->sides[2].run,
			      measuring_cpus(f->m, f->scenario), f->m->threshold, &f->gap, e);
	return r;
}

int fixed_timed_possible(struct fixed *f, struct err *e)
{
	struct run_request q = request(f, 0, 0);
	enum machine_accel accel = ACCEL_TCG;
	struct limits limits;
	int r = limits_read("", &limits, e);

	if (r == 0)
		r = limits_check(&limits, NULL, measuring_cpus(f->m, f->scenario), q.memory_mib,
				 true, e);
	if (r == 0)
		r = accel_choose(f->s, &q, &accel, e);
	if (r == 0 && accel != ACCEL_KVM)
		r = err_unmeasured(e, ENOTSUP,
				   "no kernel comes up on KVM here, and emulated timing does not "
				   "judge a fix: what helps in an emulator may hurt on hardware");
	return r;
}

struct times {
	double *ns[FIXED_KERNELS]; /* one a block, of those that are complete */
	size_t n;
	cpu_set_t cpuset;
};

/* One boot; *ns gets what it says, 0 if it failed. */
static int time_one(struct fixed *f, const struct times *t, unsigned block, unsigned position,
		    unsigned k, double *ns, struct err *e)
{
	struct pair_side one = { .request = request(f, k, 0) };
	int r;

	*ns = 0;
	one.request.accel = ACCEL_KVM;
	one.request.cpuset = &t->cpuset;
	timed_measure(&f->s->lab, &one.request, &one.run, &one.err);
	if (!one.err.code)
		reading_deciding_ns(f->scenario, &one.run, ns, &one.err);
	if (failure_ends_all(&f->qemu_failures, &one.run, &one.err)) {
		run_free(&one.run);
		*e = one.err;
		return err_wrap(e, "%s", blamed[k]);
	}
	r = keep(f, block, position, k, &one, e);
	if (r == 0 && !one.err.code && !f->sides[k].request.kernel)
		f->sides[k] = one;
	else
		run_free(&one.run);
	return r;
}

static int time_block(struct fixed *f, struct times *t, unsigned block, const uint8_t *order,
		      struct err *e)
{
	bool complete = true;
	int r = 0;

	for (unsigned i = 0; r == 0 && i < FIXED_KERNELS; i++) {
		r = time_one(f, t, block, i, order[i], &t->ns[order[i]][t->n], e);
		complete = complete && t->ns[order[i]][t->n] > 0;
	}
	t->n += r == 0 && complete;
	return r;
}

static int time_blocks(struct fixed *f, struct times *t, struct err *e)
{
	const struct order_request q = { .kind = ORDER_BALANCED,
					 .seed = ORDER_SEED,
					 .cpus = measuring_cpus(f->m, f->scenario),
					 .scenario = f->scenario->name,
					 .arms = FIXED_KERNELS,
					 .blocks = f->blocks };
	_cleanup_free_ uint8_t *order = NULL;
	struct pace pace;
	int r = order_make(&q, &order, e);

	pace_begin(&pace, f->s->teller, f->blocks,
		   (double)f->blocks * FIXED_KERNELS * PACE_TIMED_STEP_S);

	for (unsigned b = 0; r == 0 && b < f->blocks; b++) {
		pace_tell(&pace, f->scenario->name, "block of three");
		r = time_block(f, t, b, &order[(size_t)b * FIXED_KERNELS], e);
		pace_made(&pace);
	}
	if (r == 0 && t->n < FIXED_BLOCKS_MIN)
		r = err_unmeasured(e, ENODATA,
				   "only %zu of %u blocks are complete, and %d are needed", t->n,
				   f->blocks, FIXED_BLOCKS_MIN);
	return r;
}

int fixed_timed(struct fixed *f, struct err *e)
{
	_cleanup_free_ double *room = calloc((size_t)FIXED_KERNELS * f->blocks, sizeof(*room));
	struct times t = { 0 };
	int r = room ? 0 : err_oom(e);

	for (unsigned k = 0; room && k < FIXED_KERNELS; k++)
		t.ns[k] = room + (size_t)k * f->blocks;
	if (r == 0 && sched_getaffinity(0, sizeof(t.cpuset), &t.cpuset) < 0)
		r = err_errno(e, errno, "sched_getaffinity");
	if (r == 0)
		r = time_blocks(f, &t, e);
	if (r == 0)
		r = gap_timed(t.ns[0], t.ns[1], t.ns[2], t.n, GAP_ALPHA, f->m->threshold,
			      f->scenario->item == ITEM_PAGE ? "iteration_ns_per_page"
							     : "iteration_ns_per_call",
			      &f->gap, e);
	f->blocks = (unsigned)t.n;
	return r;
}
