// SPDX-License-Identifier: GPL-2.0-or-later
#include "bisect/commits.h"

#include "base/cleanup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Merges within merges; pull requests are not nested deeper. */
#define DEPTH_MAX 16

static void culprit_free(struct culprit *c)
{
	free(c->last_good);
	free(c->first_bad);
	free(c->parent);
	free(c->merged_by);
}

void culprits_free(struct culprits *c)
{
	for (size_t i = 0; i < c->count; i++)
		culprit_free(&c->items[i]);
	free(c->items);
	*c = (struct culprits){ 0 };
}

/* One chain while it is searched. */
struct chain {
	const struct history *whole;
	struct history limited; /* without what the paths exclude */
	const char *merged_by;
};

static void chain_free(struct chain *c)
{
	history_free(&c->limited);
}

static int limit(const struct commit_search *s, const struct history *whole, struct history *out,
		 struct err *e)
{
	*out = (struct history){ .ids = calloc(whole->count, sizeof(*out->ids)),
				 .merge = calloc(whole->count, sizeof(*out->merge)) };
	if (!out->ids || !out->merge) {
		history_free(out);
		return err_oom(e);
	}
	for (size_t i = 0; i < whole->count; i++) {
		out->ids[i] = strdup(whole->ids[i]);
		out->merge[i] = whole->merge[i];
		out->count++;
		if (!out->ids[i]) {
			history_free(out);
			return err_oom(e);
		}
	}
	return s->paths ? history_limit(s->tree, out, s->paths, e) : 0;
}

static size_t index_of(const struct history *h, const char *id)
{
	size_t i = 0;

	while (i < h->count && strcmp(h->ids[i], id) != 0)
		i++;
	return i;
}

/* A branch may merge what the chain has already: that is named once. */
static bool is_there(const struct culprits *out, const char *commit)
{
	for (size_t i = 0; i < out->count; i++) {
		if (!strcmp(out->items[i].first_bad, commit))
			return true;
	}
	return false;
}

static int add(struct culprits *out, const struct culprit *like, struct err *e)
{
	struct culprit *grown, *c;

	if (is_there(out, like->first_bad))
		return 0;
	grown = realloc(out->items, (out->count + 1) * sizeof(*grown));
	if (!grown)
		return err_oom(e);
	out->items = grown;
	c = &out->items[out->count];
	*c = *like;
	c->last_good = strdup(like->last_good);
	c->first_bad = strdup(like->first_bad);
	c->parent = strdup(like->parent);
	c->merged_by = like->merged_by ? strdup(like->merged_by) : NULL;
	if (!c->last_good || !c->first_bad || !c->parent || (like->merged_by && !c->merged_by)) {
		culprit_free(c);
		return err_oom(e);
	}
	out->count++;
	return 0;
}

static int search_chain(const struct commit_search *s, const struct history *whole,
			const char *merged_by, unsigned depth, struct culprits *out, struct err *e);

/* Looks at what each other parent of a merge brought in: 1 if that has changes of its own. */
static int search_merge(const struct commit_search *s, const struct culprit *c, unsigned depth,
			struct culprits *out, struct err *e)
{
	const size_t before = out->count;
	int r = 0;

	for (size_t n = 0; r == 0 && depth < DEPTH_MAX; n++) {
		_cleanup_history_ struct history branch = { 0 };

		r = history_beside(s->tree, c->first_bad, c->parent, n, &branch, e);
		if (r == 0 && branch.count)
			r = search_chain(s, &branch, c->first_bad, depth + 1, out, e);
	}
	if (r == -ENOENT) { /* that was the last parent */
		err_clear(e);
		r = 0;
	}
	return r < 0 ? r : out->count > before;
}

/* One step between two commits that were measured. */
static int take_step(const struct commit_search *s, const struct chain *chain,
		     const struct chain_step *step, unsigned depth, struct culprits *out,
		     struct err *e)
{
	const struct history *whole = chain->whole;
	size_t bad = index_of(whole, chain->limited.ids[step->first_bad]);
	struct culprit c = {
		.last_good = chain->limited.ids[step->last_good],
		.first_bad = whole->ids[bad],
		.parent = whole->ids[bad - 1],
		.merged_by = (char *)chain->merged_by,
		.suspects = step->first_bad - step->last_good,
		.old_value = step->old_value,
		.new_value = step->new_value,
		.slower = step->slower,
		.by_part = step->by_part,
		.probability = step->probability,
	};
	int r;

	if (whole->merge[bad] && c.suspects == 1) {
		r = search_merge(s, &c, depth, out, e);
		if (r)
			return r < 0 ? r : 0;
		c.merge = true;
	}
	return add(out, &c, e);
}

static int search_chain(const struct commit_search *s, const struct history *whole,
			const char *merged_by, unsigned depth, struct culprits *out, struct err *e)
{
	_cleanup_(chain_free) struct chain chain = { .whole = whole, .merged_by = merged_by };
	_cleanup_free_ struct chain_step *steps = calloc(whole->count, sizeof(*steps));
	size_t n = 0;
	int r = steps ? limit(s, whole, &chain.limited, e) : err_oom(e);

	if (r == 0)
		r = s->search(s->arg, &chain.limited, steps, &n, e);
	if (r < 0)
		return r;
	out->commits += chain.limited.count - 1;
	for (size_t i = 0; r == 0 && i < n; i++)
		r = take_step(s, &chain, &steps[i], depth, out, e);
	return r;
}

int commits_search(const struct commit_search *s, const struct history *chain, struct culprits *out,
		   struct err *e)
{
	int r;

	*out = (struct culprits){ 0 };
	r = search_chain(s, chain, NULL, 0, out, e);
	if (r < 0)
		culprits_free(out);
	return r;
}
