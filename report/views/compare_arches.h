/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Comparisons of the same two versions on several architectures, as one answer. */
#ifndef REPORT_VIEWS_COMPARE_ARCHES_H
#define REPORT_VIEWS_COMPARE_ARCHES_H

#include "arch/arch.h"
#include "report/views/compare.h"

/* What was measured on one architecture. */
struct compare_column {
	const struct arch *arch;
	const struct compare_view *const *views; /* one a row; not read if there is a failure */
	json_t *const *documents;		 /* theirs; borrowed */
	const char *failure;			 /* why nothing was measured; NULL: it was */
	int exit_status;			 /* that it alone would end with */
	char id[64];				 /* of its experiment, as short as can be typed */
};

struct compare_arches_view {
	const char *old_word, *new_word; /* as they were given */
	struct compare_column *columns;
	size_t n_columns, n_rows;
};

/* The document of interface "slowpath/compare-arches/1": a new reference, NULL: out of memory. */
json_t *compare_arches_json(const struct compare_arches_view *v);
/*
 * One sentence for each group of scenarios that went alike, then a table: a scenario a row, the
 * largest ratio first, an architecture after the other; where the style's columns are too few for
 * that, each has a line of its own. At least one column was measured.
 */
int compare_arches_text(const struct compare_arches_view *v, const struct text_style *style,
			struct buf *out, struct err *e);

#endif
