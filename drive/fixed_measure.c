// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/fixed.h"

#include "drive/measure/sharpen.h"

#include "drive/begin/accel.h"
#include "drive/measure/loop.h"
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
	struct sharpen_keep how = { 0 };
	unsigned block = 0;
	int r;

	for (unsigned k = 0; k < FIXED_KERNELS; k++)
		f->sides[k].request = request(f, k, k % 2);
	r = sharpen_pair(f->s, f->m, f->id, &block, &how, f->sides, e);
	/* A tool that does not work, or Ctrl-C, needs no third kernel. */
	if (r == 0 && !f->sides[0].err.code && !f->sides[1].err.code) {
		f->sides[2].request.iterations = run_iterations(&f->sides[0].run);
		r = pair_measure(&f->s->lab, &f->sides[2], e);
		if (r == 0)
			r = keep(f, how.block, 2, 2, &f->sides[2], e);
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

/* Blocks of three as they are timed: a loop's source. */
struct times {
	struct fixed *f;
	uint8_t *order;
	double *ns[FIXED_KERNELS]; /* one a block, of those that are complete */
	size_t n;		   /* of these */
	unsigned made;		   /* steps, of any block */
	double value_ns;	   /* of the step that was made last */
	cpu_set_t cpuset;
	struct pace pace;
};

static int next_boot(void *arg, struct loop_step *out, struct err *e)
{
	struct times *t = arg;
	const unsigned block = t->made / FIXED_KERNELS, position = t->made % FIXED_KERNELS;
	const unsigned k = t->order[t->made];

	(void)e;
	if (block == t->f->blocks)
		return 0;
	if (position == 0)
		pace_tell(&t->pace, t->f->scenario->name, "block of three");
	out->of[0] = k;
	out->sides[0].request = request(t->f, k, 0);
	out->sides[0].request.accel = ACCEL_KVM;
	out->sides[0].request.cpuset = &t->cpuset;
	out->at[0] = (struct run_place){
		.experiment = t->f->id, .block = block, .position = position, .side = names[k]
	};
	return 1;
}

static void check_boot(void *arg, struct loop_step *step, unsigned side)
{
	struct times *t = arg;
	struct pair_side *x = &step->sides[side];

	reading_deciding_ns(t->f->scenario, &x->run, &t->value_ns, &x->err);
}

static bool block_complete(const struct times *t)
{
	for (unsigned k = 0; k < FIXED_KERNELS; k++) {
		if (!(t->ns[k][t->n] > 0))
			return false;
	}
	return true;
}

static int take_boot(void *arg, struct loop_step *step, unsigned side, struct err *e)
{
	struct times *t = arg;
	struct pair_side *made = &step->sides[side], *kept = &t->f->sides[step->of[side]];

	(void)e;
	t->ns[step->of[side]][t->n] = made->err.code ? 0 : t->value_ns;
	if (!made->err.code && !kept->request.kernel) {
		*kept = *made;
		made->run = (struct run){ 0 };
	}
	if (++t->made % FIXED_KERNELS == 0) {
		t->n += block_complete(t);
		pace_made(&t->pace);
	}
	return 0;
}

static const char *boot_name(const void *arg, size_t of)
{
	(void)arg;
	return blamed[of];
}

static int time_blocks(struct times *t, struct err *e)
{
	struct fixed *f = t->f;
	const struct order_request q = { .kind = ORDER_BALANCED,
					 .seed = ORDER_SEED,
					 .cpus = measuring_cpus(f->m, f->scenario),
					 .scenario = f->scenario->name,
					 .arms = FIXED_KERNELS,
					 .blocks = f->blocks };
	const struct loop_source source = { .next = next_boot,
					    .check = check_boot,
					    .take = take_boot,
					    .name = boot_name,
					    .arg = t };
	struct loop loop = { .s = f->s, .source = &source };
	int r = order_make(&q, &t->order, e);

	pace_begin(&t->pace, f->s->teller, f->blocks,
		   (double)f->blocks * FIXED_KERNELS * PACE_TIMED_STEP_S);
	if (r == 0)
		r = loop_run(&loop, e);
	free(t->order);
	if (r == 0 && t->n < FIXED_BLOCKS_MIN)
		r = err_unmeasured(e, ENODATA,
				   "only %zu of %u blocks are complete, and %d are needed", t->n,
				   f->blocks, FIXED_BLOCKS_MIN);
	return r;
}

int fixed_timed(struct fixed *f, struct err *e)
{
	_cleanup_free_ double *room = calloc((size_t)FIXED_KERNELS * f->blocks, sizeof(*room));
	struct times t = { .f = f };
	int r = room ? 0 : err_oom(e);

	for (unsigned k = 0; room && k < FIXED_KERNELS; k++)
		t.ns[k] = room + (size_t)k * f->blocks;
	if (r == 0 && sched_getaffinity(0, sizeof(t.cpuset), &t.cpuset) < 0)
		r = err_errno(e, errno, "sched_getaffinity");
	if (r == 0)
		r = time_blocks(&t, e);
	if (r == 0)
		r = gap_timed(t.ns[0], t.ns[1], t.ns[2], t.n, GAP_ALPHA, f->m->threshold,
			      f->scenario->item == ITEM_PAGE ? "iteration_ns_per_page"
							     : "iteration_ns_per_call",
			      &f->gap, e);
	f->blocks = (unsigned)t.n;
	return r;
}
