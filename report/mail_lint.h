/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a mail must not say; internal to report/. */
#ifndef REPORT_MAIL_LINT_H
#define REPORT_MAIL_LINT_H

#include "report/mail.h"

struct mail_range {
	char text[100]; /* behind "#regzbot introduced: "; "" if none can be claimed */
};

/*
 * Refuses (-EINVAL): claims of a mail that the verdict does not make, timed claims from an
 * emulator, different states, unfinished or unclean experiments; a title or reason with numbers
 * that are not in the data, or that speaks of something else; message-ids and addresses that are
 * none; a range whose ends were not measured or that crosses stable series. @range is filled.
 */
int mail_lint(const struct mail_request *q, const struct evidence *x, const struct evidence_case *c,
	      struct mail_range *range, struct err *e);
/* Is every number of @text one of the experiment's, as far as it is written out? */
int mail_lint_numbers(const char *what, const char *text, const struct evidence *x, struct err *e);

#endif
