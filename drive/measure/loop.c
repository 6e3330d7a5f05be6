// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/measure/loop.h"

#include "lab/timed.h"

static bool is_there(const struct loop_step *step, unsigned side)
{
	return step->sides[side].request.kernel;
}

static void time_side(const struct lab *lab, struct pair_side *side)
{
	err_clear(&side->err);
	timed_measure(lab, &side->request, &side->run, &side->err);
}

/* 1: it is kept by now; 0: it is measured. */
static int measure(const struct loop *l, struct loop_step *step, struct err *e)
{
	const struct loop_source *source = l->source;
	int r = source->measure ? source->measure(source->arg, step, e) : 0;
	bool exact = false;

	if (r)
		return r;
	for (unsigned i = 0; i < LOOP_SIDES; i++) {
		if (!is_there(step, i))
			continue;
		if (step->sides[i].request.accel == ACCEL_ICOUNT)
			exact = true;
		else
			time_side(&l->s->lab, &step->sides[i]);
	}
	return exact ? pair_measure(&l->s->lab, step->sides, e) : 0;
}

/* Whether a side's failure ends all: *e says it, of the first that does. */
static bool ends_all(struct loop *l, struct loop_step *step, unsigned i, bool before, struct err *e)
{
	struct pair_side *side = &step->sides[i];

	if (!failure_ends_all(&l->qemu_failures, &side->run, &side->err))
		return false;
	if (before)
		return true;
	*e = side->err;
	if (l->source->name)
		err_wrap(e, "%s", l->source->name(l->source->arg, step->of[i]));
	return true;
}

/* Both sides are kept, whatever the failure of one ends. */
static int keep(struct loop *l, struct loop_step *step, bool kept, bool *ends, struct err *e)
{
	const struct loop_source *source = l->source;
	int r = 0;

	for (unsigned i = 0; r == 0 && i < LOOP_SIDES; i++) {
		struct pair_side *side = &step->sides[i];

		if (!is_there(step, i))
			continue;
		if (source->check && !side->err.code)
			source->check(source->arg, step, i);
		if (ends_all(l, step, i, *ends, e))
			*ends = true;
		else if (!kept)
			r = keep_run(l->s, &step->at[i], &side->request, &side->run, &side->err, e);
	}
	return r;
}

static int make(struct loop *l, struct loop_step *step, struct err *e)
{
	bool ends = false;
	int r = measure(l, step, e);

	if (r >= 0)
		r = keep(l, step, r > 0, &ends, e);
	if (r == 0 && ends)
		r = e->code;
	for (unsigned i = 0; r == 0 && i < LOOP_SIDES; i++) {
		if (is_there(step, i))
			r = l->source->take(l->source->arg, step, i, e);
	}
	return r;
}

int loop_make(struct loop *l, struct loop_step *step, struct err *e)
{
	int r = make(l, step, e);

	pair_free(step->sides);
	return r;
}

int loop_run(struct loop *l, struct err *e)
{
	int r = 1;

	while (r > 0) {
		struct loop_step step = { 0 };

		r = l->source->next(l->source->arg, &step, e);
		if (r > 0 && loop_make(l, &step, e) < 0)
			r = e->code;
	}
	return r;
}
