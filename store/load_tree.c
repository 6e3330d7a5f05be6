// SPDX-License-Identifier: GPL-2.0-or-later
/* Tables tree_node and tree_count, of runs whose metric is made of them. */
#include "store/loader.h"

#include <stdlib.h>
#include <string.h>

/* Nodes come in the order of their numbers, and none is left out. */
static int take_node(struct loader *l, struct sql *q, struct err *e)
{
	struct calltree *t = &l->run->measured.tree;
	const uint64_t at = loader_count(l, q, 0);
	const uint64_t parent = t->count ? loader_count(l, q, 1) : 0;
	struct calltree_node *n;

	if (at != t->count || (at && parent >= at))
		return loader_damaged(l, "a call tree's node is out of order", e);
	/* Twice as large whenever it is a power of two: full. */
	if (!(t->count & (t->count - 1))) {
		size_t cap = t->count ? 2 * t->count : 1;
		struct calltree_node *grown = realloc(t->nodes, cap * sizeof(*grown));

		if (!grown)
			return err_oom(e);
		t->nodes = grown;
	}
	n = &t->nodes[t->count];
	*n = (struct calltree_node){ .name = strdup(loader_text(l, q, 2)),
				     .parent = (uint32_t)parent };
	if (!n->name)
		return err_oom(e);
	t->count++;
	return 0;
}

static int take_count(struct loader *l, struct sql *q, struct err *e)
{
	const struct calltree *t = &l->run->measured.tree;
	const uint64_t node = loader_count(l, q, 0), phase = loader_count(l, q, 1),
		       segment = loader_count(l, q, 2);
	unsigned slot;

	if (node >= t->count || phase >= MARKER_PHASES || segment >= MARKER_SEGMENTS)
		return loader_damaged(l, "a call tree's count is of no node, phase or segment", e);
	slot = (unsigned)(phase * MARKER_SEGMENTS + segment);
	t->nodes[node].insns[slot] = loader_count(l, q, 3);
	t->nodes[node].calls[slot] = loader_count(l, q, 4);
	return 0;
}

static int take_nodes(struct loader *l, struct sql *q, struct err *e)
{
	return loader_rows(l, q, take_node, e);
}

static int take_counts(struct loader *l, struct sql *q, struct err *e)
{
	return loader_rows(l, q, take_count, e);
}

int loader_trees(struct loader *l, struct err *e)
{
	int r = loader_each(l, "tree_node",
			    "SELECT node, parent, name FROM tree_node WHERE run = ? ORDER BY run, "
			    "node",
			    loader_is_counted, take_nodes, e);

	return r < 0 ? r
		     : loader_each(l, "tree_count",
				   "SELECT node, phase, segment, insns, calls FROM tree_count "
				   "WHERE run = ? ORDER BY run, node, phase, segment",
				   loader_is_counted, take_counts, e);
}
