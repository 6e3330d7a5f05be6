/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The report: what the guest tells the host. The guest collects frames in memory at REPORT_BASE
 * (a virtual address of its own, the same in every guest), then pauses the machine through the
 * pvpanic port; the host reads the memory of the stopped machine and never trusts a word of it.
 *
 *	struct report_header			one page
 *	{ struct report_frame, payload, padding to 8 bytes } ...
 *
 * header.length counts the bytes of the frames; header.crc covers them.
 */
#ifndef PROTO_REPORT_H
#define PROTO_REPORT_H

#include <stdint.h>

#define REPORT_BASE 0x200000000000ull
#define REPORT_HEADER_BYTES 4096u
#define REPORT_MAX_BYTES (64u << 20)
#define REPORT_MAGIC 0x54525053u /* "SPRT" */
#define REPORT_VERSION 4

#define REPORT_PVPANIC_PORT 0x505
#define REPORT_PAUSE 1 /* written to the port: QEMU stops the machine */

enum report_why {
	REPORT_READY = 1,  /* booted and rested; a snapshot may be taken */
	REPORT_DONE = 2,   /* the plan has been carried out */
	REPORT_FAILED = 3, /* it has not; a FRAME_ERROR says why */
};

struct report_header {
	uint32_t magic;
	uint32_t version;
	uint32_t why;
	uint32_t length;
	uint32_t crc;
	uint32_t frames;
};

enum report_frame_type {
	FRAME_ERROR = 1,     /* text: what failed; a line "needs CONFIG_X" names a missing option */
	FRAME_UNAME = 2,     /* text: release '\n' version */
	FRAME_SYMBOLS = 3,   /* text: lines of /proc/kallsyms, text symbols only */
	FRAME_STATE = 4,     /* struct report_state, before the first window of an iteration */
	FRAME_STATE_END = 5, /* struct report_state, after the window */
	FRAME_PHASE = 6,     /* struct report_phase, one per phase */
	FRAME_CPUINFO = 7,   /* text: name '=' value lines */
	FRAME_CLOCK = 8,     /* struct report_clock */
	FRAME_TIMED = 9,     /* struct report_timed */
	FRAME_SPANS = 10,    /* struct report_spans and its spans, one per segment */
	FRAME_SEGMENT = 11,  /* struct report_segment, one per segment */
	FRAME_PROBE = 13,    /* text: the histogram as tracefs has it */
	FRAME_MODULES = 14,  /* text: lines "MODULE SECTION ADDRESS" of those that it has loaded */
	FRAME_OUTPUT = 12,   /* struct report_output and what a program printed, one per window */
};

struct report_frame {
	uint32_t type;
	uint32_t length; /* of the payload, without padding */
};

#define REPORT_FOLIO_ORDERS 10 /* 4 KiB to 2 MiB; the last one is for larger ones too */
#define REPORT_NODES 4

/* Pages are 4 KiB pages of all mappings of the plan together. UINT64_MAX: unknown. */
struct report_state {
	uint64_t online_cpus;
	uint64_t vmas;
	uint64_t present_pages;	   /* pagemap */
	uint64_t dirty_pages;	   /* smaps Private_Dirty + Shared_Dirty */
	uint64_t pmd_mapped_pages; /* smaps AnonHugePages + ShmemPmdMapped + FilePmdMapped */
	uint64_t swapped_pages;	   /* pagemap */
	/* Of the maps' files, mapped or not, and of these those in folios of several pages. */
	uint64_t cached_pages;
	uint64_t cached_large_pages;
	uint64_t folio_pages[REPORT_FOLIO_ORDERS]; /* by the size of their folio; kpageflags */
	uint64_t node_pages[REPORT_NODES];	   /* by their node; numa_maps */
};

#define REPORT_UNKNOWN UINT64_MAX

/* What a segment left, in an iteration that was not measured. */
struct report_segment {
	uint32_t segment;
	uint32_t reserved;
	uint64_t vmas; /* in the maps; REPORT_UNKNOWN if it cannot be read */
	uint64_t minor_faults;
	uint64_t major_faults;
	int64_t result; /* what its system calls returned, added up */
};

struct report_phase {
	uint32_t phase;
	uint32_t iterations;
	uint64_t tsc_ticks;    /* RDTSC between the markers, summed over the windows */
	uint64_t windows;      /* how many windows were opened */
	uint64_t minor_faults; /* getrusage, over the whole phase */
	uint64_t major_faults;
};

/* CLOCK_MONOTONIC, as a program sees it. */
struct report_clock {
	uint64_t step_ns; /* the smallest advance that two readings in a row showed */
	uint64_t read_ns; /* what one reading costs */
	uint64_t steps;	  /* how many advances were looked at */
};

struct report_timed {
	uint32_t rounds;     /* that were made */
	uint32_t rounds_max; /* the limit of the plan */
	uint64_t min_time_ns;
	uint64_t total_ns; /* from the first round's start to the last one's end */
	uint64_t minor_faults;
	uint64_t major_faults;
};

/* What one execution of a foreign program printed, and no more than that. */
struct report_output {
	uint32_t phase; /* 0 in a timed run */
	uint32_t reserved;
	/* char text[] */
};

#define REPORT_OUTPUT_MAX (1u << 20) /* bytes of one execution; more kills it */

struct report_spans {
	uint32_t segment;
	uint32_t rounds;
	/* uint64_t span_ns[rounds] */
};

#endif
