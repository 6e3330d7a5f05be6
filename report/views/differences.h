/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What else differs between two kernels, in the lines of every view that says so. */
#ifndef REPORT_VIEWS_DIFFERENCES_H
#define REPORT_VIEWS_DIFFERENCES_H

#include "base/buf.h"
#include "judge/why/audit.h"
#include "report/words/tone.h"

/*
 * "cmdline: quiet / splash": a thing that differs. Of a command line only the words that are not on
 * both sides, where there are others.
 */
void difference_text(const struct audit_entry *x, long config_differences, struct buf *out);
/*
 * A line for each thing that differs behind @indent blanks and @before ("differs"), if it is known
 * of either side.
 */
void differences_text(const struct audit *a, const struct text_style *style, unsigned indent,
		      const char *before, struct buf *out);
/* Whether one is known to be the same on both sides: "compiler". */
bool audit_is_same(const struct audit *a, const char *name);

#endif
