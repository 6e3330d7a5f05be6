/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The call tree: what the plugin writes at the DUMP marker if it was asked to, beside the counts.
 *
 *	struct tree_header
 *	struct tree_node[n_nodes]	[0] is the root, user code; parents stand before children
 *	struct tree_count[n_counts]
 *
 * A node is a function as called along one path; its counts are its own, without what it calls, of
 * the measured task alone.
 */
#ifndef PROTO_TREE_H
#define PROTO_TREE_H

#include <stdint.h>

#define TREE_MAGIC 0x45525453u /* "STRE" */
#define TREE_VERSION 1

struct tree_header {
	uint32_t magic;
	uint32_t version;
	uint32_t n_nodes;
	uint32_t n_counts;
	uint32_t crc; /* of all that follows the header */
	uint32_t flags;
};

#define TREE_OVERFLOW 1u /* too many nodes: the tree is incomplete */

struct tree_node {
	uint64_t vaddr; /* where the function begins; 0: the root */
	uint32_t parent;
	uint32_t reserved;
};

struct tree_count {
	uint32_t node;
	uint32_t slot;
	uint64_t insns;
	uint64_t calls;
};

#endif
