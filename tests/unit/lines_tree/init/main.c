// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * As much of a kernel as tests of lines need: compiled, never run. Where this file is tells where
 * the source tree is.
 */
#include "../mm/leaf.h"

int outer(volatile int *p);
int twin(volatile int *p);

__attribute__((noinline)) int outer(volatile int *p)
{
	*p = 1;
	return middle(p) + 1; /* middle is called */
}

/* What outer inlines, out of line. */
__attribute__((noinline)) int twin(volatile int *p)
{
	return leaf(p) + 2;
}
