// SPDX-License-Identifier: GPL-2.0-or-later
#include "bisect/calibration.h"

#include "base/cleanup.h"
#include "judge/rank_sum.h"
#include "judge/stats.h"
#include "judge/trend.h"

#include <math.h>
#include <string.h>

/* MAD of a normal distribution to its standard deviation. */
#define MAD_TO_SD 1.4826
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

int calibrate(const double *good, const double *bad, size_t n, double smallest,
	      struct calibration *out, struct err *e)
{
	_cleanup_free_ double *scratch = calloc(n * (n + 1) / 2 + 2 * n, sizeof(*scratch));
	_cleanup_free_ double *residuals = calloc(2 * n, sizeof(*residuals));
	struct trend trend = { .p = 1 };

	*out = (struct calibration){ .p = 1 };
	if (!scratch || !residuals)
		return err_oom(e);
	out->good = calibration_level(good, n, scratch);
	out->bad = calibration_level(bad, n, scratch);
	for (size_t i = 0; i < n; i++) {
		residuals[2 * i] = good[i] - out->good;
		residuals[2 * i + 1] = bad[i] - out->bad;
	}
	if (trend_find(residuals, 2 * n, &trend) < 0)
		return err_oom(e);
	out->drifts = trend.p < DRIFT_ALPHA;
	out->sd = MAD_TO_SD * stats_mad(residuals, 2 * n, 0, scratch);
	memcpy(residuals, good, n * sizeof(*good));
	memcpy(residuals + n, bad, n * sizeof(*bad));
	out->p = rank_sum_p(residuals, n, residuals + n, n);
	out->differ = out->p < CALIBRATION_ALPHA && fabs(out->bad - out->good) >= smallest;
	out->open = n < CALIBRATION_RUNS_MAX && out->p >= CALIBRATION_ALPHA &&
		    out->p < CALIBRATION_OPEN;
	return 0;
}
