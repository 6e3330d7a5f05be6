/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a mail is asked to be, and what of an experiment it is about. */
#ifndef REPORT_MAIL_MAIL_REQUEST_H
#define REPORT_MAIL_MAIL_REQUEST_H

#include "report/evidence/evidence.h"

enum mail_kind {
	MAIL_REPORT,	 /* the first of a thread */
	MAIL_CORRECTION, /* of its subject or figures */
	MAIL_RANGE,	 /* a narrowed range, or the culprit */
	MAIL_CANDIDATE,	 /* what a candidate does, of 'slowpath fixed' */
	MAIL_WITHDRAWAL,
	MAIL_KINDS
};
extern const char *const mail_kinds[MAIL_KINDS]; /* "report", "correction"... */

/* Strings are borrowed; NULL: not given. */
struct mail_request {
	enum mail_kind kind;
	const char *reply_to;	 /* a message-id; of all but the first */
	const char *subject;	 /* the first mail's, of a follow-up */
	const char *introduced;	 /* "v6.16..v6.17", or a commit */
	const char *title;	 /* "mm/mprotect: ..." instead of the one that is made */
	const char *reason;	 /* of a correction or withdrawal, one paragraph */
	const char *bundle_url;	 /* where the bundle lies */
	const char *program_url; /* where a foreign program lies */
	const char *reported_by; /* "Name <address>" */
	const char *closes;	 /* a URL */
	bool regzbot;		 /* lines for regzbot are wanted */
	bool swapped;		 /* the sides are exchanged (report/evidence/swap.h) */
	const char *const *cc;	 /* addresses beside the lists */
	size_t n_cc;
};

/* All borrowed from the evidence. */
struct mail_about {
	const struct evidence *x;
	/* The worst result; of a bisection its culprit's against the parent; of a gap the gap. */
	const struct evidence_case *c;
	const json_t *culprit; /* of a bisection, c's; NULL elsewhere */
};

/* -EINVAL with the reason if there is nothing that a mail could be about. */
int mail_about_find(const struct evidence *x, struct mail_about *out, struct err *e);
/* Is it of this command? */
bool mail_is_fixed(const struct mail_about *a);
bool mail_is_bisect(const struct mail_about *a);
bool mail_is_narrow(const struct mail_about *a);
/*
 * The commit that has been proven to make it slower, of the experiment or of an attached bisection:
 * {"commit", "subject", ...}; NULL: there is none.
 */
const json_t *mail_proven_commit(const struct mail_about *a);
/* Has the culprit been proven, so that it may be called the cause? */
bool mail_is_proven(const struct mail_about *a);
/* Of a kernel in a series: a run; NULL: there is none. */
const struct record_run *mail_series_run(const struct mail_about *a, const json_t *kernel);
/* Of a gap: the candidate's first run; NULL: there is none. */
const struct record_run *mail_candidate(const struct mail_about *a);

/* By which names the sides of the case go: OLD and NEW, parent and commit, before and after. */
struct mail_sides {
	const char *old_side, *new_side;
};
struct mail_sides mail_sides(const struct mail_about *a);

/* "mm/mprotect.c"; "mm.c" of a program */
struct mail_path {
	char text[80];
};
struct mail_path mail_source(const struct evidence_case *c);

/* "the mail is refused: WHAT", as -EINVAL. */
int mail_refuse(struct err *e, const char *what);

#endif
