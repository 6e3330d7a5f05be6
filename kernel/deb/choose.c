// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/deb/choose.h"

#include "kernel/deb/apt.h"
#include "kernel/image/banner.h"
#include "kernel/name/vercmp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_MAX 64

void choices_free(struct choices *c)
{
	free(c->items);
	*c = (struct choices){ 0 };
}

/* How well a build fits a spec; larger is better. */
enum fit { FIT_NONE, FIT_ABI_NUMBER, FIT_NUMBER, FIT_LITERAL };

static enum fit fit(const struct build *b, const struct spec *s)
{
	char number[NUMBER_MAX];

	if (strcmp(b->flavour, s->flavour) != 0)
		return FIT_NONE;
	if (s->literal)
		return !strcmp(b->abi, s->version) || !strcmp(b->version, s->version) ? FIT_LITERAL
										      : FIT_NONE;
	if (spec_number_matches(s->number, build_number(b, number, sizeof(number))))
		return FIT_NUMBER;
	/* bookworm calls its 6.1.170 "6.1.0-47"; some write that as 6.1.0. */
	return spec_number_matches(s->number, b->abi) ? FIT_ABI_NUMBER : FIT_NONE;
}

/* Newest suite, then newest version. */
static int by_preference(const void *a, const void *b)
{
	const struct build *x = *(const struct build *const *)a;
	const struct build *y = *(const struct build *const *)b;
	int r = apt_suite_rank(y->suite) - apt_suite_rank(x->suite);

	return r ? r : vercmp(y->version, x->version);
}

static int compare_numbers(const struct build *a, const struct build *b)
{
	char na[NUMBER_MAX], nb[NUMBER_MAX];

	return vercmp(build_number(a, na, sizeof(na)), build_number(b, nb, sizeof(nb)));
}

int choose(const struct index *x, const struct spec *spec, struct choices *out)
{
	enum fit best = FIT_NONE;

	*out = (struct choices){ .items = calloc(x->count + 1, sizeof(struct build *)) };
	if (!out->items)
		return -ENOMEM;
	for (size_t i = 0; i < x->count; i++) {
		const struct build *b = &x->builds[i];
		enum fit f = fit(b, spec);
		int newer = out->count ? compare_numbers(b, out->items[0]) : 0;

		if (f == FIT_NONE || f < best || (f == best && newer < 0))
			continue;
		if (f > best || newer > 0)
			out->count = 0;
		best = f;
		out->items[out->count++] = b;
	}
	qsort(out->items, out->count, sizeof(struct build *), by_preference);
	return 0;
}

const struct build *choose_one(const struct choices *c, const char *peer_compiler)
{
	for (size_t i = 0; i < c->count; i++) {
		if (compiler_same_major(c->items[i]->compiler, peer_compiler))
			return c->items[i];
	}
	return c->count ? c->items[0] : NULL;
}

const struct build *choose_alternative(const struct index *x, const struct spec *spec,
				       const char *peer_compiler)
{
	for (size_t i = x->count; i-- > 0;) {
		if (fit(&x->builds[i], spec) != FIT_NONE &&
		    compiler_same_major(x->builds[i].compiler, peer_compiler))
			return &x->builds[i];
	}
	return NULL;
}

const char *choose_compiler(const struct choices *a, const struct choices *b)
{
	for (size_t sum = 0; sum + 1 < a->count + b->count; sum++) {
		for (size_t i = 0; i <= sum && i < a->count; i++) {
			if (sum - i < b->count &&
			    compiler_same_major(a->items[i]->compiler, b->items[sum - i]->compiler))
				return a->items[i]->compiler;
		}
	}
	return NULL;
}

static int list_flavours(const struct index *x, const char *missing, struct buf *out)
{
	int r = buf_printf(out, "no suite has the flavour '%s'; there are:", missing);

	for (size_t i = 0; r == 0 && i < x->count; i++) {
		bool seen = false;

		for (size_t j = 0; j < i && !seen; j++)
			seen = !strcmp(x->builds[j].flavour, x->builds[i].flavour);
		if (!seen)
			r = buf_printf(out, " %s", x->builds[i].flavour);
	}
	return r;
}

int choose_nearest(const struct index *x, const struct spec *spec, struct buf *out)
{
	const struct build *below = NULL, *above = NULL;

	for (size_t i = 0; i < x->count; i++) {
		const struct build *b = &x->builds[i];

		if (strcmp(b->flavour, spec->flavour) != 0)
			continue;
		if (vercmp(b->version, spec->version) < 0)
			below = b;
		else if (!above)
			above = b;
	}
	if (!below && !above)
		return list_flavours(x, spec->flavour, out);
	return buf_printf(out, "nearest: %s%s%s%s%s", below ? "debian:" : "",
			  below ? below->abi : "", below && above ? ", " : "",
			  above ? "debian:" : "", above ? above->abi : "");
}

void choose_neighbours(const struct index *x, const struct build *b, size_t distance,
		       const struct build **below, const struct build **above)
{
	size_t seen = 0;

	*below = *above = NULL;
	for (const struct build *p = b; p-- > x->builds && !*below;) {
		if (!strcmp(p->flavour, b->flavour) && ++seen == distance)
			*below = p;
	}
	seen = 0;
	for (const struct build *p = b + 1; p < x->builds + x->count && !*above; p++) {
		if (!strcmp(p->flavour, b->flavour) && ++seen == distance)
			*above = p;
	}
}
