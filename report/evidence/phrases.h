/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Plain words for what an experiment says, shared by README, mail and pages. Every number in them
 * is formatted here, from the case that it belongs to. Texts are raw: the caller escapes.
 */
#ifndef REPORT_EVIDENCE_PHRASES_H
#define REPORT_EVIDENCE_PHRASES_H

#include "report/evidence/evidence.h"

/* The first error ends what calls it. */
typedef int (*phrase_fn)(void *arg, const char *text);

/*
 * What a kernel is called in sentences: "6.17.13+deb13-cloud-amd64"; of git, "28bd1217f75f" or the
 * revision that was asked for, with its release behind unless @brief, as many commits share one.
 * NULL: "a kernel".
 */
void phrase_kernel(const struct record_run *run, bool brief, struct buf *out);
/* "6.17.13", or, of git, what phrase_kernel() says in brief; for titles. */
void phrase_release(const struct record_run *run, struct buf *out);
/* One sentence on one case, with its mode, ratio and values; a second on its time, if it was had.
 */
void phrase_claim(const struct evidence_case *c, struct buf *out);
/* "mprotect() a mapping. 16384 pages...", and what the profile set otherwise. */
void phrase_scenario(const struct evidence *x, const struct evidence_case *c, struct buf *out);
/* That of every scenario, each once. */
int phrase_each_scenario(const struct evidence *x, phrase_fn fn, void *arg);
/* "mprotect/shared-dirty-toggle", and which two of a search these are. */
void phrase_case(const struct evidence_case *c, struct buf *out);
/* Calls @fn for every scenario, each once; its first error ends it. */
int phrase_each_plan(const struct evidence *x, int (*fn)(void *arg, const struct scenario *s),
		     void *arg);
/* "REGRESSION", "SUSPECT, slower"... */
void phrase_verdict(const struct evidence_case *c, struct buf *out);
/* A value of the case's metric: "301.340" counted, "12.41" ns; "-" for none. */
void phrase_value(double value, struct buf *out);
void phrase_ratio(double ratio, struct buf *out);
/* "[1.1973, 1.2031]", or "-" where counts are exact. */
void phrase_interval(const struct evidence_case *c, struct buf *out);

/* What a reader might take from it, and is not claimed; each once. The first error ends it. */
int phrase_each_limit(const struct evidence *x, phrase_fn fn, void *arg);
/* What is wrong or unusual with the experiment as a whole: unfinished, failed runs, purpose. */
int phrase_each_mark(const struct evidence *x, phrase_fn fn, void *arg);

/* The function deltas worth showing: from 1 instruction per item, at most @max. */
size_t phrase_functions(const struct evidence_case *c, size_t max);
/* Has a side of the first @n functions a negative count? number_negative_note says what that is. */
bool phrase_has_negative(const struct evidence_case *c, size_t n);

#endif
