/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A survey as a folder that can be opened from the disk or put on a server as it is:
 *
 *	index.html		the heat table
 *	scenario/NAME.html	a page for each scenario
 *	survey.csv		a line a cell
 *	survey.json		the document, of which all the rest is made
 */
#ifndef REPORT_SURVEY_SURVEY_SITE_H
#define REPORT_SURVEY_SURVEY_SITE_H

#include "report/survey/survey.h"

/* -EEXIST if @dir is there, has something in it, and is no survey's: nothing of it is touched. */
int survey_site_check(const char *dir, struct err *e);
/*
 * The same survey gives the same bytes. Each file is there whole or not at all, the index last;
 * then pages of scenarios that a survey before had, and this one has not, are removed.
 */
int survey_site_write(const struct survey *x, const char *dir, struct err *e);

#endif
