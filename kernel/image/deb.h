/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Takes the kernel image and its config out of a Debian package. */
#ifndef KERNEL_IMAGE_DEB_H
#define KERNEL_IMAGE_DEB_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct deb_found {
	bool image;  /* a kernel was written to the image's path */
	bool config; /* a config was written to the config's path */
};

bool deb_is(const void *head, size_t len);

/*
 * Writes the first kernel image and the first config of package @deb to @image_to and @config_to
 * (each created). No path of the package is ever used as a path here. Members that climb out
 * ("../", "/etc") and links in the place of a kernel are refused with -EBADMSG, naming them.
 * A package without a kernel is no error: see *found.
 */
int deb_extract(const char *deb, const char *image_to, const char *config_to,
		struct deb_found *found, struct err *e);

#endif
