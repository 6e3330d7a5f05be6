// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/drawing/flame.h"

#include "report/drawing/svg_frame.h"
#include "report/words/number.h"
#include "report/words/plain.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH 1200.0
#define ROW 18
#define NARROWEST 0.2 /* pixels: frames below are left out */
#define LETTERS 11.0  /* their size */
#define TEXT_MIN 24.0 /* pixels: frames below have no text */
#define DEPTH_MAX 128

static void put_path(const struct flame *f, size_t i, struct buf *b)
{
	if (i) {
		put_path(f, f->nodes[i].parent, b);
		buf_puts(b, ";");
	}
	buf_puts(b, f->nodes[i].name);
}

int flame_folded(const struct flame *f, unsigned side, struct buf *out, struct err *e)
{
	for (size_t i = 0; i < f->count; i++) {
		if (f->nodes[i].own[side] <= 0)
			continue;
		put_path(f, i, out);
		buf_printf(out, " %.6f\n", f->nodes[i].own[side]);
	}
	return buf_error(out) ? err_oom(e) : 0;
}

struct drawing {
	const struct flame *f;
	const char *unit;
	double *x;    /* left edge of each node */
	double *used; /* of its width, by children so far */
	unsigned *depth;
	double scale;
	unsigned deepest;
};

/* White where nothing changed; full colour where the change is all that there is. */
static void colour(const struct flame_node *n, unsigned rgb[3])
{
	double larger = fmax(n->whole[0], n->whole[1]);
	double change = larger > 0 ? (n->whole[1] - n->whole[0]) / larger : 0;
	unsigned pale = (unsigned)(235 - 155 * fmin(1, fabs(change)));

	rgb[0] = change > 0 ? 250 : pale;
	rgb[1] = pale;
	rgb[2] = change < 0 ? 250 : pale;
}

static void put_frame(const struct drawing *d, size_t i, struct buf *b)
{
	const struct flame_node *n = &d->f->nodes[i];
	double width = fmax(n->whole[0], n->whole[1]) * d->scale;
	unsigned y = (d->deepest - d->depth[i]) * ROW + (unsigned)SVG_TOP, rgb[3];
	_cleanup_buf_ struct buf name = { 0 };

	if (width < NARROWEST)
		return;
	colour(n, rgb);
	buf_puts(b, "<g><title>");
	plain_html(b, n->name);
	buf_printf(b,
		   ": %s to %s instructions per %s (%s), %.4g to %.4g calls"
		   "</title><rect x=\"%.2f\" y=\"%u\" width=\"%.2f\" height=\"%d\" "
		   "stroke=\"#888\" fill=\"#%02x%02x%02x\"/>",
		   number_of(n->whole[0]).text, number_of(n->whole[1]).text, d->unit,
		   number_change(n->whole[1] - n->whole[0]).text, n->calls[0], n->calls[1], d->x[i],
		   y, width, ROW - 1, rgb[0], rgb[1], rgb[2]);
	if (width > TEXT_MIN) {
		buf_printf(b, "<text x=\"%.2f\" y=\"%u\">", d->x[i] + 3, y + ROW - 5);
		label_fit(n->name, LETTERS, width - 6, &name);
		plain_html(b, buf_str(&name));
		buf_puts(b, "</text>");
	}
	buf_puts(b, "</g>\n");
	buf_keep(b, buf_error(&name));
}

/* Children stand side by side over their parent, in the order of the nodes. */
static void lay_out(struct drawing *d)
{
	d->scale = WIDTH / fmax(1e-9, fmax(d->f->nodes[0].whole[0], d->f->nodes[0].whole[1]));
	for (size_t i = 1; i < d->f->count; i++) {
		const struct flame_node *n = &d->f->nodes[i];

		d->depth[i] = d->depth[n->parent] + 1;
		d->x[i] = d->x[n->parent] + d->used[n->parent];
		d->used[n->parent] += fmax(n->whole[0], n->whole[1]) * d->scale;
		if (d->depth[i] > d->deepest && d->depth[i] < DEPTH_MAX)
			d->deepest = d->depth[i];
	}
}

/*
 * A frame is as wide as the costlier side, and children as they need: where both sides have other
 * children, these may be wider together than their parent.
 */
static void draw(const struct drawing *d, const char *title, struct buf *b)
{
	static const struct svg_key keys[] = {
		{ SVG_BOX, "fill=\"#fa5050\"", "NEW costs more" },
		{ SVG_BOX, "fill=\"#ebebeb\" stroke=\"#888\"", "as OLD" },
		{ SVG_BOX, "fill=\"#5050fa\"", "NEW costs less" },
		{ SVG_STROKE, "", "width: instructions of the costlier side" },
	};
	double right = WIDTH;

	for (size_t i = 0; i < d->f->count; i++)
		right = fmax(right,
			     d->x[i] + fmax(d->f->nodes[i].whole[0], d->f->nodes[i].whole[1]) *
					       d->scale);
	svg_begin(b, right, (d->deepest + 1) * ROW + SVG_TOP + SVG_EDGE, title);
	svg_legend(b, right, keys, ARRAY_SIZE(keys));
	buf_printf(b, "<g class=\"flame\" font-size=\"%g\" stroke-width=\"0.3\">\n", LETTERS);
	for (size_t i = 0; i < d->f->count; i++) {
		if (d->depth[i] <= d->deepest)
			put_frame(d, i, b);
	}
	buf_puts(b, "</g></svg>\n");
}

int flame_svg(const struct flame *f, const char *title, const char *unit, struct buf *out,
	      struct err *e)
{
	struct drawing d = { .f = f,
			     .unit = unit,
			     .x = calloc(f->count, sizeof(double)),
			     .used = calloc(f->count, sizeof(double)),
			     .depth = calloc(f->count, sizeof(unsigned)) };

	if (!d.x || !d.used || !d.depth)
		buf_keep(out, -ENOMEM);
	if (buf_error(out) == 0) {
		lay_out(&d);
		draw(&d, title, out);
	}
	free(d.x);
	free(d.used);
	free(d.depth);
	return buf_error(out) ? err_oom(e) : 0;
}
