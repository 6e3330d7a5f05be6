/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One exact run: one kernel, one scenario, executed instructions per function.
 *
 * The kernel is booted to the guest's first pause and saved, or restored from there; then the plan
 * is carried out under the counting plugin. Symbols are read from the running kernel, once a build.
 */
#ifndef LAB_EXACT_H
#define LAB_EXACT_H

#include "lab/run.h"

/*
 * Fills @out, which the caller frees with run_free() whether this fails or not (a failed run
 * keeps its console and command line).
 */
int exact_measure(const struct lab *lab, const struct run_request *q, struct run *out,
		  struct err *e);
/*
 * Boots the kernel and reads its symbols, as far as that was not done before: does it come up at
 * all? @out gets the console only.
 */
int exact_smoke(const struct lab *lab, const struct run_request *q, struct run *out, struct err *e);
/* Of the guest's report: what it says of each phase, which has to be what was asked for. */
struct report;
int exact_take_phases(const struct report *report, const struct run_request *q, struct run *out,
		      struct err *e);
/*
 * Counted instructions and measured halted time, less what -icount's clock showed over a phase's
 * windows: 0 if the counting is right.
 */
int64_t exact_clock_difference(const struct run *r, unsigned phase);
/*
 * Whether a run may have had such phases: no run lasts so long that exact_clock_difference() would
 * overflow.
 */
bool exact_phase_possible(const struct report_phase *phase, const struct report_phase *empty);

#endif
