/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A capture: one call of one kernel function, as the plugin plugin/capture leaves it in a folder.
 *
 *	call		struct capture_header
 *			struct capture_function[n_functions]
 *			struct executed[n_executed]	by address
 *			struct access[n_accesses]	by address
 *	ram-before	the guest's physical memory at the entry, from address 0; zeros are holes
 *	ram-after	the same at the return
 *
 * "call" is written last, to a temporary name that is renamed: a folder without it has no capture.
 * All numbers are little-endian, as is the guest.
 */
#ifndef PROTO_CAPTURE_H
#define PROTO_CAPTURE_H

#include <stdint.h>

#define CAPTURE_MAGIC 0x50434c53u /* "SLCP" */
#define CAPTURE_VERSION 1

#define CAPTURE_CALL "call"
#define CAPTURE_RAM_BEFORE "ram-before"
#define CAPTURE_RAM_AFTER "ram-after"

/* Why there is no capture, or what the call did beside its work; bits. */
#define CAPTURE_INTERRUPT 1u  /* an interrupt fell into it */
#define CAPTURE_FAULT 2u      /* it took an exception, as a page fault is one */
#define CAPTURE_SWITCH 4u     /* another task ran in between */
#define CAPTURE_USER 8u	      /* user code was executed before it returned */
#define CAPTURE_FULL 16u      /* it executed or touched more than the tables hold */
#define CAPTURE_OPEN 32u      /* it had not returned when its window was closed */
#define CAPTURE_UNWRITTEN 64u /* memory could not be read, or not be written to the disk */
#define CAPTURE_NEVER 128u    /* no window after the first had such a call, or it had none */

#define CAPTURE_FUNCTIONS_MAX 32
#define CAPTURE_EXECUTED_MAX (1u << 17)
#define CAPTURE_ACCESSES_MAX (1u << 23)

/* General registers are in the order of their numbers in instructions: rax rcx rdx rbx rsp rbp. */
struct cpu_regs {
	uint64_t gpr[16];
	uint64_t rip, rflags; /* without the arithmetic flags, which no call depends on */
	uint64_t cr0, cr3, cr4, efer;
	uint64_t fs_base, gs_base, kernel_gs_base;
};

/* One instruction that was executed between entry and return. */
struct executed {
	uint64_t va;
	uint64_t times; /* attempts: one more for each repetition of a string instruction */
	uint8_t n_bytes;
	uint8_t bytes[15];
};

/* One 8-byte word that was touched in between; @va is a multiple of 8. */
struct access {
	uint64_t va;
	uint64_t n_loads, n_stores;
};

struct capture_header {
	uint32_t magic;
	uint32_t version;
	uint32_t crc;	/* CRC-32 of all that is behind it in the file */
	uint32_t flags; /* CAPTURE_*: 0, or there are no registers, no memory and no instructions */
	uint64_t function_va, return_va;
	struct cpu_regs before, after;
	uint64_t ram_bytes;
	uint64_t insns;	  /* executed in between, calls included */
	uint64_t ordinal; /* of the captured one in its window, from 0 */
	uint32_t segment;
	uint32_t attempts;
	uint32_t n_functions, n_executed, n_accesses;
	uint32_t unused;
};

/* A function that was looked for, in the first window of a segment. */
struct capture_function {
	uint64_t va;
	uint64_t calls, insns;		  /* that returned, and what they executed together */
	uint64_t least_insns, most_insns; /* of one */
	uint64_t window_insns;		  /* what the whole window executed in the kernel */
	uint32_t segment;
	uint32_t flags; /* CAPTURE_*, of all of them */
};

#endif
