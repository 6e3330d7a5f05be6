/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guess at how long a build is, for those who wait for it. */
#ifndef KERNEL_BUILD_OBJECTS_H
#define KERNEL_BUILD_OBJECTS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * About how many objects make is going to make in the folder @obj: as many as the last build there
 * did, whose log is beside the one that is begun at @log; if nothing was built there yet, as many
 * as the largest build of such a config did, and if there is none, as many as kernels of these
 * years have. @given: the config is a user's, not our own small one.
 */
uint64_t objects_expected(const char *log, const char *obj, bool given);

#endif
