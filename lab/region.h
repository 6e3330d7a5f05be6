/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A program's region of interest (plugin/region.h): where there is one, only it counts. What the
 * window held beside it is taken off the clock, too, so that counts and clock go on to be proof of
 * each other.
 */
#ifndef LAB_REGION_H
#define LAB_REGION_H

#include "lab/run.h"

/*
 * Of a program's run whose profile and phases are there: nothing, if no region was opened.
 * Unmeasured if a region was opened twice, closed without, left open, or not there in every
 * execution.
 */
int region_take(struct run *run, struct err *e);

#endif
