// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/why/cycles.h"

#include "proto/plan_files.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* What a segment may have and still be estimated: shares, and numbers an item. */
#define USER_SHARE_MAX 0.10
#define SERIAL_SHARE_MAX 0.10
#define EVENTS_MAX 0.5	  /* of faults, and of flushes, each */
#define CALLS_MAX 0.25	  /* system calls */
#define ACCESSES_MAX 0.05 /* to memory whose accessed and dirty bits were cleared */

static bool clears_bits(const struct plan_op *op)
{
	switch (op->code) {
	case PLAN_OP_MADVISE:
	case PLAN_OP_PROCESS_MADVISE:
		return op->arg == MADV_COLD || op->arg == MADV_PAGEOUT || op->arg == MADV_FREE;
	case PLAN_OP_WRITE_FILE:
		return op->arg == PLAN_FILE_CLEAR_REFS;
	case PLAN_OP_CGROUP_HIGH:
		return op->arg != 0; /* a limit, and so reclaim */
	case PLAN_OP_MSYNC:
	case PLAN_OP_FSYNC:
	case PLAN_OP_FDATASYNC:
	case PLAN_OP_CGROUP_RECLAIM:
		return true;
	}
	return false;
}

/* Whether anything in an iteration does; what it cleared may be accessed in any later segment. */
static bool bits_were_cleared(const struct scenario *s)
{
	for (size_t i = s->n_prepare; i < s->n_ops; i++) {
		if (clears_bits(&s->ops[i]))
			return true;
	}
	return false;
}

/* Whether a segment's own work clears accessed bits. */
static bool ages_pages(const struct scenario *s, unsigned segment)
{
	const struct plan_op *op = &s->ops[scenario_segment_ops(s, segment)];
	const struct plan_segment *own = &s->segments[segment];

	for (size_t i = own->n_before; i < (size_t)own->n_before + own->n_ops; i++) {
		switch (op[i].code) {
		case PLAN_OP_MADVISE:
		case PLAN_OP_PROCESS_MADVISE:
			if (op[i].arg == MADV_COLD)
				return true;
			break;
		case PLAN_OP_WRITE_FILE:
			if (op[i].arg == PLAN_FILE_CLEAR_REFS)
				return true;
			break;
		}
	}
	return false;
}

static void refuse_side(const struct scenario *s, unsigned segment,
			const struct segment_estimate *x, double items, char *why, size_t size)
{
	const struct window_counts *c = &x->counts;
	double insns = (double)c->insns;

	if (!x->there)
		snprintf(why, size, "its windows are too long to be traced, or empty");
	else if (c->cut || c->switches || c->halts)
		snprintf(why, size, "it waits, or another task runs in it");
	else if ((double)c->user_insns > USER_SHARE_MAX * insns)
		snprintf(why, size,
			 "%.0f %% of it is user code, where the time goes into page tables that "
			 "nothing executed walks",
			 100 * (double)c->user_insns / insns);
	else if ((double)c->page_faults > EVENTS_MAX * items)
		snprintf(why, size, "%.2f page faults an item, whose cost is not modelled",
			 (double)c->page_faults / items);
	else if ((double)c->flushes > EVENTS_MAX * items)
		snprintf(why, size, "%.2f TLB flushes an item, whose cost is not modelled",
			 (double)c->flushes / items);
	else if (ages_pages(s, segment))
		snprintf(why, size,
			 "it clears accessed bits, of which the model was seen to be wrong by a "
			 "factor of four");
	else if ((double)c->user_accesses > ACCESSES_MAX * items && bits_were_cleared(s))
		snprintf(why, size,
			 "it accesses pages whose accessed or dirty bits were cleared before, and "
			 "setting them again is not modelled");
	else if (s->item == ITEM_CALL || (double)c->system_calls > CALLS_MAX * items)
		snprintf(why, size, "paths of single calls are not validated");
	else if (x->serial_share > SERIAL_SHARE_MAX)
		snprintf(why, size,
			 "%.0f %% of its cycles are of serialising instructions, whose cost is "
			 "assumed",
			 100 * x->serial_share);
}

static void widen(struct cycles_band *b, double value, bool first)
{
	if (first)
		*b = (struct cycles_band){ value, value, value };
	b->low = fmin(b->low, value);
	b->high = fmax(b->high, value);
}

/* @cycles: of a window, by variant, on both sides. */
static void make_bands(struct cycles_segment *out, const double *const cycles[2], unsigned n,
		       double items)
{
	for (unsigned v = 0; v < n; v++) {
		double ratio = cycles[1][v] / cycles[0][v];

		if (!v || ratio < out->ratio.low)
			snprintf(out->narrowest, sizeof(out->narrowest), "%s",
				 model_variant_name(v));
		if (!v || ratio > out->ratio.high)
			snprintf(out->widest, sizeof(out->widest), "%s", model_variant_name(v));
		for (unsigned i = 0; i < 2; i++)
			widen(&out->cycles[i], cycles[i][v] / items, !v);
		widen(&out->ratio, ratio, !v);
	}
}

