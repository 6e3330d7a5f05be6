/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The warnings of a judgement. All return 0 or -ENOMEM. */
#ifndef JUDGE_JUDGEMENT_WARN_H
#define JUDGE_JUDGEMENT_WARN_H

#include "judge/judgement/judgement.h"
#include "judge/times/stability.h"

/* Appends one. @where: a row of the cell, or NULL. */
int warn_add(struct judgement *j, const char *kind, const struct row *where, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* About the runs of one kernel in a cell. */
int warn_row(struct judgement *j, const struct rows *t, const struct judged_row *row);
/* About a kernel's times beside the baseline's. */
int warn_timed(struct judgement *j, const struct rows *t, const struct judged_row *row,
	       const struct pairs *p);
/* About what the machine did to both sides. */
int warn_drift(struct judgement *j, const struct rows *t, const struct judged_row *row,
	       const struct stability *s);
/* About who stood where in the blocks of a cell of a primary metric. */
int warn_order(struct judgement *j, const struct cell *c);
/* About the table as a whole. */
int warn_table(struct judgement *j, const struct rows *t, uint32_t baseline, uint32_t oldest);
/* Clocks that were too coarse; after all rows have been judged. */
int warn_quantised(struct judgement *j, const struct rows *t);

#endif
