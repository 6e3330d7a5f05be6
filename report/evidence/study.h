/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Experiments of the commands that explain or search: attribute, cover, probe, state, audit,
 * narrow, fixed, bisect. What one of them says is a document. That of narrow and fixed is made anew
 * from the rows. Of the others it is kept as the command said it (raw/result.json), and what
 * follows from rows in it has to agree with them; what does not follow is held by its hash alone,
 * and told (study_each_unproven()).
 *
 * Pairs of runs that were compared become cases like those of 'slowpath compare' (evidence.h).
 */
#ifndef REPORT_EVIDENCE_STUDY_H
#define REPORT_EVIDENCE_STUDY_H

#include "base/buf.h"
#include "report/evidence/evidence.h"
#include "report/evidence/phrases.h"
#include "report/words/table.h"

/* NULL: @command is none of these. */
const struct study_kind *study_find(const char *command);
/*
 * What has to be kept of a document that the rows do not say: a new reference; NULL: nothing, or
 * out of memory.
 */
json_t *study_kept(const char *command, const json_t *document);
/* The command's name: "narrow". */
const char *study_name(const struct evidence *x);
/* Fills x->study and the cases. -EINVAL with what does not agree. */
int study_make(struct evidence *x, struct err *e);
void study_free(struct study *s);

/* Is it of a command that searches: narrow, fixed or bisect? */
bool study_searches(const struct evidence *x);
/* Of such one, what came of it in a word or two: "closed", "proven"; NULL: there is no result. */
const char *study_headline(const struct evidence *x);
/* What came of it, sentence by sentence, what is not claimed, and what of it no row can prove. */
int study_each_line(const struct evidence *x, phrase_fn fn, void *arg);
int study_each_limit(const struct evidence *x, phrase_fn fn, void *arg);
int study_each_unproven(const struct evidence *x, phrase_fn fn, void *arg);
/* "slowpath narrow 'A' 'B' -s NAME" */
void study_command_line(const struct evidence *x, struct buf *out);

/* A table and what stands above it. */
struct study_table {
	const char *title;
	struct table table;
	bool negative; /* a count is, which number_negative_note explains */
};
#define STUDY_TABLES_MAX 3
struct study_tables {
	struct study_table at[STUDY_TABLES_MAX];
	size_t count;
};
/* 0 or -ENOMEM. */
int study_tables(const struct evidence *x, struct study_tables *out);
void study_tables_free(struct study_tables *t);
#define _cleanup_study_tables_ __attribute__((cleanup(study_tables_free)))

/* Pictures of a study. */
enum study_plot { STUDY_SERIES, STUDY_FLAME, STUDY_BATCHES, STUDY_PLOTS };
extern const char *const study_plot_titles[STUDY_PLOTS];
extern const char *const study_plot_paths[STUDY_PLOTS]; /* "plots/series.svg" */
bool study_plot_possible(const struct evidence *x, enum study_plot kind);
void study_plot_draw(const struct evidence *x, enum study_plot kind, struct buf *out);

#endif
