/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which of the other tasks runs, by its name.
 *
 * __switch_to_asm stores the stack pointer of the task that it leaves, and loads that of the next,
 * in their task_struct, at a displacement that stands in the instruction: so each access tells
 * where one lies. The name in it (comm) is read from the guest's memory by a function of QEMU's
 * own, as no API of ours has one. Where in task_struct it stands differs from kernel to kernel; it
 * is found in that of the guest's own task, which has the name COUNTS_OWN_NAME.
 *
 * Tasks go by what their names begin with: kworker/0:1 and kworker/u2:3 are kworker, kswapd0 is
 * kswapd. Which worker does something is the host's affair no more than the guest's.
 *
 * What interrupts a kernel thread is none of its work, and is COUNTS_TASK_INTERRUPTS. Of a task
 * that was interrupted in user code, it stays with the task: nothing tells when it is over.
 */
#ifndef PLUGIN_TASKS_H
#define PLUGIN_TASKS_H

#include "proto/counts.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TASKS_SEEN_MAX 256

/* One task of the guest. */
struct seen_task {
	uint64_t at;	/* its task_struct */
	unsigned named; /* number of its name */
	uint64_t frame; /* of the interrupt that it is in; 0: none, or not known */
};

struct tasks {
	bool off;	    /* QEMU does not tell, or there are several vCPUs */
	size_t comm_offset; /* in task_struct; 0: not found yet */
	struct seen_task seen[TASKS_SEEN_MAX];
	unsigned n_seen;
	struct seen_task *now; /* the other task that runs; NULL: not known */
	uint64_t next;	       /* task_struct of the one that is switched to; 0: none */
	char names[COUNTS_TASKS_MAX][COUNTS_TASK_BYTES];
	unsigned n_names; /* 0 stands for what has no name here */
};

/* "kworker" of "kworker/0:1". */
void tasks_name(const char comm[COUNTS_TASK_BYTES], char out[COUNTS_TASK_BYTES]);

/* The displacement of "mov %rsp, disp(%rdi)" or "mov disp(%rsi), %rsp"; 0: it is another one. */
uint32_t tasks_displacement(const uint8_t *bytes, size_t len);

/* Looks where names stand, in the task_struct of the guest's own task. */
void tasks_learn(struct tasks *t, uint64_t own);
/* The number of what runs, once the context is COUNTS_OTHER. */
unsigned tasks_number(const struct tasks *t);
/* Whether the number changes as what was announced (@t->next) goes on. */
bool tasks_would_change(struct tasks *t);
void tasks_enter(struct tasks *t);
/* An interrupt's stub stores its first word: true if what runs is a kernel thread that it stops. */
bool tasks_interrupt(const struct tasks *t, uint64_t vaddr);
void tasks_interrupt_apply(struct tasks *t, uint64_t vaddr);
/* An IRET reads its frame. */
bool tasks_iret(const struct tasks *t, uint64_t vaddr);
void tasks_iret_apply(struct tasks *t);

#endif
