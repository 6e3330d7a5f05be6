/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How costs per item are written, in every rendering. */
#ifndef REPORT_WORDS_NUMBER_H
#define REPORT_WORDS_NUMBER_H

#include <stdbool.h>

struct number_text {
	char text[40];
};

/*
 * "301.340": three decimals, but three significant digits ("0.000427") where there is something and
 * decimals would not show it: a cost of a call or two in many pages is one all the same. What
 * arithmetic alone leaves (below 1e-9) is 0, and so is number_rest(); "-" for what is not finite.
 */
struct number_text number_of(double value);
/* The same of a difference, with its sign: "+0.000427", "-12.000", "+0.000". */
struct number_text number_change(double value);

/*
 * A cost without the rest that a mean of differences leaves: a count below zero that three decimals
 * do not show is 0. (One above zero may be a cost of a call or two in many pages.)
 */
double number_rest(double value);

/* Calls per item, four digits; "?": not known. */
struct number_text number_calls(double value);

/* One line that has to stand with tables in which a count of one side is_negative(). */
bool number_is_negative(double value);
extern const char number_negative_note[];

#endif
