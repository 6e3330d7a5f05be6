/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Releases as upstream names them, and ranges between them. */
#ifndef REPORT_WORDS_RELEASE_H
#define REPORT_WORDS_RELEASE_H

#include <stdbool.h>

struct release {
	unsigned major, minor, point, rc; /* point and rc: 0 if there is none */
};

/* From "6.17.13+deb13-cloud-amd64", "6.18-rc3", or a tag "v6.17"; false if it is no release. */
bool release_parse(const char *text, struct release *out);
struct release_text {
	char text[40];
};
/* "6.17.13", "6.18-rc3". */
struct release_text release_name(const struct release *r);
bool release_is_mainline(const struct release *r);
bool release_same(const struct release *a, const struct release *b);
/* Negative if @a is the older by its numbers, 0 if they are equal; -rc comes before its release. */
int release_compare(const struct release *a, const struct release *b);
/* Is A..B a line of history, from the older on: both of mainline, or both of one stable series? */
bool release_is_range(const struct release *a, const struct release *b);

/*
 * How many mainline releases (x.y) lie between the two, neither of them counted; a -rc lies before
 * its release, and a stable one is its mainline release here. False if the last release of a major
 * number between them is not known: from 3.0 on, and past 7.x nothing is.
 */
bool releases_between(const struct release *a, const struct release *b, unsigned *out);

#endif
