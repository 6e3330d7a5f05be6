/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tells whether a file can have changed since it was read, without reading it again. */
#ifndef KERNEL_STORE_STAMP_H
#define KERNEL_STORE_STAMP_H

#include "base/err.h"

/*
 * *out becomes "DEV:INO:SIZE:MTIME:CTIME" (times in ns; malloc'ed), equal for as long as nobody
 * writes to the file. NULL if the file changed in the last two seconds: a second write within the
 * clock's tick would look the same, so such a file must be read. -errno if it is not a file.
 */
int stamp_take(const char *path, char **out, struct err *e);

#endif
