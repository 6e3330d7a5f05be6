// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/counts/confirm.h"

#include "stats/stats.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct confirm_plan *confirm_plans(void)
{
	static const struct confirm_plan plans[CONFIRM_RUNS] = {
		{ "random seed 2", { .seed = 1 } },
		{ "random seed 3", { .seed = 2 } },
		/* Less, not more: above 512 MiB the kernel turns huge pages on. */
		{ "32 MiB less memory", { .extra_memory_mib = -32 } },
		{ "64 MiB less memory", { .extra_memory_mib = -64 } },
		{ "mappings 4 KiB later", { .map_offset = 4096 } },
		{ "mappings 1 MiB + 20 KiB later", { .map_offset = (1u << 20) + 5 * 4096 } },
		{ "initrd padded by 4 KiB", { .initrd_pad_bytes = 4096 } },
		{ "initrd padded by 3 MiB", { .initrd_pad_bytes = 3u << 20 } },
	};

	return plans;
}

void confirm_judge(struct confirmation *f, double old_value, double threshold)
{
	double values[CONFIRM_RUNS], scratch[CONFIRM_RUNS];
	size_t up = 0, down = 0, same = 0, large = 0;

	f->confirmed = false;
	if (!f->count)
		return;
	for (size_t i = 0; i < f->count; i++) {
		values[i] = f->rows[i].delta;
		up += values[i] > 0;
		down += values[i] < 0;
		same += !f->rows[i].different_state;
		large += fabs(values[i]) >= threshold * fabs(old_value);
	}
	stats_sort(values, f->count);
	f->median_delta = stats_median_sorted(values, f->count);
	f->mad = stats_mad(values, f->count, f->median_delta, scratch);
	f->confirmed = (up == CONFIRM_RUNS || down == CONFIRM_RUNS) && same == f->count &&
		       large == f->count && fabs(f->median_delta) >= threshold * fabs(old_value) &&
		       fabs(f->median_delta) >= 3 * f->mad;
}

void confirm_apply(struct confirmation *f, struct comparison *c)
{
	size_t len = strlen(c->reason);

	if (c->verdict != VERDICT_REGRESSION && c->verdict != VERDICT_IMPROVEMENT)
		return;
	/* Of one sign, but of the other one. */
	if ((f->median_delta > 0) != (comparison_delta(c, c) > 0))
		f->confirmed = false;
	if (f->confirmed) {
		snprintf(c->reason + len, sizeof(c->reason) - len,
			 "; confirmed by %d of %d perturbations", CONFIRM_RUNS, CONFIRM_RUNS);
		return;
	}
	c->verdict = VERDICT_INCONCLUSIVE;
	snprintf(c->reason + len, sizeof(c->reason) - len,
		 "; but perturbations do not confirm it (median %+.2f, MAD %.2f)", f->median_delta,
		 f->mad);
}
