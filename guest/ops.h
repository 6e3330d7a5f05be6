/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The operations that scenarios are made of, resolved to addresses before any window opens. */
#ifndef GUEST_OPS_H
#define GUEST_OPS_H

#include "guest/maps.h"

struct op {
	uint32_t code; /* enum plan_op_code */
	uint8_t *start;
	uint8_t *end;
	size_t stride;
	long arg;
};

/* 0, or -EINVAL after a report_error(). */
int ops_resolve(const struct plan_op *plan, unsigned count, const struct maps *maps,
		struct op *out);
/* Runs them in order. Returns 0, or the index + 1 of the one that failed, with errno. */
int ops_run(const struct op *ops, unsigned count);

#endif
