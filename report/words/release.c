// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/words/release.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool number(const char **p, unsigned *out)
{
	char *end;
	unsigned long value;

	if (!isdigit((unsigned char)**p))
		return false;
	value = strtoul(*p, &end, 10);
	*out = (unsigned)value;
	*p = end;
	return value < 100000;
}

bool release_parse(const char *text, struct release *out)
{
	const char *p = text + (*text == 'v');

	*out = (struct release){ 0 };
	if (!number(&p, &out->major) || *p++ != '.' || !number(&p, &out->minor))
		return false;
	if (*p == '.') {
		p++;
		if (!number(&p, &out->point))
			return false;
	}
	if (!strncmp(p, "-rc", 3) || !strncmp(p, "~rc", 3)) {
		p += 3;
		if (!number(&p, &out->rc))
			return false;
	}
	return !*p || strchr("+-~_ ", *p);
}

struct release_text release_name(const struct release *r)
{
	struct release_text out;
	int n = snprintf(out.text, sizeof(out.text), "%u.%u", r->major, r->minor);

	if (r->point)
		n += snprintf(out.text + n, sizeof(out.text) - (size_t)n, ".%u", r->point);
	if (r->rc)
		snprintf(out.text + n, sizeof(out.text) - (size_t)n, "-rc%u", r->rc);
	return out;
}

bool release_is_mainline(const struct release *r)
{
	return !r->point;
}

bool release_same(const struct release *a, const struct release *b)
{
	return a->major == b->major && a->minor == b->minor && a->point == b->point &&
	       a->rc == b->rc;
}

int release_compare(const struct release *a, const struct release *b)
{
	const unsigned left[] = { a->major, a->minor, a->point, a->rc ? a->rc : UINT_MAX };
	const unsigned right[] = { b->major, b->minor, b->point, b->rc ? b->rc : UINT_MAX };

	for (unsigned i = 0; i < sizeof(left) / sizeof(left[0]); i++) {
		if (left[i] != right[i])
			return left[i] < right[i] ? -1 : 1;
	}
	return 0;
}

bool release_is_range(const struct release *a, const struct release *b)
{
	if (release_compare(a, b) >= 0)
		return false;
	if (release_is_mainline(a) && release_is_mainline(b))
		return true;
	/* A stable series begins at its mainline release. */
	return a->major == b->major && a->minor == b->minor && !a->rc && !b->rc;
}

/* Twice how many mainline releases were before it since 3.0; a -rc stands half a step before. */
static bool place_of(const struct release *r, unsigned *out)
{
	/* 3.19 was followed by 4.0, 4.20 by 5.0, and so on. */
	static const unsigned last_minor[] = { 19, 20, 19, 19 };
	const unsigned first = 3, n = sizeof(last_minor) / sizeof(last_minor[0]);
	unsigned place = 0;

	if (r->major < first || r->major > first + n)
		return false;
	for (unsigned i = 0; first + i < r->major; i++)
		place += last_minor[i] + 1;
	if (r->major < first + n && r->minor > last_minor[r->major - first])
		return false;
	place = 2 * (place + r->minor);
	if (r->rc && !place)
		return false;
	*out = place - (r->rc ? 1 : 0);
	return true;
}

bool releases_between(const struct release *a, const struct release *b, unsigned *out)
{
	unsigned x, y, low, high;

	if (!place_of(a, &x) || !place_of(b, &y))
		return false;
	low = x < y ? x : y;
	high = x < y ? y : x;
	/* Even places behind @low and before @high. */
	*out = high > low ? (high + 1) / 2 - low / 2 - 1 : 0;
	return true;
}
