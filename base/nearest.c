// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/nearest.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#define LENGTH_MAX 128
#define PART_MIN 3 /* letters that a part has to have: "a" is in everything */

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static bool same(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

unsigned nearest_distance(const char *a, const char *b)
{
	/* The last three rows: of i - 2, i - 1 and i letters of @a. */
	unsigned rows[3][LENGTH_MAX + 1];
	size_t la = strlen(a), lb = strlen(b);

	if (la > LENGTH_MAX || lb > LENGTH_MAX)
		return UINT_MAX;
	for (size_t k = 0; k <= lb; k++)
		rows[0][k] = (unsigned)k;
	for (size_t i = 1; i <= la; i++) {
		unsigned *now = rows[i % 3];
		const unsigned *before = rows[(i + 2) % 3], *before_that = rows[(i + 1) % 3];

		now[0] = (unsigned)i;
		for (size_t k = 1; k <= lb; k++) {
			now[k] = least(before[k] + 1, now[k - 1] + 1);
			now[k] = least(now[k], before[k - 1] + !same(a[i - 1], b[k - 1]));
			if (i > 1 && k > 1 && same(a[i - 1], b[k - 2]) && same(a[i - 2], b[k - 1]))
				now[k] = least(now[k], before_that[k - 2] + 1);
		}
	}
	return rows[la % 3][lb];
}

static void insert(struct nearest *n, const char *name, unsigned cost)
{
	size_t at = n->count;

	while (at > 0 && n->at[at - 1].cost > cost)
		at--;
	if (at == NEAREST_MAX)
		return;
	if (n->count < NEAREST_MAX)
		n->count++;
	memmove(&n->at[at + 1], &n->at[at], (n->count - 1 - at) * sizeof(n->at[0]));
	n->at[at] = (struct nearest_name){ name, cost };
}

void nearest_try(struct nearest *n, const char *name)
{
	size_t len = strlen(n->word);
	unsigned cost = nearest_distance(n->word, name);

	if (!strcmp(n->word, name))
		return; /* known, but not what was asked for */
	if (len >= PART_MIN && strcasestr(name, n->word))
		cost = least(cost, 1);
	else if (cost > len / 3)
		return;
	for (size_t i = 0; i < n->count; i++) {
		if (!strcmp(n->at[i].name, name))
			return;
	}
	insert(n, name, cost);
}

void nearest_text(const struct nearest *n, const char *before, struct buf *out)
{
	size_t shown = 0;

	/* Beside what is a slip of the finger away, what takes two is none. */
	while (shown < n->count && (shown == 0 || n->at[shown].cost == n->at[0].cost ||
				    n->at[shown].cost < 2 * n->at[0].cost))
		shown++;
	for (size_t i = 0; i < shown; i++)
		buf_printf(out, "%s'%s%s'",
			   i == 0	    ? "; did you mean "
			   : i + 1 == shown ? " or "
					    : ", ",
			   before, n->at[i].name);
	if (shown)
		buf_puts(out, "?");
}
