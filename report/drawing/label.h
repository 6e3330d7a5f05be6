/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Texts in a picture that fit their room: what is too long loses its middle, and is whole in a
 * title. */
#ifndef REPORT_DRAWING_LABEL_H
#define REPORT_DRAWING_LABEL_H

#include "base/buf.h"

/*
 * Pixels that @text takes at a font size of @size, or a little more: letters are monospace, about
 * .6 of the size in every font that is, and what is not ASCII may be twice as wide.
 */
double label_width(const char *text, double size);
/* @text, or its head and its tail with "…" between, as many whole characters as @room has. */
void label_fit(const char *text, double size, double room, struct buf *out);

/* Where a text stands; @size 0: the picture's own, which is LABEL_SIZE. */
#define LABEL_SIZE 12.0
struct label {
	double x, y, room, size;
	const char *anchor; /* "start", "middle" or "end"; NULL: "start" */
	const char *more;   /* attributes; NULL: none */
};
void label_put(const struct label *l, const char *text, struct buf *out);

#endif
