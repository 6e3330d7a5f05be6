/* SPDX-License-Identifier: GPL-2.0-or-later */
/* 'slowpath-region begin|end', the markers of slowpath.h for shell scripts. */
#ifndef GUEST_WORK_REGION_H
#define GUEST_WORK_REGION_H

#include <stdbool.h>

/* The command is this very program, by another name; behind unpack_parcel(), which makes the
 * folder. */
void region_furnish(void);
bool region_is_meant(const char *argv0);
/* The exit status. */
int region_main(int argc, char **argv);

#endif
