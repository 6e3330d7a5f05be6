/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The arithmetic of decompose.h, over one scenario's costs. */
#ifndef REPORT_SURVEY_DECOMPOSE_PARTS_H
#define REPORT_SURVEY_DECOMPOSE_PARTS_H

#include "report/survey/decompose.h"

#include <stdbool.h>

struct decompose_value {
	double cost;   /* per item; NAN: it is not known */
	double spread; /* NAN: not known */
	bool exact;
};

struct decompose_values {
	unsigned n; /* candidates */
	struct decompose_value old_one;
	struct decompose_value sets[DECOMPOSE_SETS_MAX]; /* a bit a candidate; [0] is NEW */
	bool applies[DECOMPOSE_SETS_MAX]; /* there is a kernel of it, measured or not */
};

struct decompose_part {
	double delta;		/* recovered; NAN: it cannot be told */
	double spread;		/* the sum of those that it is made of */
	bool exact;		/* all are that it is made of */
	bool known;		/* after is */
	unsigned after;		/* the set that it was put on top of */
	double low, high, mean; /* over the orders; NAN where there is none */
};

struct decompose_parts {
	struct decompose_part own[DECOMPOSE_CANDIDATES_MAX], interaction, left;
	unsigned orders, orders_all; /* that could be followed, and that there are */
};

struct decompose_parts decompose_parts(const struct decompose_values *x);

#endif
