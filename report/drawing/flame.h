/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Call trees as folded stacks and as a differential flame graph. */
#ifndef REPORT_DRAWING_FLAME_H
#define REPORT_DRAWING_FLAME_H

#include "base/buf.h"
#include "base/err.h"
#include "judge/why/flame.h"

#include <jansson.h>

/* Lines "a;b;c VALUE", own instructions per item of one side (0: old), for other tools. */
int flame_folded(const struct flame *f, unsigned side, struct buf *out, struct err *e);
/*
 * An SVG without scripts: NEW's tree, widths by instructions, red what costs more than in OLD and
 * blue what costs less; frames have their numbers as titles.
 */
int flame_svg(const struct flame *f, const char *title, const char *unit, struct buf *out,
	      struct err *e);

/*
 * What a document keeps of it: [{"name", "parent", "old", "new", "calls_old", "calls_new"}], own
 * instructions and calls per item, parents by their index and before their children. A new
 * reference, or NULL when out of memory.
 */
json_t *flame_json(const struct flame *f);
/* The same read again, as hostile text; names are borrowed from @nodes. -EINVAL if it is none. */
int flame_of_json(const json_t *nodes, struct flame *out, struct err *e);

#endif
