/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The mail that tells of a result, for 'git send-email': 72 columns of plain text made from the
 * evidence, and the reproducer as an attachment. Nothing is ever sent.
 */
#ifndef REPORT_MAIL_MAIL_H
#define REPORT_MAIL_MAIL_H

#include "report/mail/mail_request.h"

/*
 * Appends the mail, and to @notes what its sender should know, a line each. -EINVAL with the reason
 * if it would claim what the data does not say: that is the lint (report/mail/mail_lint.h).
 */
int mail_write(const struct mail_request *q, const struct mail_about *a, struct buf *out,
	       struct buf *notes, struct err *e);

#endif
