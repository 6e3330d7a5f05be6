/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was executed and touched since the last seen_clear(). */
#ifndef PLUGIN_CAPTURE_SEEN_H
#define PLUGIN_CAPTURE_SEEN_H

#include "proto/capture.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One instruction as it was translated; lives as long as the plugin. */
struct site {
	struct executed insn;
	uint32_t flags; /* CAPTURE_*: what executing it means */
	bool repeats;	/* a string instruction, executed again for each element */
	bool listed;	/* in seen.executed */
	struct site *next;
};

struct seen {
	struct site **executed; /* in the order of their first execution */
	size_t n_executed;
	struct access *accesses; /* a hash table; no loads and no stores: free */
	size_t n_accesses, cap;
	bool full;
};

/* The site of these bytes at @va, made if need be; NULL: no memory. */
struct site *site_of(uint64_t va, const uint8_t *bytes, size_t len);

void seen_clear(struct seen *s);
void seen_executed(struct seen *s, struct site *site);
/* Of @len bytes at @va. */
void seen_access(struct seen *s, uint64_t va, size_t len, bool is_store);
/* Sorts both by address and closes the gaps of the table; seen_clear() makes it one again. */
void seen_sort(struct seen *s);

#endif
