/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * On whose behalf a vCPU executes: the measured task, an interrupt, or another task. No register
 * can be read on API 1, but memory callbacks tell addresses, and that is enough:
 *
 *   - An interrupt starts at one of the kernel's entry stubs, whose first push shows the frame.
 *   - If the frame is not in the CPU entry area, kernel code was interrupted, and the interrupt
 *     ends with the IRET that reads that very frame. Nested exceptions have other frames.
 *   - If it is there (fffffe0000000000 - fffffe7fffffffff, Documentation/arch/x86/x86_64/mm.rst),
 *     user code was interrupted; then the interrupt is over at the task's next entry into the
 *     kernel, and user code in between is the task's by its address (dump.c). A system call is
 *     such an entry; an exception is one if its own frame lies in the entry area, and else the
 *     interrupt's handler met it.
 *   - __switch_to_asm pushes on one task's stack and pops from another's: stacks name tasks.
 *
 * On arm64 the vector says whether an interrupt came from user code. Such a one is over at the
 * task's next entry into the kernel, as above; one from kernel code with the ERET after the load
 * that reads the first word of its frame. cpu_switch_to stores into one task_struct and loads from
 * another.
 */
#ifndef PLUGIN_CONTEXT_H
#define PLUGIN_CONTEXT_H

#include "proto/counts.h"

#include <stdbool.h>
#include <stdint.h>

enum place_kind {
	PLACE_NONE,
	PLACE_INTERRUPT, /* stub that an interrupt vector leads to */
	PLACE_TASK,	 /* entry for system calls */
	PLACE_EXCEPTION, /* first instruction of an exception's stub */
	PLACE_STUB,	 /* the rest of it */
	PLACE_SWITCH,	 /* __switch_to_asm, cpu_switch_to */
	/* On arm64 alone, where exceptions enter by a table of vectors: */
	PLACE_USER_INTERRUPT, /* the vector for one that interrupts user code */
	PLACE_FRAME,	      /* where an interrupt's frame is filled */
	PLACE_FAULT_FRAME,    /* where that of another exception is */
	PLACE_FETCH,	      /* where one is known to be an instruction's that was not there */
	PLACE_RETURN,	      /* where the kernel goes back to what it interrupted of itself */
};

struct place {
	uint64_t start, end; /* [start, end) */
	enum place_kind kind;
};

struct places {
	struct place *at; /* sorted by start */
	unsigned count;
};

/*
 * Reads lines "KIND START END" (hexadecimal) from a file, where KIND is interrupt, task, exception,
 * stub, switch, user-interrupt, frame, fault-frame, fetch or return. Returns 0 or -1.
 */
int places_read(const char *path, struct places *out);
enum place_kind places_find(const struct places *p, uint64_t vaddr);
/*
 * Whether a block there is the first of a place's: the stub of one vector may be several blocks, in
 * a table of many vectors' each stub is one.
 */
bool places_enters(const struct places *p, uint64_t vaddr);

struct context {
	enum counts_context now;
	enum counts_context at_switch; /* what the task was at when it was switched out */
	bool from_user;		       /* the interrupt interrupted user code */
	uint64_t frame;		       /* else: where its frame lies; 0 until the first push */
	bool doubtful;		       /* taken for an entry; the stub's first store will tell */
	uint64_t task_stack;	       /* aligned stack of the measured task; 0: not yet seen */
	bool by_struct;		       /* tasks are told by their task_struct instead */
};

/* Whether an interrupt's frame there tells that user code was interrupted. */
bool context_entry_area(uint64_t vaddr);

/* A marker is executed by the task, in user mode: whatever was believed before, it runs now. */
void context_marker(struct context *c);

/* Each returns true if the context changes with the event: harvest before calling *_apply. */
bool context_interrupt(const struct context *c);
void context_interrupt_apply(struct context *c);
void context_interrupt_push(struct context *c, uint64_t vaddr);
bool context_task_entry(const struct context *c);
void context_task_entry_apply(struct context *c, bool doubtful);
/* The first store of an exception's stub: true if the exception was the handler's after all. */
bool context_exception_store(struct context *c, uint64_t vaddr);
void context_exception_apply(struct context *c);
bool context_iret_read(const struct context *c, uint64_t vaddr);
void context_iret_apply(struct context *c);
void context_switch_push(struct context *c, uint64_t vaddr);
bool context_switch_pop(const struct context *c, uint64_t vaddr);
void context_switch_apply(struct context *c);

#endif
