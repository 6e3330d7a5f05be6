/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where an ordered list of kernels changes, if measurements can be relied on. Pure: who asks
 * measures, and feeds what came of it.
 *
 * Midpoints are asked for in every interval between measured neighbours that differ by the
 * threshold, so several steps are found, up and down. Two that cancel each other between two
 * midpoints are not seen by that; who knows more of the items than one number may tell of them.
 *
 * What to measure next depends on nothing but the items' states; so a search is resumed by feeding
 * again, in any order, what is known.
 */
#ifndef BISECT_EXACT_SEARCH_H
#define BISECT_EXACT_SEARCH_H

#include "base/err.h"
#include "reading/reading.h"

#include <stdbool.h>
#include <stddef.h>

enum search_item_state {
	ITEM_UNTESTED,
	ITEM_MEASURED,
	ITEM_SKIPPED, /* could not be built or measured */
	ITEM_SAME,    /* its image is that of an item that precedes it */
};

struct search_item {
	enum search_item_state state;
	struct reading reading; /* if measured; lower is better */
	size_t same_as;
};

struct exact_search {
	struct search_item *items; /* owned; in the order of time */
	size_t count;
	double threshold; /* of a change that matters, as a fraction of the older side */
	bool all;	  /* ask for every item */
	/*
	 * May be NULL. Of two measured items that do not differ: whether something between may have
	 * changed, and changed back.
	 */
	bool (*hidden)(const void *arg, size_t older, size_t newer);
	/* May be NULL. Whether they do by a part that is exact, which one number does not tell. */
	bool (*in_part)(const void *arg, size_t older, size_t newer);
	const void *hidden_arg;
};

/* A change between neighbours, all of which that lie between were skipped. */
struct search_step {
	size_t last_good, first_bad; /* indexes; first_bad is the newer one, even if it is better */
};

/* -ENOMEM, or -EINVAL for fewer than two items. */
int exact_search_init(struct exact_search *s, size_t count, double threshold, struct err *e);
void exact_search_free(struct exact_search *s);

void exact_search_measured(struct exact_search *s, size_t item, const struct reading *reading);
void exact_search_skipped(struct exact_search *s, size_t item);
/* @item is what @same_as is, which precedes it, and is not worth a measurement. */
void exact_search_same(struct exact_search *s, size_t item, size_t same_as);

/*
 * Up to @max items to measure now, in any order or side by side: first both ends (or the outermost
 * that can be measured), then midpoints. Where there are fewer intervals than @max, the widest are
 * cut into more parts. Returns how many; 0: the search is over.
 */
size_t exact_search_next(const struct exact_search *s, size_t *wanted, size_t max);

/*
 * The outermost items that were measured. False unless there are two. To be asked when the ends are
 * in: if they do not differ, there is nothing to search for.
 */
bool exact_search_ends(const struct exact_search *s, size_t *first, size_t *last);
/*
 * Whether two measured items differ, by the rule of every comparison (reading_change()).
 */
bool exact_search_differ(const struct exact_search *s, size_t older, size_t newer);

/*
 * How many pairs of neighbours that were measured, with nothing untested between them or not, can
 * neither be told apart nor be called alike: the floor hides what would matter, and no part that is
 * exact decides.
 */
size_t exact_search_undecided(const struct exact_search *s);

/* The value of an item; false unless it or the one that it equals was measured. */
bool exact_search_value(const struct exact_search *s, size_t item, double *out);

/*
 * The steps between measured neighbours, oldest first, into @steps, which has room for count - 1.
 * Returns how many. Only final once exact_search_next() returns 0.
 */
size_t exact_search_steps(const struct exact_search *s, struct search_step *steps);
/*
 * What the ends differ by, less all steps: changes that are each below the threshold. 0 without
 * ends.
 */
double exact_search_rest(const struct exact_search *s);

#endif
