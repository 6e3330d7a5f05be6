/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What both ends of a noisy search are like: their levels, the noise of a run, whether they differ
 * at all, and whether the machine drifts. Runs of the two ends are made in pairs, and what counts
 * is the difference of a pair: what the machine does in the meantime is in both alike.
 */
#ifndef BISECT_CALIBRATION_H
#define BISECT_CALIBRATION_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* Runs of each end; as many again, once, if it is open then whether they differ. */
#define CALIBRATION_RUNS 30
#define CALIBRATION_RUNS_MAX 60
/*
 * Calls the ends different where they are not with at most this probability (two-sided
 * signed-rank test), at either look: together below 1 %.
 */
#define CALIBRATION_ALPHA 0.004
/* A p above this is not worth a second look. */
#define CALIBRATION_OPEN 0.25

struct calibration {
	double good; /* Hodges-Lehmann median */
	double bad;  /* good, and the Hodges-Lehmann median of the differences */
	double sd;   /* of a run, by how far differences are from each other */
	double p;    /* that they are alike */
	bool differ;
	bool open; /* more runs may show a difference */
	bool drifts;
};

/*
 * @good and @bad: @n values each, pair by pair in the order of time. @smallest: a difference that
 * matters, in units of the values. 0, or -ENOMEM.
 */
int calibrate(const double *good, const double *bad, size_t n, double smallest,
	      struct calibration *out, struct err *e);

/*
 * The level of a few runs: the median of all means of two (Hodges and Lehmann, 1963). @scratch has
 * room for n (n + 1) / 2.
 */
double calibration_level(const double *x, size_t n, double *scratch);

#endif
