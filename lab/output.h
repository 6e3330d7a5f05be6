/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a foreign program printed, and the metrics that are in it. */
#ifndef LAB_OUTPUT_H
#define LAB_OUTPUT_H

#include "base/buf.h"
#include "base/err.h"
#include "scenario/program.h"
#include "vm/report.h"

#define OUTPUT_METRICS_MAX PROGRAM_METRICS_MAX
#define OUTPUT_NAME_BYTES 64

struct output_metric {
	char name[OUTPUT_NAME_BYTES];
	double value;  /* median of the executions */
	double spread; /* largest less smallest */
};

struct output {
	struct output_metric metrics[OUTPUT_METRICS_MAX];
	size_t n_metrics;
	char *text; /* the end of what the last execution printed; owned */
};

/*
 * The metrics of one execution's @text, in their order: what the program's patterns match, or else
 * every word KEY=NUMBER. value is what was printed, spread 0. Unmeasured if a metric is printed
 * twice, or a pattern matches nothing or no number.
 */
int output_parse(const char *text, const struct program *p, struct output *out, struct err *e);
/* All executions of a run. Unmeasured if they do not print the same metrics. */
int output_take(const struct report *report, const struct program *p, struct output *out,
		struct err *e);
/* The last line that a program printed before it failed, appended to the error as a cause. */
void output_explain(const struct report *report, struct err *e);
void output_free(struct output *o);
#define _cleanup_output_ __attribute__((cleanup(output_free)))

#endif
