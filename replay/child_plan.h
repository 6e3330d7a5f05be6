/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The child's plan laid out, and the child spoken to; inside replay/. */
#ifndef REPLAY_CHILD_PLAN_PARENT_H
#define REPLAY_CHILD_PLAN_PARENT_H

#include "base/proc.h"
#include "replay/arch/rewrite.h"
#include "replay/child/plan.h"
#include "replay/native.h"

/* Pages that the proof can add to those that are put back. */
#define SPARE_PAGES 64

/* Bytes that differ in the child from the guest's memory before the call. */
struct child_edit {
	uint64_t pa;
	uint8_t n_bytes;
	uint8_t bytes[INSN_BYTES_MAX];
};

/* Of a page of the guest's memory. */
#define PAGE_ZERO 1u	/* all zero before the call */
#define PAGE_CHANGED 2u /* other after the call than before, in the emulator */
#define PAGE_EDITED 4u	/* other in the child than in the guest */

struct replay_child {
	const struct capture *capture;
	const struct replay_options *options;
	struct layout layout;
	struct rewrite rewrite;
	struct child_edit *edits; /* by @pa */
	size_t n_edits;
	uint8_t *pages; /* PAGE_* of each */
	struct proc proc;
	int socket; /* commands and answers */
	int ram_fd, plan_fd;
	uint8_t *ram;	   /* the child's memory, shared */
	struct plan *plan; /* shared; all that is read of it is the child's word */
	uint64_t plan_bytes;
	uint64_t pages_at, n_pages, n_spare, saved_at, ticks_at, slots_at, n_slots;
	uint64_t harness_ticks;
	unsigned tsc_khz;
	struct replay_pace pace; /* of the last block */
	double widest;		 /* that any block saw */
	bool watching;		 /* int3 stands where nothing was executed */
};

/* The guest's memory as the child gets it, and the plan. *place: what keeps it from being. */
int child_lay_out(struct replay_child *k, uint64_t *place, struct err *e);
/* What the page at @pa holds before a call; false: what the guest's held, and @page is not set. */
bool child_page_at_first(const struct replay_child *k, uint64_t pa, uint8_t *page);
/* -ENOSPC: that many more cannot be put back. */
int child_put_back_too(struct replay_child *k, uint64_t pa);

/* "function+0x12", or the address. */
void child_name_place(const struct replay_child *k, uint64_t va, char *text, size_t size);
int child_start(struct replay_child *k, struct err *e);
/* One command and its answer; *place: of the guest, where a fault was met. */
int child_do(struct replay_child *k, enum plan_what what, uint32_t n, uint64_t *place,
	     struct err *e);

/*
 * Makes a call with int3 in all of the kernel's code that the captured call did not execute, and
 * before what it executed a few times, which is counted.
 */
int watch_call(struct replay_child *k, struct replay_result *r, struct err *e);
/* The slot of an instruction, by the guest's address, of a table that is the child's to write. */
struct plan_slot *child_slot(const struct replay_child *k, uint64_t va);

/*
 * Compare what one call left, and what it executed, with the capture; what differs is added to @r.
 * -EPROTO: it is not what the emulator did.
 */
int proof_of_memory(struct replay_child *k, struct replay_result *r, struct err *e);
int proof_of_registers(const struct replay_child *k, struct replay_result *r, struct err *e);
int proof_of_steps(const struct replay_child *k, struct replay_result *r, struct err *e);

#endif
