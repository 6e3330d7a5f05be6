/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A captured call of a kernel function, made again and again on this processor by a child that can
 * do nothing else. No time is believed before the proof: one such call has to leave the registers
 * and every word of memory as the emulator left them, and to execute the same instructions.
 */
#ifndef REPLAY_NATIVE_H
#define REPLAY_NATIVE_H

#include "base/cleanup.h"
#include "base/err.h"
#include "replay/arch/layout.h"
#include "replay/call/capture.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REPLAY_DIFFERENCES_MAX 64

struct replay_options {
	const char *child;	/* the program: slowpath-replay */
	int cpu;		/* that it is pinned to; -1: any */
	bool fifo;		/* SCHED_FIFO is asked for; what came of it is in the result */
	bool locks;		/* LOCK is put back where a kernel with one CPU took it away */
	unsigned limit_seconds; /* of a command to the child */
	bool watch;		/* a call is made in which all other code is overwritten */
	uint64_t steps_max;	/* that are proven one by one, from the entry on; 0: none */
	unsigned warm, cold;	/* calls that replay_native() makes */
	unsigned quiet_ms; /* how long it waits for that many that shared the core with nobody */
};

/* What the options are if nothing else is asked for, but for the child. */
#define REPLAY_OPTIONS                                 \
	((struct replay_options){ .cpu = -1,           \
				  .locks = true,       \
				  .watch = true,       \
				  .limit_seconds = 30, \
				  .steps_max = 20000,  \
				  .quiet_ms = 3000,    \
				  .warm = 200,         \
				  .cold = 20 })

/* An instruction that a process may not execute and nothing is done for. */
struct replay_replaced {
	uint64_t va;
	uint64_t times; /* in the captured call */
	const char *name;
};

/* A word that the call left otherwise than the emulator did. */
struct replay_difference {
	uint64_t va; /* in the guest; of the image where it has such an address */
	uint64_t pa;
	uint64_t before, native, emulated; /* native: where the child has it, pointers as moved */
	enum layout_class class;
	bool half; /* what is left of an address where a shorter number was written over it */
};

struct replay_call {
	uint64_t ticks; /* of the time stamp counter, without what the harness takes */
	double ns, cycles;
};

struct replay_result {
	uint64_t refused_at; /* where it was refused; 0: at no place of the kernel's */
	struct replay_replaced *replaced;
	size_t n_replaced;
	struct replay_difference differences[REPLAY_DIFFERENCES_MAX];
	size_t n_differences; /* all there are, which can be more than are kept */
	uint32_t scratch;     /* registers that a call may leave as it likes and left otherwise */
	uint64_t n_pointers, n_operands, n_locks; /* that were moved or put back */
	uint64_t n_encoded;	     /* of the pointers: of lists of free objects, encoded anew */
	uint64_t n_pages, n_changed; /* compared; of them those that the call wrote to */
	/*
	 * Instructions that were executed here, one by one, before the time; whole: up to the
	 * return. @missed and @added: how often one of the captured call's was executed less or
	 * more, string instructions left out.
	 */
	uint64_t n_watched; /* instructions of which every execution was counted, without steps */
	uint64_t steps, missed, added;
	uint64_t first_missed, first_added; /* their places */
	bool whole;
	bool pinned, fifo;
	double ghz, width; /* of the last block */
	unsigned n_shared; /* calls that were dropped, as another thread shared the core */
	unsigned tsc_khz;
	uint64_t harness_ticks; /* least that a call of nothing takes */
	struct replay_call *warm, *cold;
	unsigned n_warm, n_cold;
};

void replay_result_free(struct replay_result *r);
#define _cleanup_replay_result_ __attribute__((cleanup(replay_result_free)))

struct replay_child;

/*
 * Lays @c out, starts the child and proves it. @c and what @o points to have to stay. A refusal is
 * an error that names the place; *r has all that is known by then.
 */
int replay_child_open(const struct capture *c, const struct replay_options *o,
		      struct replay_child **out, struct replay_result *r, struct err *e);
/* @n calls, each with memory as it was; @cold: what they touch is flushed from the caches before.
 */
int replay_child_call(struct replay_child *k, unsigned n, bool cold, struct replay_call *out,
		      struct err *e);
/*
 * How fast the processor was at the last block. An addition that waits for the one before it takes
 * one cycle, which gives the clock; how many that wait for nothing are done in a cycle says
 * whether another thread shared the core, which costs up to half of it.
 */
struct replay_pace {
	double ghz; /* of the core */
	double cycles_per_tick;
	double width; /* additions a cycle, before or after the block, whichever was less */
	bool shared;  /* less than 95 % of the most that was seen, or than 2.5 */
};
struct replay_pace replay_child_pace(const struct replay_child *k);
/* Whether a call still leaves what it left at first. */
int replay_child_check(struct replay_child *k, struct err *e);
void replay_child_close(struct replay_child *k);
DEFINE_CLEANUP(struct replay_child *, replay_child_close)
#define _cleanup_replay_child_ __attribute__((cleanup(replay_child_close_p)))

/*
 * Short blocks until @n calls had the core for themselves, for @limit_ms at most; *got: how many
 * there are, *shared: calls that were dropped.
 */
int replay_child_quiet(struct replay_child *k, unsigned n, bool cold, unsigned limit_ms,
		       struct replay_call *out, unsigned *got, unsigned *shared, struct err *e);
/* All of it, of one kernel: for two, whose blocks alternate, there are the three above. */
int replay_native(const struct capture *c, const struct replay_options *o, struct replay_result *r,
		  struct err *e);

#endif
