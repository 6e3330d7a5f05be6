/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The plugin's counts of one run, summed per function. */
#ifndef LAB_PROFILE_H
#define LAB_PROFILE_H

#include "base/err.h"
#include "proto/marker.h"
#include "symbols/symbols.h"

#include <stddef.h>
#include <stdint.h>

struct profile_function {
	char *name; /* "[user]" for everything outside the kernel */
	uint64_t insns[MARKER_SLOTS];
	uint64_t calls[MARKER_SLOTS];
};

/* Instructions; a REP string instruction counts once, a retry after a fault not at all. */
struct profile_slot {
	uint64_t task;	       /* the measured task: the functions and what is unattributed */
	uint64_t unattributed; /* of these, at kernel addresses that no symbol covers */
	uint64_t interrupts;
	uint64_t others;	 /* other tasks that ran meanwhile */
	uint64_t rep_iterations; /* in all contexts, after the first of each instruction */
	uint64_t retries;	 /* in all contexts */
};

struct profile {
	struct profile_function *functions; /* by name; only those that executed */
	size_t count;
	struct profile_slot slots[MARKER_SLOTS];
	unsigned plugin_api;
};

/* Reads the bytes of a counts file (proto/counts.h). -EPROTO if they do not hold together. */
int profile_read(const void *bytes, size_t len, const struct symbols *symbols, struct profile *out,
		 struct err *e);
void profile_free(struct profile *p);

/*
 * All that was executed while a slot's windows were open, iterations included: this is what
 * -icount's clock has to show.
 */
uint64_t profile_clock_insns(const struct profile *p, unsigned slot);

#endif
