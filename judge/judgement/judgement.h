/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Judges a whole table of raw rows: cell by cell, kernel by kernel, with its warnings.
 *
 * The verdict on a time is made in this order, each step from what the last one left:
 * 1. the blocks of the two sides (judge/times/timed.h);
 * 2. `unstable` if the A/A control failed, or a check of judge/times/stability.h did;
 * 3. a regression or improvement that does not stand among all primary metrics of the table
 *    (Holm, 1979, over p times the number of looks) is `inconclusive`;
 * 4. one that does stand is `suspect`, unless both sides have two or more builds: however often one
 *    build is run, it is one sample of code layout. Under an emulator it always is.
 * Executed instructions are judged by the exact rules (judge/counts/exact_cell.h) alone. Whatever
 * came of it, kernels whose pages were in different states before the window have no verdict but
 * `different-state` (judge/judgement/row_states.h).
 *
 * The control is a kernel that is named as the baseline with "#aa" behind it.
 */
#ifndef JUDGE_JUDGEMENT_JUDGEMENT_H
#define JUDGE_JUDGEMENT_JUDGEMENT_H

#include "judge/counts/exact_cell.h"
#include "judge/times/mean_cv.h"
#include "judge/table/options.h"
#include "judge/times/timed.h"

enum judge_rules { RULES_BLOCKS, RULES_MEAN_CV };

struct judged_row {
	const struct row *raw; /* mean_cv.run_count rows, of the table */
	uint32_t kernel, scenario, metric;
	uint16_t cpus;
	uint8_t mode; /* enum row_mode */
	bool is_baseline;
	bool is_control; /* the baseline, run once more */
	bool primary;
	bool one_layout; /* a change in time is `suspect` at most */
	bool counted;	 /* executed instructions: exact is filled, else timed */
	struct mean_cv mean_cv;
	/* Against the baseline; of no meaning for the baseline itself. */
	enum verdict verdict;
	char *reason;  /* NULL for the baseline */
	char *events;  /* what else it executes, in words (judge/judgement/row_events.h); or NULL */
	double p_holm; /* of a primary time; NaN elsewhere */
	union {
		struct timed timed;
		struct exact_cell exact;
	};
};

struct judge_warning {
	const char *kind;	 /* "quantised-clock", "small-n"... */
	const struct row *where; /* a row of the cell that it is about; NULL: the table */
	char *text;
};

struct judgement {
	uint32_t baseline;	     /* a word of the table */
	double tolerance, threshold; /* by which it was judged: judge/table/options.h */
	struct judged_row *rows;
	size_t count, cap;
	struct judge_warning *warnings;
	size_t n_warnings, cap_warnings;
};

/* -ENOENT if there is no such baseline. */
int judge_table(const struct rows *t, const struct judge_options *o, struct judgement *out,
		struct err *e);
double judged_ratio(const struct judged_row *r);
/*
 * Exit status of all primary rows together: 1 before 125 before 0. The control counts only if there
 * is no other kernel; with nothing to compare it is 125, but for mean-cv.
 */
int judgement_exit(const struct judgement *j, enum judge_rules rules);
void judgement_free(struct judgement *j);
#define _cleanup_judgement_ __attribute__((cleanup(judgement_free)))

/*
 * Between two looks of an experiment that is running: would more blocks of @scenario at @cpus still
 * change a primary verdict? @t: all rows so far. *decided is true once every kernel has its verdict
 * at a look (counts have theirs at the first that both sides have so many good runs for), and false
 * if no looks were asked for.
 */
int judge_decided(const struct rows *t, const struct judge_options *o, const char *scenario,
		  unsigned cpus, bool *decided, struct err *e);

#endif
