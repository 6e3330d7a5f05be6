// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/why/flame.h"

#include "base/cleanup.h"
#include "reading/slope.h"

#include <stdlib.h>
#include <string.h>

void flame_free(struct flame *f)
{
	free(f->nodes);
	*f = (struct flame){ 0 };
}

/* The node of that name under a parent, made if there is none. Room was made before. */
static uint32_t child(struct flame *f, uint32_t parent, const char *name)
{
	for (uint32_t i = parent + 1; i < f->count; i++) {
		if (f->nodes[i].parent == parent && !strcmp(f->nodes[i].name, name))
			return i;
	}
	f->nodes[f->count] = (struct flame_node){ .name = name, .parent = parent };
	return (uint32_t)f->count++;
}

static int add_side(const struct scenario *s, const struct run *run, unsigned side, struct flame *f,
		    struct err *e)
{
	const struct calltree *t = &run->tree;
	_cleanup_free_ uint32_t *at = calloc(t->count + 1, sizeof(*at));
	struct slope slope = slope_whole(s, run);

	if (!at)
		return err_oom(e);
	for (size_t i = 0; i < t->count; i++) {
		const struct calltree_node *n = &t->nodes[i];

		at[i] = i ? child(f, at[n->parent], n->name) : 0;
		f->nodes[at[i]].own[side] += slope_mean(&slope, n->insns);
		f->nodes[at[i]].calls[side] += slope_mean(&slope, n->calls);
	}
	return 0;
}

void flame_sum(struct flame *f)
{
	for (size_t i = 0; i < f->count; i++) {
		f->nodes[i].whole[0] = f->nodes[i].own[0];
		f->nodes[i].whole[1] = f->nodes[i].own[1];
	}
	for (size_t i = f->count; i-- > 1;) {
		struct flame_node *parent = &f->nodes[f->nodes[i].parent];

		parent->whole[0] += f->nodes[i].whole[0];
		parent->whole[1] += f->nodes[i].whole[1];
	}
}

int flame_make(const struct scenario *s, const struct run *old_run, const struct run *new_run,
	       struct flame *out, struct err *e)
{
	int r;

	*out = (struct flame){ 0 };
	out->nodes = calloc(old_run->tree.count + new_run->tree.count + 1, sizeof(*out->nodes));
	if (!out->nodes)
		return err_oom(e);
	out->nodes[out->count++] = (struct flame_node){ .name = "[user]" };
	r = add_side(s, old_run, 0, out, e);
	if (r == 0)
		r = add_side(s, new_run, 1, out, e);
	if (r == 0)
		flame_sum(out);
	return r;
}
