/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a mail says of a foreign program, in the place of a reproducer. Internal to report/. */
#ifndef REPORT_MAIL_MAIL_PROGRAM_H
#define REPORT_MAIL_MAIL_PROGRAM_H

#include "report/mail/mail_request.h"

/*
 * A program that others cannot have is no reproducer: it has to have an address. Where there is no
 * program, an address of one is a mistake.
 */
int mail_program_check(const struct mail_request *q, const struct mail_about *a, struct err *e);
/* "./prog a b", quoted so that a shell reads these words. */
void mail_program_words(const struct scenario *s, struct buf *out);
/* That it did the same work on both sides, as far as was seen. Nothing of a scenario. */
void mail_program_work(const struct evidence_case *c, struct buf *out);
/* Where it lies, its hash, and how it was called. */
void mail_program(const struct mail_request *q, const struct mail_about *a, struct buf *out);

#endif
