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

static int measure(const struct loop *l, struct loop_step *step, struct err *e)
{
	bool exact = false;

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

/* The other side is kept, too, whatever this one's failure ends. */
static int keep(struct loop *l, struct loop_step *step, unsigned i, bool *ends, struct err *e)
{
	struct pair_side *side = &step->sides[i];
	const struct loop_source *source = l->source;

	if (source->check && !side->err.code)
		source->check(source->arg, step, i);
	if (!failure_ends_all(&l->qemu_failures, &side->run, &side->err))
		return keep_run(l->s, &step->at[i], &side->request, &side->run, &side->err, e);
	if (!*ends) {
		*e = side->err;
		if (source->name)
			err_wrap(e, "%s", source->name(source->arg, step->of[i]));
	}
	*ends = true;
	return 0;
}

static int made(struct loop *l, struct loop_step *step, struct err *e)
{
	bool ends = false;
	int r = measure(l, step, e);

	for (unsigned i = 0; r == 0 && i < LOOP_SIDES; i++) {
		if (is_there(step, i))
			r = keep(l, step, i, &ends, e);
	}
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
	int r = made(l, step, e);

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
