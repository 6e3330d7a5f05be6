// SPDX-License-Identifier: GPL-2.0-or-later
/* Readings of a counted run: slopes of its slots, and whether they are exact. */
#include "lab/exact.h"
#include "reading/kinds.h"
#include "reading/slope.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FNV_BASIS 0xcbf29ce484222325ull
#define FNV_PRIME 0x100000001b3ull

/* How the pairs of a run agree, function by function; a bit of @segments a segment. */
struct agreement {
	unsigned segments;		   /* in which anything differs */
	unsigned counts[MARKER_SEGMENTS];  /* functions that differ */
	const char *most[MARKER_SEGMENTS]; /* the one that does by most */
	int64_t by[MARKER_SEGMENTS];
	uint64_t hashes[MARKER_SEGMENTS]; /* of the functions' slopes */
	bool adds_up;			  /* the functions to the total, in every slot */
};

static uint64_t fnv(uint64_t hash, const void *bytes, size_t len)
{
	const unsigned char *p = bytes;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ p[i]) * FNV_PRIME;
	return hash;
}

/* One member of every slot, as an array of slots. */
#define SLOT_MEMBER(run, member, out)                                      \
	do {                                                               \
		for (unsigned slot_ = 0; slot_ < MARKER_SLOTS; slot_++)    \
			(out)[slot_] = (run)->profile.slots[slot_].member; \
	} while (0)

/* @name: NULL for what is no function's. */
static void hold(struct agreement *a, const char *name, const uint64_t values[MARKER_SLOTS],
		 const struct slope *whole)
{
	uint64_t hash = name ? fnv(FNV_BASIS, name, strlen(name)) : FNV_BASIS;

	for (unsigned segment = 0; segment < whole->last; segment++) {
		const struct slope one = slope_segment(whole, segment);
		int64_t first = slope_sum(&one, 0, values), low = first, high = first, apart;

		for (unsigned pair = 1; pair < one.pairs; pair++) {
			int64_t sum = slope_sum(&one, pair, values);

			low = sum < low ? sum : low;
			high = sum > high ? sum : high;
		}
		apart = high - low;
		if (first)
			a->hashes[segment] = fnv(a->hashes[segment] ^ hash, &first, sizeof(first));
		if (!apart)
			continue;
		a->segments |= 1u << segment;
		a->counts[segment] += name != NULL;
		if (name && apart > a->by[segment]) {
			a->by[segment] = apart;
			a->most[segment] = name;
		}
	}
}

/* Of a run whose functions are not there, or not all, nothing can be said to agree. */
static bool adds_up(const struct profile *p, unsigned n_segments)
{
	for (unsigned slot = 0; slot < MARKER_SLOTS; slot++) {
		uint64_t sum = p->slots[slot].unattributed;

		if (slot % MARKER_SEGMENTS >= n_segments ||
		    slot / MARKER_SEGMENTS == MARKER_PHASE_EMPTY)
			continue;
		for (size_t i = 0; i < p->count; i++)
			sum += p->functions[i].insns[slot];
		if (sum != p->slots[slot].task)
			return false;
	}
	return true;
}

static void find_agreement(const struct reading_source *s, const struct slope *whole,
			   struct agreement *out)
{
	const struct profile *p = &s->run->profile;
	uint64_t values[MARKER_SLOTS];

	*out = (struct agreement){ .adds_up = adds_up(p, s->n_segments) };
	SLOT_MEMBER(s->run, task, values);
	hold(out, NULL, values, whole);
	SLOT_MEMBER(s->run, unattributed, values);
	hold(out, NULL, values, whole);
	for (size_t i = 0; i < p->count; i++)
		hold(out, p->functions[i].name, p->functions[i].insns, whole);
}

/* Of the phase where it is the most. */
static int64_t clock_difference(const struct run *run)
{
	int64_t most = 0;

	for (unsigned phase = 0; phase < MARKER_PHASES; phase++) {
		int64_t difference = exact_clock_difference(run, phase);

		if (phase != MARKER_PHASE_EMPTY && llabs(difference) > llabs(most))
			most = difference;
	}
	return most;
}

/* The pairs do not agree in segments [first, last): how many functions, and which the most. */
static void explain_pairs(const struct agreement *a, unsigned first, unsigned last,
			  struct reading *r)
{
	const char *most = NULL;
	unsigned count = 0;
	int64_t by = 0;

	for (unsigned i = first; i < last; i++) {
		/* One that differs in several segments is counted in each. */
		count = a->counts[i] > count ? a->counts[i] : count;
		if (a->by[i] > by) {
			by = a->by[i];
			most = a->most[i];
		}
	}
	if (most)
		snprintf(r->why_not, sizeof(r->why_not),
			 "its measurements differ in %u function%s, most in %.80s", count,
			 count == 1 ? "" : "s", most);
	else
		snprintf(r->why_not, sizeof(r->why_not), "its measurements differ");
}

static void judge_exactness(const struct reading_source *s, const struct agreement *a,
			    const struct slope *slope, int64_t clock, struct reading *r)
{
	unsigned mask = ((1u << slope->last) - 1) & ~((1u << slope->first) - 1);
	uint64_t hash = FNV_BASIS;

	if (s->cpus > 1)
		snprintf(r->why_not, sizeof(r->why_not), "it ran on %u CPUs", s->cpus);
	else if (!a->adds_up)
		snprintf(r->why_not, sizeof(r->why_not),
			 "its functions do not add up to its total");
	else if (a->segments & mask)
		explain_pairs(a, slope->first, slope->last, r);
	else if (clock)
		snprintf(r->why_not, sizeof(r->why_not),
			 "counts and the emulator's clock differ, by %lld instruction%s",
			 llabs((long long)clock), llabs((long long)clock) == 1 ? "" : "s");
	if (r->why_not[0])
		return;
	r->exact = true;
	for (unsigned i = slope->first; i < slope->last; i++)
		hash = fnv(hash, &a->hashes[i], sizeof(a->hashes[i]));
	r->functions = hash;
}

static void add(const struct reading_source *s, const char *name, const struct agreement *a,
		const struct slope *slope, struct readings *out)
{
	struct reading *r = readings_add(s, name, READING_COUNTED, out);
	uint64_t task[MARKER_SLOTS];

	SLOT_MEMBER(s->run, task, task);
	r->value = slope_mean(slope, task);
	r->spread = slope_spread(slope, task);
	r->unseen = fabs((double)out->clock_difference) / slope->divisor;
	judge_exactness(s, a, slope, out->clock_difference, r);
}

void readings_counted(const struct reading_source *s, struct readings *out)
{
	struct slope slope = { 0, s->n_segments, run_pairs(s->run),
			       (double)run_iterations(s->run) * (double)s->items };
	struct agreement a;

	find_agreement(s, &slope, &a);
	out->clock_difference = clock_difference(s->run);
	add(s, "iteration", &a, &slope, out);
	for (unsigned i = 0; i < s->n_segments; i++) {
		slope.first = i;
		slope.last = i + 1;
		add(s, s->segments[i], &a, &slope, out);
	}
}
