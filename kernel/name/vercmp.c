// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/name/vercmp.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* A slice of a version: upstream or revision. */
struct part {
	const char *p, *end;
};

static int order(const struct part *v)
{
	int c = v->p < v->end ? (unsigned char)*v->p : 0;

	if (c == '~')
		return -1;
	if (!c || isdigit(c))
		return 0;
	return isalpha(c) ? c : c + 256;
}

static bool at_digit(const struct part *v)
{
	return v->p < v->end && isdigit((unsigned char)*v->p);
}

/* A run of digits as a number of any length: the longer is larger, else the first difference. */
static int compare_digits(struct part *a, struct part *b)
{
	int first = 0;

	while (a->p < a->end && *a->p == '0')
		a->p++;
	while (b->p < b->end && *b->p == '0')
		b->p++;
	while (at_digit(a) && at_digit(b)) {
		if (!first)
			first = *a->p - *b->p;
		a->p++;
		b->p++;
	}
	if (at_digit(a))
		return 1;
	if (at_digit(b))
		return -1;
	return first;
}

static int compare_part(struct part a, struct part b)
{
	while (a.p < a.end || b.p < b.end) {
		int r;

		while ((a.p < a.end && !at_digit(&a)) || (b.p < b.end && !at_digit(&b))) {
			r = order(&a) - order(&b);
			if (r)
				return r;
			a.p++;
			b.p++;
		}
		r = compare_digits(&a, &b);
		if (r)
			return r;
	}
	return 0;
}

/* Takes the epoch off the front; "" if there is none, which compares as 0. */
static struct part split_epoch(const char **version)
{
	const char *colon = strchr(*version, ':');
	struct part epoch = { *version, *version };

	if (colon) {
		epoch.end = colon;
		*version = colon + 1;
	}
	return epoch;
}

int vercmp(const char *a, const char *b)
{
	struct part epoch_a = split_epoch(&a), epoch_b = split_epoch(&b);
	const char *rev_a = strrchr(a, '-'), *rev_b = strrchr(b, '-');
	const char *end_a = a + strlen(a), *end_b = b + strlen(b);
	int r = compare_part(epoch_a, epoch_b);

	if (!r)
		r = compare_part((struct part){ a, rev_a ? rev_a : end_a },
				 (struct part){ b, rev_b ? rev_b : end_b });
	if (!r)
		r = compare_part((struct part){ rev_a ? rev_a + 1 : end_a, end_a },
				 (struct part){ rev_b ? rev_b + 1 : end_b, end_b });
	return r;
}
