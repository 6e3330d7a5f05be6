/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes the counts file (proto/counts.h). */
#ifndef PLUGIN_DUMP_H
#define PLUGIN_DUMP_H

#include "plugin/halted.h"
#include "plugin/region.h"
#include "plugin/table.h"

/* Writes to "<path>.part" and renames; 0 or -1. */
int dump_write(const struct table *t, const struct halted *halted, const struct region *region,
	       const char *path);

#endif
