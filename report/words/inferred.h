/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a row of functions was inferred to be (judge/why/renames.h), in words. */
#ifndef REPORT_WORDS_INFERRED_H
#define REPORT_WORDS_INFERRED_H

#include "judge/counts/comparison.h"
#include "report/words/table.h"

/* Notes below the table's last row, which is of @f; @named: they begin with its name. */
void inferred_notes(struct table *t, const struct function_delta *f, bool named);

#endif
