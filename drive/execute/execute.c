// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/execute/execute.h"

#include "base/clock.h"
#include "vm/tsc.h"
#include "drive/execute/execution.h"
#include "drive/measure/loop.h"
#include "drive/execute/stored_rows.h"
#include "judge/judgement/judgement.h"
#include "lab/exact.h"
#include "lab/timed.h"
#include "report/words/order.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Blocks rest differently, so that their ticks fall elsewhere; no multiple of any usual tick. */
#define BLOCK_REST_NS 137317u

int execute_read_stored(struct session *s, const char *id, struct experiment **out, struct err *e)
{
	_cleanup_stored_experiment_ struct stored_experiment stored = { 0 };
	const char *file, *text;
	int r = store_find_experiment(s->store, id, &stored, e);

	if (r < 0)
		return r;
	file = json_string_value(json_object_get(stored.command, "file"));
	text = json_string_value(json_object_get(stored.command, "profile"));
	if (!file || !text)
		return err_set(e, EINVAL, "experiment '%s' was not made by 'slowpath run'", id);
	return experiment_read(file, text, strlen(text), &s->scenarios, out, e);
}

static void show_step(const struct execution *w, const struct step *step)
{
	char what[80];

	snprintf(what, sizeof(what), "%.50s, block %u", w->x->arms[step->arm].name,
		 step->block + 1);
	pace_tell(&w->pace, execution_scenario(w, step)->name, what);
}

/* Does every kernel come up at all, before hours are spent on the others? */
static int smoke(struct execution *w, struct err *e)
{
	for (unsigned k = 0; k < w->x->n_kernels; k++) {
		for (unsigned c = 0; c < w->x->n_cpus; c++) {
			struct run_request q =
				execution_request(w, k, w->x->cpus[c], w->x->scenarios[0].scenario);
			struct run run;
			int r = w->accel == ACCEL_ICOUNT ? exact_smoke(&w->s->lab, &q, &run, e)
							 : timed_smoke(&w->s->lab, &q, &run, e);

			if (r < 0 && r != -ECANCELED)
				tell_console(w->s, &q, &run);
			run_free(&run);
			if (r < 0)
				return err_wrap(e, "kernel '%s', boot smoke",
						w->x->kernels[k].name);
		}
	}
	return 0;
}

/* Of the steps that were made, as looks may have spared some. */
static json_t *effect_json(const struct execution *w)
{
	_cleanup_steps_ struct steps made = { .items = calloc(w->steps.count + 1,
							      sizeof(*made.items)) };

	for (size_t i = 0; made.items && i < w->steps.count; i++) {
		if (w->states[i].attempts)
			made.items[made.count++] = w->steps.items[i];
	}
	return made.items ? order_json(w->x, &made) : NULL;
}

static int finish(struct execution *w, struct err *e)
{
	json_t *effect = effect_json(w);
	int r = effect ? store_finish_experiment(w->s->store, w->id, effect, e) : err_oom(e);

	json_decref(effect);
	return r;
}

/* The first step of a block at which a look was due; the last look has nothing to spare. */
static bool at_look(const struct execution *w, const struct step *step)
{
	for (unsigned k = 0; k + 1 < w->x->n_looks; k++) {
		if (step->position == 0 && step->block == w->x->looks[k])
			return true;
	}
	return false;
}

/* How many steps from @index on a verdict that is made spares. */
static int spared(const struct execution *w, size_t index, size_t *out, struct err *e)
{
	const struct step *first = &w->steps.items[index];
	_cleanup_rows_ struct rows t = { 0 };
	const struct judge_options o = execution_judge_options(w);
	bool decided = false;
	int r;

	*out = 0;
	if (!at_look(w, first))
		return 0;
	r = stored_rows_read(w->s->store, w->id, NULL, &t, e);
	if (r == 0)
		r = judge_decided(&t, &o, execution_scenario(w, first)->name, first->cpus, &decided,
				  e);
	if (r < 0 || !decided)
		return r;
	for (; index + *out < w->steps.count; (*out)++) {
		const struct step *step = &w->steps.items[index + *out];

		if (step->scenario != first->scenario || step->cpus != first->cpus)
			break;
	}
	return 0;
}

static bool is_over(const struct execution *w, size_t index)
{
	return w->states[index].ok || w->states[index].attempts > w->x->retries;
}

/* To the next step that is to be made: 1; 0: there is none. */
static int find_pending(struct execution *w, struct err *e)
{
	size_t skip = 0;

	for (; w->at < w->steps.count; w->at++) {
		int r = spared(w, w->at, &skip, e);

		if (r < 0)
			return r;
		if (skip) {
			pace_spared(&w->pace, skip);
			w->at += skip - 1;
			continue;
		}
		if (!is_over(w, w->at))
			return 1;
		pace_spared(&w->pace, 1);
	}
	return 0;
}

/* A loop's source: the steps that are pending, each again while the profile allows it. */
static int next_step(void *arg, struct loop_step *out, struct err *e)
{
	struct execution *w = arg;
	const struct step *step;
	int r = find_pending(w, e);

	if (r <= 0)
		return r;
	if (!w->smoked && smoke(w, e) < 0)
		return e->code;
	if (!w->smoked)
		w->pace.start_ns = clock_ns();
	w->smoked = true;
	step = &w->steps.items[w->at];
	show_step(w, step);
	out->of[0] = w->at;
	out->sides[0].request = execution_request(w, w->x->arms[step->arm].kernel, step->cpus,
						  execution_scenario(w, step));
	out->sides[0].request.extra_rest_ns = (uint64_t)step->block * BLOCK_REST_NS;
	out->at[0] = (struct run_place){ .experiment = w->id,
					 .block = step->block,
					 .position = step->position,
					 .attempt = w->states[w->at].attempts,
					 .side = w->x->arms[step->arm].name };
	return 1;
}

static int take_step(void *arg, struct loop_step *made, unsigned side, struct err *e)
{
	struct execution *w = arg;
	struct step_state *state = &w->states[made->of[side]];

	(void)e;
	state->attempts++;
	state->ok = !made->sides[side].err.code;
	if (is_over(w, made->of[side])) {
		pace_made(&w->pace);
		w->at++;
	}
	return 0;
}

static int run_steps(struct execution *w, struct err *e)
{
	const struct loop_source source = { .next = next_step, .take = take_step, .arg = w };
	struct loop loop = { .s = w->s, .source = &source };
	int r;

	pace_begin(&w->pace, w->s->teller, w->steps.count,
		   (double)w->steps.count *
			   (w->accel == ACCEL_ICOUNT ? PACE_STEP_S : PACE_TIMED_STEP_S));
	r = loop_run(&loop, e);
	teller_done(w->s->teller);
	if (r < 0 && r != -ECANCELED && drop_unmeasured(w->s, w->id))
		return r;
	if (r < 0)
		return err_wrap(e, "%zu of %zu steps are done; 'slowpath run --resume %s' goes on",
				w->pace.done, w->steps.count, w->id);
	return w->finished ? 0 : finish(w, e);
}

int execute_experiment(struct execution *w, const char *resume, struct err *e)
{
	int r = execution_set_out(w, resume, e);

	w->s->lab.tsc_khz = w->accel == ACCEL_TCG ? tsc_measure_khz() : 0;
	return r < 0 ? r : run_steps(w, e);
}
