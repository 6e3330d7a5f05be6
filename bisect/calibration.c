// SPDX-License-Identifier: GPL-2.0-or-later
#include "bisect/calibration.h"

#include "base/cleanup.h"
#include "judge/times/signed_rank.h"
#include "stats/stats.h"
#include "judge/times/ranks.h"

#include <math.h>

/* The median distance of two values of a normal distribution, in standard deviations. */
#define DISTANCE_OF_SD 0.953873
#define DRIFT_ALPHA 0.05

double calibration_level(const double *x, size_t n, double *scratch)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		for (size_t j = i; j < n; j++)
			scratch[k++] = (x[i] + x[j]) / 2;
	}
	return stats_median_select(scratch, k);
}

/*
 * Noise of a run, out of differences of two: what the machine does to both of them cancels. The
 * median distance of two values (Bickel and Lehmann, 1979) is more efficient than the MAD.
 */
static double noise_of(const double *d, size_t n, double *scratch)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		for (size_t j = i + 1; j < n; j++)
			scratch[k++] = fabs(d[i] - d[j]);
	}
	return stats_median_select(scratch, k) / DISTANCE_OF_SD / sqrt(2);
}

int calibrate(const double *good, const double *bad, size_t n, double smallest,
	      struct calibration *out, struct err *e)
{
	_cleanup_free_ double *scratch = calloc(n * (n + 1) / 2 + 2 * n, sizeof(*scratch));
	_cleanup_free_ double *d = calloc(2 * n, sizeof(*d));
	struct trend trend = { .p = 1 };
	struct signed_rank s = { .p = 1 };
	double step;

	*out = (struct calibration){ .p = 1 };
	if (!scratch || !d)
		return err_oom(e);
	for (size_t i = 0; i < n; i++)
		d[i] = bad[i] - good[i];
	if (signed_rank(d, n, CALIBRATION_ALPHA, NULL, &s) < 0)
		return err_oom(e);
	step = s.estimate;
	out->p = s.p;
	out->sd = noise_of(d, n, scratch);
	out->good = calibration_level(good, n, scratch);
	out->bad = out->good + step;
	for (size_t i = 0; i < n; i++) {
		d[2 * i] = good[i] - out->good;
		d[2 * i + 1] = bad[i] - out->bad;
	}
	if (trend_find(d, 2 * n, &trend) < 0)
		return err_oom(e);
	out->drifts = trend.p < DRIFT_ALPHA;
	out->differ = out->p < CALIBRATION_ALPHA && fabs(step) >= smallest;
	out->open = n < CALIBRATION_RUNS_MAX && out->p >= CALIBRATION_ALPHA &&
		    out->p < CALIBRATION_OPEN;
	return 0;
}
