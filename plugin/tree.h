/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The call tree of the measured task's kernel code, followed by the stack slots of return
 * addresses: a CALL stores one, the RET that loads it from there ends the call. (On arm64 a call
 * leaves no trace in memory; a RET ends the last one, as no thunk of its kernel returns to anywhere
 * else.) Entering a function
 * at its first instruction names the call; entering another without a CALL (a jump, or a thunk's
 * RET) renames it. Exceptions are calls that IRET ends, ERET on arm64, where what comes from user
 * code, be it a system call or a fault, ends in the ERET that goes back there. While an interrupt
 * or another task runs, nothing is followed, so that neither can confuse it.
 *
 * One vCPU only: the counters that translated code keeps for it are that one's.
 */
#ifndef PLUGIN_TREE_H
#define PLUGIN_TREE_H

#include "plugin/api.h"
#include "plugin/table.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Executed so far, in translated code's own words; see tree_count_span(). */
struct tree_counters {
	uint64_t insns; /* but for REP strings that are told apart */
	/* Executions and accesses of those with one access an iteration, and with two. */
	uint64_t rep[2], rep_accesses[2];
};

enum tree_side { TREE_USER, TREE_KERNEL, TREE_SIDES };

struct tree_path_node {
	uint64_t vaddr;
	uint32_t parent;
	uint64_t insns[MARKER_SLOTS], calls[MARKER_SLOTS];
};

struct tree_frame {
	uint64_t slot;	   /* address of the return address; unused for exceptions */
	uint32_t base;	   /* node that called */
	uint32_t node;	   /* what it is in now */
	bool is_exception; /* of kernel code: IRET ends it */
};

#define TREE_FRAMES_MAX 512

struct tree {
	uint64_t *starts; /* of functions, sorted */
	size_t n_starts;
	struct tree_path_node *nodes;
	uint32_t n_nodes, cap_nodes;
	uint32_t *hash; /* node + 1 by (parent, vaddr); open addressing */
	uint32_t cap_hash;
	struct tree_frame frames[TREE_FRAMES_MAX];
	unsigned depth;
	uint32_t current;
#if PLUGIN_API == 1
	struct tree_counters words[TREE_SIDES];
#else
	struct qemu_plugin_scoreboard *words;
#endif
	uint64_t settled[TREE_SIDES]; /* instructions that were charged to a node, or to nobody */
	uint64_t entered_insns;	      /* of the kernel's when a function was last entered */
	bool took_back;		      /* the last exception's instruction, on this side: */
	enum tree_side taken_from;
	bool full;
};

/* Reads the functions' addresses (64-bit words, sorted) and makes the root. 0 or -1. */
int tree_open(struct tree *t, const char *functions_path);
bool tree_is_start(const struct tree *t, uint64_t vaddr);
/* The start of the function that @vaddr is in; 0: before all of them. */
uint64_t tree_start_of(const struct tree *t, uint64_t vaddr);
/* Has the translated code count a span that begins with @first. */
void tree_count_span(struct tree *t, struct qemu_plugin_insn *first, const struct span *s);
/* Adds to (or takes from) what the kernel executed. */
void tree_add_kernel(struct tree *t, int insns);

/*
 * Charges what came since the last time: kernel code to the current node if @task, user code to the
 * root unless @other; in @slot, or nobody if it is negative.
 */
void tree_settle(struct tree *t, int slot, bool task, bool other);
/*
 * To be called before tree_settle(), when the task met an exception: of a page fault, the last
 * instruction is taken back, as it was attempted and no more; so is a call if it was its first.
 */
void tree_take_back(struct tree *t, int slot, bool is_page_fault);
/* It was no attempt at an instruction after all: what was taken back is given back. */
void tree_give_back(struct tree *t);
/* The instruction that was taken back is a MOVS, whose store faulted: it had loaded. */
void tree_forget_load(struct tree *t);
/*
 * Where it is known later only that it was a page fault: the instruction at @vaddr, which met the
 * exception that the task is in, is taken back.
 */
void tree_take_attempt(struct tree *t, int slot, uint64_t vaddr);
/* The rest is to be called when the task executes, after tree_settle(). */
void tree_user(struct tree *t);	       /* it is in user mode */
void tree_system_call(struct tree *t); /* it enters the kernel from there */
void tree_exception(struct tree *t);
void tree_undo_exception(struct tree *t); /* it was not the task's */
void tree_call(struct tree *t, uint64_t slot);
void tree_return(struct tree *t, uint64_t slot);
void tree_return_last(struct tree *t); /* what was called last returns */
void tree_iret(struct tree *t);
void tree_enter(struct tree *t, uint64_t vaddr, int slot); /* at a function's first instruction */

int tree_write(const struct tree *t, const char *path);

#endif
