/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Takes out of a record what names the machine that it was made on, everywhere in the same way. */
#ifndef REPORT_BUNDLE_REDACT_H
#define REPORT_BUNDLE_REDACT_H

#include "store/record.h"

#include <stdbool.h>

#define REDACT_WORDS_MAX 16

/* Borrowed; NULL or "" is nothing. */
struct redact_words {
	const char *hosts[REDACT_WORDS_MAX]; /* names of the machine, become "host" */
	size_t n_hosts;
	const char *users[REDACT_WORDS_MAX]; /* become "user" */
	size_t n_users;
	bool keep_system; /* paths below /usr, /etc and the like stay */
};

/*
 * Appends @text: of a path from the root, from ~ or from a dot only ".../" and its last part stays
 * (but for /dev, /proc and /sys, which every machine has), whole words that are names become "host"
 * and "user". Names that could be anybody's (root, debian, localhost...) stay, as they tell nothing
 * and stand in specs and consoles. What went through once stays as it is.
 */
void redact_text(const struct redact_words *w, const char *text, struct buf *out);

/* All texts that come from the host, the guests or the user. A profile gets a hash of its own. */
int redact_record(const struct redact_words *w, struct record *r, struct err *e);

#endif
