/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Was the machine steady enough for a verdict on times to stand? */
#ifndef JUDGE_STABILITY_H
#define JUDGE_STABILITY_H

#include "judge/pairs.h"
#include "judge/verdict.h"

/* Looks at the first @n pairs; adds to @why what is wrong, nothing if nothing is. 0 or -ENOMEM. */
int stability_check(const struct pairs *p, size_t n, struct reason *why);

#endif
