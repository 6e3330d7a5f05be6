/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is inlined; leaf() if LEAF says so. */
#ifndef MM_LEAF_H
#define MM_LEAF_H

static LEAF int leaf(volatile int *p)
{
	*p ^= 3; /* leaf's line */
	return *p;
}

static inline __attribute__((always_inline)) int middle(volatile int *p)
{
	*p += 5;
	return leaf(p) * 7; /* leaf is called */
}

#endif
