// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/survey/decompose_parts.h"

#include <math.h>

static const struct decompose_part nothing = {
	.delta = NAN, .spread = NAN, .low = NAN, .high = NAN, .mean = NAN
};

static unsigned members(unsigned set)
{
	return (unsigned)__builtin_popcount(set);
}

/*
 * The smallest set without the candidate, by the order in which they were named, with which it can
 * be put on; none: @out is not touched.
 */
static bool find_needs(const struct decompose_values *x, unsigned candidate, unsigned *out)
{
	for (unsigned size = 0; size < x->n; size++) {
		for (unsigned set = 0; set < 1u << x->n; set++) {
			if (members(set) != size || set >> candidate & 1 || !x->applies[set] ||
			    !x->applies[set | 1u << candidate])
				continue;
			*out = set;
			return true;
		}
	}
	return false;
}

static struct decompose_part between(const struct decompose_value *a,
				     const struct decompose_value *b)
{
	struct decompose_part p = nothing;

	p.delta = a->cost - b->cost;
	p.spread = a->spread + b->spread;
	p.exact = a->exact && b->exact;
	return p;
}

static struct decompose_part own(const struct decompose_values *x, unsigned candidate)
{
	struct decompose_part p = nothing;
	unsigned needs;

	if (!find_needs(x, candidate, &needs))
		return p;
	p = between(&x->sets[needs], &x->sets[needs | 1u << candidate]);
	p.known = true;
	p.after = needs;
	return p;
}

/* One order of all candidates, as far as it has come. */
struct walk {
	const struct decompose_values *x;
	struct decompose_parts *out;
	double recovered[DECOMPOSE_CANDIDATES_MAX];
	double sums[DECOMPOSE_CANDIDATES_MAX];
};

static void end_order(struct walk *w)
{
	w->out->orders++;
	for (unsigned i = 0; i < w->x->n; i++) {
		struct decompose_part *p = &w->out->own[i];

		w->sums[i] += w->recovered[i];
		p->low = fmin(p->low, w->recovered[i]);
		p->high = fmax(p->high, w->recovered[i]);
	}
}

/* All orders that begin with @set. */
/* NOLINTNEXTLINE(misc-no-recursion): as deep as there are candidates */
static void follow(struct walk *w, unsigned set)
{
	const struct decompose_values *x = w->x;

	if (!isfinite(x->sets[set].cost))
		return;
	if (set == (1u << x->n) - 1) {
		end_order(w);
		return;
	}
	for (unsigned i = 0; i < x->n; i++) {
		if (set >> i & 1)
			continue;
		w->recovered[i] = x->sets[set].cost - x->sets[set | 1u << i].cost;
		follow(w, set | 1u << i);
	}
}

static struct decompose_part interaction(const struct decompose_values *x,
					 const struct decompose_parts *p)
{
	const unsigned all = (1u << x->n) - 1;
	struct decompose_part out = between(&x->sets[0], &x->sets[all]);

	for (unsigned i = 0; i < x->n; i++) {
		out.delta -= p->own[i].delta;
		out.spread += p->own[i].spread;
		out.exact = out.exact && p->own[i].exact;
	}
	return out;
}

struct decompose_parts decompose_parts(const struct decompose_values *x)
{
	struct decompose_parts out = { .interaction = nothing, .left = nothing, .orders_all = 1 };
	struct walk w = { .x = x, .out = &out };

	for (unsigned i = 0; i < x->n; i++) {
		out.own[i] = own(x, i);
		out.orders_all *= i + 1;
	}
	follow(&w, 0);
	for (unsigned i = 0; i < x->n && out.orders; i++)
		out.own[i].mean = w.sums[i] / out.orders;
	out.interaction = interaction(x, &out);
	out.left = between(&x->sets[(1u << x->n) - 1], &x->old_one);
	return out;
}
