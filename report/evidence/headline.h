/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an experiment says in one line, as the title of a page:
 *
 *   mprotect/shared-dirty-toggle: 6.16.12 -> 6.17.13, 2.22x
 *   7 scenarios: 6.16.12 -> 6.17.13, 0.96x to 2.22x
 *   mprotect/shared-dirty-toggle: 6.12.118 to 7.3.4, 2 steps, 2.22x at 6.17.13
 *   mprotect/shared-dirty-toggle: 2.22x since 28bd1217f75f, proven
 *   mprotect/shared-dirty-toggle: 7.3.4 closes 100.0 % of 6.16.12 -> 6.17.13
 */
#ifndef REPORT_EVIDENCE_HEADLINE_H
#define REPORT_EVIDENCE_HEADLINE_H

#include "base/buf.h"
#include "report/evidence/evidence.h"

void headline_put(const struct evidence *x, struct buf *out);
/* "3 regressions, 1 improvement, 3 equivalent"; what there is none of is left out. */
void headline_counts(const struct evidence *x, struct buf *out);

/* The commands with which it is done again, a line each, each line behind four blanks; of one
 * scenario only, unless @only is NULL. */
void headline_repeat(const struct evidence *x, const struct scenario *only, struct buf *out);

#endif
