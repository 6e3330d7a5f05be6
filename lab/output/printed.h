/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Metrics while the executions of a foreign program are read one by one. What a program prints is
 * not for slowpath alone, so a word that looks like a metric and cannot be one ends nothing: it is
 * left out, and told.
 */
#ifndef LAB_OUTPUT_PRINTED_H
#define LAB_OUTPUT_PRINTED_H

#include "lab/output/output.h"

enum printed_left {
	PRINTED_TAKEN,
	PRINTED_TWICE,	    /* in one execution */
	PRINTED_ODD,	    /* no plain number */
	PRINTED_OWN,	    /* a name of slowpath's */
	PRINTED_NOT_ALWAYS, /* by some executions only */
	PRINTED_TOO_MANY,
	PRINTED_LEFT_KINDS,
};

struct printed_key {
	char name[OUTPUT_NAME_BYTES];
	enum printed_left left;
	unsigned last; /* the execution that printed it last, from 1 up */
	double *values;
	size_t n_values;
};

struct printed {
	struct printed_key *keys; /* in the order of their first appearance */
	size_t count;
	unsigned executions;
	bool overfull; /* there were more keys than anybody can look at */
};

/* What comes from here on is of another execution. */
void printed_execution(struct printed *p);
/* A word of the output: KEY=NUMBER, or nothing of interest. */
int printed_word(struct printed *p, char *word, struct err *e);
/* A metric that was asked for by name. */
int printed_add(struct printed *p, const char *name, double value, struct err *e);
/* A plain decimal number that is all of @text, but for a full stop, a comma or the like behind it.
 */
bool printed_number(const char *text, double *out);
/* Metrics and notes of all executions. */
int printed_conclude(struct printed *p, struct output *out, struct err *e);
void printed_free(struct printed *p);
#define _cleanup_printed_ __attribute__((cleanup(printed_free)))

#endif
