/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A sender's text as words and numbers; internal to report/mail_numbers.c. */
#ifndef REPORT_MAIL_MAIL_WORDS_H
#define REPORT_MAIL_MAIL_WORDS_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

enum token_kind { TOKEN_WORD, TOKEN_NUMBER, TOKEN_VERSION, TOKEN_COMMIT, TOKEN_SIGN };

struct token {
	enum token_kind kind;
	const char *at; /* in the text */
	size_t len;
	double value; /* of a number */
	int decimals;
	bool negative; /* "-5", but not "6-5" */
};

struct tokens {
	struct token *list; /* owned */
	size_t count;
};

/* 0 or -ENOMEM. Words are of letters, digits and '_', signs one character each. */
int tokens_read(const char *text, struct tokens *out, struct err *e);
void tokens_free(struct tokens *t);
#define _cleanup_tokens_ __attribute__((cleanup(tokens_free)))

/* Is token @i there, and one of the words ("more|less", in lower case)? */
bool token_is(const struct tokens *t, size_t i, const char *words);

/* What a number is of, and at which token the unit stands (the number itself: there is none). */
enum unit {
	UNIT_NONE,
	UNIT_PERCENT,
	UNIT_TIMES,
	UNIT_INSNS,
	UNIT_NS,
	UNIT_OTHER_TIME, /* seconds and their like: nothing is told in these */
	UNIT_PAGES,
	UNIT_CPUS,
	UNIT_BLOCKS,
	UNIT_KIB,
	UNIT_MIB,
	UNIT_GIB,
	UNIT_UNKNOWN, /* letters that follow without a blank */
};
enum unit token_unit(const struct tokens *t, size_t i, size_t *at);

/* What comes of it: 1 rises, -1 falls, 0 is not said, by the words around tokens @from to @to. */
int tokens_direction(const struct tokens *t, size_t from, size_t to);
/* "doubled", "thrice": the ratio that a word says, and 0 for others. */
double token_ratio(const struct tokens *t, size_t i);

#endif
