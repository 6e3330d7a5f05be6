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
	case READING_PART_DIFFERS:
		return c->part_delta > 0 ? VERDICT_REGRESSION : VERDICT_IMPROVEMENT;
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

static bool is_calls(const struct quantity *q)
{
	return !strcmp(q->unit, "calls");
}

static bool is_printed(const struct quantity *q)
{
	return q->kind == READING_PRINTED;
}

/* " in move_page_tables": of what alone, where it is not all of an iteration or a segment. */
static void place(const struct quantity *q, char out[READING_NAME_BYTES + 32])
{
	static const struct {
		const char *prefix, *before, *behind;
	} places[] = {
		{ "function:", " in ", "" },
		{ "inclusive:", " in ", " and all that it calls" },
		{ "calls:", " of ", "" },
		{ "task:", " in tasks named ", "" },
	};
	size_t suffix = strlen(q->unit) + strlen(q->item) + strlen("__per_");

	out[0] = '\0';
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		size_t len = strlen(places[i].prefix);

		if (!strncmp(q->name, places[i].prefix, len) && strlen(q->name) > len + suffix)
			snprintf(out, READING_NAME_BYTES + 32, "%s%.*s%s", places[i].before,
				 (int)(strlen(q->name) - len - suffix), q->name + len,
				 places[i].behind);
	}
	if (!strncmp(q->name, "kernel_insns_", strlen("kernel_insns_")))
		snprintf(out, READING_NAME_BYTES + 32, " in the kernel");
	else if (!strncmp(q->name, "user_insns_", strlen("user_insns_")))
		snprintf(out, READING_NAME_BYTES + 32, " outside of the kernel");
}

static const char *things(const struct quantity *q)
{
	return is_calls(q) ? "calls" : "instructions";
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

/* "NEW executes 368.10 more instructions per page in move_page_tables" */
static void tell_more(double delta, const struct quantity *q, char *out, size_t size)
{
	char number[READING_NUMBER_BYTES], where[READING_NAME_BYTES + 32];

	place(q, where);
	reading_number(fabs(delta), number);
	if (is_printed(q))
		snprintf(out, size, "what NEW prints as %s is %s by %s", q->name,
			 delta > 0 ? "higher" : "lower", number);
	else
		snprintf(out, size, "NEW %s %s %s %s%s per %s%s",
			 is_calls(q) ? "makes" : "executes", number, delta > 0 ? "more" : "fewer",
			 things(q), is_calls(q) ? where : "", q->item, is_calls(q) ? "" : where);
}

/* Of the exact part alone; nothing is said of the whole. */
static void explain_part(const struct reading_change *c, const struct quantity *q, char *out,
			 size_t size)
{
	char more[3 * READING_NAME_BYTES], rest[READING_NUMBER_BYTES], floor[READING_NUMBER_BYTES],
		smallest[READING_NUMBER_BYTES];

	tell_more(c->part_delta, q, more, sizeof(more));
	snprintf(out, size,
		 "in the functions that are exact %s; the others change by %s and vary by %s, "
		 "so nothing is said of the whole; the smallest effect that matters is %s",
		 more, reading_number(c->rest_delta, rest), reading_number(c->rest_spread, floor),
		 reading_number(c->smallest, smallest));
}

static void explain_same(const struct quantity *q, const char *near, char *out, size_t size)
{
	char where[READING_NAME_BYTES + 32];

	place(q, where);
	if (is_printed(q))
		snprintf(out, size, "both print the same number as %s", q->name);
	else if (is_calls(q))
		snprintf(out, size, "both make the same number of calls%s%s", where, near);
	else
		snprintf(out, size, "both execute the same number of instructions%s%s", where,
			 near);
}

static void explain_small(const struct reading_change *c, const struct quantity *q,
			  const char *near, char *out, size_t size)
{
	char delta[READING_NUMBER_BYTES], smallest[READING_NUMBER_BYTES],
		where[READING_NAME_BYTES + 32];

	place(q, where);
	reading_number(c->delta, delta);
	reading_number(c->smallest, smallest);
	if (is_printed(q))
		snprintf(out, size, "a change of %s%s in %s is real, but below the threshold of %s",
			 c->delta > 0 ? "+" : "", delta, q->name, smallest);
	else
		snprintf(out, size,
			 "a change of %s%s %s%s per %s%s%s is real, but below the threshold of %s",
			 c->delta > 0 ? "+" : "", delta, things(q), is_calls(q) ? where : "",
			 q->item, is_calls(q) ? "" : where, near, smallest);
}

static void explain(const struct reading_change *c, const struct quantity *q, char *out,
		    size_t size)
{
	const char *near = c->exact ? "" : " (near-exact)";
	char number[READING_NUMBER_BYTES], more[READING_NAME_BYTES + 128];

	switch (c->is) {
	case READING_SAME:
		explain_same(q, near, out, size);
		break;
	case READING_DIFFERS:
		tell_more(c->delta, q, more, sizeof(more));
		snprintf(out, size, "%s%s%s; the smallest effect that matters is %s", more, near,
			 c->by_parts ? ", whatever the functions that vary do" : "",
			 reading_number(c->smallest, number));
		break;
	case READING_PART_DIFFERS:
		explain_part(c, q, out, size);
		break;
	case READING_SMALL:
		explain_small(c, q, near, out, size);
		break;
	case READING_BELOW_NOISE:
	case READING_CANNOT_TELL:
		explain_blind(c, out, size);
		break;
	}
}

/* Of one that may have another name, or be inlined: that it is not executed says nothing. */
static bool is_of_function(const struct quantity *q)
{
	return strchr(q->name, ':') && !is_printed(q);
}

struct count_verdict count_verdict(const struct reading *old_one, const struct reading *new_one,
				   double threshold)
{
	struct count_verdict v = { .change = reading_change(old_one, new_one, threshold) };

	v.verdict = verdict_of(&v.change);
	if (old_one->value == 0 && new_one->value == 0 && is_of_function(&old_one->of)) {
		v.verdict = VERDICT_INCONCLUSIVE;
		snprintf(v.reason, sizeof(v.reason), "neither executes a function of that name");
		return v;
	}
	explain(&v.change, &old_one->of, v.reason, sizeof(v.reason));
	return v;
}

const char *change_part(const struct reading_change *c)
{
	return c->is == READING_PART_DIFFERS ? "exact part" : NULL;
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
