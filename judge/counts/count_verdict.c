// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/counts/count_verdict.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static enum verdict verdict_of(const struct reading_change *c)
{
	switch (c->is) {
	case READING_DIFFERS:
		return c->delta > 0 ? VERDICT_REGRESSION : VERDICT_IMPROVEMENT;
	case READING_SMALL:
		return VERDICT_TRIVIAL;
	case READING_SAME:
	case READING_BELOW_NOISE:
		return VERDICT_EQUIVALENT;
	case READING_CANNOT_TELL:
		break;
	}
	return VERDICT_INCONCLUSIVE;
}

/* "3.01 instructions per page" */
static void amount(double value, const struct quantity *q, char *out, size_t size)
{
	char number[READING_NUMBER_BYTES];

	snprintf(out, size, "%s instructions per %s", reading_number(value, number), q->item);
}

/* A floor that is not finite is of readings that say nothing of how far they are off. */
static void explain_blind(const struct reading_change *c, char *out, size_t size)
{
	char delta[READING_NUMBER_BYTES], floor[READING_NUMBER_BYTES];

	if (isnan(c->floor))
		snprintf(out, size, "a change of %s, and nothing says how far a single run is off",
			 reading_number(c->delta, delta));
	else if (fabs(c->delta) >= c->smallest && c->delta != 0)
		snprintf(out, size,
			 "a change of %s is less than %d times the spread of the measurements; "
			 "%s could have been seen",
			 reading_number(c->delta, delta), READING_SPREADS,
			 reading_number(c->floor, floor));
	else
		snprintf(out, size,
			 "no change beyond the spread of the measurements; %s could have been seen",
			 reading_number(c->floor, floor));
}

static void explain(const struct reading_change *c, const struct quantity *q, char *out,
		    size_t size)
{
	const char *near = c->exact ? "" : " (near-exact)";
	char number[READING_NUMBER_BYTES], what[96];

	switch (c->is) {
	case READING_SAME:
		snprintf(out, size, "both execute the same number of instructions%s", near);
		break;
	case READING_DIFFERS:
		amount(fabs(c->delta), q, what, sizeof(what));
		/* "368.10 more instructions per page" */
		snprintf(out, size,
			 "NEW executes %.*s %s%s%s; the smallest effect that matters is %s",
			 (int)strcspn(what, " "), what, c->delta > 0 ? "more" : "fewer",
			 what + strcspn(what, " "), near, reading_number(c->smallest, number));
		break;
	case READING_SMALL:
		amount(c->delta, q, what, sizeof(what));
		snprintf(out, size, "a change of %s%s%s is real, but below the threshold of %s",
			 c->delta > 0 ? "+" : "", what, near, reading_number(c->smallest, number));
		break;
	case READING_BELOW_NOISE:
	case READING_CANNOT_TELL:
		explain_blind(c, out, size);
		break;
	}
}

struct count_verdict count_verdict(const struct reading *old_one, const struct reading *new_one,
				   double threshold)
{
	struct count_verdict v = { .change = reading_change(old_one, new_one, threshold) };

	v.verdict = verdict_of(&v.change);
	explain(&v.change, &old_one->of, v.reason, sizeof(v.reason));
	return v;
}

void count_why_not(const struct reading *old_one, const struct reading *new_one,
		   char out[READING_WHY_BYTES])
{
	const struct reading *first = old_one->exact ? new_one : old_one;
	const bool both = !old_one->exact && !new_one->exact;

	if (first->exact)
		out[0] = '\0';
	else if (both && !strcmp(old_one->why_not, new_one->why_not))
		snprintf(out, READING_WHY_BYTES, "%s", first->why_not);
	else
		snprintf(out, READING_WHY_BYTES, "%s: %.240s",
			 both		  ? "OLD" /* which says enough */
			 : old_one->exact ? "NEW"
					  : "OLD",
			 first->why_not);
}
