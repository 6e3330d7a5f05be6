// SPDX-License-Identifier: GPL-2.0-or-later
/* Any bytes as a trace, gone through by a model if they are one. */
#include "model/estimate.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Small, as caches that are made anew for every input cost time. */
static const struct model tiny = {
	.name = "tiny",
	.fetch_uops = 4,
	.fetch_queue_uops = 16,
	.taken_branch_cycles = 1,
	.mispredict_cycles = 10,
	.bimodal_entries = 64,
	.tagged_entries = 64,
	.indirect_entries = 16,
	.return_stack = 4,
	.issue_width = 4,
	.retire_width = 4,
	.window_uops = 32,
	.load_queue = 8,
	.store_queue = 8,
	.alu_ports = 2,
	.branch_ports = 1,
	.shift_ports = 1,
	.multiply_ports = 1,
	.vector_ports = 1,
	.load_ports = 2,
	.store_ports = 2,
	.multiply_cycles = 3,
	.multiply_wide_cycles = 4,
	.multiply_wide_uops = 2,
	.divide_cycles = 10,
	.divide_busy_cycles = 6,
	.divide_uops = 4,
	.divide_64_cycles = 14,
	.divide_64_busy_cycles = 10,
	.bit_scan_cycles = 3,
	.shift_cl_uops = 2,
	.shift_double_cycles = 3,
	.vector_cycles = 3,
	.exchange_cycles = 2,
	.exchange_uops = 4,
	.flags_cycles = 5,
	.flags_uops = 3,
	.clock_cycles = 20,
	.clock_uops = 15,
	.call_uops = 2,
	.return_uops = 2,
	.forward_cycles = 5,
	.atomic_cycles = 18,
	.atomic_uops = 8,
	.loads_wait_for_atomics = 1,
	.rep_start_cycles = 30,
	.rep_line_cycles = 2,
	.l1d_kib = 1,
	.l1d_ways = 2,
	.l1d_cycles = 4,
	.l1i_kib = 1,
	.l1i_ways = 2,
	.l2_kib = 16,
	.l2_ways = 4,
	.l2_cycles = 12,
	.l3_kib = 64,
	.l3_ways = 4,
	.l3_cycles = 40,
	.memory_cycles = 200,
	.misses_in_flight = 4,
	.l3_line_cycles = 2,
	.memory_line_cycles = 10,
	.prefetch = 1,
	.stream_lines = 8,
	.code_next_lines = 1,
	.dtlb_entries = 8,
	.dtlb_ways = 4,
	.stlb_entries = 16,
	.stlb_ways = 4,
	.stlb_cycles = 7,
	.walk_cycles = 30,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t n = size / sizeof(uint64_t);
	uint64_t *words = malloc((n + 1) * sizeof(*words));
	struct estimate x = { 0 };
	struct trace t = { 0 };
	struct err e = { 0 };

	if (!words)
		return 0;
	memcpy(words, data, n * sizeof(*words));
	if (trace_open(words, n, NULL, NULL, &t, &e) == 0)
		estimate_make(&tiny, &t, 1, &x, &e);
	estimate_free(&x);
	trace_free(&t);
	free(words);
	return 0;
}
