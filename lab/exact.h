/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One exact run: one kernel, one scenario, executed instructions per function.
 *
 * The kernel is booted to the guest's first pause and saved, or restored from there; then the plan
 * is carried out under the counting plugin. Symbols are read from the running kernel, once a build.
 */
#ifndef LAB_EXACT_H
#define LAB_EXACT_H

#include "kernel/store.h"
#include "lab/lab.h"
#include "lab/profile.h"
#include "proto/report.h"
#include "scenario/scenario.h"

#include <jansson.h>
#include <stdbool.h>

/* What --confirm varies. All zero: the standard run. */
struct perturbation {
	unsigned seed;
	int extra_memory_mib; /* may be negative */
	unsigned initrd_pad_bytes;
	uint64_t map_offset; /* bytes */
};

struct exact_request {
	unsigned side; /* for progress */
	const struct kernel *kernel;
	const struct scenario *scenario;
	unsigned cpus;
	unsigned memory_mib;
	const char *cmdline;	/* appended; may be NULL */
	uint64_t extra_rest_ns; /* of the guest's clock: another tick phase */
	bool fresh;		/* boot, do not use or make a snapshot */
	struct perturbation perturbation;
};

struct exact_run {
	struct profile profile;
	struct report_state before, after; /* of the window */
	struct report_phase phases[MARKER_PHASES];
	char *environment; /* "name=value" lines from the guest */
	char *console;	   /* the end of it; set on failure too */
	json_t *argv;	   /* QEMU's command line of the measuring run */
	bool from_snapshot;
	double boot_seconds; /* until a restorable machine stood there; 0 from a snapshot */
	double measure_seconds;
};

/*
 * Fills @out, which the caller frees with exact_run_free() whether this fails or not (a failed run
 * keeps its console and command line).
 */
int exact_measure(const struct lab *lab, const struct exact_request *q, struct exact_run *out,
		  struct err *e);
/*
 * Boots the kernel and reads its symbols, as far as that was not done before: does it come up at
 * all? @out gets the console only.
 */
int exact_smoke(const struct lab *lab, const struct exact_request *q, struct exact_run *out,
		struct err *e);
void exact_run_free(struct exact_run *r);
#define _cleanup_exact_run_ __attribute__((cleanup(exact_run_free)))

/*
 * Counted instructions less what -icount's clock showed over a phase's windows: 0 if the counting
 * is right.
 */
int64_t exact_clock_difference(const struct exact_run *r, unsigned phase);

#endif
