/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes the counts file (proto/counts.h). */
#ifndef PLUGIN_DUMP_H
#define PLUGIN_DUMP_H

#include "plugin/faults.h"
#include "plugin/halted.h"
#include "plugin/region.h"
#include "plugin/table.h"
#include "plugin/tasks.h"

/* What there is to write. */
struct dump {
	const struct table *table;
	const struct halted *halted;
	const struct region *region;
	const struct tasks *tasks;
	struct faults *faults; /* used up by writing */
};

/* Writes to "<path>.part" and renames; 0 or -1. */
int dump_write(const struct dump *d, const char *path);

#endif
