/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tables that README and page share. Each fills an empty table, which keeps its own errors
 * (report/words/table.h).
 */
#ifndef REPORT_EVIDENCE_TABLES_H
#define REPORT_EVIDENCE_TABLES_H

#include "report/evidence/evidence.h"
#include "report/words/table.h"

/* Functions @from to @end of the comparison, without those that cost the same on both sides. */
void tables_functions(const struct evidence_case *c, size_t from, size_t end, struct table *out);
bool tables_function_changed(const struct function_delta *f);
/* The page state before the window; with the scenario's name in every row if @named. */
void tables_state(const struct evidence_case *c, bool named, struct table *out);
/* Begins the one above. */
void tables_state_columns(bool named, struct table *out);
/* What else was looked at, as far as it is the same, or is not. */
void tables_audit(const struct audit *a, bool same, struct table *out);
/* The kernels in the order that was asked for. 0 or -ENOMEM. */
int tables_kernels(const struct evidence *x, struct table *out);

#endif
