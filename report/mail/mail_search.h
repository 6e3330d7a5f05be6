/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a mail says of a gap, a bisection and a series: it is made from their documents, as the
 * pairs that they measured are not OLD and NEW of a comparison. Internal to report/.
 */
#ifndef REPORT_MAIL_MAIL_SEARCH_H
#define REPORT_MAIL_MAIL_SEARCH_H

#include "report/mail/mail_request.h"

/* The sentence on what came of it; nothing for other experiments. */
void mail_search_claim(const struct mail_about *a, struct buf *out);
/* The sections "Result" and "Mechanism". */
void mail_search_results(const struct mail_about *a, struct buf *out);
/* "Fixes: 28bd1217f75f ("...")" of a proven commit; nothing where there is none. */
void mail_fixes(const struct mail_about *a, struct buf *out);

#endif
