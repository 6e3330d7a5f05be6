/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a foreign program printed, and the metrics that are in it. */
#ifndef LAB_OUTPUT_OUTPUT_H
#define LAB_OUTPUT_OUTPUT_H

#include "base/buf.h"
#include "base/err.h"
#include "scenario/program.h"
#include "vm/report.h"

#define OUTPUT_METRICS_MAX PROGRAM_METRICS_MAX
#define OUTPUT_NAME_BYTES PROGRAM_METRIC_BYTES

struct output_metric {
	char name[OUTPUT_NAME_BYTES];
	double value;  /* median of the executions */
	double spread; /* largest less smallest */
};

struct output {
	struct output_metric metrics[OUTPUT_METRICS_MAX];
	size_t n_metrics;
	char *text;	/* what the last execution printed; owned, as are the others */
	char *notes;	/* lines: what was printed and is no metric, and why; "" if nothing */
	char *steady;	/* lab/output/steady.h: of all executions */
	char *unsteady; /* likewise */
	bool region;	/* only what the program's region of interest held was counted */
};

/*
 * The metrics of one execution's @text, in their order: what the program's patterns match, or else
 * every word KEY=NUMBER. value is what was printed, spread 0. A word that cannot be a metric, as
 * its key is there twice, its value no plain number or its name one of slowpath's, is left out, and
 * the notes say so; a pattern, which was asked for, is unmeasured if it matches nothing, no number,
 * or twice.
 */
int output_parse(const char *text, const struct program *p, struct output *out, struct err *e);
/* All executions of a run. Words that some of them only print are left out, too. */
int output_take(const struct report *report, const struct program *p, struct output *out,
		struct err *e);
/*
 * Of a run that failed: what the program printed last, if it did, and its last line appended to the
 * error as a cause.
 */
void output_explain(const struct report *report, struct output *out, struct err *e);
void output_free(struct output *o);
#define _cleanup_output_ __attribute__((cleanup(output_free)))

#endif
