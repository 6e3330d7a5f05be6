// SPDX-License-Identifier: GPL-2.0-or-later
#include "bisect/exact_search.h"

#include <errno.h>
#include <stdlib.h>

#define NO_ITEM ((size_t)-1)

int exact_search_init(struct exact_search *s, size_t count, double threshold, struct err *e)
{
	*s = (struct exact_search){ .count = count, .threshold = threshold };
	if (count < 2)
		return err_set(e, EINVAL, "a search needs at least two kernels");
	s->items = calloc(count, sizeof(*s->items));
	return s->items ? 0 : err_oom(e);
}

void exact_search_free(struct exact_search *s)
{
	free(s->items);
	*s = (struct exact_search){ 0 };
}

void exact_search_measured(struct exact_search *s, size_t item, const struct reading *reading)
{
	s->items[item] = (struct search_item){ .state = ITEM_MEASURED, .reading = *reading };
}

void exact_search_skipped(struct exact_search *s, size_t item)
{
	s->items[item] = (struct search_item){ .state = ITEM_SKIPPED };
}

void exact_search_same(struct exact_search *s, size_t item, size_t same_as)
{
	if (same_as < item)
		s->items[item] = (struct search_item){ .state = ITEM_SAME, .same_as = same_as };
}

/* The measurement that stands for an item, NULL if there is none. */
static const struct search_item *measured(const struct exact_search *s, size_t item)
{
	while (s->items[item].state == ITEM_SAME)
		item = s->items[item].same_as;
	return s->items[item].state == ITEM_MEASURED ? &s->items[item] : NULL;
}

bool exact_search_value(const struct exact_search *s, size_t item, double *out)
{
	const struct search_item *x = measured(s, item);

	if (x)
		*out = x->reading.value;
	return x != NULL;
}

/* READING_PART_DIFFERS where the whole cannot be told, and a part that is exact decides. */
static enum reading_difference difference(const struct exact_search *s, size_t older, size_t newer)
{
	const struct search_item *a = measured(s, older), *b = measured(s, newer);
	enum reading_difference is;

	if (!a || !b)
		return READING_SAME;
	is = reading_change(&a->reading, &b->reading, s->threshold).is;
	if (is == READING_CANNOT_TELL && s->in_part &&
	    s->in_part(s->hidden_arg, (size_t)(a - s->items), (size_t)(b - s->items)))
		return READING_PART_DIFFERS;
	return is;
}

bool exact_search_differ(const struct exact_search *s, size_t older, size_t newer)
{
	const enum reading_difference is = difference(s, older, newer);

	return is == READING_DIFFERS || is == READING_PART_DIFFERS;
}

bool exact_search_ends(const struct exact_search *s, size_t *first, size_t *last)
{
	*first = *last = NO_ITEM;
	for (size_t i = 0; i < s->count; i++) {
		if (!measured(s, i))
			continue;
		if (*first == NO_ITEM)
			*first = i;
		*last = i;
	}
	return *first != *last;
}

/* The outermost item of one end that may yet be measured; NO_ITEM if the end is known. */
static size_t end_wanted(const struct exact_search *s, bool newest)
{
	for (size_t k = 0; k < s->count; k++) {
		size_t i = newest ? s->count - 1 - k : k;

		if (measured(s, i))
			return NO_ITEM;
		if (s->items[i].state == ITEM_UNTESTED)
			return i;
		/* It is what an older item is, and that is not known. */
		while (s->items[i].state == ITEM_SAME)
			i = s->items[i].same_as;
		if (s->items[i].state == ITEM_UNTESTED)
			return i;
	}
	return NO_ITEM;
}

/* An untested item strictly between the two and as near to @middle as can be. */
static size_t nearest_untested(const struct exact_search *s, size_t older, size_t newer,
			       size_t middle)
{
	for (size_t distance = 0; distance < newer - older; distance++) {
		if (middle + distance < newer && s->items[middle + distance].state == ITEM_UNTESTED)
			return middle + distance;
		if (middle >= older + 1 + distance &&
		    s->items[middle - distance].state == ITEM_UNTESTED)
			return middle - distance;
	}
	return NO_ITEM;
}

