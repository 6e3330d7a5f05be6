/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Takes files out of a Debian package: the kernel image and its config, and whatever a visitor
 * wants. */
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

struct archive;
struct archive_entry;

/*
 * Told of every member, whose @path has no "./" before it and does not climb out. Takes its bytes
 * with unpack_entry(), or leaves them; what is not 0 ends the pass.
 */
typedef int (*deb_visit_fn)(void *arg, struct archive *tar, struct archive_entry *entry,
			    const char *path, struct err *e);
/*
 * Both layers of package @deb are streamed: no member is kept that @visit does not keep. -EBADMSG
 * if it is damaged or a member climbs out, -EFBIG if it holds more than any kernel package does.
 */
int deb_each(const char *deb, deb_visit_fn visit, void *arg, struct err *e);
/*
 * -EBADMSG unless the member is a file (or a folder, where @file is false). A link called like what
 * is wanted, or on the way to it, could mean any file: no kernel package has one.
 */
int deb_check_type(struct archive_entry *entry, const char *path, bool file, struct err *e);

/*
 * Writes the first kernel image and the first config of package @deb to @image_to and @config_to
 * (each created). No path of the package is ever used as a path here. Members that climb out
 * ("../", "/etc") and links in the place of a kernel are refused with -EBADMSG, naming them.
 * A package without a kernel is no error: see *found.
 */
int deb_extract(const char *deb, const char *image_to, const char *config_to,
		struct deb_found *found, struct err *e);

#endif
