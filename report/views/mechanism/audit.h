/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What else differs between two kernels, and a function of theirs side by side, rendered. */
#ifndef REPORT_VIEWS_MECHANISM_AUDIT_H
#define REPORT_VIEWS_MECHANISM_AUDIT_H

#include "base/buf.h"
#include "base/err.h"
#include "judge/why/audit.h"
#include "judge/why/config_diff.h"
#include "judge/why/listing.h"
#include "report/words/tone.h"

#include <jansson.h>

struct audit_view {
	const struct scenario *scenario;
	const struct kernel *kernels[2]; /* old, new */
	const struct audit *audit;
	const struct config_diff *configs;
	const char *function; /* NULL: none was asked for, and the rest is not there */
	const struct disasm *code[2];
	const struct listing *listing;
};

/* Adds "audit", "config" and, if there is one, "function" to @doc. */
int audit_json(const struct audit_view *v, json_t *doc, struct err *e);
/* Instructions that are the same on both sides and executed as often are left out but for a few. */
int audit_text(const struct audit_view *v, const struct text_style *style, struct buf *out,
	       struct err *e);

#endif
