/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What each of several candidates recovers of a gap: "slowpath/decompose/1". */
#ifndef REPORT_SURVEY_DECOMPOSE_H
#define REPORT_SURVEY_DECOMPOSE_H

#include "base/buf.h"
#include "base/err.h"
#include "report/words/tone.h"

#include <jansson.h>
#include <stddef.h>

/* 2^4 sets of them, each a kernel. */
#define DECOMPOSE_CANDIDATES_MAX 4
#define DECOMPOSE_SETS_MAX (1u << DECOMPOSE_CANDIDATES_MAX)

struct decompose_view {
	const char *id;
	double threshold;
	/*
	 * What was asked for, as the experiment's command has it:
	 * {"tree", "old", "new", "base", "candidates", "sets", "chosen"}, where old and new are
	 * names of kernels in the rows, base is NEW's commit, candidates are {"name", "kind",
	 * "commit", "subject", "sha256"}, sets one of every subset, the Nth of those candidates
	 * whose bit of N is set: {"kernel"} or {"reason"}, and chosen are scenarios' names.
	 */
	const json_t *asked;
	json_t *const *rows; /* of survey_row_json(), with pairs of OLD and NEW, NEW and each set */
	size_t n_rows;
};

/*
 * All costs are per item of the scenario, recovered ones NEW's less the set's, so above 0 is less
 * work. Of candidates C1 ... Cn, f(S) is NEW's cost with those of S:
 *
 *	own(Ci)      f(N) - f(N + Ci), where N is nothing, or the smallest set without which Ci
 *		     does not apply or build
 *	interaction  f() - f(all) less the sum of all own
 *	left	     f(all) - OLD
 *
 * which add up to NEW - OLD whatever the values. An order puts one candidate on after the other;
 * low, high and mean are of what Ci recovers in all orders of which every set could be measured,
 * and the means add up to f() - f(all) as well.
 *
 * The verdict is regression if any set costs more than NEW by the threshold in any scenario;
 * inconclusive if that, or a gap, cannot be told of one, or no chosen scenario has a gap; else
 * equivalent. A new reference, or NULL when out of memory.
 */
json_t *decompose_json(const struct decompose_view *v);
/* 1, 125 or 0, by the verdict. */
int decompose_exit(const json_t *document);
/* A table a chosen scenario, and what the others say. */
void decompose_text(const json_t *document, const struct text_style *style, struct buf *out);

#endif
