/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What of a source file was executed, rendered. */
#ifndef REPORT_VIEWS_MECHANISM_COVER_H
#define REPORT_VIEWS_MECHANISM_COVER_H

#include "base/buf.h"
#include "base/err.h"
#include "judge/why/coverage.h"
#include "report/words/tone.h"

#include <jansson.h>

struct cover_view {
	const char *scenario, *title, *release;
	const char *source;	  /* "mm/mprotect.c" */
	const char *source_path;  /* the file that was read */
	const char *tree_version; /* of the tree that it is in, or NULL */
	const struct coverage *coverage;
};

/* Adds to @doc: "source", "source_path", "tree_version", the totals, ratios and "functions". */
int cover_json(const struct cover_view *v, json_t *doc, struct err *e);
int cover_text(const struct cover_view *v, const struct text_style *style, struct buf *out,
	       struct err *e);

#endif
