/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The running counters, in the form that the plugin API wants: plain memory (version 1) or
 * scoreboards (version 2 and later). Two 64-bit counters a span: [0] executions; [1] for REP
 * strings only, what tells instructions and their iterations apart:
 *
 *	API 1	its memory accesses, reads and writes alike. Under -icount, TCG executes a REP
 *		instruction with count n as n + 1 instructions, the last of which finds the
 *		count at zero; so instructions = executions - accesses / accesses per iteration.
 *	API 2+	entries from elsewhere. They can compare and store: every block clears a word, the
 *		REP instruction calls back if the word is not its own address, and sets it. That
 *		needs no memory operations, nor how often the instruction is executed: n + 1
 *		times as well under -icount (10.0, 11.1), from the second on as another block.
 *
 * With several vCPUs (counter_share()) no inline operation of API 2 or later can be used (vcpu.h):
 * callbacks count in plain memory, and [1] is as with API 1.
 *
 * Memory operations are asked for reads and writes alike: on QEMU 7.2 the filter is shifted by one,
 * reads giving writes, and writes both.
 */
#ifndef PLUGIN_COUNTER_H
#define PLUGIN_COUNTER_H

#include "plugin/api.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COUNTER_CHUNK 8192 /* spans */

/* Several vCPUs take turns. To be called before anything else. */
void counter_share(void);
/* Makes room for @n_spans. Chunks never move: translated code points into them. */
bool counter_reserve(size_t n_spans);
/*
 * The counters of spans base .. base + COUNTER_CHUNK - 1, as [span][2]: those of one vCPU, or on
 * API 1 and where they are shared, of all. They may be written as long as that vCPU executes
 * nothing.
 */
uint64_t *counter_values(size_t base, unsigned vcpu);

/* Have @insn count an execution of @span. */
void counter_execution(struct qemu_plugin_insn *insn, size_t span);
/* Have the REP string @insn keep counter [1] of @span. */
void counter_rep(struct qemu_plugin_insn *insn, uint64_t vaddr, size_t span);
#if PLUGIN_API > 1
/* Have entries of the REP string @insn call @cb, too. To be planted before counter_rep(). */
void counter_rep_entry(struct qemu_plugin_insn *insn, uint64_t vaddr,
		       qemu_plugin_vcpu_udata_cb_t cb, void *udata);
#endif
/*
 * Called for every block that neither starts with a REP string instruction nor with an interrupt's
 * stub: there, counter_rep_word() still tells what was interrupted.
 */
void counter_other_block(struct qemu_plugin_tb *tb);

/* The REP instruction that was being executed, kept over interrupts (0 on API 1). */
uint64_t counter_rep_word(unsigned vcpu);
void counter_set_rep_word(unsigned vcpu, uint64_t word);

/*
 * How many of a REP string's executions were iterations after the first, given both counters and
 * how often an iteration accesses memory.
 */
uint64_t counter_rep_iterations(uint64_t executions, uint64_t second, unsigned accesses);

#endif
