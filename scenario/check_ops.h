/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is to be held against an operation once its map has a size. */
#ifndef SCENARIO_CHECK_OPS_H
#define SCENARIO_CHECK_OPS_H

#include "scenario/scenario.h"

/*
 * Whether an operation that was read suits the sizes of the maps: 0, or -EINVAL with what is wrong.
 * An operation that goes to its map's end must have its bytes.
 */
int op_check(const struct scenario *s, const struct plan_op *op, struct err *e);

#endif
