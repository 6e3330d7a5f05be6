/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Several tests at once: Holm's step-down adjustment (Scandinavian Journal of Statistics 6, 1979).
 */
#ifndef JUDGE_TIMES_HOLM_H
#define JUDGE_TIMES_HOLM_H

#include <stddef.h>

struct holm {
	double p;   /* of one test; replaced by the adjusted one, at most 1 */
	size_t tag; /* the caller's */
};

/*
 * The i-th smallest of m values becomes the largest of (m - k + 1) p[k] with k up to i. m is @n, or
 * @claims if that is more: tests that are still to come count as p = 1. Sorts the list by p.
 */
void holm_adjust(struct holm *list, size_t n, size_t claims);

#endif
