// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/estimate.h"

#include "model/pipeline.h"

#include <stdlib.h>

struct machine_state {
	struct caches caches;
	struct branches branches;
};

static void state_free(struct machine_state *s)
{
	caches_free(&s->caches);
	branches_free(&s->branches);
}

/* Whether caches and predictors do the same under both. */
static bool finds_alike(const struct model *a, const struct model *b)
{
	return a->l2_kib == b->l2_kib && a->prefetch == b->prefetch;
}

/* Of the segments, the last windows; SIZE_MAX: none. */
struct last_windows {
	size_t at[MARKER_SEGMENTS];
	unsigned count[MARKER_SEGMENTS];
};

static struct last_windows find_last(const struct trace *t)
{
	struct last_windows l;

	for (unsigned i = 0; i < MARKER_SEGMENTS; i++) {
		l.at[i] = SIZE_MAX;
		l.count[i] = 0;
	}
	for (size_t i = 0; i < t->n_windows; i++) {
		unsigned segment = t->windows[i].slot % MARKER_SEGMENTS;

		l.at[segment] = i;
		l.count[segment]++;
	}
	return l;
}

/* All windows in their order; the last of each segment is noted. */
static int note_windows(const struct model *m, const struct trace *t, const struct last_windows *l,
			const struct estimate *x, struct notes notes[MARKER_SEGMENTS],
			struct err *e)
{
	__attribute__((cleanup(state_free))) struct machine_state s = { 0 };
	int r = caches_init(&s.caches, m, e);

	if (r == 0)
		r = branches_init(&s.branches, m, e);
	for (size_t i = 0; r == 0 && i < t->n_windows; i++) {
		const struct trace_window *w = &t->windows[i];
		unsigned segment = w->slot % MARKER_SEGMENTS;

		if (i == l->at[segment] && x->segments[segment].there)
			r = window_note(t, w, x->segments[segment].counts.insns, &s.caches,
					&s.branches, &notes[segment], e);
		else
			window_warm(t, w, &s.caches, &s.branches);
	}
	return r;
}

static int time_variant(const struct model *m, unsigned variant, const struct trace *t,
			const struct notes notes[MARKER_SEGMENTS], struct estimate *x,
			struct err *e)
{
	for (unsigned i = 0; i < MARKER_SEGMENTS; i++) {
		struct segment_estimate *s = &x->segments[i];
		struct part_time time;
		double scale;
		int r;

		if (!s->there || !notes[i].n_measured)
			continue;
		scale = (double)s->counts.insns / (double)notes[i].n_measured;
		r = pipeline_time(m, t, &notes[i], variant ? NULL : s->function_cycles,
				  x->n_functions, &time, e);
		if (r < 0)
			return r;
		s->cycles[variant] = (double)time.cycles * scale;
		if (variant)
			continue;
		s->serial_share =
			time.cycles ? (double)time.serial_cycles / (double)time.cycles : 0;
		for (size_t k = 0; k < x->n_functions; k++)
			s->function_cycles[k] *= scale;
	}
	return 0;
}

static int count_windows(const struct trace *t, const struct last_windows *l, struct estimate *x,
			 struct err *e)
{
	for (unsigned i = 0; i < MARKER_SEGMENTS; i++) {
		struct segment_estimate *s = &x->segments[i];

		if (l->count[i] < 2)
			continue;
		s->insns = calloc(x->n_functions + 1, sizeof(*s->insns));
		s->function_cycles = calloc(x->n_functions + 1, sizeof(*s->function_cycles));
		if (!s->insns || !s->function_cycles)
			return err_oom(e);
		window_count(t, &t->windows[l->at[i]], &s->counts, s->insns, x->n_functions);
		s->there = s->counts.insns > 0;
	}
	return 0;
}

int estimate_make(const struct model *m, const struct trace *t, size_t n_functions,
		  struct estimate *out, struct err *e)
{
	const struct last_windows last = find_last(t);
	unsigned n = model_variants();
	bool done[ESTIMATE_VARIANTS_MAX] = { false };
	int r;

	*out = (struct estimate){ .n_functions = n_functions, .n_variants = n };
	r = count_windows(t, &last, out, e);
	for (unsigned v = 0; r == 0 && v < n; v++) {
		struct notes notes[MARKER_SEGMENTS] = { { 0 } };
		struct model first, one;

		if (done[v])
			continue;
		model_variant(m, v, &first);
		r = note_windows(&first, t, &last, out, notes, e);
		for (unsigned k = v; r == 0 && k < n; k++) {
			model_variant(m, k, &one);
			if (done[k] || !finds_alike(&first, &one))
				continue;
			done[k] = true;
			r = time_variant(&one, k, t, notes, out, e);
		}
		for (unsigned i = 0; i < MARKER_SEGMENTS; i++)
			notes_free(&notes[i]);
	}
	return r;
}

void estimate_free(struct estimate *x)
{
	for (unsigned i = 0; i < MARKER_SEGMENTS; i++) {
		free(x->segments[i].insns);
		free(x->segments[i].function_cycles);
	}
	*x = (struct estimate){ 0 };
}
