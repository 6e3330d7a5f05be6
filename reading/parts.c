// SPDX-License-Identifier: GPL-2.0-or-later
#include "reading/parts.h"

#include "base/cleanup.h"
#include "reading/kinds.h"
#include "reading/slope.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One run while its functions are gone through, beside those of the others. */
struct walk {
	const struct reading_parts_run *of;
	struct slope slope;
	size_t at;		     /* the next function of its profile */
	uint64_t rest[MARKER_SLOTS]; /* of what varies, summed */
	double part;
};

struct walks {
	struct walk *at;
	size_t n;
	double most_by; /* of reading_parts.most */
	bool vary;	/* something does */
};

static const uint64_t nothing[MARKER_SLOTS];

static const struct profile_function *next_of(const struct walk *w)
{
	const struct profile *p = &w->of->source->run->profile;

	return w->at < p->count ? &p->functions[w->at] : NULL;
}

/* The first name that any of them has still to come; NULL: none. */
static const char *next_name(const struct walks *all)
{
	const char *first = NULL;

	for (size_t i = 0; i < all->n; i++) {
		const struct profile_function *f = next_of(&all->at[i]);

		if (f && (!first || strcmp(f->name, first) < 0))
			first = f->name;
	}
	return first;
}

/* Of two runs of one kernel, whose pairs agree. */
static bool alike(const struct walk *a, const struct walk *b, const uint64_t *x, const uint64_t *y)
{
	if (a->slope.divisor != b->slope.divisor)
		return false;
	for (unsigned segment = a->slope.first; segment < a->slope.last; segment++) {
		const struct slope one = slope_segment(&a->slope, segment);

		if (slope_sum(&one, 0, x) != slope_sum(&one, 0, y))
			return false;
	}
	return true;
}

/* @values: of each run, of one function or of what no function has. */
static bool is_exact(const struct walks *all, const uint64_t *const *values, double *by)
{
	bool exact = true;

	*by = 0;
	for (size_t i = 0; i < all->n; i++) {
		const struct walk *w = &all->at[i];

		*by = fmax(*by, (double)slope_apart(&w->slope, values[i]) / w->slope.divisor);
		for (size_t k = 0; exact && k < i; k++) {
			/* With the first of its kernel is enough: it is like all others. */
			if (all->at[k].of->kernel != w->of->kernel)
				continue;
			exact = alike(&all->at[k], w, values[k], values[i]);
			break;
		}
	}
	return exact && *by == 0;
}

static bool is_executed(const struct walks *all, const uint64_t *const *values)
{
	for (size_t i = 0; i < all->n; i++) {
		const struct slope *whole = &all->at[i].slope;

		for (unsigned segment = whole->first; segment < whole->last; segment++) {
			const struct slope one = slope_segment(whole, segment);

			for (unsigned pair = 0; pair < whole->pairs; pair++) {
				if (slope_sum(&one, pair, values[i]))
					return true;
			}
		}
	}
	return false;
}

/* @name: NULL for what no function has. */
static void take(struct walks *all, const char *name, const uint64_t *const *values,
		 struct reading_parts *out)
{
	double by;
	bool exact = is_exact(all, values, &by);

	all->vary = all->vary || !exact;
	for (size_t i = 0; i < all->n; i++) {
		struct walk *w = &all->at[i];

		if (exact)
			w->part += slope_mean(&w->slope, values[i]);
		for (unsigned slot = 0; !exact && slot < MARKER_SLOTS; slot++)
			w->rest[slot] += values[i][slot];
	}
	if (!name || !is_executed(all, values))
		return;
	*(exact ? &out->exact : &out->varying) += 1;
	if (exact || (out->most[0] && by <= all->most_by))
		return;
	all->most_by = by;
	snprintf(out->most, sizeof(out->most), "%.*s", READING_NAME_BYTES - 1, name);
}

static void take_functions(struct walks *all, const struct metric_choice *m,
			   const uint64_t **values, struct reading_parts *out)
{
	const char *name;

	while ((name = next_name(all))) {
		for (size_t i = 0; i < all->n; i++) {
			const struct profile_function *f = next_of(&all->at[i]);
			bool there = f && !strcmp(f->name, name);

			values[i] = there ? f->insns : nothing;
			all->at[i].at += there;
		}
		if (chosen_sums(m, name))
			take(all, name, values, out);
	}
}

static int take_unattributed(struct walks *all, const uint64_t **values, struct reading_parts *out,
			     struct err *e)
{
	_cleanup_free_ uint64_t *room = calloc(all->n * MARKER_SLOTS + 1, sizeof(*room));

	if (!room)
		return err_oom(e);
	for (size_t i = 0; i < all->n; i++) {
		const struct profile *p = &all->at[i].of->source->run->profile;
		uint64_t *mine = &room[i * MARKER_SLOTS];

		for (unsigned slot = 0; slot < MARKER_SLOTS; slot++)
			mine[slot] = p->slots[slot].unattributed;
		values[i] = mine;
	}
	take(all, NULL, values, out);
	return 0;
}

/* Of all of them; a metric that is one function's has no parts. */
static bool can_be_known(const struct reading_parts_run *runs, size_t n, struct metric_choice *m)
{
	if (!n || reading_choice(runs[0].source, m, NULL) < 0)
		return false;
	if (m->kind != METRIC_ITERATION && m->kind != METRIC_SEGMENT && m->kind != METRIC_KERNEL)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!reading_is_sound(runs[i].source))
			return false;
	}
	return true;
}

int reading_parts_find(const struct reading_parts_run *runs, size_t n, struct reading_parts *out,
		       struct err *e)
{
	_cleanup_free_ struct walk *walk = calloc(n + 1, sizeof(*walk));
	_cleanup_free_ const uint64_t **values = calloc(n + 1, sizeof(*values));
	struct walks all = { .at = walk, .n = n };
	struct metric_choice m;
	int r;

	*out = (struct reading_parts){ 0 };
	if (!walk || !values)
		return err_oom(e);
	if (!can_be_known(runs, n, &m))
		return 0;
	for (size_t i = 0; i < n; i++)
		walk[i] = (struct walk){ &runs[i], reading_slope(runs[i].source, &m), 0, { 0 }, 0 };
	take_functions(&all, &m, values, out);
	r = take_unattributed(&all, values, out, e);
	if (r < 0)
		return r;
	out->known = true;
	for (size_t i = 0; all.vary && i < n; i++) {
		struct reading *deciding = runs[i].deciding;

		deciding->parted = true;
		deciding->part = walk[i].part;
		deciding->rest_spread = slope_spread(&walk[i].slope, walk[i].rest);
	}
	return 0;
}
