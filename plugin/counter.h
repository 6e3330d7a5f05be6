/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The running counters, in the form that the plugin API wants: plain memory (version 1) or
 * scoreboards (version 2 and later). Two 64-bit counters a span: [0] executions; [1] for REP
 * strings only, what tells instructions and their iterations apart:
 *
 *	API 1	its memory accesses (reads and writes alike: the filter of an inline operation
 *		is not honoured). TCG executes a REP instruction with count n as n + 1
 *		instructions, the last of which finds the count at zero; so instructions =
 *		executions - accesses / accesses per iteration.
 *	API 2+	entries from elsewhere. Newer QEMUs leave with the last iteration, n executions, so
 *		that trick fails; but they can compare and store: every block clears a word,
 *		the REP instruction calls back if the word is not its own address, and sets it.
 */
#ifndef PLUGIN_COUNTER_H
#define PLUGIN_COUNTER_H

#include "plugin/api.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COUNTER_CHUNK 8192 /* spans */

/* Makes room for @n_spans. Chunks never move: translated code points into them. */
bool counter_reserve(size_t n_spans);
/*
 * The counters of spans base .. base + COUNTER_CHUNK - 1, as [span][2]: those of one vCPU, or on
 * API 1 of all. They may be written as long as that vCPU executes nothing.
 */
uint64_t *counter_values(size_t base, unsigned vcpu);

/* Have @insn count an execution of @span. */
void counter_execution(struct qemu_plugin_insn *insn, size_t span);
/* Have the REP string @insn keep counter [1] of @span. */
void counter_rep(struct qemu_plugin_insn *insn, uint64_t vaddr, size_t span);
/*
 * Called for every block that neither starts with a REP string instruction nor with an interrupt's
 * stub: there, counter_rep_word() still tells what was interrupted.
 */
void counter_other_block(struct qemu_plugin_tb *tb);

/* The REP instruction that was being executed, kept over interrupts (0 on API 1). */
uint64_t counter_rep_word(unsigned vcpu);
void counter_set_rep_word(unsigned vcpu, uint64_t word);
#if PLUGIN_API > 1
/* Have entries of the REP string @insn call @cb, too. To be planted before counter_rep(). */
void counter_rep_entry(struct qemu_plugin_insn *insn, uint64_t vaddr,
		       qemu_plugin_vcpu_udata_cb_t cb, void *udata);
#endif

/*
 * How many of a REP string's executions were iterations after the first, given both counters and
 * how often an iteration accesses memory.
 */
static inline uint64_t counter_rep_iterations(uint64_t executions, uint64_t second,
					      unsigned accesses)
{
#if PLUGIN_API == 1
	(void)executions;
	return second / accesses;
#else
	(void)accesses;
	return executions - second;
#endif
}

#endif
