/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Judges a whole table of raw rows: cell by cell, kernel by kernel, with its warnings. */
#ifndef JUDGE_JUDGEMENT_H
#define JUDGE_JUDGEMENT_H

#include "judge/exact_cell.h"
#include "judge/mean_cv.h"
#include "judge/timed.h"

struct judged_row {
	uint32_t kernel, scenario, metric;
	uint16_t cpus;
	bool is_baseline;
	struct mean_cv mean_cv;
	bool counted; /* executed instructions: exact is filled, else timed */
	/* Against the baseline; of no meaning for the baseline itself. */
	struct timed timed;
	struct exact_cell exact;
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
 * Times are judged by blocks, executed instructions (unit insns) by the exact rules with
 * @threshold. @rules.baseline may be INTERN_NONE: the oldest kernel by its version. -ENOENT if a
 * cell lacks the baseline.
 */
int judge_table(const struct rows *t, struct mean_cv_rules *rules, double threshold,
		struct judgement *out, struct err *e);
/* The verdict of a row by the rules that fit it. */
enum verdict judged_verdict(const struct judged_row *r);
double judged_ratio(const struct judged_row *r);
void judgement_free(struct judgement *j);
#define _cleanup_judgement_ __attribute__((cleanup(judgement_free)))

#endif
