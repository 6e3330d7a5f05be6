/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One comparison, rendered. */
#ifndef REPORT_VIEWS_COMPARE_H
#define REPORT_VIEWS_COMPARE_H

#include "base/buf.h"
#include "base/err.h"
#include "judge/why/audit.h"
#include "judge/counts/comparison.h"
#include "judge/counts/confirm.h"
#include "judge/why/weight.h"
#include "report/words/tone.h"
#include "vm/argv.h"

#include <jansson.h>

struct replay_view;

struct compare_view {
	const char *id;
	const struct scenario *scenario;
	const struct kernel *old_kernel, *new_kernel;
	const struct comparison *comparison;
	const struct audit *audit;
	const struct confirmation *confirmation; /* NULL: not asked for */
	const struct weight_share *weight;	 /* NULL: no profile was given */
	const char *weight_file;		 /* it was in */
	const struct replay_view *time; /* of a call, replayed; NULL: not asked for or not had */
	const char *no_time;		/* why it was not had; NULL: it was, or nobody asked */
	bool by_calls;	     /* the text's functions: those whose calls changed most first */
	const char *failure; /* why there is no comparison; NULL: there is one */
	const char *qemu_version;
	const char *cpu_model; /* NULL: not known */
	double total_seconds, boot_seconds, measure_seconds;
};

/* The document of interface "slowpath/compare/1": a new reference, or NULL when out of memory. */
json_t *compare_json(const struct compare_view *v);
/* The text's first screen; @top functions are listed. */
int compare_text(const struct compare_view *v, unsigned top, const struct text_style *style,
		 struct buf *out, struct err *e);
/* One of several, in a line, as it is known before the others. */
void compare_row(const struct compare_view *v, struct buf *out);
/* Several scenarios, worst first, one line each; below, their kernels and the experiment's id. */
int compare_table(const struct compare_view *const *views, size_t count,
		  const struct text_style *style, struct buf *out, struct err *e);

/* OLD and NEW, and what their configs lack. */
void compare_kernels(const struct compare_view *v, const struct text_style *style, struct buf *out);

/* "exact" or "near-exact". */
const char *compare_mode(const struct comparison *c);

#endif
