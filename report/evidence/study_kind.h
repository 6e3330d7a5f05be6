/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kinds of study (report/evidence/study.h), each in a file of its own; internal to report/. */
#ifndef REPORT_EVIDENCE_STUDY_KIND_H
#define REPORT_EVIDENCE_STUDY_KIND_H

#include "report/evidence/study.h"

#include <math.h>

struct study_kind {
	const char *command;
	/*
	 * Members of the document that are kept, where make() makes all others; NULL: all but
	 * "seconds" are.
	 */
	const char *const *kept;
	/* Makes x->study.document or holds it against the rows, and adds cases. */
	int (*make)(struct evidence *x, struct err *e);
	int (*lines)(const struct evidence *x, phrase_fn fn, void *arg);
	int (*tables)(const struct evidence *x, struct study_tables *out);
	/* What is not claimed, beside what no experiment claims; NULL-terminated. */
	const char *const *limits;
	/* What is held by its hash alone; NULL-terminated. */
	const char *const *unproven;
};

extern const struct study_kind study_attribute, study_cover, study_cycles, study_probe,
	study_replay, study_state, study_audit, study_narrow, study_fixed, study_bisect;

/* A good run of this side, the first that there is; NULL: none. */
const struct record_run *study_run(const struct record *r, const char *side);
/* The same by the kernel's spec, as documents name kernels. */
const struct record_run *study_kernel_run(const struct record *r, const char *spec);
/* Of times: one build a side is one layout, and what is real there is suspect
 * (judge/judgement/judgement.h).
 */
enum verdict study_of_one_build(enum verdict v);
/* "functions[3]: old: 4 stands there, 5 follows from the rows", unless the two are equal. */
int study_expect(const char *what, const char *name, const json_t *have, double want,
		 struct err *e);
/* Of an object; "" and NAN where there is none. */
const char *study_text(const json_t *object, const char *name);
/*
 * Of a document of 'fixed', the row that its status is of: of the exact part where that decided,
 * else the first metric. Borrowed; NULL: there is none. *part (may be NULL): it is of the part.
 */
const json_t *study_gap_row(const json_t *document, bool *part);
double study_number(const json_t *object, const char *name);

/* A new table with its heads, or NULL; cells are added one by one. */
struct study_table *study_table(struct study_tables *t, const char *title, size_t columns,
				const char *const *heads);
void study_cell(struct study_table *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Of the cell that was added last. */
void study_source(struct study_table *t, const char *file, double line);

#endif
