/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a mail must not say; internal to report/. */
#ifndef REPORT_MAIL_MAIL_LINT_H
#define REPORT_MAIL_MAIL_LINT_H

#include "report/mail/mail_range.h"

/*
 * Refuses (-EINVAL): claims of a mail that the verdict does not make, timed claims from an
 * emulator, different states, unfinished or unclean experiments, a kind of mail that the command
 * has no answer for; a NEW that is older than OLD; a title or reason with numbers that are not the
 * data's (report/mail/mail_numbers.h), or that speaks of something else; message-ids, addresses and
 * URLs that are none; a range that cannot be claimed. @range is filled.
 */
int mail_lint(const struct mail_request *q, const struct mail_about *a, struct mail_range *range,
	      struct err *e);

#endif
