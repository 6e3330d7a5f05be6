// SPDX-License-Identifier: GPL-2.0-or-later
#include "symbols/inlines.h"

#include <dwarf.h>
#include <errno.h>
#include <stdlib.h>

/* Of real kernels the deepest has 25 or so. */
#define NESTED_MAX 128
/* Where a file tells of one range a million times, it is to end. */
#define RANGES_MAX (1ul << 22)

static int damaged(struct err *e)
{
	return err_set(e, EPROTO, "the debug information is damaged: %s", dwarf_errmsg(-1));
}

/* Makes room for one more; arrays grow at powers of two. */
static void *room(void *array, size_t count, size_t size)
{
	if (count & (count - 1))
		return array;
	return realloc(array, (count ? 2 * count : 1) * size);
}

static int add_range(uint64_t low, uint64_t high, size_t index, struct inlines_range **ranges,
		     size_t *count, struct err *e)
{
	struct inlines_range *grown;

	if (low >= high)
		return 0;
	if (*count == RANGES_MAX)
		return err_set(e, EPROTO, "the debug information is damaged: ranges without end");
	grown = room(*ranges, *count, sizeof(**ranges));
	if (!grown)
		return err_oom(e);
	*ranges = grown;
	grown[(*count)++] = (struct inlines_range){ low, high, index };
	return 0;
}

int inlines_add_ranges(Dwarf_Die *die, size_t index, struct inlines_range **ranges, size_t *count,
		       struct err *e)
{
	Dwarf_Addr base, low, high;
	ptrdiff_t at = 0;
	int r = 0;

	while (r == 0 && (at = dwarf_ranges(die, at, &base, &low, &high)) > 0)
		r = add_range(low, high, index, ranges, count, e);
	return at < 0 ? damaged(e) : r;
}

static int by_low(const void *a, const void *b)
{
	const struct inlines_range *x = a, *y = b;

	return x->low < y->low ? -1 : x->low > y->low;
}

void inlines_sort(struct inlines_range *ranges, size_t count)
{
	if (count)
		qsort(ranges, count, sizeof(*ranges), by_low);
}

const struct inlines_range *inlines_at(const struct inlines_range *ranges, size_t count,
				       uint64_t vaddr)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (ranges[middle].low <= vaddr)
			low = middle + 1;
		else
			high = middle;
	}
	return low && vaddr < ranges[low - 1].high ? &ranges[low - 1] : NULL;
}

/*
 * The next child: 0, 1 if there is none, or -EPROTO. An entry names the one behind it, and a
 * damaged one could name itself: so they have to go forward.
 */
static int next_child(Dwarf_Die *parent, Dwarf_Die *child, bool first, struct err *e)
{
	Dwarf_Off before = dwarf_dieoffset(first ? parent : child);
	int r = first ? dwarf_child(parent, child) : dwarf_siblingof(child, child);

	if (r < 0)
		return damaged(e);
	if (r == 0 && dwarf_dieoffset(child) <= before)
		return err_set(e, EPROTO, "the debug information is damaged: it leads back");
	return r;
}

static int take_function(Dwarf_Die *die, struct inlines *out, struct err *e)
{
	size_t before = out->n_starts;
	struct inlines_function *grown;
	int r = inlines_add_ranges(die, out->n_functions, &out->starts, &out->n_starts, e);

	if (r < 0 || out->n_starts == before)
		return r;
	grown = room(out->functions, out->n_functions, sizeof(*out->functions));
	if (!grown)
		return err_oom(e);
	out->functions = grown;
	grown[out->n_functions++] = (struct inlines_function){ .die = *die };
	return 0;
}

int inlines_read(Dwarf_Die *unit, struct inlines *out, struct err *e)
{
	Dwarf_Die child;
	int r;

	*out = (struct inlines){ 0 };
	for (r = next_child(unit, &child, true, e); r == 0;
	     r = next_child(unit, &child, false, e)) {
		if (dwarf_tag(&child) != DW_TAG_subprogram)
			continue;
		r = take_function(&child, out, e);
		if (r < 0)
			break;
	}
	if (r < 0) {
		inlines_free(out);
		return r;
	}
	inlines_sort(out->starts, out->n_starts);
	return 0;
}

