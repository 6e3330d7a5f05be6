/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Call trees as folded stacks and as a differential flame graph. */
#ifndef REPORT_FLAME_H
#define REPORT_FLAME_H

#include "base/buf.h"
#include "base/err.h"
#include "judge/flame.h"

/* Lines "a;b;c VALUE", own instructions per item of one side (0: old), for other tools. */
int flame_folded(const struct flame *f, unsigned side, struct buf *out, struct err *e);
/*
 * An SVG without scripts: NEW's tree, widths by instructions, red what costs more than in OLD and
 * blue what costs less; frames have their numbers as titles.
 */
int flame_svg(const struct flame *f, const char *title, const char *unit, struct buf *out,
	      struct err *e);

#endif
