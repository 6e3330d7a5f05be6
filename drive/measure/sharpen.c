// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/measure/sharpen.h"

#include "base/clock.h"
#include "reading/readings.h"
#include "reading/sharpening.h"

#include <math.h>
#include <string.h>

/* The ticks of the run that confirms fall where no pair of the others had them. */
#define CONFIRM_REST_NS 613211u
/* Each execution of a program is told in the guest's report, which has a length. */
#define PROGRAM_ITERATIONS_MAX 64u
/* The first, the first of enough, one a doubling, and the one that confirms. */
#define RUNS_MAX (3 + SHARPENING_DOUBLINGS)

struct sharpener {
	struct session *s;
	const struct measuring *m;
	const char *experiment;
	struct sharpening state;
	struct pair_side made[RUNS_MAX][2];
	unsigned n_made;
	double cost; /* of the run that was made last */
};

static double insns_of(const struct run *run)
{
	double sum = 0;

	for (unsigned phase = 0; phase < MARKER_PHASES; phase++)
		sum += (double)run->phases[phase].tsc_ticks;
	return sum;
}

static int measure(struct sharpener *x, struct pair_side sides[2], struct err *e)
{
	const uint64_t start_ns = clock_ns();
	const struct run *runs[] = { &sides[0].run, &sides[1].run };
	int r = pair_measure(&x->s->lab, sides, e);

	if (x->m->budget_s)
		x->cost = (double)(clock_ns() - start_ns) / 1e9;
	else
		x->cost = fmax(insns_of(runs[0]), insns_of(runs[1]));
	return r;
}

static int share_of(const struct pair_side sides[2], double *out, struct err *e)
{
	struct reading readings[2];
	int r = 0;

	for (unsigned i = 0; r == 0 && i < 2; i++)
		r = reading_deciding(sides[i].request.scenario, &sides[i].run,
				     sides[i].request.cpus, &readings[i], e);
	if (r == 0)
		*out = sharpening_share(&readings[0], &readings[1]);
	return r;
}

/* A run that failed is kept as well. */
static int keep(const struct sharpener *x, const struct sharpen_keep *how, bool trial,
		const struct pair_side sides[2], unsigned block, struct err *e)
{
	static const char *const usual[] = { "old", "new" };
	const char *const *names = how->names ? how->names : usual;
	int r = 0;

	for (unsigned i = 0; r == 0 && i < 2; i++) {
		const struct run_place at = { .experiment = x->experiment,
					      .block = block,
					      .position = i,
					      .side = names[i],
					      .trial = trial };

		if (how->kernels_only && sides[i].err.code &&
		    !failure_is_the_kernels(&sides[i].err))
			continue;
		r = keep_run(x->s, &at, &sides[i].request, &sides[i].run, &sides[i].err, e);
	}
	return r;
}

/* The requests of the first run, of what is to be measured next. */
static void prepare(const struct sharpener *x, struct pair_side out[2])
{
	for (unsigned i = 0; i < 2; i++) {
		out[i] = (struct pair_side){ .request = x->made[0][i].request };
		out[i].request.iterations = x->state.n;
		if (x->state.confirms)
			out[i].request.extra_rest_ns += CONFIRM_REST_NS;
	}
}

/*
 * 1 if the run failed: with more iterations the guest cannot do what it did with fewer, which is
 * not the kernel's failure. What the tool fails with, or is stopped by, ends it all.
 */
static int look_at_failure(const struct pair_side sides[2], struct err *e)
{
	for (unsigned i = 0; i < 2; i++) {
		if (!sides[i].err.code || failure_is_the_kernels(&sides[i].err))
			continue;
		*e = sides[i].err;
		return e->code;
	}
	return sides[0].err.code || sides[1].err.code;
}

/*
 * How sharp a run is. 1: it says nothing of what was asked for, and more iterations would not
 * either; whoever compares its sides says why.
 */
static int look(const struct pair_side sides[2], double *share, struct err *e)
{
	int r = share_of(sides, share, e);

	if (r == 0 || !failure_is_the_kernels(e))
		return r;
	err_clear(e);
	return 1;
}

/* Goes on from the first run until a result is chosen: its index, or -errno. */
static int raise(struct sharpener *x, struct err *e)
{
	enum sharpening_step step = SHARPENING_MEASURE;
	double share = 0;
	int r = look(x->made[0], &share, e);

	for (x->n_made = 1; r == 0; x->n_made++) {
		struct pair_side *next = x->made[x->n_made];

		step = sharpening_told(&x->state, share, x->cost);
		if (step != SHARPENING_MEASURE)
			return (int)(step == SHARPENING_TAKE ? x->n_made - 1 : x->state.first);
		prepare(x, next);
		r = measure(x, next, e);
		if (r == 0)
			r = look_at_failure(next, e);
		if (r == 0)
			r = look(next, &share, e);
	}
	if (r < 0)
		return r;
	/* The last one made failed; the first of enough iterations stands, if it is another one. */
	return x->state.first + 1 < x->n_made ? (int)x->state.first : 0;
}

int sharpen_pair(struct session *s, const struct measuring *m, const char *experiment,
		 unsigned *block, struct sharpen_keep *how, struct pair_side sides[2],
		 struct err *e)
{
	const struct scenario *scenario = sides[0].request.scenario;
	struct sharpener x = { .s = s, .m = m, .experiment = experiment };
	int result = 0, r;

	sharpening_begin(&x.state, m->threshold, scenario->iterations,
			 scenario->program ? PROGRAM_ITERATIONS_MAX : SHARPEN_ITERATIONS_MAX,
			 m->budget_s	     ? m->budget_s
			 : scenario->program ? SHARPEN_PROGRAM_INSNS
					     : SHARPEN_INSNS);
	memcpy(x.made[0], sides, sizeof(x.made[0]));
	r = measure(&x, x.made[0], e);
	x.n_made = 1;
	if (r == 0 && !m->iterations && !x.made[0][0].err.code && !x.made[0][1].err.code)
		result = raise(&x, e);
	if (result < 0)
		r = result;
	result = result < 0 ? 0 : result;
	how->block = *block + (unsigned)result;
	for (unsigned i = 0; r == 0 && i < x.n_made; i++, ++*block)
		r = keep(&x, how, how->all_trials || (int)i != result, x.made[i], *block, e);
	for (int i = 0; i < (int)x.n_made; i++) {
		if (i != result)
			pair_free(x.made[i]);
	}
	/* The sides have what failed, too. */
	memcpy(sides, x.made[result], sizeof(x.made[0]));
	return r;
}

int sharpen_run(struct session *s, const struct measuring *m, const char *experiment,
		unsigned *block, struct pair_side sides[2], struct err *e)
{
	struct sharpen_keep how = { 0 };
	int r = sharpen_pair(s, m, experiment, block, &how, sides, e);

	return r < 0 ? r : pair_failed(s, sides, 2, e);
}