static bool is_wanted(const size_t *wanted, size_t n, size_t item)
{
	for (size_t i = 0; i < n; i++) {
		if (wanted[i] == item)
			return true;
	}
	return false;
}

/* Items that cut an interval into @parts parts, as far as there are untested ones there. */
static size_t cut(const struct exact_search *s, size_t older, size_t newer, size_t parts,
		  size_t *wanted, size_t n, size_t max)
{
	for (size_t k = 1; k < parts && n < max; k++) {
		size_t at = older + (newer - older) * k / parts;
		size_t item = nearest_untested(s, older, newer, at > older ? at : older + 1);

		if (item != NO_ITEM && !is_wanted(wanted, n, item))
			wanted[n++] = item;
	}
	return n;
}

/* The measured neighbour of @older on its newer side; NO_ITEM if there is none. */
static size_t next_measured(const struct exact_search *s, size_t older)
{
	for (size_t i = older + 1; i < s->count; i++) {
		if (measured(s, i))
			return i;
	}
	return NO_ITEM;
}

/* An interval that is to be searched: its ends differ, and something between is untested. */
static bool is_open(const struct exact_search *s, size_t older, size_t newer)
{
	return newer > older + 1 && nearest_untested(s, older, newer, older + 1) != NO_ITEM &&
	       (s->all || exact_search_differ(s, older, newer) ||
		(s->hidden && s->hidden(s->hidden_arg, older, newer)));
}

static size_t midpoints(const struct exact_search *s, size_t first, size_t *wanted, size_t max)
{
	size_t open = 0, n = 0;

	for (size_t a = first, b; (b = next_measured(s, a)) != NO_ITEM; a = b)
		open += is_open(s, a, b);
	for (size_t a = first, b; open && n < max && (b = next_measured(s, a)) != NO_ITEM; a = b) {
		size_t share = (max - n + open - 1) / open;

		if (!is_open(s, a, b))
			continue;
		n = cut(s, a, b, share + 1, wanted, n, max);
		open--;
	}
	return n;
}

size_t exact_search_next(const struct exact_search *s, size_t *wanted, size_t max)
{
	size_t ends[2] = { end_wanted(s, false), end_wanted(s, true) }, n = 0, first, last;

	for (unsigned i = 0; i < 2; i++) {
		if (ends[i] != NO_ITEM && n < max && !is_wanted(wanted, n, ends[i]))
			wanted[n++] = ends[i];
	}
	if (n || !exact_search_ends(s, &first, &last))
		return n;
	return midpoints(s, first, wanted, max);
}

size_t exact_search_steps(const struct exact_search *s, struct search_step *steps)
{
	size_t first, last, n = 0;

	if (!exact_search_ends(s, &first, &last))
		return 0;
	for (size_t a = first, b; (b = next_measured(s, a)) != NO_ITEM; a = b) {
		if (exact_search_differ(s, a, b))
			steps[n++] = (struct search_step){ a, b };
	}
	return n;
}

size_t exact_search_undecided(const struct exact_search *s)
{
	size_t first, last, n = 0;

	if (!exact_search_ends(s, &first, &last))
		return 0;
	for (size_t a = first, b; (b = next_measured(s, a)) != NO_ITEM; a = b)
		n += difference(s, a, b) == READING_CANNOT_TELL;
	return n;
}

double exact_search_rest(const struct exact_search *s)
{
	size_t first, last;
	double rest;

	if (!exact_search_ends(s, &first, &last))
		return 0;
	rest = measured(s, last)->reading.value - measured(s, first)->reading.value;
	for (size_t a = first, b; (b = next_measured(s, a)) != NO_ITEM; a = b) {
		if (exact_search_differ(s, a, b))
			rest -= measured(s, b)->reading.value - measured(s, a)->reading.value;
	}
	return rest;
}
