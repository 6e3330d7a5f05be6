/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stands behind the results of a mail; internal to report/. */
#ifndef REPORT_MAIL_MAIL_ENDING_H
#define REPORT_MAIL_MAIL_ENDING_H

#include "report/mail/mail_range.h"

/*
 * State, what else differs, what is not claimed, the environment, how it could be checked and
 * narrowed down, the evidence and the reproducer, and lines to copy.
 */
void mail_ending(const struct mail_request *q, const struct mail_about *a,
		 const struct mail_range *range, struct buf *out);

#endif
