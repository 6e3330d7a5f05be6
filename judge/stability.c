// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/stability.h"

int stability_check(const struct pairs *p, size_t n, struct reason *why)
{
	(void)p;
	(void)n;
	(void)why;
	return 0;
}
