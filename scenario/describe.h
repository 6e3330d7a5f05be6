/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Scenarios in words, for people. */
#ifndef SCENARIO_DESCRIBE_H
#define SCENARIO_DESCRIBE_H

#include "scenario/scenario.h"

/* "64M", "4K", "100": with the largest unit that divides it. */
void describe_bytes(uint64_t bytes, struct buf *out);
/* "area  anon-shared, 64M, nohugepage" */
void describe_map(const struct scenario *s, size_t index, struct buf *out);
/* "mprotect area to r, 4K every 8K"; of one that holds others, these are not in it. */
void describe_op(const struct scenario *s, const struct plan_op *op, struct buf *out);
/* Maps, preparation and segments, a line each, indented by two. */
void describe_steps(const struct scenario *s, struct buf *out);

#endif
