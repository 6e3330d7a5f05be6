// SPDX-License-Identifier: GPL-2.0-or-later
#include "reading/reading.h"

#include <math.h>
#include <stdio.h>

#define DIGITS 3 /* of a number that count, at least */

const char *reading_kind_name(enum reading_kind kind)
{
	static const char *const names[] = { "counted", "timed", "printed", "estimated",
					     "replayed" };

	return names[kind];
}

const char *reading_exactness(bool exact)
{
	return exact ? "exact" : "near-exact";
}

/* The first that is not exact says why; else the blocks are what differs. */
static void explain(const struct reading *const *at, size_t n, bool values, struct reading *out)
{
	out->exact = false;
	out->functions = 0;
	for (size_t i = 0; i < n; i++) {
		if (!at[i]->exact) {
			snprintf(out->why_not, sizeof(out->why_not), "%s", at[i]->why_not);
			return;
		}
	}
	snprintf(out->why_not, sizeof(out->why_not), "%s",
		 values ? "its blocks differ" : "functions differ between its blocks");
}

/* What is exact is so in all of them; the rest may be another in each. */
static void combine_parts(const struct reading *const *at, size_t n, struct reading *out)
{
	double low = INFINITY, high = -INFINITY, sum = 0;

	for (size_t i = 0; i < n; i++) {
		out->parted = out->parted && at[i]->parted;
		out->rest_spread = fmax(out->rest_spread, at[i]->rest_spread);
		low = fmin(low, at[i]->value - at[i]->part);
		high = fmax(high, at[i]->value - at[i]->part);
		sum += at[i]->part;
	}
	out->part = sum / (double)n;
	if (n > 1)
		out->rest_spread = fmax(out->rest_spread, high - low);
}

void reading_combine(const struct reading *const *at, size_t n, struct reading *out)
{
	double low = at[0]->value, high = low, sum = 0;
	bool exact = true, same_functions = true;

	*out = *at[0];
	for (size_t i = 0; i < n; i++) {
		low = fmin(low, at[i]->value);
		high = fmax(high, at[i]->value);
		sum += at[i]->value;
		exact = exact && at[i]->exact;
		same_functions = same_functions && at[i]->functions == at[0]->functions;
		/* One that is not known makes nothing of those that are. */
		out->spread = fmax(out->spread, at[i]->spread);
		out->unseen = fmax(out->unseen, at[i]->unseen);
	}
	if (high > low)
		out->value = sum / (double)n;
	/* Where no run says how far it is off, several of them do. */
	if (n > 1)
		out->spread = fmax(out->spread, high - low);
	combine_parts(at, n, out);
	if (!exact || high > low || !same_functions)
		explain(at, n, high > low, out);
}

/* The rule of reading/parts.h, where the whole cannot be told. */
static void change_of_parts(struct reading_change *c)
{
	const double size = fabs(c->part_delta);

	if (fabs(c->delta) - READING_SPREADS * c->rest_spread >= c->smallest && c->delta != 0) {
		c->is = READING_DIFFERS;
		c->by_parts = true;
	} else if (size > 0 && size >= c->smallest &&
		   copysign(1, c->part_delta) * c->delta - c->rest_spread >= c->smallest) {
		c->is = READING_PART_DIFFERS;
	}
}

struct reading_change reading_change(const struct reading *old_one, const struct reading *new_one,
				     double threshold)
{
	struct reading_change c = {
		.delta = new_one->value - old_one->value,
		.smallest = threshold * fabs(old_one->value),
		.floor = READING_SPREADS * fmax(old_one->spread, new_one->spread) +
			 old_one->unseen + new_one->unseen,
		.exact = old_one->exact && new_one->exact,
	};
	double size = fabs(c.delta);

	if (isnan(c.floor))
		c.is = READING_CANNOT_TELL;
	else if (size == 0)
		c.is = c.floor == 0 || c.floor < c.smallest ? READING_SAME : READING_CANNOT_TELL;
	else if (size >= c.smallest)
		c.is = size >= c.floor ? READING_DIFFERS : READING_CANNOT_TELL;
	else if (size >= c.floor)
		c.is = READING_SMALL;
	else
		c.is = c.floor < c.smallest ? READING_BELOW_NOISE : READING_CANNOT_TELL;
	c.parted = old_one->parted && new_one->parted;
	if (!c.parted)
		return c;
	c.part_delta = new_one->part - old_one->part;
	c.rest_delta = c.delta - c.part_delta;
	c.rest_spread = fmax(old_one->rest_spread, new_one->rest_spread);
	if (c.is == READING_CANNOT_TELL)
		change_of_parts(&c);
	return c;
}

const char *reading_number(double value, char out[READING_NUMBER_BYTES])
{
	double size = fabs(value);
	int digits = 2;

	if (size > 0 && size < 1)
		digits = DIGITS - 1 - (int)floor(log10(size));
	if (digits > 12 || size >= 1e15)
		snprintf(out, READING_NUMBER_BYTES, "%.*g", DIGITS, value);
	else
		snprintf(out, READING_NUMBER_BYTES, "%.*f", digits, value);
	return out;
}
