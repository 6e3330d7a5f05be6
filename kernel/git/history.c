// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/git/history.h"

#include "base/cleanup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void history_free(struct history *h)
{
	for (size_t i = 0; i < h->count; i++)
		free(h->ids[i]);
	free(h->ids);
	free(h->merge);
	*h = (struct history){ 0 };
}

/* A line of rev-list --parents: "ID PARENT PARENT...", words ended by NUL. */
struct node {
	char *id;
	char **parents; /* into @words of the graph */
	size_t n_parents;
};

struct graph {
	struct buf text;
	struct node *nodes; /* sorted by id */
	size_t count;
	char **words;
};

static void graph_free(struct graph *g)
{
	buf_free(&g->text);
	free(g->nodes);
	free(g->words);
}

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct node *)a)->id, ((const struct node *)b)->id);
}

static const struct node *find(const struct graph *g, const char *id)
{
	const struct node key = { .id = (char *)id };

	return g->count ? bsearch(&key, g->nodes, g->count, sizeof(key), by_id) : NULL;
}

/* Splits g->text in place. */
static int graph_parse(struct graph *g, struct err *e)
{
	size_t lines = 0, spaces = 0, word = 0;
	char *save_line = NULL, *save = NULL;

	for (const char *p = buf_str(&g->text); *p; p++) {
		lines += *p == '\n';
		spaces += *p == ' ';
	}
	g->nodes = calloc(lines + 1, sizeof(*g->nodes));
	g->words = calloc(spaces + 1, sizeof(*g->words));
	if (!g->nodes || !g->words)
		return err_oom(e);
	if (!g->text.len)
		return 0;
	for (char *l = strtok_r(g->text.data, "\n", &save_line); l;
	     l = strtok_r(NULL, "\n", &save_line)) {
		struct node *n = &g->nodes[g->count++];

		n->id = strtok_r(l, " ", &save);
		n->parents = &g->words[word];
		for (char *w; (w = strtok_r(NULL, " ", &save)); n->n_parents++)
			g->words[word++] = w;
	}
	qsort(g->nodes, g->count, sizeof(*g->nodes), by_id);
	return 0;
}

static int push(struct history *h, const char *id, bool merge, struct err *e)
{
	char **ids = realloc(h->ids, (h->count + 1) * sizeof(*ids));
	bool *merges;

	if (!ids)
		return err_oom(e);
	h->ids = ids;
	merges = realloc(h->merge, (h->count + 1) * sizeof(*merges));
	if (!merges)
		return err_oom(e);
	h->merge = merges;
	h->merge[h->count] = merge;
	h->ids[h->count] = strdup(id);
	if (!h->ids[h->count])
		return err_oom(e);
	h->count++;
	return 0;
}

static void reverse(struct history *h)
{
	for (size_t i = 0, k = h->count; i + 1 < k; i++) {
		char *id = h->ids[i];
		bool merge = h->merge[i];

		k--;
		h->ids[i] = h->ids[k];
		h->merge[i] = h->merge[k];
		h->ids[k] = id;
		h->merge[k] = merge;
	}
}

/* From @bad back to @good; every node of the graph comes from good, by one of its parents. */
static int walk(const struct graph *g, const char *good, const char *bad, struct history *out,
		struct err *e)
{
	const char *at = bad;
	int r = 0;

	while (r == 0 && strcmp(at, good) != 0) {
		const struct node *n = find(g, at);
		const char *next = NULL;

		if (!n || out->count > g->count)
			return err_set(e, EBADMSG, "git's list of commits has no way from %s to %s",
				       good, bad);
		r = push(out, at, n->n_parents > 1, e);
		for (size_t i = 0; i < n->n_parents && !next; i++) {
			if (!strcmp(n->parents[i], good) || find(g, n->parents[i]))
				next = n->parents[i];
		}
		at = next ? next : "";
	}
	if (r == 0)
		r = push(out, good, false, e);
	reverse(out);
	return r;
}

/* 1: it is, 0: it is not. */
static int is_ancestor(const struct git_tree *t, const char *older, const char *newer,
		       struct err *e)
{
	const char *ask[] = { "merge-base", "--is-ancestor", older, newer, NULL };
	int r = git_run(t->dir, ask, false, NULL, e);

	if (r == 0 || r == 1)
		return !r;
	return r < 0 ? r : err_set(e, EIO, "git merge-base %s %s fails", older, newer);
}

static int merge_base(const struct git_tree *t, const char *a, const char *b, char **out,
		      struct err *e)
{
	const char *ask[] = { "merge-base", a, b, NULL };
	_cleanup_buf_ struct buf answer = { 0 };
	int r = git_run(t->dir, ask, false, &answer, e);

	*out = NULL;
	if (r < 0 || r > 1)
		return r < 0 ? r : err_set(e, EIO, "git merge-base %s %s fails", a, b);
	if (r == 1 || !answer.len)
		return 0;
	*out = strndup(answer.data, strcspn(answer.data, "\n"));
	return *out ? 0 : err_oom(e);
}

