// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/views/judge.h"

#include "judge/table/csv.h"

#include <errno.h>

/* clang-format off */
/* What mean-cv says of a row, as the published summary names it. */
#define MEAN_CV_COLUMNS \
	"value", "median_value", "stdev_value", "cv", "mad_value", "mad_ratio", \
	"min_value", "max_value", "baseline_value", "delta_vs_baseline", \
	"baseline_median_value", "delta_vs_baseline_median", "classification", "status", \
	"stable", "robust_stable", "comparison_reliable", "comparison_robust_reliable"
/* Of the runs behind it. */
#define RUNS_COLUMNS "run_count", "ok_runs", "failed_runs", "failure_reasons"

static const char *const published_columns[] = {
	"profile", "source_file", "entry_profile", "test_kind", "version_family", "exact_version",
	"case", "scenario", "metric", MEAN_CV_COLUMNS, RUNS_COLUMNS, NULL
};
static const char *const mean_cv_columns[] = {
	"scenario", "cpus", "metric", "kernel", MEAN_CV_COLUMNS, "label", RUNS_COLUMNS, NULL
};
/* clang-format on */
/* Of times and of counts; what a row does not have stays empty. */
static const char *const blocks_columns[] = {
	"scenario",	"cpus",	      "metric",	 "primary", "kernel",
	"control",	"mode",	      "verdict", "ratio",   "low",
	"high",		"alpha",      "p",	 "p_holm",  "smallest_effect",
	"equal_within", "detectable", "look",	 "blocks",  "paired",
	"exact_test",	"old",	      "new",	 "delta",   "spread_old",
	"spread_new",	"noise",      "floor",	 "exact",   "why_not",
	"failed_runs",	"reason",     NULL
};

/* @digits: behind the point, as the published summary has them; negative: as many as it takes. */
static void put_value(struct buf *out, const json_t *value, int digits)
{
	if (json_is_string(value)) {
		csv_put(out, json_string_value(value));
		return;
	}
	if (json_is_boolean(value)) {
		buf_puts(out, json_is_true(value) ? "yes" : "no");
		return;
	}
	if (json_is_integer(value)) {
		buf_printf(out, "%lld", (long long)json_integer_value(value));
		return;
	}
	if (!json_is_real(value))
		return;
	if (digits < 0)
		buf_printf(out, "%.15g", json_real_value(value));
	else
		buf_printf(out, "%.*f", digits, json_real_value(value));
}

static void put_row(struct buf *out, const json_t *row, const char *const *columns, int digits)
{
	for (size_t i = 0; columns[i]; i++) {
		if (i)
			buf_puts(out, ",");
		put_value(out, json_object_get(row, columns[i]), digits);
	}
	buf_puts(out, "\n");
}

void judge_csv(const struct rows *t, const struct judgement *j, enum judge_rules rules,
	       struct buf *out)
{
	bool published = rules == RULES_MEAN_CV && t->published;
	const char *const *columns = published		      ? published_columns
				     : rules == RULES_MEAN_CV ? mean_cv_columns
							      : blocks_columns;

	for (size_t i = 0; columns[i]; i++)
		buf_printf(out, "%s%s", i ? "," : "", columns[i]);
	buf_puts(out, "\n");
	for (size_t i = 0; i < j->count; i++) {
		json_t *row;

		if (rules != RULES_MEAN_CV && j->rows[i].is_baseline)
			continue;
		row = judge_row_json(t, &j->rows[i], rules);
		if (row)
			put_row(out, row, columns, published ? 6 : -1);
		else
			buf_keep(out, -ENOMEM);
		json_decref(row);
	}
}
