// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/why/contention.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char not_attributed[] = "(not attributed)";

const char *contention_region_name(unsigned region)
{
	static const char *const names[] = { [CONTENTION_DIRECT] = "allocated",
					     [CONTENTION_VMALLOC] = "vmalloc",
					     [CONTENTION_PAGES] = "struct page",
					     [CONTENTION_IMAGE] = "kernel image" };

	return region < ARRAY_SIZE(names) ? names[region] : "?";
}

bool contention_waits(const char *function)
{
	static const char *const names[] = {
		"__mutex_lock",
		"__mutex_lock_killable_slowpath",
		"__mutex_lock_interruptible_slowpath",
		"__mutex_lock_slowpath",
		"__pv_queued_spin_lock_slowpath",
		"mutex_optimistic_spin",
		"mutex_spin_on_owner",
		"native_queued_spin_lock_slowpath",
		"osq_lock",
		"osq_unlock",
		"queued_read_lock_slowpath",
		"queued_spin_lock_slowpath",
		"queued_write_lock_slowpath",
		"rwsem_down_read_slowpath",
		"rwsem_down_write_slowpath",
		"rwsem_mark_wake",
		"rwsem_optimistic_spin",
		"rwsem_spin_on_owner",
		"rwsem_wake",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (!strcmp(names[i], function))
			return true;
	}
	return false;
}

/* Segments [first, last) of all windows. */
struct whole {
	unsigned first, last, pairs;
	double divisor; /* of a pair of phases: 3N iterations, and the items of each */
};

static double pair_mean(const struct whole *w, unsigned pair, const uint64_t values[MARKER_SLOTS])
{
	uint64_t sum = 0;

	for (unsigned twice = 0; twice < 2; twice++) {
		for (unsigned i = w->first; i < w->last; i++)
			sum += values[marker_phase(pair, twice) * MARKER_SEGMENTS + i];
	}
	return (double)sum / w->divisor;
}

static struct contention_value value_of(const struct whole *w, const uint64_t values[MARKER_SLOTS])
{
	double low = pair_mean(w, 0, values), high = low, sum = low;

	for (unsigned pair = 1; pair < w->pairs; pair++) {
		double mean = pair_mean(w, pair, values);

		low = mean < low ? mean : low;
		high = mean > high ? mean : high;
		sum += mean;
	}
	return (struct contention_value){ sum / w->pairs, high - low };
}

static long function_at(const struct run *run, uint64_t vaddr)
{
	bool entry;

	return symbols_find(run->symbols, vaddr, &entry);
}

/* One for each function of the symbols, and one for what none has. */
static struct contention_function *sum_functions(const struct run *run, const struct contended *c)
{
	const size_t n = symbols_functions(run->symbols);
	struct contention_function *all = calloc(n + 1, sizeof(*all));

	for (uint64_t i = 0; all && i < c->head.n_records; i++) {
		const struct contention_record *r = &c->records[i];
		long index = function_at(run, r->vaddr);
		struct contention_function *f = &all[index < 0 ? n : (size_t)index];

		f->name = index < 0 ? not_attributed : symbols_name(run->symbols, (size_t)index);
		f->loads[r->slot] += r->loads;
		f->stores[r->slot] += r->stores;
		f->regions[r->region] += r->loads + r->stores;
	}
	return all;
}

static int by_touches(const void *a, const void *b)
{
	const struct contention_function *x = a, *y = b;

	if (x->touches.mean != y->touches.mean)
		return x->touches.mean > y->touches.mean ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* Keeps those that touched anything, and says what of it is waiting. */
static void settle_functions(const struct whole *whole, struct contention_side *out, size_t n,
			     uint64_t touches[MARKER_SLOTS], uint64_t waiting[MARKER_SLOTS])
{
	for (size_t i = 0; i < n; i++) {
		struct contention_function f = out->functions[i];
		uint64_t both[MARKER_SLOTS];

		if (!f.name)
			continue;
		f.waits = contention_waits(f.name);
		for (unsigned slot = 0; slot < MARKER_SLOTS; slot++) {
			both[slot] = f.loads[slot] + f.stores[slot];
			*(f.waits ? &waiting[slot] : &touches[slot]) += both[slot];
		}
		f.touches = value_of(whole, both);
		f.store_mean = value_of(whole, f.stores).mean;
		out->functions[out->n_functions++] = f;
	}
	qsort(out->functions, out->n_functions, sizeof(*out->functions), by_touches);
}

static void settle_part(const struct whole *s, const char *name, const struct contended *c,
			const uint64_t touches[MARKER_SLOTS], const uint64_t waiting[MARKER_SLOTS],
			struct contention_part *out)
{
	uint64_t all[MARKER_SLOTS] = { 0 };

	snprintf(out->name, sizeof(out->name), "%s", name);
	for (unsigned region = 0; region < CONTENTION_REGIONS; region++) {
		uint64_t lines[MARKER_SLOTS];

		for (unsigned slot = 0; slot < MARKER_SLOTS; slot++) {
			lines[slot] = c->head.lines[slot][region];
			all[slot] += lines[slot];
		}
		out->regions[region] = value_of(s, lines).mean;
	}
	out->lines = value_of(s, all);
	out->touches = value_of(s, touches);
	out->waiting = value_of(s, waiting);
}

int contention_conclude(const struct scenario *s, const struct run *run, const struct contended *c,
			struct contention_side *out, struct err *e)
{
	const struct whole whole = { .last = (unsigned)s->n_segments,
				     .pairs = run_pairs(run),
				     .divisor = 3.0 * run_iterations(run) *
						(double)scenario_items(s) };
	uint64_t touches[MARKER_SLOTS] = { 0 }, waiting[MARKER_SLOTS] = { 0 };

	*out = (struct contention_side){ 0 };
	if (!whole.pairs || whole.divisor <= 0)
		return err_unmeasured(e, EPROTO, "no window was watched");
	out->functions = sum_functions(run, c);
	if (!out->functions)
		return err_oom(e);
	settle_functions(&whole, out, symbols_functions(run->symbols) + 1, touches, waiting);
	out->n_segments = (unsigned)s->n_segments;
	for (unsigned i = 0; i < out->n_segments; i++) {
		const struct whole one = { i, i + 1, whole.pairs, whole.divisor };

		settle_part(&one, s->segments[i].name, c, touches, waiting, &out->segments[i]);
	}
	settle_part(&whole, "iteration", c, touches, waiting, &out->iteration);
	return 0;
}

void contention_free(struct contention_side *c)
{
	free(c->functions);
	*c = (struct contention_side){ 0 };
}
