/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The running counters, in the form that the plugin API wants: plain memory (version 1) or
 * scoreboards (version 2 and later). Two 64-bit counters a span: [0] executions; [1] for REP
 * strings only, memory accesses, reads and writes alike. Under -icount, TCG (7.2, 10.0 and 11.1
 * alike) executes a REP instruction with count n as n + 1 instructions, the last of which finds the
 * count at zero; so instructions = executions - accesses / accesses per iteration. From 10.0 on all
 * but the first are another block of the same bytes.
 *
 * Memory operations are asked for reads and writes alike: on QEMU 7.2 the filter is shifted by one,
 * reads giving writes, and writes both.
 *
 * With several vCPUs (counter_share()) no inline operation of API 2 or later can be used (vcpu.h):
 * callbacks count in plain memory.
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

/*
 * Has a callback of the instruction that counts @span, in which the execution is booked already
 * (@fn is table_harvest() or the like), whatever the order in which QEMU calls.
 */
void counter_book_now(size_t span, unsigned vcpu, void (*fn)(void));
/* Have @insn count an execution of @span. */
void counter_execution(struct qemu_plugin_insn *insn, size_t span);
/* Have the REP string @insn keep counter [1] of @span. */
void counter_rep(struct qemu_plugin_insn *insn, size_t span);

#endif
