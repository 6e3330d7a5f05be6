/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A survey as its document has it ("slowpath/survey/1"), for all that renders one: the program's
 * own documents and files that came from elsewhere go through the same reader.
 */
#ifndef REPORT_SURVEY_SURVEY_H
#define REPORT_SURVEY_SURVEY_H

#include "base/buf.h"
#include "base/err.h"
#include "report/words/tone.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define SURVEY_KERNELS_MAX 1000
#define SURVEY_ROWS_MAX 10000
#define SURVEY_NAME_MAX 57 /* bytes of a scenario's; of each a file's name may take three */

/* All texts and JSON are the document's. */
struct survey_kernel {
	const char *spec, *title, *release, *version, *compiler;
	const json_t *config; /* options that changed from the kernel before; NULL: not known */
	bool other_compiler;  /* than the kernel before */
};

enum survey_way { SURVEY_UP, SURVEY_DOWN, SURVEY_UNCLEAR };

/* A change between two kernels that were measured, with none measured between. */
struct survey_step {
	size_t last_good, first_bad; /* kernels */
	double old_value, new_value, ratio;
	const char *verdict, *reason;
	bool gradual; /* of the ends: no two neighbours between them show it */
	enum survey_way way;
	const json_t *json;
};

struct survey_cell {
	bool measured, exact;
	double value, spread;
	const char *why; /* not exact, or not measured; may be NULL */
	double to_first; /* to the first kernel that was measured; NAN: not known */
	double to_before;
	const struct survey_step *step; /* that ends here; NULL: none */
	const json_t *json;
};

struct survey_row {
	const char *name, *help, *metric, *unit, *item, *verdict, *reason;
	unsigned cpus;
	struct survey_cell *cells; /* owned; one a kernel */
	struct survey_step *steps; /* owned */
	size_t n_steps, n_ways[3];
	const json_t *json;
};

struct survey {
	const json_t *document; /* borrowed */
	const char *id, *arch, *qemu, *slowpath, *cpu_model;
	double threshold;
	size_t shards;		       /* that it was put together of; 1: it is whole */
	const json_t *options;	       /* strings, as they are typed; NULL: not known, or none */
	struct survey_kernel *kernels; /* owned, at least one */
	size_t n_kernels;
	struct survey_row *rows; /* owned */
	size_t n_rows, n_steps, n_ways[3], rows_with_steps, cells_measured;
};

/* -EINVAL, and where, if it is no such document. It borrows from @document. */
int survey_read(const json_t *document, struct survey *out, struct err *e);
/*
 * A document from a file, 256 MiB at most; or one of several that are shards of one survey: of the
 * same kernels, QEMU, CPU model, threshold and options, and no scenario in two of them. -EINVAL,
 * and which file has what other.
 */
int survey_open_all(const char *const *paths, size_t n, json_t **out, struct err *e);
void survey_free(struct survey *x);
#define _cleanup_survey_ __attribute__((cleanup(survey_free)))

/* The function that changed most in a step, and by how much; NULL: none is known. */
const char *survey_function(const struct survey_step *s, double *delta);
/* Of a step: options that differ between its kernels, and how many of them are of mm; -1: not
 * known.
 */
struct survey_builds {
	long options, mm_options;
	bool other_compiler;
};
struct survey_builds survey_builds(const struct survey *x, const struct survey_step *s);
/* Whether every row counts instructions, and not what a program prints or how often it is called.
 */
bool survey_is_of_insns(const struct survey *x);
/* "20260513-100000-ffffffffffffffff and 3 other shards" */
void survey_put_id(const struct survey *x, struct buf *out);
/* "31 steps in 20 of 34 scenarios: 18 up, 13 down" */
void survey_headline(const struct survey *x, struct buf *out);

/* A line a scenario, and the steps; for terminals. */
void survey_text(const struct survey *x, const struct text_style *style, struct buf *out);
/*
 * A line a cell: scenario,kernel,release,metric,unit,item,value,spread,exact,ratio_first,
 * ratio_before,step,status,reason
 */
void survey_csv(const struct survey *x, struct buf *out);

#endif