static void make_segment(const struct scenario *s, unsigned segment,
			 const struct estimate *const x[2], struct cycles_segment *out)
{
	const struct segment_estimate *const sides[2] = { &x[0]->segments[segment],
							  &x[1]->segments[segment] };
	double items = (double)scenario_items(s);

	snprintf(out->name, sizeof(out->name), "%s", s->segments[segment].name);
	for (unsigned i = 0; i < 2; i++) {
		out->insns[i] = sides[i]->there ? (double)sides[i]->counts.insns / items : NAN;
		if (!out->refused[0])
			refuse_side(s, segment, sides[i], items, out->refused,
				    sizeof(out->refused));
	}
	if (!out->refused[0] && (sides[0]->cycles[0] <= 0 || sides[1]->cycles[0] <= 0))
		snprintf(out->refused, sizeof(out->refused), "nothing is executed in it");
	if (!out->refused[0])
		make_bands(out, (const double *const[]){ sides[0]->cycles, sides[1]->cycles },
			   x[0]->n_variants, items);
}

static void make_iteration(const struct scenario *s, const struct estimate *const x[2],
			   struct cycles *out)
{
	double cycles[2][ESTIMATE_VARIANTS_MAX] = { { 0 } };

	out->has_iteration = out->n_estimated == out->n_segments;
	if (!out->has_iteration)
		return;
	snprintf(out->iteration.name, sizeof(out->iteration.name), "iteration");
	for (unsigned k = 0; k < out->n_segments; k++) {
		for (unsigned i = 0; i < 2; i++) {
			out->iteration.insns[i] += out->segments[k].insns[i];
			for (unsigned v = 0; v < x[0]->n_variants; v++)
				cycles[i][v] += x[i]->segments[k].cycles[v];
		}
	}
	make_bands(&out->iteration, (const double *const[]){ cycles[0], cycles[1] },
		   x[0]->n_variants, (double)scenario_items(s));
}

/* One function of one side; those of one name are put together later. */
static int add_function(struct cycles *c, const char *name, unsigned side, double insns,
			double cycles, struct err *e)
{
	struct cycles_function *grown =
		realloc(c->functions, (c->n_functions + 1) * sizeof(*grown));

	if (!grown)
		return err_oom(e);
	c->functions = grown;
	grown += c->n_functions;
	*grown = (struct cycles_function){ .name = strdup(name) };
	if (!grown->name)
		return err_oom(e);
	grown->insns[side] = insns;
	grown->cycles[side] = cycles;
	c->n_functions++;
	return 0;
}

static int add_side(struct cycles *c, const struct estimate *x, const struct symbols *symbols,
		    unsigned side, double items, struct err *e)
{
	int r = 0;

	for (size_t f = 0; r == 0 && f < x->n_functions; f++) {
		bool known = symbols && f < symbols_functions(symbols);
		double insns = 0, cycles = 0;

		for (unsigned k = 0; k < c->n_segments; k++) {
			const struct segment_estimate *s = &x->segments[k];

			if (c->segments[k].refused[0])
				continue;
			insns += (double)s->insns[f];
			cycles += s->function_cycles[f];
		}
		if (insns > 0)
			r = add_function(c, known ? symbols_name(symbols, f) : "[no function]",
					 side, insns / items, cycles / items, e);
	}
	return r;
}

static int by_name(const void *a, const void *b)
{
	const struct cycles_function *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static int by_change(const void *a, const void *b)
{
	const struct cycles_function *x = a, *y = b;
	double dx = fabs(x->cycles[1] - x->cycles[0]), dy = fabs(y->cycles[1] - y->cycles[0]);

	return dx > dy ? -1 : dx < dy ? 1 : strcmp(x->name, y->name);
}

static void unite(struct cycles *c)
{
	size_t kept = 0;

	if (!c->n_functions)
		return;
	qsort(c->functions, c->n_functions, sizeof(*c->functions), by_name);
	for (size_t i = 1; i < c->n_functions; i++) {
		struct cycles_function *last = &c->functions[kept], *f = &c->functions[i];

		if (strcmp(last->name, f->name) != 0) {
			c->functions[++kept] = *f;
			continue;
		}
		for (unsigned k = 0; k < 2; k++) {
			last->insns[k] += f->insns[k];
			last->cycles[k] += f->cycles[k];
		}
		free(f->name);
	}
	c->n_functions = kept + 1;
	qsort(c->functions, c->n_functions, sizeof(*c->functions), by_change);
}

int cycles_compare(const struct scenario *s, const struct estimate *const estimates[2],
		   const struct symbols *const symbols[2], struct cycles *out, struct err *e)
{
	int r = 0;

	*out = (struct cycles){ .n_segments = (unsigned)s->n_segments };
	for (unsigned k = 0; k < out->n_segments; k++) {
		make_segment(s, k, estimates, &out->segments[k]);
		out->n_estimated += !out->segments[k].refused[0];
	}
	make_iteration(s, estimates, out);
	for (unsigned i = 0; r == 0 && i < 2; i++)
		r = add_side(out, estimates[i], symbols[i], i, (double)scenario_items(s), e);
	unite(out);
	return r;
}

void cycles_free(struct cycles *c)
{
	for (size_t i = 0; i < c->n_functions; i++)
		free(c->functions[i].name);
	free(c->functions);
	*c = (struct cycles){ 0 };
}
