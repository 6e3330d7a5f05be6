/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What decides: the metric that a verdict is about, as somebody names it.
 *
 *	iteration	all segments (the default; of a foreign program: kernel)
 *	SEGMENT		one of them
 *	kernel		all but [user]
 *	user		[user] alone
 *	function:F	what F executes itself
 *	inclusive:F	F with all that it calls, and that is called there; needs the call tree
 *	calls:F		how often F is called
 *	task:NAME	what other tasks of that name execute (plugin/tasks.h): ksmd, kworker
 *	KEY		a number that a program prints; printed:KEY where a word above is meant else
 *
 * F is a function's name as rows have it (symbols/symbols.h: foo.constprop.0 is foo).
 */
#ifndef SCENARIO_METRIC_H
#define SCENARIO_METRIC_H

#include "base/err.h"
#include "proto/marker.h"

#include <stdbool.h>
#include <stddef.h>

enum metric_kind {
	METRIC_ITERATION,
	METRIC_SEGMENT,
	METRIC_KERNEL,
	METRIC_USER,
	METRIC_FUNCTION,
	METRIC_INCLUSIVE,
	METRIC_CALLS,
	METRIC_TASK,
	METRIC_PRINTED,
};

/* A longer name makes no quantity's. */
#define METRIC_NAME_BYTES 128
#define METRIC_WORD_BYTES (METRIC_NAME_BYTES + 16)

struct metric_choice {
	enum metric_kind kind;
	char name[METRIC_NAME_BYTES]; /* of a function, a segment, a task or a key; else "" */
	unsigned segment;	      /* METRIC_SEGMENT: which */
};

/* What there is to choose from. All is borrowed. */
struct metric_offer {
	const char *segments[MARKER_SEGMENTS];
	unsigned n_segments;
	bool program; /* a foreign one: it has a metric of its own by default, and may print */
};

/*
 * @word: NULL or "" for the default. -EINVAL, with what there is, if it is malformed or cannot be
 * there, whatever is measured.
 */
int metric_choose(const char *word, const struct metric_offer *offer, struct metric_choice *out,
		  struct err *e);
/* Whether a word could be a metric of something. -EINVAL, saying why it is none. */
int metric_check(const char *word, struct err *e);
/* "function:move_page_tables"; what metric_choose() makes the same of. */
void metric_word(const struct metric_choice *m, char out[METRIC_WORD_BYTES]);
/* Whether a quantity of that name is what @word chooses; @word is no key. */
bool metric_names(const char *word, const char *quantity);
/* Whether a word means a function: function:F, inclusive:F, calls:F. @word may be NULL. */
bool metric_is_function(const char *word);
/* Whether a word means other tasks. @word may be NULL. */
bool metric_is_task(const char *word);
/* Whether calls have to be followed for it. @word may be NULL. */
bool metric_needs_tree(const char *word);
/* Whether it is known only where functions are. */
bool metric_needs_functions(const struct metric_choice *m);

#endif
