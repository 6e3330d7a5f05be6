/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a user wants to have in the guest beside the program: "SRC[:DST]", files and folders.
 *
 * DST begins at /tmp, the program's working directory, unless it begins with a slash; one that ends
 * with a slash is a folder for SRC. Without DST it is SRC, as it was written. What is below /tmp is
 * below PARCEL_FRESH in the parcel. In a folder, a symbolic link that leads to another place of the
 * folder stays one; of any other, what it leads to is taken.
 */
#ifndef PARCEL_FILES_H
#define PARCEL_FILES_H

#include "parcel/parcel.h"

/*
 * Adds what @word says; a relative SRC begins at @folder (NULL: here). *to is where it is in the
 * parcel (malloc'ed). -EINVAL for a place where no file can be, -ENOENT if there is no SRC.
 */
int files_add(struct parcel *p, const char *folder, const char *word, char **to, struct err *e);

#endif
