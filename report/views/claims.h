/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an experiment came to, in a line for every claim: for list and show. */
#ifndef REPORT_VIEWS_CLAIMS_H
#define REPORT_VIEWS_CLAIMS_H

#include "base/json.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "report/words/table.h"

#include <jansson.h>

/* What is known of an experiment without its runs; all is borrowed. */
struct claims_of {
	const json_t *command; /* as the experiment has it */
	const json_t *titles;  /* {SIDE: a kernel's title} */
};

/*
 * The claims of one kept result: a list of {"scenario", "cpus", "mode", "verdict", "part", "old",
 * "new", "ratio", "note"}, each null where it does not apply. The mode is exact, near-exact, timed,
 * emulated or native, as it was measured; kernels are titles, "part" is exact where the verdict is
 * of that part, and the ratio always of the whole. @document is what the command kept, or
 * store/catalog.h's digest of it. A new reference; NULL: out of memory.
 */
json_t *claims_make(const struct claims_of *x, const char *scenario, const char *verdict,
		    const json_t *document);
/* The worst of their modes: "near-exact" if one is; NULL: none is known. */
const char *claims_mode(const json_t *claims);
/* The columns of a table of claims: verdict, ratio, how it was measured, scenario. */
void claims_columns(struct table *t);
/* Their cells of a row that was begun, and a note with the kernels, what else is known, and @more.
 */
void claims_row(struct table *t, const json_t *claim, const char *more);

#endif
