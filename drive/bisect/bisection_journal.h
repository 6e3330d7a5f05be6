/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a bisection's journal says, and what comes into it as skipped; nothing is measured for it.
 */
#ifndef DRIVE_BISECT_BISECTION_JOURNAL_H
#define DRIVE_BISECT_BISECTION_JOURNAL_H

#include "drive/bisect/bisection.h"

/*
 * Whether an error means that a commit is to be skipped, for good. What the host or its user did,
 * by a signal, with its disk or by giving nothing, ends the bisection instead, which can be
 * resumed.
 */
bool bisection_skips(const struct err *e);
/* "exact", "timed" (KVM) or "emulated". */
const char *bisection_mode(const struct bisection *b);
/*
 * What the journal has of a commit: how many good runs, their median, and why the last one that
 * failed did; NAN and NULL for none.
 */
unsigned bisection_runs_of(const struct bisection *b, const char *commit, double *median_ns,
			   const char **failed);
/* One line of what the config lacks that a distribution's has, or null; a new reference. */
json_t *bisection_unlike(const struct bisection *b);
/* Why a commit was skipped; NULL: it was not. */
const char *bisection_skipped(const struct bisection *b, const char *commit);

#endif
