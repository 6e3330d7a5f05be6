// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/why/listing.h"

#include "base/cleanup.h"
#include "reading/slope.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define INSNS_MAX 8192

/* One side without what pads it: instructions, and how often each was executed per item. */
struct side {
	const struct disasm *code;
	double *executed;	       /* owned; of all instructions */
	const struct disasm_insn **at; /* owned; those that are compared */
	double *count;		       /* owned; of those */
	size_t n;
	double unplaced;
};

static void side_free(struct side *s)
{
	free(s->executed);
	free(s->at);
	free(s->count);
}

void listing_free(struct listing *l)
{
	free(l->rows);
	*l = (struct listing){ 0 };
}

const char *listing_difference_name(enum listing_difference d)
{
	static const char *const names[] = { "none", "layout", "order", "code" };

	return names[d];
}

/* Index of the instruction at @vaddr, or -1. */
static long find(const struct disasm *d, uint64_t vaddr)
{
	size_t low = 0, high = d->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (d->insns[middle].vaddr < vaddr)
			low = middle + 1;
		else
			high = middle;
	}
	return low < d->count && d->insns[low].vaddr == vaddr ? (long)low : -1;
}

static void place_span(const struct slope *whole, const struct profile *p,
		       const struct profile_span *span, struct side *out)
{
	double w = slope_sign(span->slot) / slope_divisor(whole);

	for (unsigned i = 0; i < span->insns; i++) {
		uint64_t times = span->executions - (i + 1 == span->insns ? span->repeated : 0);
		long at = find(out->code, span->vaddr + p->insns[span->first + i].offset);

		if (at >= 0)
			out->executed[at] += w * (double)times;
		else
			out->unplaced += w * (double)times;
	}
}

static int make_side(const struct scenario *s, const struct disasm *code, const struct run *run,
		     struct side *out, struct err *e)
{
	const struct slope whole = slope_whole(s, run);

	out->code = code;
	if (code->count > INSNS_MAX)
		return err_set(e, EFBIG, "a function of %zu instructions is too long to compare",
			       code->count);
	out->executed = calloc(code->count + 1, sizeof(*out->executed));
	out->at = calloc(code->count + 1, sizeof(*out->at));
	out->count = calloc(code->count + 1, sizeof(*out->count));
	if (!out->executed || !out->at || !out->count)
		return err_oom(e);
	for (size_t i = 0; i < run->profile.n_spans; i++) {
		const struct profile_span *span = &run->profile.spans[i];

		if (span->vaddr >= code->start && span->vaddr < code->end)
			place_span(&whole, &run->profile, span, out);
	}
	for (size_t i = 0; i < code->count; i++) {
		/* What does nothing and is not executed fills gaps. */
		if (code->insns[i].is_nop && out->executed[i] == 0)
			continue;
		out->count[out->n] = out->executed[i];
		out->at[out->n++] = &code->insns[i];
	}
	return 0;
}

static bool same_text(const struct side *o, size_t i, const struct side *n, size_t k)
{
	return strcmp(o->at[i]->text, n->at[k]->text) == 0;
}

/* Which of the compared instructions stands at or behind an address. */
static size_t index_of(const struct side *s, uint64_t vaddr)
{
	size_t i = 0;

	while (i < s->n && s->at[i]->vaddr < vaddr)
		i++;
	return i;
}

/* The same instructions, whose jumps lead to the same ones. */
static bool same_code(const struct side *o, const struct side *n)
{
	if (o->n != n->n)
		return false;
	for (size_t i = 0; i < o->n; i++) {
		uint64_t x = o->at[i]->target, y = n->at[i]->target;

		if (!same_text(o, i, n, i) || !x != !y || (x && index_of(o, x) != index_of(n, y)))
			return false;
	}
	return true;
}

static int by_text(const void *a, const void *b)
{
	return strcmp((*(const struct disasm_insn *const *)a)->text,
		      (*(const struct disasm_insn *const *)b)->text);
}

static bool same_set(const struct side *o, const struct side *n)
{
	_cleanup_free_ const struct disasm_insn **x = calloc(o->n + 1, sizeof(*x));
	_cleanup_free_ const struct disasm_insn **y = calloc(n->n + 1, sizeof(*y));

	if (!x || !y || o->n != n->n)
		return false;
	memcpy(x, o->at, o->n * sizeof(*x));
	memcpy(y, n->at, n->n * sizeof(*y));
	qsort(x, o->n, sizeof(*x), by_text);
	qsort(y, n->n, sizeof(*y), by_text);
	for (size_t i = 0; i < o->n; i++) {
		if (strcmp(x[i]->text, y[i]->text) != 0)
			return false;
	}
	return true;
}

static void put_row(struct listing *l, const struct side *o, long i, const struct side *n, long k)
{
	struct listing_row *row = &l->rows[l->count++];

	*row = (struct listing_row){ 0 };
	if (i >= 0) {
		row->old_insn = o->at[i];
		row->old_executed = o->count[i];
	}
	if (k >= 0) {
		row->new_insn = n->at[k];
		row->new_executed = n->count[k];
	}
}

/* The longest common subsequence: what stands in both in the same order stands side by side. */
static int align(const struct side *o, const struct side *n, struct listing *l, struct err *e)
{
	size_t width = n->n + 1, i = 0, k = 0;
	_cleanup_free_ uint16_t *longest = calloc((o->n + 1) * width, sizeof(*longest));

	l->rows = calloc(o->n + n->n + 1, sizeof(*l->rows));
	if (!longest || !l->rows)
		return err_oom(e);
	for (size_t a = o->n; a-- > 0;) {
		for (size_t b = n->n; b-- > 0;) {
			uint16_t down = longest[(a + 1) * width + b];
			uint16_t right = longest[a * width + b + 1];

			longest[a * width + b] =
				same_text(o, a, n, b)
					? (uint16_t)(longest[(a + 1) * width + b + 1] + 1)
				: down > right ? down
					       : right;
		}
	}
	while (i < o->n || k < n->n) {
		if (i < o->n && k < n->n && same_text(o, i, n, k))
			put_row(l, o, (long)i++, n, (long)k++);
		else if (k == n->n ||
			 (i < o->n && longest[(i + 1) * width + k] >= longest[i * width + k + 1]))
			put_row(l, o, (long)i++, n, -1);
		else
			put_row(l, o, -1, n, (long)k++);
	}
	return 0;
}

static enum listing_difference difference(const struct side *o, const struct side *n)
{
	if (o->code->crc == n->code->crc && o->code->start == n->code->start &&
	    o->code->end == n->code->end)
		return LISTING_NONE;
	if (same_code(o, n))
		return LISTING_LAYOUT;
	return same_set(o, n) ? LISTING_ORDER : LISTING_CODE;
}

int listing_make(const struct scenario *s, const struct disasm *old_code, const struct run *old_run,
		 const struct disasm *new_code, const struct run *new_run, struct listing *out,
		 struct err *e)
{
	struct side o = { 0 }, n = { 0 };
	int r;

	*out = (struct listing){ 0 };
	if (!old_run->profile.vector || !new_run->profile.vector)
		return err_set(e, EINVAL, "a run without cost vectors has no listing");
	r = make_side(s, old_code, old_run, &o, e);
	if (r == 0)
		r = make_side(s, new_code, new_run, &n, e);
	if (r == 0)
		r = align(&o, &n, out, e);
	if (r == 0) {
		out->difference = difference(&o, &n);
		out->unplaced_old = o.unplaced;
		out->unplaced_new = n.unplaced;
	}
	side_free(&o);
	side_free(&n);
	return r;
}
