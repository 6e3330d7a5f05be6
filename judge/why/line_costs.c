// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/why/line_costs.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "reading/slope.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* An instruction as it was executed in one slot. */
struct executed {
	uint64_t vaddr;
	uint32_t span, insn; /* numbers in the profile; insn: of the span's */
};

/* Rows are told apart by a text of all that they are; strings still are numbers. */
struct row {
	uint32_t function, into, file;
	unsigned line;
	int distance;
	struct line_sums sums;
};

struct reading {
	const struct profile *profile;
	const struct symbols *symbols;
	struct lines *lines;
	struct intern keys; /* of rows, by number */
	struct intern strings;
	struct row *rows;
	size_t room;
};

void line_costs_free(struct line_costs *c)
{
	free(c->rows);
	intern_free(&c->strings);
	*c = (struct line_costs){ 0 };
}

static const char *function_of(const struct reading *r, const struct lines_frame *frame,
			       uint64_t vaddr)
{
	bool entry;
	long index;

	if (frame->function)
		return frame->function;
	index = symbols_find(r->symbols, vaddr, &entry);
	return index < 0 ? "[no symbol]" : symbols_name(r->symbols, (size_t)index);
}

static void put_into(const struct lines_place *place, struct buf *out)
{
	for (unsigned i = 1; i < place->depth; i++)
		buf_printf(out, "%s%s", i > 1 ? " < " : "",
			   place->frames[i].function ? place->frames[i].function : "?");
}

/* The row of a place; NULL when out of memory. */
static struct row *row_of(struct reading *r, const char *function, const char *into,
			  const struct lines_frame *at)
{
	const char *file = at->file ? at->file : "";
	_cleanup_free_ char *key =
		str_printf("%s\n%s\n%s\n%u\n%u", function, into, file, at->line, at->declared);
	size_t before = r->keys.count;
	uint32_t index = key ? intern_add(&r->keys, key) : INTERN_NONE;
	struct row *row;

	if (index == INTERN_NONE)
		return NULL;
	if (index == r->room) {
		size_t room = r->room ? 2 * r->room : 256;
		struct row *grown = realloc(r->rows, room * sizeof(*grown));

		if (!grown)
			return NULL;
		r->rows = grown;
		r->room = room;
	}
	row = &r->rows[index];
	if (index < before)
		return row;
	*row = (struct row){ .function = intern_add(&r->strings, function),
			     .into = intern_add(&r->strings, into),
			     .file = intern_add(&r->strings, file),
			     .line = at->line,
			     .distance = LINE_NO_DISTANCE };
	if (at->line && at->declared)
		row->distance = (int)at->line - (int)at->declared;
	return row->function == INTERN_NONE || row->into == INTERN_NONE || row->file == INTERN_NONE
		       ? NULL
		       : row;
}

static void add(struct line_sums *to, unsigned slot, enum cost c, uint64_t n)
{
	to->of[slot % MARKER_SEGMENTS][c] += slope_sign(slot) * (int64_t)n;
}

static void add_executed(const struct profile *p, const struct executed *x, struct line_sums *to)
{
	const struct profile_span *span = &p->spans[x->span];
	bool last = x->insn + 1 == span->insns;
	uint64_t times = span->executions - (last ? span->repeated : 0);

	add(to, span->slot, COST_INSNS, times);
	for (unsigned c = 0; c < COUNTS_CLASSES; c++) {
		if (p->insns[span->first + x->insn].classes >> c & 1)
			add(to, span->slot, COST_LOADS + c, times);
	}
	if (last)
		add(to, span->slot, COST_REP_ITERATIONS, span->rep_iterations);
}

static int by_vaddr(const void *a, const void *b)
{
	const struct executed *x = a, *y = b;

	return x->vaddr < y->vaddr ? -1 : x->vaddr > y->vaddr;
}

/* Every instruction of every span, by address; *count of them. NULL when out of memory. */
static struct executed *list_executed(const struct profile *p, size_t *count)
{
	struct executed *list;
	size_t n = 0;

	for (size_t i = 0; i < p->n_spans; i++)
		n += p->spans[i].insns;
	list = calloc(n + 1, sizeof(*list));
	*count = n;
	if (!list)
		return NULL;
	n = 0;
	for (size_t i = 0; i < p->n_spans; i++) {
		const struct profile_span *s = &p->spans[i];

		for (uint32_t k = 0; k < s->insns; k++)
			list[n++] = (struct executed){ s->vaddr + p->insns[s->first + k].offset,
						       (uint32_t)i, k };
	}
	qsort(list, n, sizeof(*list), by_vaddr);
	return list;
}

