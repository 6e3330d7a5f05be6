/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The mail that tells of a result, for 'git send-email': 72 columns of plain text made from the
 * evidence, and the reproducer as an attachment. Nothing is ever sent.
 */
#ifndef REPORT_MAIL_H
#define REPORT_MAIL_H

#include "report/evidence.h"

enum mail_kind {
	MAIL_REPORT,	 /* the first of a thread */
	MAIL_CORRECTION, /* of its subject or figures */
	MAIL_RANGE,	 /* a narrowed range, or the culprit */
	MAIL_CANDIDATE,	 /* what a patch does: NEW is with it */
	MAIL_WITHDRAWAL,
	MAIL_KINDS
};
extern const char *const mail_kinds[MAIL_KINDS]; /* "report", "correction"... */

/* Strings are borrowed; NULL: not given. */
struct mail_request {
	enum mail_kind kind;
	const char *reply_to;	/* a message-id; of all but the first */
	const char *introduced; /* "v6.16..v6.17", or a commit */
	const char *title;	/* "mm/mprotect: ..." instead of the one that is made */
	const char *reason;	/* of a correction or withdrawal, one paragraph */
	const char *const *cc;	/* addresses beside the lists */
	size_t n_cc;
};

/*
 * Appends the mail. -EINVAL with the reason if it would claim what the data does not say: that is
 * the lint (report/mail_lint.h).
 */
int mail_write(const struct mail_request *q, const struct evidence *x, struct buf *out,
	       struct err *e);

/* The case that a mail is about: the worst. NULL: there is none. */
const struct evidence_case *mail_case(const struct evidence *x);
/* "mm/mprotect.c" */
struct mail_path {
	char text[80];
};
struct mail_path mail_source(const struct evidence_case *c);

#endif