static int check_ends(const struct git_tree *t, const char *good, const char *bad, struct err *e)
{
	_cleanup_free_ char *base = NULL;
	int r;

	if (!strcmp(good, bad))
		return err_set(e, EINVAL, "good and bad are the same commit, %.*s", GIT_SHORT,
			       good);
	r = is_ancestor(t, good, bad, e);
	if (r)
		return r < 0 ? r : 0;
	r = is_ancestor(t, bad, good, e);
	if (r)
		return r < 0 ? r
			     : err_set(e, EINVAL,
				       "good and bad are swapped: bad (%.*s) is an ancestor of "
				       "good (%.*s)",
				       GIT_SHORT, bad, GIT_SHORT, good);
	r = merge_base(t, good, bad, &base, e);
	if (r < 0)
		return r;
	if (!base)
		return err_set(e, EINVAL,
			       "good (%.*s) and bad (%.*s) are of unrelated histories: no commit "
			       "is in both",
			       GIT_SHORT, good, GIT_SHORT, bad);
	return err_set(e, EINVAL,
		       "good (%.*s) is no ancestor of bad (%.*s), so no commit of one leads to the "
		       "other; their histories part at %.*s, which may do as good",
		       GIT_SHORT, good, GIT_SHORT, bad, GIT_SHORT, base);
}

int history_chain(const struct git_tree *t, const char *good, const char *bad, struct history *out,
		  struct err *e)
{
	_cleanup_free_ char *range = str_printf("%s..%s", good, bad);
	const char *ask[] = { "rev-list", "--ancestry-path", "--parents", range, NULL };
	_cleanup_(graph_free) struct graph g = { 0 };
	int r = range ? check_ends(t, good, bad, e) : err_oom(e);

	*out = (struct history){ 0 };
	if (r == 0)
		r = git_run(t->dir, ask, true, &g.text, e);
	if (r == 0)
		r = graph_parse(&g, e);
	if (r == 0)
		r = walk(&g, good, bad, out, e);
	if (r < 0)
		history_free(out);
	return r;
}

/* What git lists as changing @paths; of a merge, against whichever parent. */
static int list_touching(const struct git_tree *t, const struct history *h,
			 const char *const *paths, struct graph *out, struct err *e)
{
	_cleanup_free_ char *range = str_printf("%s..%s", h->ids[0], h->ids[h->count - 1]);
	size_t n = 5, more = 0;
	_cleanup_free_ const char **ask = NULL;
	int r;

	while (paths[more])
		more++;
	ask = calloc(n + more + 1, sizeof(*ask));
	if (!range || !ask)
		return err_oom(e);
	ask[0] = "rev-list";
	ask[1] = "--ancestry-path";
	ask[2] = "--full-history";
	ask[3] = range;
	ask[4] = "--";
	memcpy(ask + n, paths, more * sizeof(*ask));
	r = git_run(t->dir, ask, true, &out->text, e);
	return r == 0 ? graph_parse(out, e) : r;
}

/* 1: the paths differ, 0: they do not. */
static int differ(const struct git_tree *t, const char *a, const char *b, const char *const *paths,
		  struct err *e)
{
	const char *ask[] = { "diff-tree", "--quiet", "-r", a, b, "--", NULL, NULL };

	for (; *paths; paths++) {
		int r;

		ask[6] = *paths;
		r = git_run(t->dir, ask, false, NULL, e);
		if (r)
			return r;
	}
	return 0;
}

int history_limit(const struct git_tree *t, struct history *h, const char *const *paths,
		  struct err *e)
{
	_cleanup_(graph_free) struct graph touching = { 0 };
	struct history kept = { 0 };
	int r = list_touching(t, h, paths, &touching, e);

	for (size_t i = 0; r == 0 && i < h->count; i++) {
		bool end = i == 0 || i + 1 == h->count;
		int keep = end || find(&touching, h->ids[i]);

		if (keep && !end && h->merge[i])
			keep = differ(t, h->ids[i - 1], h->ids[i], paths, e);
		if (keep)
			r = keep < 0 ? keep : push(&kept, h->ids[i], h->merge[i], e);
	}
	if (r < 0) {
		history_free(&kept);
		return r;
	}
	history_free(h);
	*h = kept;
	return 0;
}

int history_beside(const struct git_tree *t, const char *merge, const char *parent, size_t n,
		   struct history *out, struct err *e)
{
	const char *ask[] = { "rev-list", "--parents", "-1", merge, NULL };
	_cleanup_(graph_free) struct graph g = { 0 };
	_cleanup_free_ char *base = NULL;
	const char *other = NULL;
	int r = git_run(t->dir, ask, true, &g.text, e);

	*out = (struct history){ 0 };
	if (r == 0)
		r = graph_parse(&g, e);
	if (r < 0)
		return r;
	for (size_t i = 0; g.count && i < g.nodes[0].n_parents && !other; i++) {
		if (strcmp(g.nodes[0].parents[i], parent) != 0 && n-- == 0)
			other = g.nodes[0].parents[i];
	}
	if (!other)
		return err_set(e, ENOENT, "%.*s has no such parent", GIT_SHORT, merge);
	r = merge_base(t, parent, other, &base, e);
	if (r < 0)
		return r;
	/* Another root has no chain to search. */
	if (!base || !strcmp(base, other))
		return 0;
	return history_chain(t, base, other, out, e);
}
