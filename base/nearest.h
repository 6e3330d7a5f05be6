/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "Did you mean": the names that are nearest to a word that is none. */
#ifndef BASE_NEAREST_H
#define BASE_NEAREST_H

#include "base/buf.h"

#include <stddef.h>

#define NEAREST_MAX 3

/* All borrowed. Begin with { .word = WORD }. */
struct nearest {
	const char *word;
	struct nearest_name {
		const char *name;
		unsigned cost;
	} at[NEAREST_MAX]; /* the nearest first */
	size_t count;
};

/*
 * Letters to insert, leave out, replace, or exchange with their neighbour to make @b of @a,
 * whatever their case (Damerau-Levenshtein, no place twice). UINT_MAX for what is longer than 128
 * bytes.
 */
unsigned nearest_distance(const char *a, const char *b);
/*
 * Keeps @name if it is near: of a third of the word's letters, or with the word as a part of it.
 * Not the word itself, which was known.
 */
void nearest_try(struct nearest *n, const char *name);
/*
 * Appends "; did you mean 'BEFOREa', 'BEFOREb' or 'BEFOREc'?", or nothing if no name is near.
 */
void nearest_text(const struct nearest *n, const char *before, struct buf *out);

#endif