static int read_kernel(struct reading *r, struct err *e)
{
	size_t count;
	_cleanup_free_ struct executed *list = list_executed(r->profile, &count);
	struct row *row = NULL;

	if (!list)
		return err_oom(e);
	for (size_t i = 0; i < count; i++) {
		_cleanup_buf_ struct buf into = { 0 };
		struct lines_place place;
		int rc;

		if (i && list[i].vaddr == list[i - 1].vaddr) {
			add_executed(r->profile, &list[i], &row->sums);
			continue;
		}
		rc = lines_find(r->lines, list[i].vaddr, &place, e);
		if (rc < 0)
			return rc;
		put_into(&place, &into);
		if (buf_error(&into) < 0)
			return err_oom(e);
		row = row_of(r, function_of(r, &place.frames[0], list[i].vaddr), buf_str(&into),
			     &place.frames[0]);
		if (!row)
			return err_oom(e);
		add_executed(r->profile, &list[i], &row->sums);
	}
	return 0;
}

/* What is outside of the kernel is one function, as it is in the profile. */
static int read_user(struct reading *r, struct err *e)
{
	const struct lines_frame nowhere = { 0 };

	for (size_t i = 0; i < r->profile->count; i++) {
		const struct profile_function *f = &r->profile->functions[i];
		struct row *row;

		if (strcmp(f->name, "[user]") != 0)
			continue;
		row = row_of(r, f->name, "", &nowhere);
		if (!row)
			return err_oom(e);
		for (unsigned slot = 0; slot < MARKER_SLOTS; slot++) {
			for (enum cost c = 0; c < COST_OF_FUNCTIONS; c++)
				add(&row->sums, slot, c, profile_cost(f, c)[slot]);
		}
	}
	return 0;
}

/* All that the task executed is in some row, and in one only. */
static int check_sums(const struct reading *r, struct err *e)
{
	struct line_sums rest = { 0 };

	for (unsigned slot = 0; slot < MARKER_SLOTS; slot++) {
		for (enum cost c = 0; c < COST_OF_FUNCTIONS; c++)
			add(&rest, slot, c, profile_slot_cost(r->profile, slot, c));
	}
	for (size_t i = 0; i < r->keys.count; i++) {
		for (unsigned s = 0; s < MARKER_SEGMENTS; s++) {
			for (enum cost c = 0; c < COST_OF_FUNCTIONS; c++)
				rest.of[s][c] -= r->rows[i].sums.of[s][c];
		}
	}
	for (unsigned s = 0; s < MARKER_SEGMENTS; s++) {
		for (enum cost c = 0; c < COST_OF_FUNCTIONS; c++) {
			if (rest.of[s][c])
				return err_set(e, EPROTO,
					       "%lld %s of segment %u are on no line: a bug",
					       (long long)rest.of[s][c], cost_name(c), s);
		}
	}
	return 0;
}

static int compare_ints(long a, long b)
{
	return a < b ? -1 : a > b;
}

int line_cost_order_of_lines(const struct line_cost *a, const struct line_cost *b)
{
	int order = strcmp(a->function, b->function);

	if (!order)
		order = strcmp(a->file, b->file);
	if (!order)
		order = compare_ints(a->distance, b->distance);
	if (!order && a->distance == LINE_NO_DISTANCE)
		order = compare_ints(a->line, b->line);
	return order;
}

int line_cost_order(const struct line_cost *a, const struct line_cost *b)
{
	int order = line_cost_order_of_lines(a, b);

	return order ? order : strcmp(a->into, b->into);
}

static int by_order(const void *a, const void *b)
{
	return line_cost_order(a, b);
}

static int finish(struct reading *r, struct line_costs *out, struct err *e)
{
	out->rows = calloc(r->keys.count + 1, sizeof(*out->rows));
	if (!out->rows)
		return err_oom(e);
	out->count = r->keys.count;
	out->strings = r->strings;
	r->strings = (struct intern){ 0 };
	for (size_t i = 0; i < out->count; i++) {
		const struct row *row = &r->rows[i];

		out->rows[i] =
			(struct line_cost){ .function = intern_text(&out->strings, row->function),
					    .into = intern_text(&out->strings, row->into),
					    .file = intern_text(&out->strings, row->file),
					    .line = row->line,
					    .distance = row->distance,
					    .sums = row->sums };
	}
	qsort(out->rows, out->count, sizeof(*out->rows), by_order);
	return 0;
}

int line_costs_read(const struct profile *p, struct lines *lines, const struct symbols *symbols,
		    struct line_costs *out, struct err *e)
{
	struct reading r = { .profile = p, .symbols = symbols, .lines = lines };
	int rc;

	*out = (struct line_costs){ 0 };
	if (!p->vector)
		return err_set(e, EINVAL, "a run without cost vectors has no lines");
	rc = read_kernel(&r, e);
	if (rc == 0)
		rc = read_user(&r, e);
	if (rc == 0)
		rc = check_sums(&r, e);
	if (rc == 0)
		rc = finish(&r, out, e);
	intern_free(&r.keys);
	intern_free(&r.strings);
	free(r.rows);
	return rc;
}
