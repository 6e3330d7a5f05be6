// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/common/judged_exit.h"

/* A kernel of which every run failed has rows too. */
static bool all_measured(const struct judgement *j)
{
	bool any = false;

	for (size_t i = 0; i < j->count; i++) {
		const struct mean_cv *m = &j->rows[i].mean_cv;

		if (!j->rows[i].primary)
			continue;
		any = true;
		if (m->failed_runs >= m->run_count)
			return false;
	}
	return any;
}

int judged_exit(const struct cmd_ctx *ctx, const struct judgement *j, enum judge_rules rules)
{
	int status = judgement_exit(j, rules);

	return all_measured(j) ? verdict_status(ctx, status) : status;
}
