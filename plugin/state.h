/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the plugin knows while QEMU executes: of main.c, and of the events of an architecture. */
#ifndef PLUGIN_STATE_H
#define PLUGIN_STATE_H

#include "plugin/api.h"
#include "plugin/arch/arch.h"
#include "plugin/context.h"
#include "plugin/faults.h"
#include "plugin/halted.h"
#include "plugin/region.h"
#include "plugin/table.h"
#include "plugin/tasks.h"
#include "plugin/tree.h"

#define VCPUS_MAX 64
#define KERNEL_HALF (1ull << 63)

/*
 * What the clock sees of a window and the window does not hold: the task's own few instructions, a
 * known number, and whatever interrupts it there, which has to be counted.
 */
struct around {
	bool announced; /* the next reading begins it */
	bool counts;	/* between the window and a reading */
	int closed;	/* the slot whose window was closed, until the clock is read; -1 */
};

struct plugin {
	const struct plugin_arch *arch;
	struct table table;
	struct places places;
	struct context vcpus[VCPUS_MAX];
	unsigned running; /* vCPU that executes; -icount runs one at a time */
	int slot;	  /* -1: no window is open */
	struct around around;
	char *out;
	unsigned n_vcpus;
	bool may_have_halted; /* since the bias of QEMU's clock was read */
	uint64_t bias;
	struct halted halted;
	struct region region;
	struct tasks tasks;
	/* Where its stub begins, on arm64 what handles it; 0: not known. */
	uint64_t page_fault;
	struct faults faults;
	int faulted[VCPUS_MAX]; /* the book of what did, while the stub has stored nothing yet */
	/* Of arm64: the last frame of a synchronous exception, the one that is being left, and
	 * where in task_struct a switch stores first. */
	uint64_t fault_frame[VCPUS_MAX], left_frame[VCPUS_MAX];
	uint64_t switched[VCPUS_MAX]; /* the first word of a pair that a switch has just accessed */
	uint32_t switch_offset;
	bool marked;	/* the guest's own task was seen */
	char *tree_out; /* NULL: no tree */
	struct tree tree;
};

/* QEMU hands callbacks nothing of the plugin's own, hence one state. */
extern struct plugin plugin;
/* The book that work goes to from the last harvest on. */
int plugin_book(void);
/* What the tree's counters show goes to its nodes; and, with plugin_harvest(), all to its book. */
void plugin_settle(void);
void plugin_harvest(void);
/*
 * Ahead of a change of context. Where nothing counts, what the counters show may stay in them until
 * something does, whose harvest clears them: going through them costs more than what came of it.
 */
void plugin_context_ends(void);

/*
 * An interrupt's entry. @udata: not NULL where it is known already that user code was interrupted.
 */
void plugin_on_interrupt(unsigned vcpu, void *udata);
/* Its stub's first store, which shows where its frame lies. */
void plugin_on_interrupt_push(unsigned vcpu, qemu_plugin_meminfo_t info, uint64_t vaddr,
			      void *udata);
/* Where the kernel switches from one task to another: a store of the one that it leaves, a load of
 * the next's. */
void plugin_on_switch_access(unsigned vcpu, qemu_plugin_meminfo_t info, uint64_t vaddr,
			     void *udata);
/* Likewise, in their task_struct: @udata is how far in it. */
void plugin_on_switch_stack(unsigned vcpu, qemu_plugin_meminfo_t info, uint64_t vaddr, void *udata);

/* Has what is an event on arm64 noticed when it is executed. @index: in its block. */
void arm64_watch(struct qemu_plugin_insn *insn, const struct insn *d, enum place_kind place,
		 size_t index);
/* The same of an ERET that is the span @span, after that was told to be counted. */
void arm64_watch_eret(struct qemu_plugin_insn *insn, size_t span);

/* An instruction in the kernel, as the call tree sees it. */
struct tree_insn {
	const uint8_t *bytes;
	size_t len;
	const struct insn *d;
	enum place_kind place;
	size_t index; /* in its block */
	bool begins_span;
};

/* Has the call tree notice it when it is executed; behind what watches contexts. */
void tree_watch(struct qemu_plugin_insn *insn, const struct tree_insn *x);
/* On arm64: the instruction at @vaddr met a fault, as is known some calls after its vector. */
void tree_watch_abort(uint64_t vaddr);

#endif
