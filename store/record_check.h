/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Can it have been measured? Rows may be damaged, and a bundle is a stranger's text; what is
 * concluded from numbers that do not hold together would be wrong and look right.
 */
#ifndef STORE_RECORD_CHECK_H
#define STORE_RECORD_CHECK_H

#include "store/record.h"

/*
 * All runs are of kernels for one architecture that can be measured, every number is one that a run
 * can have (so that sums of them do not overflow), and where functions are there, they add up to
 * the task's instructions in every run, phase and segment. -EINVAL names the run, its phase and its
 * segment.
 */
int record_check(const struct record *r, struct err *e);
/*
 * The latter for who reads no functions: @sums has what those of @run executed, by slot. The same
 * error.
 */
int record_check_sums(const struct record_run *run, const uint64_t sums[MARKER_SLOTS],
		      struct err *e);

/*
 * Whether the calls of locks and the like that runs tell of are those that their functions had. Of
 * a bundle, whose format goes with the lists of lab/counts/named.h; what the database keeps may be
 * older.
 */
int record_check_named(const struct record *r, struct err *e);

#endif
