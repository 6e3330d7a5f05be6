/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the child that calls the kernel's code is told, and what it tells. One shared memory, the
 * plan, is laid out by the parent:
 *
 *	struct plan
 *	struct plan_map[n_maps]		of the guest's memory
 *	struct plan_page[n_pages]	that are put back before every call
 *	uint64_t[n_lines]		cache lines that are flushed before a cold call
 *	struct plan_slot[n_slots]	a hash table: the instructions that may be executed
 *	uint64_t[PLAN_CALLS_MAX]	how long the calls of a block took
 *	uint8_t[n_pages][4096]		what the pages hold at first
 *
 * A second one is the guest's memory. Commands come through a pipe, an answer to each goes back
 * through another. All that the child says is said by code that nobody vouches for.
 */
#ifndef REPLAY_CHILD_PLAN_H
#define REPLAY_CHILD_PLAN_H

#include <stdint.h>

#define PLAN_MAGIC 0x4e504c5350ull

/*
 * Where the child itself lies. Kernels have their memory at ffff8880'00000000 and above; moved
 * down by one constant, what is mapped there ends at 6280'00000000 and the per-CPU entry areas
 * begin at 7580'00000000.
 */
#define PLAN_CHILD 0x700000000000ull
#define PLAN_CHILD_END 0x700000400000ull
#define PLAN_AT 0x700100000000ull
#define PLAN_END 0x700200000000ull
#define PLAN_USER_END 0x7ffffffff000ull

#define PLAN_CALLS_MAX 4096
#define PLAN_PAGE 4096

struct plan_map {
	uint64_t va, ram_at, bytes;
	uint64_t huge; /* large pages are asked for */
};

struct plan_page {
	uint64_t va;
};

struct plan_slot {
	uint64_t va; /* 0: free */
	uint64_t times;
	uint64_t watched; /* its first byte is int3 in a watched call; the byte, plus 256 */
};

enum plan_what {
	PLAN_READY = 1, /* an answer only: it is set up and locked in */
	PLAN_ONCE,	/* pages put back, one call, memory left as it is */
	PLAN_STEPS,	/* the same in single steps, which are counted in the slots */
	PLAN_WATCHED,	/* the same with int3 in the code, which are counted or end it */
	PLAN_PUT_BACK,
	PLAN_WARM,  /* a block of calls */
	PLAN_COLD,  /* a block with lines flushed before each */
	PLAN_EMPTY, /* a block of calls of a function that returns at once */
};

struct plan_command {
	uint32_t what, n;
};

enum plan_status {
	PLAN_DONE,
	PLAN_FAULT,  /* the fault is described in the plan, and the child has ended */
	PLAN_FAILED, /* setting up failed: step and errno are in the plan */
};

struct plan_answer {
	uint32_t what, status;
};

struct plan_fault {
	uint64_t signal, code, address, rip, rsp;
};

struct plan {
	uint64_t magic, bytes;
	uint64_t maps_at, n_maps;
	uint64_t pages_at, n_pages, saved_at;
	uint64_t lines_at, n_lines;
	uint64_t slots_at, n_slots; /* a power of two */
	uint64_t ticks_at;
	uint64_t gs_base, entry;
	uint64_t gpr[16]; /* at the entry */
	uint64_t cpu;	  /* ~0: wherever */
	uint64_t fifo_priority;
	uint64_t cpu_seconds; /* of processor time at most */
	uint64_t run_seconds; /* of it under SCHED_FIFO, without a pause */
	uint64_t steps_max;

	/* Answers. */
	uint64_t failed_step, failed_errno;
	uint64_t pinned, fifo;
	uint64_t after[16], after_rflags;
	uint64_t chain_ticks[2]; /* of PLAN_CHAIN dependent additions, before and after a block */
	uint64_t wide_ticks[2];	 /* of PLAN_WIDE independent ones */
	uint64_t steps;		 /* instructions, a repeated string instruction once */
	uint64_t strayed, strayed_at; /* of them outside the slots, and the first */
	uint64_t steps_ended;	      /* the call had not returned at steps_max */
	struct plan_fault fault;
};

#define PLAN_CHAIN 8000
#define PLAN_WIDE 16000

/* Where the search in the slots begins; linear from there. */
static inline uint64_t plan_slot_of(uint64_t va, uint64_t n_slots)
{
	return (va * 0x9e3779b97f4a7c15ull >> 20) & (n_slots - 1);
}

#endif
