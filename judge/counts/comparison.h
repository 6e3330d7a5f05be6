/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * OLD against NEW, exactly: two runs of one scenario become metrics, a verdict, and the functions
 * that make the difference. Pure arithmetic on what was measured; nothing is measured here.
 *
 * What a run costs, how far that is off and whether it is exact are its readings
 * (reading/reading.h), and the verdict is what they say of each other
 * (judge/counts/count_verdict.h).
 */
#ifndef JUDGE_COUNTS_COMPARISON_H
#define JUDGE_COUNTS_COMPARISON_H

#include "base/cleanup.h"
#include "base/err.h"
#include "judge/counts/events.h"
#include "judge/table/verdict.h"
#include "lab/exact.h"
#include "reading/readings.h"
#include "scenario/scenario.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One reading on both sides; of the same quantity. The first metric is the iteration's. */
struct metric {
	struct reading old_one, new_one;
};

/* Instructions and calls per item. */
struct function_delta {
	const char *name; /* in one of the runs' profiles */
	double old_insns, new_insns;
	double old_calls, new_calls;
};

/* Executed in the windows, but not part of the metric; per item. */
enum outside { OUTSIDE_INTERRUPTS, OUTSIDE_OTHERS, OUTSIDE_REP, OUTSIDE_RETRIES, OUTSIDE_COUNT };

struct outside_delta {
	double old_insns, new_insns;
};

enum check_result { CHECK_PASS, CHECK_FAIL, CHECK_UNKNOWN };

struct state_check {
	const char *name;
	uint64_t expected;	       /* SCENARIO_ANY: only that both sides agree */
	uint64_t old_value, new_value; /* REPORT_UNKNOWN if it could not be read */
	enum check_result result;
};

#define STATE_CHECKS_MAX (6 + REPORT_FOLIO_ORDERS + REPORT_NODES)

/* NAN: not known, or nothing is expected. */
struct work_outcome {
	char name[64];
	double expected, old_value, new_value;
};

#define OUTCOMES_MAX (1 + 3 * MARKER_SEGMENTS + STATE_CHECKS_MAX)

struct comparison {
	enum verdict verdict;
	char reason[768];
	bool exact; /* the iteration's readings are, on both sides; else near-exact */
	char why_not[READING_WHY_BYTES]; /* why near-exact; "" where exact */
	unsigned cpus;
	struct reading_change change; /* of the iteration */
	uint64_t items;		      /* pages or calls that metrics are divided by */
	struct metric metrics[READINGS_MAX];
	size_t n_metrics;
	struct function_delta *functions; /* owned; largest |delta| first */
	size_t n_functions;
	struct outside_delta outside[OUTSIDE_COUNT];
	struct events events;
	double unattributed_old, unattributed_new;
	struct state_check checks[STATE_CHECKS_MAX];
	size_t n_checks;
	struct work_outcome outcomes[OUTCOMES_MAX]; /* judge/counts/outcomes.h */
	size_t n_outcomes;
	double faults_old, faults_new; /* page faults an iteration */
	int64_t clock_old, clock_new;  /* readings.clock_difference */
};

/*
 * The runs must outlive the comparison. @threshold is the smallest effect that matters, as a
 * fraction of OLD.
 */
int compare_runs(const struct scenario *s, const struct run *old_run, const struct run *new_run,
		 unsigned cpus, double threshold, struct comparison *out, struct err *e);
void comparison_free(struct comparison *c);
#define _cleanup_comparison_ __attribute__((cleanup(comparison_free)))

const char *metric_name(const struct metric *m);
double metric_delta(const struct metric *m);
/* new / old; 1 if both are 0, and infinity if only OLD is. */
double metric_ratio(const struct metric *m);
const char *outside_name(enum outside which);

#endif
