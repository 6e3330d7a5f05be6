/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What can stand for a word of a command's synopsis: scenarios, kernels, experiments, files. */
#ifndef CMD_COMPLETION_COMPLETE_WORDS_H
#define CMD_COMPLETION_COMPLETE_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/* The word that is being typed, and what it may become. */
struct completing {
	const char *lead; /* of the word: what stays, such as "--scenario=" */
	size_t lead_len;
	const char *begun;    /* its rest, which is to be completed */
	const char *home_arg; /* --home of the line, or NULL */
	bool files;	      /* the shell is to offer its files as well */
	unsigned offered;     /* what has been: bits of enum in cmd/completion/complete_words.c */
};

/* Prints @name if it begins as the word does, and @help (may be NULL) behind a tab. */
void complete_offer(const struct completing *c, const char *name, const char *help);
/*
 * Offers what the synopsis calls @arg, by its first @len bytes: "SCENARIO", "ID|FILE.csv",
 * "exact|timed". Nothing for what people think of themselves. Errors are silent, and nothing is
 * made, fetched or waited for.
 */
void complete_word(struct completing *c, const char *arg, size_t len);

#endif
