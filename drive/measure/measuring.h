/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What experiments that measure kernels have in common: what is asked for, and keeping what came.
 */
#ifndef DRIVE_MEASURE_MEASURING_H
#define DRIVE_MEASURE_MEASURING_H

#include "drive/session/session.h"
#include "lab/run.h"
#include "vm/argv.h"

#include <limits.h>

#define DEFAULT_SCENARIO "mprotect/shared-dirty-toggle"
#define CPUS_MAX 16
#define CPUS_AS_NEEDED UINT_MAX

/* What every such command can be asked for; cmd/common/measuring_opts.h reads it. */
struct measuring {
	const char *threshold_text;
	double threshold;   /* fraction of OLD */
	const char *metric; /* that decides (scenario/metric.h); NULL: the default */
	const char *memory;
	unsigned memory_mib;   /* 0: as the scenario says */
	const char *arch;      /* NULL: as the kernels' specs say; session_set_arch() */
	const char *cpu_model; /* NULL: the usual one; drive/begin/cpu_model.h */
	unsigned cpus;	       /* or CPUS_AS_NEEDED: measuring_cpus() tells */
	unsigned deadline_s;
	unsigned iterations; /* N; 0: found by drive/measure/sharpen.h */
	unsigned budget_s;   /* of the host, for finding it; 0: drive/measure/sharpen.h says */
	bool fresh;
};

/* CPUs of the guest: what was asked for, or what the scenario needs. */
unsigned measuring_cpus(const struct measuring *m, const struct scenario *scenario);
/* A boot of @kernel as the options want it. */
struct run_request measuring_request(const struct measuring *m, const struct kernel *kernel,
				     const struct scenario *scenario, unsigned side);

/* Where a run belongs in its experiment. */
struct run_place {
	const char *experiment;
	unsigned block, position, attempt;
	const char *side; /* "old", or the kernel's name */
	bool trial; /* it only tells how many iterations are enough (drive/measure/sharpen.h) */
};

/* Keeps a run, good or bad; of one that was stopped from outside (-ECANCELED), nothing. */
int keep_run(struct session *s, const struct run_place *at, const struct run_request *q,
	     const struct run *run, const struct err *failure, struct err *e);
/*
 * An experiment in which nothing was kept is taken out of the database again: it says nothing, and
 * stands in every list. Whether it was.
 */
bool drop_unmeasured(struct session *s, const char *id);
/* Whether a failure says something of the kernel: not of the host, and not what a user ended. */
bool failure_is_the_kernels(const struct err *failure);
/*
 * Of many runs, whether one's failure ends them all: it says nothing of the kernel. A QEMU that
 * dies in a run is that run's failure, kept with what it said, and @failure is the kernel's then;
 * but not for ever. What fails before it started (no disk, no memory) or was asked for (Ctrl-C) is
 * the host's. @in_a_row: how many QEMUs have died, 0 at first.
 */
bool failure_ends_all(unsigned *in_a_row, const struct run *run, struct err *failure);
/* The end of the console of a kernel that failed, if it said anything. */
void tell_console(const struct session *s, const struct run_request *q, const struct run *run);

/* The one scenario that @name means (NULL: the default one). -EINVAL if it is a glob for several.
 */
int choose_scenario(const struct session *s, const char *name, const struct scenario **out,
		    struct err *e);

#endif
