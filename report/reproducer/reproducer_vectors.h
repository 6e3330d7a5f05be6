/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What operations of a reproducer have beside the maps: vectors, descriptors, a child, slices. */
#ifndef REPORT_REPRODUCER_REPRODUCER_VECTORS_H
#define REPORT_REPRODUCER_REPRODUCER_VECTORS_H

#include "report/reproducer/reproducer_text.h"

/* The variables, and the function make_ready() that fills them, if there are any. */
void say_vectors(struct text *t);
/* Whether there are. */
bool has_vectors(const struct text *t);
/* Addresses that a touch, or one move_pages(), is for: one every stride; there must be a map. */
uint64_t op_strides(const struct plan_op *op);
/* Bytes of the longest range that mincore() is called for at once; 0: never. */
uint64_t mincore_bytes(const struct scenario *s);
/* The pieces that one process_madvise() is for. */
uint64_t process_pieces(const struct plan_op *op);

#endif
