// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/why/line_deltas.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void line_deltas_free(struct line_deltas *d)
{
	free(d->functions);
	free(d->lines);
	free(d->parts);
	*d = (struct line_deltas){ 0 };
}

/* What merging carries along. */
struct merge {
	const struct scenario *scenario;
	double divisor;
	struct line_deltas *out;
	size_t n_lines, n_parts;
	const struct line_cost *last; /* that was taken */
};

static struct cost_side *side_of(struct cost_pair *pair, unsigned side)
{
	return side ? &pair->new_side : &pair->old_side;
}

/* Whole numbers for now, which doubles hold exactly; scale() makes costs per item of them. */
static void add_costs(const struct merge *m, const struct line_cost *from, unsigned side,
		      struct line_function *f, struct line_delta *l)
{
	for (enum cost c = 0; c < COST_OF_FUNCTIONS; c++) {
		for (size_t s = 0; s < m->scenario->n_segments; s++) {
			double n = (double)from->sums.of[s][c];

			side_of(&f->rows[s + 1], side)->costs[c] += n;
			side_of(&f->rows[0], side)->costs[c] += n;
			side_of(&l->costs, side)->costs[c] += n;
		}
	}
}

static double insns_of(const struct merge *m, const struct line_cost *from)
{
	double whole = 0;

	for (size_t s = 0; s < m->scenario->n_segments; s++)
		whole += (double)from->sums.of[s][COST_INSNS];
	return whole;
}

/*
 * The next in order, of either side or both (@any: one that is there): a part, and a line and a
 * function if they begin.
 */
static void take(struct merge *m, const struct line_cost *any,
		 const struct line_cost *const sides[2])
{
	struct line_deltas *out = m->out;
	struct line_function *f;
	struct line_delta *l;
	struct line_part *part = &out->parts[m->n_parts++];

	if (!m->last || strcmp(m->last->function, any->function) != 0)
		out->functions[out->n_functions++] =
			(struct line_function){ .name = any->function,
						.lines = &out->lines[m->n_lines] };
	f = &out->functions[out->n_functions - 1];
	if (!f->n_lines || line_cost_order_of_lines(m->last, any) != 0) {
		f->n_lines++;
		out->lines[m->n_lines++] = (struct line_delta){ .file = any->file, .parts = part };
	}
	l = &out->lines[m->n_lines - 1];
	l->n_parts++;
	*part = (struct line_part){ .into = any->into };
	for (unsigned i = 0; i < 2; i++) {
		if (!sides[i])
			continue;
		part->insns[i] = insns_of(m, sides[i]);
		l->line[i] = sides[i]->line;
		f->inlined[i] += *any->into ? part->insns[i] : 0;
		out->without_line[i] += sides[i]->line ? 0 : part->insns[i];
		add_costs(m, sides[i], i, f, l);
	}
	m->last = any;
}

static void scale_pair(struct cost_pair *p, double divisor)
{
	for (enum cost c = 0; c < COST_OF_FUNCTIONS; c++) {
		p->old_side.costs[c] /= divisor;
		p->new_side.costs[c] /= divisor;
	}
}

static void scale(const struct merge *m)
{
	const double divisor = m->divisor;
	struct line_deltas *d = m->out;

	for (size_t i = 0; i < d->n_functions; i++) {
		for (size_t row = 0; row <= m->scenario->n_segments; row++)
			scale_pair(&d->functions[i].rows[row], divisor);
		for (unsigned side = 0; side < 2; side++)
			d->functions[i].inlined[side] /= divisor;
	}
	for (size_t i = 0; i < m->n_lines; i++)
		scale_pair(&d->lines[i].costs, divisor);
	for (unsigned side = 0; side < 2; side++) {
		for (size_t i = 0; i < m->n_parts; i++)
			d->parts[i].insns[side] /= divisor;
		d->without_line[side] /= divisor;
	}
}

static double delta(const struct cost_pair *p)
{
	return p->new_side.costs[COST_INSNS] - p->old_side.costs[COST_INSNS];
}

static int by_size(double a, double b)
{
	return fabs(a) > fabs(b) ? -1 : fabs(a) < fabs(b);
}

static int by_change(const void *a, const void *b)
{
	const struct line_function *x = a, *y = b;
	int order = by_size(delta(&x->rows[0]), delta(&y->rows[0]));

	return order ? order : strcmp(x->name, y->name);
}

static int by_change_of_line(const void *a, const void *b)
{
	const struct line_delta *x = a, *y = b;
	int order = by_size(delta(&x->costs), delta(&y->costs));

	/* As they stood before: in the order of files and lines. */
	return order ? order : x->parts < y->parts ? -1 : x->parts > y->parts;
}

static int by_insns(const void *a, const void *b)
{
	const struct line_part *x = a, *y = b;
	int order = by_size(fmax(x->insns[0], x->insns[1]), fmax(y->insns[0], y->insns[1]));

	return order ? order : strcmp(x->into, y->into);
}

static void sort(struct line_deltas *d, size_t n_lines)
{
	for (size_t i = 0; i < d->n_functions; i++)
		qsort(d->functions[i].lines, d->functions[i].n_lines, sizeof(*d->lines),
		      by_change_of_line);
	for (size_t i = 0; i < n_lines; i++)
		qsort(d->lines[i].parts, d->lines[i].n_parts, sizeof(*d->parts), by_insns);
	qsort(d->functions, d->n_functions, sizeof(*d->functions), by_change);
}

int line_deltas_make(const struct scenario *s, double divisor, const struct line_costs *o,
		     const struct line_costs *n, struct line_deltas *out, struct err *e)
{
	struct merge m = { .scenario = s, .divisor = divisor, .out = out };
	size_t i = 0, k = 0, most = o->count + n->count + 1;

	*out = (struct line_deltas){ .functions = calloc(most, sizeof(*out->functions)),
				     .lines = calloc(most, sizeof(*out->lines)),
				     .parts = calloc(most, sizeof(*out->parts)) };
	if (!out->functions || !out->lines || !out->parts) {
		line_deltas_free(out);
		return err_oom(e);
	}
	while (i < o->count || k < n->count) {
		int order = i == o->count ? 1 : k == n->count ? -1 : 0;

		if (!order)
			order = line_cost_order(&o->rows[i], &n->rows[k]);
		take(&m, order <= 0 ? &o->rows[i] : &n->rows[k],
		     (const struct line_cost *[]){ order <= 0 ? &o->rows[i] : NULL,
						   order >= 0 ? &n->rows[k] : NULL });
		i += order <= 0;
		k += order >= 0;
	}
	scale(&m);
	sort(out, m.n_lines);
	return 0;
}
