/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the page cache has of the maps' files, whether they are mapped or not. */
#ifndef GUEST_CACHED_H
#define GUEST_CACHED_H

#include "guest/memory/maps.h"

/*
 * Of the maps that are file-private or file-shared: pages that are there, and of these those in
 * folios of several pages. What cannot be read is left alone.
 */
void cached_read(const struct maps *maps, uint64_t *pages, uint64_t *large);

#endif
