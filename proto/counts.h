/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The counts file: what the plugin writes at the DUMP marker, to a temporary name that it renames.
 *
 *	struct counts_header
 *	struct counts_record[n_records]		in no particular order
 *	struct counts_insn[n_insns]
 *	char[n_tasks][COUNTS_TASK_BYTES]	names of other tasks, from number 1 on
 *
 * A span is a run of instructions that can be left at its end only: it ends after every
 * instruction that may fault, so that a block which a fault leaves midway is counted as far as it
 * got. What a span's instructions cost is executions * insns.
 */
#ifndef PROTO_COUNTS_H
#define PROTO_COUNTS_H

#include "proto/marker.h"

#include <stdint.h>

#define COUNTS_MAGIC 0x54435053u /* "SPCT" */
#define COUNTS_VERSION 5

/* Names that other tasks go by, with the one for those without; a name has a NUL at its end. */
#define COUNTS_TASKS_MAX 30
#define COUNTS_TASK_BYTES 16
#define COUNTS_TASK_INTERRUPTS "[interrupts]" /* of kernel threads among them */
#define COUNTS_OWN_NAME "slowpath-guest"      /* of the guest's own task, and its children */
#define COUNTS_SPINNER_NAME "slowpath-spin"   /* of the one that runs when nobody else does */

struct counts_header {
	uint32_t magic;
	uint32_t version;
	uint32_t api;	/* plugin API that the plugin was built for */
	uint32_t flags; /* COUNTS_* */
	uint64_t n_records;
	uint64_t regions[MARKER_PHASES]; /* windows in which a region was opened */
	uint32_t crc; /* of all that follows n_insns, which is "halted" and what is behind it */
	uint32_t n_insns;
	uint64_t halted[MARKER_SLOTS]; /* see COUNTS_HALTED */
	uint32_t n_tasks;	       /* fewer than COUNTS_TASKS_MAX */
	uint32_t unused;
};

/* What of the header the checksum covers, from "halted" on. */
#define COUNTS_HEADER_SUMMED (MARKER_SLOTS * sizeof(uint64_t) + 2 * sizeof(uint32_t))

#define COUNTS_OVERFLOW 1u /* a table was full: the counts are incomplete */
/*
 * What the clock went on by while a slot's windows were open and every vCPU was halted is known, in
 * ticks; without it, "halted" is 0 throughout.
 */
#define COUNTS_HALTED 4u

/* What a program did with its region, in whatever window. */
#define COUNTS_REGION_TWICE 8u	   /* opened while it was open */
#define COUNTS_REGION_NOT_OPEN 16u /* closed while it was not */
#define COUNTS_REGION_LEFT_OPEN 32u
#define COUNTS_REGION_WRONG (COUNTS_REGION_TWICE | COUNTS_REGION_NOT_OPEN | COUNTS_REGION_LEFT_OPEN)

enum counts_context {
	COUNTS_TASK = 0,
	COUNTS_INTERRUPT = 1,
	/* Another task ran, whose name is not known; from here on others by their names' numbers.
	 */
	COUNTS_OTHER = 2,
	COUNTS_CONTEXTS = COUNTS_OTHER + COUNTS_TASKS_MAX,
};

struct counts_record {
	uint64_t vaddr; /* of the span's first instruction */
	uint16_t insns; /* instructions in the span */
	uint8_t slot;
	uint8_t context; /* enum counts_context; of other tasks COUNTS_OTHER + number */
	uint32_t first;	 /* number of its first instruction */
	uint64_t executions;
	uint64_t retries;	 /* of these, left unfinished by a page fault */
	uint64_t rep_iterations; /* of these, string iterations after the first */
};

/*
 * Classes of instructions. An instruction is in each that it fits, and in each once: a REP string
 * as well, whose iterations after the first are counted apart.
 */
enum counts_class {
	COUNTS_LOADS = 0,  /* reads memory; POP and RET do */
	COUNTS_STORES = 1, /* writes memory; PUSH and CALL do */
	/*
	 * Read-modify-write with LOCK, or XCHG with memory. A kernel that finds one CPU overwrites
	 * its LOCK prefixes with DS, so at kernel addresses that counts too. On arm64: the atomic
	 * instructions, and the exclusive store that ends what an exclusive load began.
	 */
	COUNTS_ATOMICS = 2,
	COUNTS_BRANCHES = 3, /* jumps, taken or not, and returns; no calls */
	COUNTS_CALLS = 4,    /* CALL, direct or not */
	/* INVLPG, INVPCID, INVLPGB, and moves to CR3 and CR4; on arm64 TLBI. */
	COUNTS_TLB_FLUSHES = 5,
	COUNTS_CLASSES = 6,
};

/* One instruction of a span; a span's stand one behind another. */
struct counts_insn {
	uint16_t offset; /* bytes from the span's first, whose own is 0 */
	uint8_t classes; /* bits 1 << class */
	/*
	 * Of a REP string whose iterations are told apart, the bytes that one moves or fills: 1, 2,
	 * 4 or 8. Else 0.
	 */
	uint8_t element;
};

#endif
