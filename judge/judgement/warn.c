// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/judgement/warn.h"

#include "base/buf.h"
#include "base/cleanup.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* Blocks below which an order has had no chance to be balanced. */
#define ORDER_BLOCKS_MIN 4

int warn_add(struct judgement *j, const char *kind, const struct row *where, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;
	int n;

	if (j->n_warnings == j->cap_warnings) {
		size_t cap = 2 * j->cap_warnings + 16;
		struct judge_warning *grown = realloc(j->warnings, cap * sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		j->warnings = grown;
		j->cap_warnings = cap;
	}
	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0)
		return -ENOMEM;
	j->warnings[j->n_warnings++] = (struct judge_warning){ kind, where, text };
	return 0;
}

int warn_row(struct judgement *j, const struct rows *t, const struct judged_row *row)
{
	const char *kernel = rows_word(t, row->kernel);
	const struct mean_cv *m = &row->mean_cv;
	int r = 0;

	if (m->failed_runs)
		r = warn_add(j, "partial", row->raw, "%s: %zu of %zu runs failed", kernel,
			     m->failed_runs, m->run_count);
	if (r == 0 && !row->counted && m->ok_runs < TIMED_BLOCKS_MIN)
		r = warn_add(j, "small-n", row->raw,
			     "%s: %zu good runs; below %d no verdict stands%s", kernel, m->ok_runs,
			     TIMED_BLOCKS_MIN,
			     m->ok_runs == 1 ? ", though mean-cv calls one run reliable" : "");
	return r;
}

int warn_timed(struct judgement *j, const struct rows *t, const struct judged_row *row,
	       const struct pairs *p)
{
	if (p->paired || !row->timed.n)
		return 0;
	return warn_add(j, "unpaired", row->raw,
			"%s: runs do not pair up by block; judged unpaired",
			rows_word(t, row->kernel));
}

int warn_drift(struct judgement *j, const struct rows *t, const struct judged_row *row,
	       const struct stability *s)
{
	if (s->level_p > STABILITY_LEVEL_ALPHA)
		return 0;
	return warn_add(j, "drift", row->raw,
			"%s and the baseline both went %s by %.2g %% over the blocks, which blocks "
			"take out (p %.2g)",
			rows_word(t, row->kernel), s->level > 0 ? "up" : "down",
			100 * fabs(expm1(s->level)), s->level_p);
}

/* Positions are counted from 0 or from 1. */
static uint32_t first_position(const struct cell *c)
{
	uint32_t first = UINT32_MAX;

	for (size_t i = 0; i < c->n_groups; i++) {
		for (size_t k = 0; k < c->groups[i].count; k++) {
			uint32_t position = c->groups[i].rows[k].position;

			first = position < first ? position : first;
		}
	}
	return first;
}

/* How often kernels stood where. */
struct order {
	size_t most, least;
	const struct group *where; /* of most, and at which position, from 0 */
	uint32_t at;
};

/* Adds the runs of a kernel at each of @n positions to counts[]; false if that says nothing. */
static bool count_positions(const struct group *g, uint32_t first, size_t n, size_t *counts)
{
	for (size_t k = 0; k < g->count; k++) {
		uint32_t position = g->rows[k].position;

		if (position == ROW_NO_BLOCK || position - first >= n)
			return false;
		counts[position - first]++;
	}
	return true;
}

/*
 * One kernel after the other, and only where it stood: kernels times positions may be a number that
 * no memory has room for. @counts: n zeros, which they are again.
 */
static bool find_order(const struct cell *c, size_t *counts, struct order *out)
{
	uint32_t first = first_position(c);
	size_t n = c->n_groups;

	*out = (struct order){ .least = SIZE_MAX };
	for (size_t i = 0; i < n; i++) {
		const struct group *g = &c->groups[i];
		size_t places = 0;

		if (!count_positions(g, first, n, counts))
			return false;
		for (size_t k = 0; k < g->count; k++) {
			uint32_t at = g->rows[k].position - first;

			if (!counts[at])
				continue;
			places++;
			out->least = counts[at] < out->least ? counts[at] : out->least;
			if (counts[at] > out->most)
				*out = (struct order){ counts[at], out->least, g, at };
			counts[at] = 0;
		}
		if (places < n)
			out->least = 0;
	}
	return true;
}

/* Up to so many kernels every number is told, "old 5 4, new 4 5", else the largest. */
#define ORDER_TOLD_MAX 8

static void tell_order(const struct cell *c, const struct order *o, struct buf *out)
{
	size_t n = c->n_groups;

	if (n > ORDER_TOLD_MAX) {
		buf_printf(out, "%s stood at the same one of %zu in %zu of %zu runs",
			   rows_word(c->table, o->where->kernel), n, o->most, o->where->count);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		size_t counts[ORDER_TOLD_MAX] = { 0 };

		count_positions(&c->groups[i], first_position(c), n, counts);
		buf_printf(out, "%s%s", i ? ", " : "", rows_word(c->table, c->groups[i].kernel));
		for (size_t k = 0; k < n; k++)
			buf_printf(out, " %zu", counts[k]);
	}
}

/*
 * Balanced is: every kernel as often in every position, give or take what a block more or less
 * makes, or what an independent shuffle a block may: two standard deviations, and more of them the
 * more kernels there are to stand somewhere.
 */
int warn_order(struct judgement *j, const struct cell *c)
{
	size_t kernels = c->n_groups, blocks = c->groups->count;
	_cleanup_free_ size_t *counts = NULL;
	_cleanup_buf_ struct buf text = { 0 };
	double expected = (double)blocks / (double)kernels, deviations, allowed;
	struct order o;

	if (kernels < 2 || blocks < ORDER_BLOCKS_MIN || c->groups->rows->mode == ROW_EXACT)
		return 0;
	counts = calloc(kernels, sizeof(*counts));
	if (!counts)
		return -ENOMEM;
	deviations = fmin(3, 1 + (double)kernels / 2);
	allowed = fmax(1, deviations * sqrt(expected * (1 - 1 / (double)kernels)));
	if (!find_order(c, counts, &o) ||
	    ((double)o.most - expected <= allowed && expected - (double)o.least <= allowed))
		return 0;
	tell_order(c, &o, &text);
	if (buf_error(&text))
		return -ENOMEM;
	return warn_add(j, "unbalanced-order", c->groups->rows,
			"runs at each position of a block: %s", buf_str(&text));
}

int warn_table(struct judgement *j, const struct rows *t, uint32_t baseline, uint32_t oldest)
{
	const char *name = rows_word(t, baseline);
	bool others = false, emulated = false;
	int r = 0;

	for (size_t i = 0; i < t->count; i++) {
		others = others || t->at[i].kernel != t->at[0].kernel;
		emulated = emulated || t->at[i].mode == ROW_EMULATED;
	}
	for (size_t i = 0; i < t->n_notes; i++)
		r |= warn_add(j, t->notes[i].kind, NULL, "%s", t->notes[i].text);
	if (!others)
		r |= warn_add(j, "one-kernel", NULL,
			      "there is no kernel but %s: nothing is compared", name);
	if (emulated)
		r |= warn_add(j, "emulated", NULL,
			      "timing under an emulator: no evidence about hardware");
	if (t->identical)
		r |= warn_add(
			j, "duplicate-rows", NULL,
			"%zu rows repeat another run and metric to the digit; each counts once",
			t->identical);
	if (oldest != baseline)
		r |= warn_add(
			j, "baseline-reversed", NULL,
			"the baseline %s is not the oldest kernel: for older ones 'improvement' "
			"means that %s is slower",
			name, name);
	return r;
}
