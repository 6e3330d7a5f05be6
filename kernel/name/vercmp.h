/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Debian's order of version strings (deb-version(7)). */
#ifndef KERNEL_NAME_VERCMP_H
#define KERNEL_NAME_VERCMP_H

/*
 * Compares "[EPOCH:]UPSTREAM[-REVISION]": negative if @a is older than @b, 0 if they are equal,
 * positive if newer. '~' sorts before everything, even the end: 7.4~rc2 < 7.4 < 7.4+deb14.
 */
int vercmp(const char *a, const char *b);

#endif
