/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The contention file: what plugin/contention/main.c writes at the DUMP marker, to a temporary name
 * that it renames.
 *
 *	struct contention_header
 *	struct contention_record[n_records]	ascending by slot, address and region
 *
 * A line of the kernel's memory is shared in a window if one virtual CPU wrote it there and another
 * touched it, in whatever order: which of them came first is the emulator's choice, who touched it
 *is not. Of each instruction it is told how often it touched shared lines.
 */
#ifndef PROTO_CONTENTION_H
#define PROTO_CONTENTION_H

#include "proto/marker.h"

#include <stdint.h>

#define CONTENTION_MAGIC 0x4e435053u /* "SPCN" */
#define CONTENTION_VERSION 1u
#define CONTENTION_LINE_BYTES 64u

/* A window touched more than the plugin keeps, or memory ran out: what is told is incomplete. */
#define CONTENTION_FULL 1u

/* What a line is of, by its address, as Documentation/arch/x86/x86_64/mm.rst has it. */
enum contention_region {
	CONTENTION_DIRECT,  /* what was allocated, and what there is of each CPU */
	CONTENTION_VMALLOC, /* stacks of tasks among it */
	CONTENTION_PAGES,   /* struct page */
	CONTENTION_IMAGE,   /* the kernel's own variables */
	CONTENTION_REGIONS,
};

struct contention_header {
	uint32_t magic;
	uint32_t version;
	uint32_t flags; /* CONTENTION_* */
	uint32_t crc;	/* of all that follows */
	uint64_t n_records;
	uint64_t windows[MARKER_SLOTS];
	/* Shared lines, each once in a window, summed over the windows. */
	uint64_t lines[MARKER_SLOTS][CONTENTION_REGIONS];
};

struct contention_record {
	uint64_t vaddr; /* of the instruction */
	uint64_t loads, stores;
	uint8_t slot;
	uint8_t region; /* enum contention_region */
	uint8_t unused[6];
};

#endif
