/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The plugin's call tree of one run (proto/tree.h), with the functions' names. */
#ifndef LAB_COUNTS_CALLTREE_H
#define LAB_COUNTS_CALLTREE_H

#include "base/err.h"
#include "proto/marker.h"
#include "symbols/symbols.h"

#include <stddef.h>
#include <stdint.h>

struct calltree_node {
	char *name;		      /* "[user]" for the root, [0]; owned */
	uint32_t parent;	      /* stands before its children */
	uint64_t insns[MARKER_SLOTS]; /* of its own */
	uint64_t calls[MARKER_SLOTS];
};

struct calltree {
	struct calltree_node *nodes; /* owned */
	size_t count;
};

/* -EPROTO if the bytes do not hold together, -ENOMEM if the plugin had too little room. */
int calltree_read(const void *bytes, size_t len, const struct symbols *symbols,
		  struct calltree *out, struct err *e);
void calltree_free(struct calltree *t);

#endif
