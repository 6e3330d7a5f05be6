/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The counts file: what the plugin writes at the DUMP marker, to a temporary name that it renames.
 *
 *	struct counts_header
 *	struct counts_record[n_records]		in no particular order
 *
 * A span is a run of instructions that can be left at its end only: it ends after every
 * instruction that may fault, so that a block which a fault leaves midway is counted as far as it
 * got. What a span's instructions cost is executions * insns.
 */
#ifndef PROTO_COUNTS_H
#define PROTO_COUNTS_H

#include <stdint.h>

#define COUNTS_MAGIC 0x54435053u /* "SPCT" */
#define COUNTS_VERSION 1

struct counts_header {
	uint32_t magic;
	uint32_t version;
	uint32_t api;	/* plugin API that the plugin was built for */
	uint32_t flags; /* COUNTS_* */
	uint64_t n_records;
	uint32_t crc; /* of the records */
	uint32_t reserved;
};

#define COUNTS_OVERFLOW 1u /* a table was full: the counts are incomplete */

enum counts_context {
	COUNTS_TASK = 0,
	COUNTS_INTERRUPT = 1,
	COUNTS_OTHER = 2, /* another task ran */
	COUNTS_CONTEXTS = 3,
};

struct counts_record {
	uint64_t vaddr; /* of the span's first instruction */
	uint16_t insns; /* instructions in the span */
	uint8_t slot;
	uint8_t context; /* enum counts_context */
	uint32_t flags;	 /* COUNTS_SPAN_* */
	uint64_t executions;
	uint64_t retries;	 /* of these, left by a fault and started again */
	uint64_t rep_iterations; /* of these, string iterations after the first */
};

#endif
