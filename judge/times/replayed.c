// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/times/replayed.h"

#include "judge/times/sequential.h"
#include "judge/times/signed_rank.h"
#include "stats/stats.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define ALPHA .01
/* Blocks of one side whose middle half is wider say more of the machine than of the kernel. */
#define SPREAD_MAX .05

static double spread_of(const double *values, size_t n)
{
	double sorted[REPLAYED_BLOCKS_MAX], middle;

	memcpy(sorted, values, n * sizeof(*values));
	stats_sort(sorted, n);
	middle = stats_median_sorted(sorted, n);
	return (sorted[n - 1 - n / 4] - sorted[n / 4]) / middle;
}

/* A change that instructions do not show is a suspicion. */
static void cap(struct replayed *r, double threshold, double insns_ratio)
{
	bool agrees = r->verdict == VERDICT_REGRESSION ? insns_ratio >= 1 + threshold
						       : insns_ratio <= 1 - threshold;

	if (r->verdict != VERDICT_REGRESSION && r->verdict != VERDICT_IMPROVEMENT)
		return;
	r->capped = !agrees;
	if (r->capped)
		r->verdict = VERDICT_SUSPECT;
}

int replayed_judge(const double *old_ns, const double *new_ns, size_t n, double threshold,
		   double insns_ratio, struct replayed *out)
{
	const struct sequential_margins margins = { log1p(threshold), log1p(threshold) };
	double d[REPLAYED_BLOCKS_MAX];
	struct signed_rank ranks;
	int r;

	*out = (struct replayed){ .blocks = n, .verdict = VERDICT_INCONCLUSIVE };
	if (!n || n > REPLAYED_BLOCKS_MAX)
		return -EINVAL;
	for (size_t i = 0; i < n; i++)
		d[i] = log(new_ns[i]) - log(old_ns[i]);
	r = signed_rank(d, n, ALPHA, NULL, &ranks);
	if (r < 0)
		return r;
	out->ratio = exp(ranks.estimate);
	out->low = exp(ranks.low);
	out->high = exp(ranks.high);
	out->p = ranks.p;
	out->spread[0] = spread_of(old_ns, n);
	out->spread[1] = spread_of(new_ns, n);
	if (out->spread[0] > SPREAD_MAX || out->spread[1] > SPREAD_MAX) {
		out->verdict = VERDICT_UNSTABLE;
		return 0;
	}
	out->verdict =
		sequential_verdict(ranks.low, ranks.high, ranks.estimate, ranks.p, ALPHA, margins);
	cap(out, threshold, insns_ratio);
	return 0;
}

/* 1: longer, -1: shorter, 0: no change that matters. */
static int direction(const struct replayed *time)
{
	if (time->verdict == VERDICT_EQUIVALENT || time->verdict == VERDICT_TRIVIAL)
		return 0;
	return time->ratio > 1 ? 1 : -1;
}

enum verdict replayed_join(enum verdict counted, double insns_ratio, double threshold,
			   const struct replayed *time, bool *slower)
{
	int by_count = counted == VERDICT_REGRESSION ? 1 : counted == VERDICT_IMPROVEMENT ? -1 : 0;
	int in_call = insns_ratio >= 1 + threshold ? 1 : insns_ratio <= 1 - threshold ? -1 : 0;

	if (!by_count && counted != VERDICT_EQUIVALENT && counted != VERDICT_TRIVIAL)
		return counted;
	if (time->verdict == VERDICT_UNSTABLE || time->verdict == VERDICT_INCONCLUSIVE)
		return counted;
	/* What changed the count is not in the call, or the rest makes up for what is. */
	if (by_count ? in_call != by_count : in_call && in_call == direction(time))
		return counted;
	if (direction(time) == by_count)
		return counted;
	*slower = direction(time) > 0;
	return VERDICT_SUSPECT;
}

void replayed_reason(enum verdict counted, const struct replayed *time, char *reason, size_t size)
{
	size_t len = strlen(reason);

	snprintf(reason + len, size - len,
		 "; by the count this is %s, but it takes %.3f times as long here",
		 verdict_name(counted), time->ratio);
}
