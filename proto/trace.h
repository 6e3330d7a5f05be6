/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The trace: what plugin/trace.c writes of the windows of one phase, for the model of a processor
 * to go through. It is a stream of 64-bit words, in the host's byte order:
 *
 *	TRACE_MAGIC | TRACE_VERSION << 32
 *	records: the kind in bits 63 to 60, and
 *	  BLOCK	flags 59-48, insns 47-32 (1 to TRACE_BLOCK_INSNS), id 31-0: the next one, from 0 up;
 *		then three words an instruction: its address, its bytes 0 to 7, and its bytes 8 to
 *14 with their number (1 to 15) in the last byte EXEC	id 31-0: the block begins to execute LOAD,
 *STORE  index of the instruction in the block 59-50, 49 unused, address 48-0, of which bit 48
 *stands for all above it OPEN	slot 7-0 (proto/marker.h): a window opens; what is executed outside
 *of one is not told CLOSE	the window closes END	words before this one 59-0; the last
 *
 * A block is told of before it first executes. All of its instructions execute, unless the next
 * record that is not a LOAD or a STORE is the EXEC of a block with TRACE_EXCEPTION: then those do
 *up to the last that accessed memory, and the one that would have been next to was not finished. A
 * block that ends otherwise before its end does so at an instruction that changes the processor's
 * state. A REP string executes once, with an access for each line of TRACE_LINE_BYTES that it comes
 * to, loads and stores apart.
 *
 * A window that would not have fitted the limit is left out, and so is all behind it: TRACE_FULL in
 * END's bit 59.
 */
#ifndef PROTO_TRACE_H
#define PROTO_TRACE_H

#include <stdint.h>

#define TRACE_MAGIC 0x43525453u /* "STRC" */
#define TRACE_VERSION 1ull

#define TRACE_BLOCK_INSNS 1023u
#define TRACE_SLOT_MASK 0xffull
#define TRACE_LINE_BYTES 64u

enum trace_kind {
	TRACE_BLOCK = 1,
	TRACE_EXEC,
	TRACE_LOAD,
	TRACE_STORE,
	TRACE_OPEN,
	TRACE_CLOSE,
	TRACE_END,
};

/* What a block's first instruction is, where that matters (plugin/context.h). */
#define TRACE_SYSTEM_CALL 1u
#define TRACE_EXCEPTION 2u
#define TRACE_PAGE_FAULT 4u /* beside TRACE_EXCEPTION */
#define TRACE_INTERRUPT 8u
#define TRACE_SWITCH 16u /* it is in the function that switches tasks */

#define TRACE_FULL (1ull << 59)
#define TRACE_WORDS_MASK ((1ull << 59) - 1)

static inline unsigned trace_kind(uint64_t word)
{
	return (unsigned)(word >> 60);
}

static inline uint64_t trace_address(uint64_t word)
{
	uint64_t low = word & 0xffffffffffffull;

	return word >> 48 & 1 ? low | 0xffff000000000000ull : low;
}

static inline unsigned trace_index(uint64_t word)
{
	return (unsigned)(word >> 50) & 1023;
}

#endif
