/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The plugin's counts of one run, summed per function. */
#ifndef LAB_COUNTS_PROFILE_H
#define LAB_COUNTS_PROFILE_H

#include "base/err.h"
#include "proto/counts.h"
#include "proto/marker.h"
#include "symbols/symbols.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* No run is this long; more is a lie, and would overflow sums. */
#define PROFILE_INSNS_MAX (1ull << 56)
#define PROFILE_ELEMENT_MAX 8 /* bytes that an iteration of a REP string moves at most */

/*
 * What executing costs, of which instructions are one part: the cost vector. Those of functions
 * are the measured task's, and numbers of instructions.
 */
enum cost {
	COST_INSNS,
	COST_LOADS, /* from here on as enum counts_class */
	COST_STORES,
	COST_ATOMICS,
	COST_BRANCHES,
	COST_CALLS,
	COST_TLB_FLUSHES,
	COST_REP_ITERATIONS,		 /* after the first of each string instruction */
	COST_OF_FUNCTIONS,		 /* what follows is known of slots only */
	COST_FAULTS = COST_OF_FUNCTIONS, /* exceptions taken, whoever ran */
	COST_INTERRUPTS,		 /* taken, whoever ran */
	COST_SWITCHES,			 /* from one task to another, whoever ran */
	COST_IPIS,			 /* calls of NAMED_IPI, by the task */
	COST_LOCK_CALLS,		 /* calls of NAMED_LOCK, by the task */
	COST_STRING_BYTES, /* that the task's REP strings moved or filled, by all iterations */
	COST_STRING_INSNS, /* of COST_INSNS, those of NAMED_STRING */
	COST_COUNT,
};

/* "insns", "loads", "tlb_flushes", "lock_calls". */
const char *cost_name(enum cost c);

struct profile_function {
	char *name; /* "[user]" for everything outside the kernel */
	uint64_t insns[MARKER_SLOTS];
	uint64_t calls[MARKER_SLOTS]; /* of this function */
	/* By cost, without COST_INSNS; owned. NULL of a run that was kept (store/record.h). */
	uint64_t (*costs)[MARKER_SLOTS];
};

/* Of the task, at kernel addresses: executions of a run of instructions. */
struct profile_span {
	uint64_t vaddr; /* of its first instruction */
	uint64_t executions;
	uint64_t repeated;	 /* of these, of its last instruction alone */
	uint64_t rep_iterations; /* of these, what was no retry */
	uint32_t first;		 /* number of its first instruction in profile.insns */
	uint16_t insns;
	uint8_t slot;
};

/* Instructions; a REP string instruction counts once, a retry after a fault not at all. */
struct profile_slot {
	uint64_t task;	       /* the measured task: the functions and what is unattributed */
	uint64_t unattributed; /* of these, at kernel addresses that no symbol covers */
	uint64_t interrupts;
	uint64_t others;	    /* other tasks that ran meanwhile */
	uint64_t rep_iterations;    /* in all contexts, after the first of each instruction */
	uint64_t retries;	    /* in all contexts */
	uint64_t halted;	    /* ticks, not instructions, while every CPU was halted */
	uint64_t costs[COST_COUNT]; /* as of functions, and of unattributed code; no COST_INSNS */
};

/*
 * What other tasks of one name executed; all that interrupted kernel threads has the name
 * COUNTS_TASK_INTERRUPTS, and what has none of its own is "".
 */
struct profile_task {
	char name[COUNTS_TASK_BYTES];
	struct profile_function *functions; /* as those of the profile, without costs */
	size_t count;
	uint64_t unattributed[MARKER_SLOTS];
};

struct profile {
	struct profile_function *functions; /* by name; only those that executed */
	size_t count;
	/*
	 * By name; owned. Of a foreign program they are in the functions, too; of several CPUs
	 * there are none.
	 */
	struct profile_task *tasks;
	size_t n_tasks;
	struct profile_slot slots[MARKER_SLOTS];
	uint64_t regions[MARKER_PHASES]; /* windows in which a program opened its region */
	uint32_t region_flags;		 /* COUNTS_REGION_*: what it did wrong */
	unsigned plugin_api;
	bool vector;		    /* functions' costs beyond instructions are known, and spans */
	bool events;		    /* the slots' costs are known */
	bool halted_known;	    /* else the slots' is 0 */
	struct profile_span *spans; /* owned; in no order */
	size_t n_spans;
	struct counts_insn *insns; /* owned; of the spans, and of others */
	size_t n_insns;
};

/*
 * Reads the bytes of a counts file (proto/counts.h). @all_tasks: what other tasks executed counts
 * as the measured one's. -EPROTO if they do not hold together.
 */
int profile_read(const void *bytes, size_t len, const struct symbols *symbols, bool all_tasks,
		 struct profile *out, struct err *e);
void profile_free(struct profile *p);

/* Other tasks of that name; NULL: none ran. */
const struct profile_task *profile_task(const struct profile *p, const char *name);
/* All that one executed, by slot. */
void profile_task_insns(const struct profile_task *t, uint64_t out[MARKER_SLOTS]);

/* Of a slot's other tasks, without the one that only keeps the CPU from halting. */
uint64_t profile_others_insns(const struct profile *p, unsigned slot);
/*
 * Another count, of a task and function not before the last one's, by name; function "" comes
 * first, and is what no symbol covers. -EINVAL if it cannot be, -ENOMEM.
 */
int profile_add_task_count(struct profile *p, const char *task, const char *function, unsigned slot,
			   uint64_t insns, uint64_t calls);
/* In that order, whatever is not 0; until @fn returns anything but 0, which is returned. */
typedef int (*profile_task_fn)(const char *task, const char *function, unsigned slot,
			       uint64_t insns, uint64_t calls, void *arg);
int profile_each_task_count(const struct profile *p, profile_task_fn fn, void *arg);
/* Whether other tasks add up to what the slot has of them. */
bool profile_tasks_possible(const struct profile *p, unsigned slot);
void profile_tasks_free(struct profile *p);

/* A function's cost by slot; NULL if it is not known. @c below COST_OF_FUNCTIONS. */
const uint64_t *profile_cost(const struct profile_function *f, enum cost c);
/*
 * Whether its calls are known. A function that was executed and never entered is known by a part of
 * it alone (foo.part.0, foo.cold). User code, which nobody calls, is no such.
 */
bool profile_knows_calls(const struct profile_function *f);
/* What all of the task cost in a slot. */
uint64_t profile_slot_cost(const struct profile *p, unsigned slot, enum cost c);

/*
 * The cost of slots that is the sum of something of named functions (lab/counts/named.h), if @f is
 * one; *counts are its share, by slot. Else COST_COUNT.
 */
enum cost profile_named_cost(const struct profile_function *f, const uint64_t **counts);

/*
 * All that was executed while a slot's windows were open, iterations included: this is what
 * -icount's clock has to show.
 */
uint64_t profile_clock_insns(const struct profile *p, unsigned slot);

#endif