void inlines_free(struct inlines *in)
{
	for (size_t i = 0; i < in->n_functions; i++) {
		free(in->functions[i].scopes);
		free(in->functions[i].ranges);
	}
	free(in->functions);
	free(in->starts);
	*in = (struct inlines){ 0 };
}

/* A number that an entry has, or what it is an instance of has; 0: none. */
static unsigned number(Dwarf_Die *die, unsigned name)
{
	Dwarf_Attribute attribute;
	Dwarf_Word value;

	if (!dwarf_attr_integrate(die, name, &attribute) ||
	    dwarf_formudata(&attribute, &value) != 0 || value > INT32_MAX)
		return 0;
	return (unsigned)value;
}

static const char *call_file(Dwarf_Die *die)
{
	unsigned index = number(die, DW_AT_call_file);
	Dwarf_Files *files;
	size_t count;
	Dwarf_Die unit;

	if (!index || !dwarf_diecu(die, &unit, NULL, NULL) ||
	    dwarf_getsrcfiles(&unit, &files, &count) != 0 || index >= count)
		return NULL;
	return dwarf_filesrc(files, index, NULL, NULL);
}

static int add_scope(Dwarf_Die *die, long parent, struct inlines_function *f, struct err *e)
{
	struct inlines_scope *grown = room(f->scopes, f->n_scopes, sizeof(*f->scopes));

	if (!grown)
		return err_oom(e);
	f->scopes = grown;
	grown[f->n_scopes] = (struct inlines_scope){ .name = dwarf_diename(die),
						     .declared = number(die, DW_AT_decl_line),
						     .parent = parent };
	if (parent >= 0) {
		grown[f->n_scopes].call_file = call_file(die);
		grown[f->n_scopes].call_line = number(die, DW_AT_call_line);
	}
	return inlines_add_ranges(die, f->n_scopes++, &f->ranges, &f->n_ranges, e);
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as scopes are nested, and no deeper than @depth */
static int take_children(Dwarf_Die *die, long scope, unsigned depth, struct inlines_function *f,
			 struct err *e)
{
	Dwarf_Die child;
	int r;

	if (depth == NESTED_MAX)
		return err_set(e, EPROTO, "the debug information is damaged: scopes without end");
	for (r = next_child(die, &child, true, e); r == 0; r = next_child(die, &child, false, e)) {
		int tag = dwarf_tag(&child);
		long inner = scope;

		if (tag == DW_TAG_inlined_subroutine) {
			inner = (long)f->n_scopes;
			r = add_scope(&child, scope, f, e);
		}
		if (r == 0 && (tag == DW_TAG_inlined_subroutine || tag == DW_TAG_lexical_block))
			r = take_children(&child, inner, depth + 1, f, e);
		if (r < 0)
			break;
	}
	return r < 0 ? r : 0;
}

static int read_scopes(struct inlines_function *f, struct err *e)
{
	int r = add_scope(&f->die, -1, f, e);

	if (r == 0)
		r = take_children(&f->die, 0, 0, f, e);
	f->known = r == 0;
	return r;
}

const struct inlines_function *inlines_find(struct inlines *in, uint64_t vaddr, size_t *scope,
					    int *r, struct err *e)
{
	const struct inlines_range *start = inlines_at(in->starts, in->n_starts, vaddr);
	struct inlines_function *f = start ? &in->functions[start->index] : NULL;

	*r = 0;
	*scope = 0;
	if (f && !f->known)
		*r = read_scopes(f, e);
	if (!f || *r < 0)
		return NULL;
	for (size_t i = 0; i < f->n_ranges; i++) {
		if (vaddr >= f->ranges[i].low && vaddr < f->ranges[i].high)
			*scope = f->ranges[i].index;
	}
	return f;
}
