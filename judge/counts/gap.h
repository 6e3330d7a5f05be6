/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Does a candidate close the gap that NEW opened against OLD? All three were measured in one
 * experiment. The share that is closed is
 *
 *	(new - candidate) / (new - old)
 *
 * which is 1 where the candidate is as good as OLD, 0 where it is as bad as NEW, above 1 where it
 * is better than OLD and below 0 where it is worse than NEW.
 */
#ifndef JUDGE_COUNTS_GAP_H
#define JUDGE_COUNTS_GAP_H

#include "judge/counts/comparison.h"

/* Values per item. */
struct gap_row {
	const char *name; /* of a metric or a function; borrowed */
	double old_value, new_value, candidate;
	/* NAN where OLD and NEW do not differ; the interval is unbounded where it is not known. */
	double closed, low, high;
};

enum gap_status {
	GAP_CLOSED, /* the candidate is no regression against OLD */
	GAP_PARTLY, /* it is one, but a smaller one than NEW */
	GAP_OPEN,   /* it is no better than NEW */
	GAP_NONE,   /* NEW is no regression against OLD: there is nothing to close */
	GAP_INCONCLUSIVE,
};

struct gap {
	enum gap_status status;
	enum verdict verdict;	  /* of the candidate against OLD */
	enum verdict gap_verdict; /* of NEW against OLD */
	char reason[1200];
	struct gap_row *metrics; /* owned; the first is the one that decides */
	size_t n_metrics;
	/* A verdict is of the exact part alone: what functions have that are exact in all three. */
	bool by_part;
	struct gap_row part;
	bool part_unknown;	   /* one is, and what is exact in all three does not bear it out */
	struct gap_row *functions; /* owned; exact only, the largest gap first */
	size_t n_functions;
	struct comparison opened, left; /* exact only: OLD with NEW, OLD with the candidate */
};

/*
 * Of exact runs: the share as it is, and its interval by the spreads of the measurements. The runs
 * must outlive @out.
 */
int gap_exact(const struct scenario *s, const struct run *old_run, const struct run *new_run,
	      const struct run *candidate, unsigned cpus, double threshold, struct gap *out,
	      struct err *e);
/* At which 'slowpath fixed' judges times. */
#define GAP_ALPHA 0.01
/*
 * Of @n blocks of times, each with one value of every kernel: shares c for which
 * ln(new / candidate) - c ln(new / old) may be centred at 0, by the signed-rank test at @alpha.
 */
int gap_timed(const double *old_ns, const double *new_ns, const double *candidate_ns, size_t n,
	      double alpha, double threshold, const char *metric, struct gap *out, struct err *e);
void gap_free(struct gap *g);
#define _cleanup_gap_ __attribute__((cleanup(gap_free)))

/* What the status is about: the first metric, or its exact part. */
const struct gap_row *gap_deciding(const struct gap *g);
/* "closed", "partly closed", "not closed", "no gap", "inconclusive" */
const char *gap_status_name(enum gap_status s);
/* 0 closed; 1 partly or not closed; 125 otherwise. */
int gap_exit(const struct gap *g);

#endif
