// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/counts/calltree.h"

#include "lab/counts/profile.h"
#include "proto/crc32.h"
#include "proto/tree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void calltree_free(struct calltree *t)
{
	for (size_t i = 0; i < t->count; i++)
		free(t->nodes[i].name);
	free(t->nodes);
	*t = (struct calltree){ 0 };
}

static int check(const void *bytes, size_t len, struct tree_header *h, struct err *e)
{
	if (len < sizeof(*h))
		return err_set(e, EPROTO, "the plugin's tree is cut short");
	memcpy(h, bytes, sizeof(*h));
	if (h->magic != TREE_MAGIC || h->version != TREE_VERSION)
		return err_set(e, EPROTO, "the plugin's tree is of another version");
	if (len - sizeof(*h) != (uint64_t)h->n_nodes * sizeof(struct tree_node) +
					(uint64_t)h->n_counts * sizeof(struct tree_count) ||
	    !h->n_nodes)
		return err_set(e, EPROTO, "the plugin's tree is cut short");
	if (crc32_update(0, (const char *)bytes + sizeof(*h), len - sizeof(*h)) != h->crc)
		return err_set(e, EPROTO, "the plugin's tree does not match its checksum");
	if (h->flags & TREE_OVERFLOW)
		return err_set(e, ENOMEM, "the plugin ran out of room for its tree");
	return 0;
}

static char *name_of(const struct symbols *symbols, uint64_t vaddr)
{
	char text[32];
	bool entry;
	long f;

	if (!vaddr)
		return strdup("[user]");
	f = symbols_find(symbols, vaddr, &entry);
	if (f >= 0)
		return strdup(symbols_name(symbols, (size_t)f));
	snprintf(text, sizeof(text), "%#llx", (unsigned long long)vaddr);
	return strdup(text);
}

static int take_nodes(const char *at, uint32_t n, const struct symbols *symbols,
		      struct calltree *out, struct err *e)
{
	out->nodes = calloc(n, sizeof(*out->nodes));
	if (!out->nodes)
		return err_oom(e);
	for (uint32_t i = 0; i < n; i++) {
		struct tree_node node;

		memcpy(&node, at + i * sizeof(node), sizeof(node));
		if ((i && node.parent >= i) || (i == 0 && node.vaddr) || (i && !node.vaddr))
			return err_set(e, EPROTO, "the plugin's tree is no tree at node %u", i);
		out->nodes[i].parent = i ? node.parent : 0;
		out->nodes[i].name = name_of(symbols, node.vaddr);
		if (!out->nodes[i].name)
			return err_oom(e);
		out->count++;
	}
	return 0;
}

static int take_counts(const char *at, uint32_t n, struct calltree *out, struct err *e)
{
	for (uint32_t i = 0; i < n; i++) {
		struct tree_count c;
		struct calltree_node *node;

		memcpy(&c, at + i * sizeof(c), sizeof(c));
		if (c.node >= out->count || c.slot >= MARKER_SLOTS || c.insns > PROFILE_INSNS_MAX ||
		    c.calls > PROFILE_INSNS_MAX)
			return err_set(e, EPROTO, "the plugin's tree counts what cannot be");
		node = &out->nodes[c.node];
		if (node->insns[c.slot] || node->calls[c.slot])
			return err_set(e, EPROTO, "the plugin's tree counts node %u twice", c.node);
		node->insns[c.slot] = c.insns;
		node->calls[c.slot] = c.calls;
	}
	return 0;
}

int calltree_read(const void *bytes, size_t len, const struct symbols *symbols,
		  struct calltree *out, struct err *e)
{
	const char *at = (const char *)bytes + sizeof(struct tree_header);
	struct tree_header h;
	int r = check(bytes, len, &h, e);

	*out = (struct calltree){ 0 };
	if (r < 0)
		return r;
	r = take_nodes(at, h.n_nodes, symbols, out, e);
	if (r == 0)
		r = take_counts(at + (size_t)h.n_nodes * sizeof(struct tree_node), h.n_counts, out,
				e);
	if (r < 0)
		calltree_free(out);
	return r;
}
