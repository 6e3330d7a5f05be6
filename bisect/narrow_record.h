/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A series concluded anew from the rows that 'slowpath narrow' left; the search is made again. */
#ifndef BISECT_NARROW_RECORD_H
#define BISECT_NARROW_RECORD_H

#include "bisect/narrow.h"
#include "store/record.h"

/*
 * One run that was measured before, or why it failed (@failure), told to both. @run is given up,
 * unless out->lending.
 */
int narrow_tell(struct narrow *n, struct exact_search *search, size_t item,
		const struct scenario *s, unsigned cpus, struct run *run, const char *failure,
		struct err *e);

/*
 * @skipped: [{"kernel", "reason"}], kernels that have no rows as they could not be had; may be
 * NULL. The kernels' configs are not compared. @r has to outlive @out. -EINVAL if the rows are not
 * those of such a search, or it was not over.
 */
int narrow_of_record(const struct record *r, const struct scenario *s, const json_t *skipped,
		     struct narrow *out, struct err *e);

#endif
