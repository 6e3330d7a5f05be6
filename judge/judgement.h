/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Judges a whole table of raw rows: cell by cell, kernel by kernel, with its warnings. */
#ifndef JUDGE_JUDGEMENT_H
#define JUDGE_JUDGEMENT_H

#include "judge/mean_cv.h"
#include "judge/timed.h"

struct judged_row {
	uint32_t kernel, scenario, metric;
	uint16_t cpus;
	bool is_baseline;
	struct mean_cv mean_cv;
	struct timed timed; /* against the baseline; of no meaning for the baseline itself */
};

struct judge_warning {
	const char *kind; /* "quantised-clock", "small-n"... */
	uint32_t metric;  /* a word of the table, or INTERN_NONE */
	char *text;
};

struct judgement {
	struct judged_row *rows;
	size_t count, cap;
	struct judge_warning *warnings;
	size_t n_warnings, cap_warnings;
};

/*
 * @rules.baseline may be INTERN_NONE: the oldest kernel by its version. -ENOENT if a cell lacks the
 * baseline.
 */
int judge_table(const struct rows *t, struct mean_cv_rules *rules, struct judgement *out,
		struct err *e);
void judgement_free(struct judgement *j);
#define _cleanup_judgement_ __attribute__((cleanup(judgement_free)))

#endif
