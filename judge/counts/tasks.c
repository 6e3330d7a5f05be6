// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/counts/tasks.h"

#include "base/cleanup.h"
#include "reading/slope.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void tasks_free(struct task_delta *tasks, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(tasks[i].functions);
	free(tasks);
}

const char *task_said(const struct task_delta *t)
{
	return *t->name ? t->name : "(no name)";
}

static double mean_or_none(const struct slope *s, const uint64_t *values)
{
	return values ? slope_mean(s, values) : 0;
}

static int add_task(struct comparison *c, const struct slope slopes[2],
		    const struct profile_task *o, const struct profile_task *n, struct err *e)
{
	static const struct profile_task none;
	struct task_delta *t = &c->tasks[c->n_tasks];
	const struct profile_task *of[] = { o ? o : &none, n ? n : &none };
	struct profile profiles[2] = { 0 };
	uint64_t insns[MARKER_SLOTS];

	t->name = o ? o->name : n->name;
	for (unsigned side = 0; side < 2; side++) {
		profiles[side].functions = of[side]->functions;
		profiles[side].count = of[side]->count;
		profile_task_insns(of[side], insns);
		*(side ? &t->new_insns : &t->old_insns) = slope_mean(&slopes[side], insns);
	}
	t->unattributed = mean_or_none(&slopes[1], of[1]->unattributed) -
			  mean_or_none(&slopes[0], of[0]->unattributed);
	if (compare_functions(slopes, &profiles[0], &profiles[1], &t->functions, &t->n_functions,
			      e) < 0)
		return e ? e->code : -1;
	if (t->n_functions || t->old_insns != 0 || t->new_insns != 0)
		c->n_tasks++;
	else
		free(t->functions);
	return 0;
}

static int by_cost(const void *a, const void *b)
{
	const struct task_delta *x = a, *y = b;
	double cost_x = fmax(x->old_insns, x->new_insns), cost_y = fmax(y->old_insns, y->new_insns);

	if (cost_x != cost_y)
		return cost_x > cost_y ? -1 : 1;
	return strcmp(x->name, y->name);
}

int compare_tasks(const struct slope slopes[2], const struct run *old_run,
		  const struct run *new_run, struct comparison *c, struct err *e)
{
	const struct profile *o = &old_run->profile, *n = &new_run->profile;
	size_t i = 0, k = 0;
	int r = 0;

	if (!o->n_tasks && !n->n_tasks)
		return 0;
	c->tasks = calloc(o->n_tasks + n->n_tasks, sizeof(*c->tasks));
	if (!c->tasks)
		return err_oom(e);
	while (r == 0 && (i < o->n_tasks || k < n->n_tasks)) {
		const struct profile_task *x = i < o->n_tasks ? &o->tasks[i] : NULL;
		const struct profile_task *y = k < n->n_tasks ? &n->tasks[k] : NULL;
		int order = x && y ? strcmp(x->name, y->name) : x ? -1 : 1;

		i += order <= 0;
		k += order >= 0;
		if (strcmp(order <= 0 ? x->name : y->name, COUNTS_SPINNER_NAME) != 0)
			r = add_task(c, slopes, order <= 0 ? x : NULL, order >= 0 ? y : NULL, e);
	}
	qsort(c->tasks, c->n_tasks, sizeof(*c->tasks), by_cost);
	return r;
}
