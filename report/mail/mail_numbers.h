/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Holds what a sender writes against what was measured; internal to report/.
 *
 * A number belongs to its unit: before "%" stands only what the ratio gives (100 * |ratio - 1|, in
 * its direction) or a share that was closed or won back; before "x" and "times" only the ratio;
 * "doubled" and its like are ratios, too. Values stand with their unit, functions' numbers beside
 * the function's name, counts beside what they count; else a number is a release of a kernel.
 */
#ifndef REPORT_MAIL_MAIL_NUMBERS_H
#define REPORT_MAIL_MAIL_NUMBERS_H

#include "report/mail/mail_request.h"

/*
 * @what: "title". The numbers are those of the case that the mail is about, and of every case whose
 * scenario @text names. -EINVAL with the first that is none of these.
 */
int mail_numbers_check(const char *what, const char *text, const struct mail_about *a,
		       struct err *e);
/* Does @text speak of time? */
bool mail_speaks_of_time(const char *text);

#endif
