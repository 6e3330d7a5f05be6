// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/why/groups.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SMALLEST 1e-4 /* of what an iteration costs */

bool groups_wants(const struct comparison *c, const struct function_delta *f)
{
	return f->name[0] != '[' &&
	       fabs(f->new_insns - f->old_insns) >= SMALLEST * fabs(c->metrics[0].old_one.value);
}

static const char *file_of(const struct code_facts *facts, const char *function)
{
	for (size_t i = 0; i < facts->count; i++) {
		const struct code_fact *f = &facts->at[i];

		if (f->kind == CODE_FILE && !strcmp(f->one, function))
			return f->other;
	}
	return NULL;
}

static struct group_delta *group_of(struct comparison *c, const char *file)
{
	for (size_t i = 0; i < c->n_groups; i++) {
		if (!strcmp(c->groups[i].file, file))
			return &c->groups[i];
	}
	c->groups[c->n_groups].file = strdup(file);
	return c->groups[c->n_groups].file ? &c->groups[c->n_groups++] : NULL;
}

static int by_delta(const void *a, const void *b)
{
	const struct group_delta *x = a, *y = b;
	double dx = fabs(x->delta), dy = fabs(y->delta);

	if (dx != dy)
		return dx > dy ? -1 : 1;
	return strcmp(x->file, y->file);
}

int groups_make(struct comparison *c, const struct code_facts *facts, struct err *e)
{
	double rest = c->unattributed_new - c->unattributed_old;

	c->groups = calloc(c->n_functions + 1, sizeof(*c->groups));
	if (!c->groups)
		return err_oom(e);
	for (size_t i = 0; i < c->n_functions; i++) {
		const struct function_delta *f = &c->functions[i];
		const char *file = file_of(facts, f->name);
		struct group_delta *g = file ? group_of(c, file) : NULL;

		if (file && !g)
			return err_oom(e);
		if (g)
			g->delta += f->new_insns - f->old_insns;
		else
			rest += f->new_insns - f->old_insns;
	}
	if (!c->n_groups)
		return 0;
	qsort(c->groups, c->n_groups, sizeof(*c->groups), by_delta);
	c->groups[c->n_groups++] = (struct group_delta){ .delta = rest };
	return 0;
}
