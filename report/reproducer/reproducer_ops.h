/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Operations of a scenario as C statements. */
#ifndef REPORT_REPRODUCER_REPRODUCER_OPS_H
#define REPORT_REPRODUCER_REPRODUCER_OPS_H

#include "report/reproducer/reproducer_text.h"

/* @own: of every range the slice of a thread, whose number is in the variable "thread". */
void say_ops(struct text *t, size_t from, size_t n, unsigned depth, bool own);
/*
 * The call of an operation on one piece of a map, without its semicolon: the texts are where the
 * piece is and how long. Nothing for what is no such call.
 */
void op_call_text(const struct text *t, size_t index, const char *from, const char *bytes,
		  struct buf *out);
/* mremap(); @to: the new place, NULL: where it is. */
void op_mremap_text(const char *from, const char *bytes, const char *new_bytes, const char *to,
		    struct buf *out);
/* Whether a kernel or a host may be unable to do it, so that its failure is no failure. */
bool op_may_be_impossible(const struct plan_op *op);

#endif
