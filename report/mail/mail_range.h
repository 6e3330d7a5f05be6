/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where it began, as far as an experiment tells; internal to report/. */
#ifndef REPORT_MAIL_MAIL_RANGE_H
#define REPORT_MAIL_MAIL_RANGE_H

#include "report/mail/mail_request.h"
#include "report/words/release.h"

struct mail_range {
	char text[100]; /* "v6.16..v6.17", or a commit; "" if none can be claimed */
};

/*
 * -EINVAL if --introduced names what was not measured, goes across stable series, or contradicts a
 * commit that has been proven; or if a mail about a range has none.
 */
int mail_range_find(const struct mail_request *q, const struct mail_about *a,
		    struct mail_range *range, struct err *e);
/* -EINVAL if NEW is the older of the two, as far as their releases tell. */
int mail_check_order(const struct mail_request *q, const struct mail_about *a, struct err *e);
/*
 * The tag of upstream's that a kernel was built from, or, of a distribution's, that it began with.
 * False: it is of a commit without one, or that is not known.
 */
bool mail_tag(const struct record_run *run, struct release *out);
/* Is it a distribution's kernel, with patches and a configuration of its own? */
bool mail_is_distribution(const struct record_run *run);
bool mail_is_commit(const char *text);

#endif
