/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How long a guest is waited for. A wait has two limits, and the deadline (--deadline, seconds)
 * scales both:
 *
 * - Work: PATIENCE_INSNS_PER_S instructions of the guest for each second of the deadline. A guest
 *   that executes more hangs: it is unmeasured (-ETIME, exit 125). Where instructions are not
 *   counted (no -icount), it is as many seconds of CPU time of the guest's busiest vCPU. On a busy
 *   host a guest is slow, but it needs no more of either.
 * - Standstill: the deadline in seconds of the host, without an instruction executed or CPU time
 *   had. That is the host's fault (-ETIMEDOUT, exit 128), unless the vCPUs were asleep at every
 *   look for so long: such a guest has halted, and nothing wakes it (125). A QEMU that has the
 * deadline in CPU time and counts no instruction has a guest that halted, too.
 */
#ifndef VM_PATIENCE_H
#define VM_PATIENCE_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* 30 billion instructions at the default deadline of 120 s: what an emulator does in that time. */
#define PATIENCE_INSNS_PER_S 250000000u

/* What was seen of a guest that is waited for. */
struct patience_look {
	uint64_t now_ns; /* the host's clock */
	bool counted;	 /* insns is known */
	uint64_t insns;	 /* that it has executed since it was booted */
	uint64_t cpu_ns; /* CPU time of its busiest vCPU */
	bool asleep;	 /* all of its vCPUs sleep */
};

struct patience {
	unsigned deadline_s;
	struct patience_look first, last;
	struct patience_look executed; /* the first that saw as many instructions as the last */
	struct patience_look ran;      /* the first that saw as much CPU time */
	uint64_t asleep_ns;	       /* since when every look found it asleep; if the last did */
};

void patience_start(struct patience *p, unsigned deadline_s, const struct patience_look *first);
/* One more look; fails at either limit. @what is for messages: "booting". */
int patience_look(struct patience *p, const struct patience_look *look, const char *what,
		  struct err *e);

/* Whether the last look saw the guest execute, or have CPU time. */
bool patience_moved(const struct patience *p);

/* CPU time (to 10 ms) and sleep of QEMU's vCPU @threads, into @out. */
void patience_read_threads(pid_t qemu, const pid_t *threads, unsigned n, struct patience_look *out);

#endif
