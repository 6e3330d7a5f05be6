/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A survey as pages, each of which needs nothing else: they lead to one another, and nowhere else.
 * All is untrusted, kernels' and scenarios' names too.
 */
#ifndef REPORT_SURVEY_SURVEY_PAGE_H
#define REPORT_SURVEY_SURVEY_PAGE_H

#include "report/survey/survey.h"

struct survey_file {
	char text[256];
};
/* Below the site's folder: "scenario/mprotect.shared-dirty-toggle.html". No two names have one. */
struct survey_file survey_file_of(const char *scenario);

/* The heat table, the steps, the kernels. */
void survey_index(const struct survey *x, struct buf *out);
/* A scenario's series, its steps, its page states, and how all that is repeated. */
void survey_scenario(const struct survey *x, const struct survey_row *row, struct buf *out);

/* Internal to the pages. */
/* "6.17.13" for "6.17.13+deb13-cloud-amd64"; its title if it is none of Debian's, or another of the
 * survey has that number too. */
void survey_put_brief(const struct survey *x, const struct survey_kernel *k, struct buf *out);
const char *survey_tone_class(const struct survey_step *s);
/* What else changed between the kernels of a step: compiler, options of mm. */
void survey_put_builds(const struct survey *x, const struct survey_step *s, struct buf *out);
void survey_put_step_mark(const struct survey_step *s, struct buf *out);

#endif
