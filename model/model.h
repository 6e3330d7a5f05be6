/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The constants of one processor, from a file of models/: a flat mapping,
 *
 *	name: golden-cove		letters, digits and dashes
 *	title: Intel Golden Cove
 *	issue_width: 6			and all of the others, each once
 *
 * They come from what is published or are assumed, as the file says of each, and are the same for
 * all scenarios; a file that has others has another name.
 */
#ifndef MODEL_MODEL_H
#define MODEL_MODEL_H

#include "base/err.h"
#include "model/insn.h"

#include <stdbool.h>

#define MODEL_NAME_BYTES 32
#define MODEL_TITLE_BYTES 64

struct model {
	char name[MODEL_NAME_BYTES];
	char title[MODEL_TITLE_BYTES];
	/* The front end. */
	unsigned fetch_uops;	      /* a cycle */
	unsigned fetch_queue_uops;    /* by how much it may be ahead of issue */
	unsigned taken_branch_cycles; /* until the target is fetched */
	unsigned mispredict_cycles;   /* from the branch's execution to its target's issue */
	unsigned bimodal_entries, tagged_entries, indirect_entries, return_stack;
	/* Issue, and what is in flight. */
	unsigned issue_width, retire_width; /* uops a cycle */
	unsigned window_uops, load_queue, store_queue;
	/* Units. */
	unsigned alu_ports, branch_ports, branch_on_alu, shift_ports, multiply_ports, vector_ports;
	unsigned load_ports, store_ports;
	/* Latencies, in cycles; uops. */
	unsigned multiply_cycles, multiply_wide_cycles, multiply_wide_uops;
	unsigned divide_cycles, divide_busy_cycles, divide_uops;
	unsigned divide_64_cycles, divide_64_busy_cycles;
	unsigned bit_scan_cycles, shift_cl_uops, shift_double_cycles, vector_cycles;
	unsigned exchange_cycles, exchange_uops, flags_cycles, flags_uops, clock_cycles, clock_uops;
	unsigned call_uops, return_uops;
	unsigned forward_cycles;  /* from a store's data to a load of it */
	unsigned mirrored_cycles; /* the same, where both make the address of the same registers */
	/* Locked instructions: nothing before them is unfinished, and maybe no load overtakes. */
	unsigned atomic_cycles, atomic_uops, loads_wait_for_atomics;
	unsigned rep_start_cycles, rep_line_cycles; /* a line of 64 bytes in the L1 cache */
	/* Caches. */
	unsigned l1d_kib, l1d_ways, l1d_cycles, l1i_kib, l1i_ways;
	unsigned l2_kib, l2_ways, l2_cycles, l3_kib, l3_ways, l3_cycles, memory_cycles;
	unsigned misses_in_flight;		     /* of the L1 data cache */
	unsigned l3_line_cycles, memory_line_cycles; /* between lines from there */
	unsigned prefetch;			     /* streams and strides of data: 1, or 0 */
	unsigned stream_lines;			     /* how far ahead of a stream */
	unsigned code_next_lines;    /* that are fetched beside one that the L1i misses */
	unsigned code_hidden_cycles; /* of such a miss, by prediction ahead of the fetch */
	unsigned dtlb_entries, dtlb_ways, stlb_entries, stlb_ways, stlb_cycles, walk_cycles;
	/* By enum model_serial. */
	unsigned serial_cycles[SERIALS];
};

/* Reads a file's text; @file is for messages: "FILE:LINE:COLUMN: what, and what was expected". */
int model_read(const char *file, const void *text, size_t len, struct model *out, struct err *e);
int model_load(const char *path, struct model *out, struct err *e);

/*
 * The ensemble: the model with one thing changed, each in turn, by what is not known of processors
 * of the kind. Of 0, nothing is.
 */
unsigned model_variants(void);
const char *model_variant_name(unsigned index);
void model_variant(const struct model *base, unsigned index, struct model *out);

#endif
