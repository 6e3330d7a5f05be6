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
#include "judge/counts/work.h"
#include "judge/counts/events.h"
#include "judge/table/verdict.h"
#include "lab/exact.h"
#include "reading/parts.h"
#include "reading/readings.h"
#include "reading/slope.h"
#include "scenario/scenario.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One reading on both sides; of the same quantity. The first metric is the iteration's, which need
 * not be the one that decides (comparison.decides). */
struct metric {
	struct reading old_one, new_one;
};

#define FUNCTION_TAKEN_UP_MAX 3

/*
 * Instructions and calls per item. Calls are NAN where they are not known: of a function of which a
 * side has only a part that the compiler split off (.part), which is entered from elsewhere.
 */
struct function_delta {
	const char *name; /* in one of the runs' profiles */
	double old_insns, new_insns;
	double old_calls, new_calls;
	/* By judge/why/renames.h; names are in the profiles too. */
	const char *renamed_from; /* what OLD calls it; NULL: by its own name, or OLD has none */
	double sure;		  /* of that, from 0 to 1 */
	/* What one side executes and the other may have inlined in this one. */
	const char *taken_up[FUNCTION_TAKEN_UP_MAX];
	size_t n_taken_up;
	unsigned taken_up_side; /* that executes them as functions: 0 OLD, 1 NEW */
};

/* What the functions of a source file changed by, together; per item. */
struct group_delta {
	char *file; /* owned; NULL: all of which it is not known */
	double delta;
};

/*
 * Whether a cost or a number of calls is negative, by more than what three decimals do not show: a
 * phase's edge leaves that, and it is never printed without saying so.
 */
bool function_has_negative(const struct function_delta *f);

/* Executed in the windows, but not part of the metric; per item. */
enum outside { OUTSIDE_INTERRUPTS, OUTSIDE_OTHERS, OUTSIDE_REP, OUTSIDE_RETRIES, OUTSIDE_COUNT };

struct outside_delta {
	double old_insns, new_insns;
};

/* Of what the scenario is about (judge/why/source_change.h). */
enum source_change { SOURCE_UNKNOWN, SOURCE_SAME, SOURCE_CHANGED };

enum check_result { CHECK_PASS, CHECK_FAIL, CHECK_UNKNOWN };

struct state_check {
	const char *name;
	uint64_t expected;	       /* SCENARIO_ANY: only that both sides agree */
	uint64_t old_value, new_value; /* REPORT_UNKNOWN if it could not be read */
	enum check_result result;
};

#define STATE_CHECKS_MAX (8 + REPORT_FOLIO_ORDERS + REPORT_NODES)

/* NAN: not known, or nothing is expected. */
struct work_outcome {
	char name[64];
	double expected, old_value, new_value;
};

#define OUTCOMES_MAX (1 + 4 * MARKER_SEGMENTS + STATE_CHECKS_MAX)

/* What a side's program printed; the texts are the run's, NULL if it has none. */
struct program_output {
	const char *text, *notes;
	bool region; /* only its region was counted */
};

struct comparison {
	enum verdict verdict;
	char reason[1024];
	bool exact; /* the deciding readings are, on both sides; else near-exact */
	char why_not[READING_WHY_BYTES]; /* why near-exact; "" where exact */
	unsigned cpus;
	struct reading_change change; /* of the deciding metric */
	uint64_t items;		      /* pages or calls that metrics are divided by */
	unsigned iterations;	      /* N of N and 2N, on both sides */
	unsigned pairs;		      /* of such phases */
	struct metric metrics[READINGS_MAX];
	size_t n_metrics;
	size_t decides;		    /* which metric the verdict is about (scenario/metric.h) */
	struct reading_parts parts; /* of that: how much of it is exact */
	struct function_delta *functions; /* owned; largest |delta| first */
	size_t n_functions;
	struct task_delta *tasks; /* owned; judge/counts/tasks.h */
	size_t n_tasks;
	struct group_delta *groups; /* owned; by judge/why/groups.h */
	size_t n_groups;
	enum source_change source_change;
	char source_functions[300]; /* "filemap_map_pages and next_uptodate_folio" */
	struct outside_delta outside[OUTSIDE_COUNT];
	struct events events;
	double unattributed_old, unattributed_new;
	struct state_check checks[STATE_CHECKS_MAX];
	size_t n_checks;
	struct work_outcome outcomes[OUTCOMES_MAX]; /* judge/counts/outcomes.h */
	size_t n_outcomes;
	struct work work;		  /* of a foreign program */
	struct program_output outputs[2]; /* likewise, of OLD and NEW */
	const char *notes[2];		  /* of the runs (lab/run.h), which own them; may be NULL */
	double faults_old, faults_new;	  /* page faults an iteration */
	int64_t clock_old, clock_new;	  /* readings.clock_difference */
};

/*
 * The runs must outlive the comparison. @threshold is the smallest effect that matters, as a
 * fraction of OLD. -ENOENT, with all filled in, if the metric is of a function that neither
 * executes.
 */
int compare_runs(const struct scenario *s, const struct run *old_run, const struct run *new_run,
		 unsigned cpus, double threshold, struct comparison *out, struct err *e);
/* Those that either profile has (owned), in order. */
int compare_functions(const struct slope slopes[2], const struct profile *old_p,
		      const struct profile *new_p, struct function_delta **out, size_t *count,
		      struct err *e);
/* Puts the functions in order: largest |delta| first. */
void comparison_sort(struct comparison *c);
void comparison_free(struct comparison *c);
#define _cleanup_comparison_ __attribute__((cleanup(comparison_free)))

const struct metric *comparison_deciding(const struct comparison *c);
/* Of another comparison of the same two kernels, the change that @c's verdict is about. */
double comparison_delta(const struct comparison *c, const struct comparison *other);
/* "exact part" where the verdict is about no more than that; else NULL. */
const char *comparison_part(const struct comparison *c);

const char *metric_name(const struct metric *m);
double metric_delta(const struct metric *m);
/* new / old; 1 if both are 0, and infinity if only OLD is. */
double metric_ratio(const struct metric *m);
const char *outside_name(enum outside which);

#endif
