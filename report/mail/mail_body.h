/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of a mail; internal to report/. */
#ifndef REPORT_MAIL_MAIL_BODY_H
#define REPORT_MAIL_MAIL_BODY_H

#include "report/mail/mail_range.h"

/* Without the lines for the bot. */
void mail_body(const struct mail_request *q, const struct mail_about *a,
	       const struct mail_range *range, struct buf *out);

#endif
