// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/times/holm.h"

#include <math.h>
#include <stdlib.h>

static int by_p(const void *a, const void *b)
{
	const struct holm *x = a, *y = b;

	if (x->p != y->p)
		return x->p < y->p ? -1 : 1;
	return (x->tag > y->tag) - (x->tag < y->tag);
}

void holm_adjust(struct holm *list, size_t n, size_t claims)
{
	size_t m = claims > n ? claims : n;
	double least = 0;

	if (n > 1)
		qsort(list, n, sizeof(*list), by_p);
	for (size_t i = 0; i < n; i++) {
		least = fmax(least, fmin(1, (double)(m - i) * list[i].p));
		list[i].p = least;
	}
}
