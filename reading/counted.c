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

/* Who sets "OLD: " before it has room. */
#define WHY_BYTES_MAX (READING_WHY_BYTES - 16)

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

/* Of one function in several segments, the most is noted. */
static void note_apart(struct apart most[APART_NAMED], const char *name, int64_t by)
{
	struct apart one = { name, by };

	for (unsigned i = 0; i < APART_NAMED; i++) {
		struct apart other = most[i];
		bool same = other.name && !strcmp(other.name, name);

		if (other.by >= one.by && same)
			return;
		if (other.by >= one.by)
			continue;
		most[i] = one;
		if (same || !other.name)
			return;
		one = other;
	}
}

void agreement_hold(struct agreement *a, const char *name, const uint64_t values[MARKER_SLOTS],
		    const struct slope *whole)
{
	uint64_t hash = name ? fnv(FNV_BASIS, name, strlen(name)) : FNV_BASIS;

	for (unsigned segment = 0; segment < whole->last; segment++) {
		const struct slope one = slope_segment(whole, segment);
		const int64_t first = slope_sum(&one, 0, values), apart = slope_apart(&one, values);

		if (first)
			a->hashes[segment] = fnv(a->hashes[segment] ^ hash, &first, sizeof(first));
		if (!apart)
			continue;
		a->segments |= 1u << segment;
		a->counts[segment] += name != NULL;
		if (name)
			note_apart(a->most[segment], name, apart);
	}
}

bool profile_adds_up(const struct profile *p, unsigned n_segments)
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

	*out = (struct agreement){ .adds_up = profile_adds_up(p, s->n_segments) };
	SLOT_MEMBER(s->run, task, values);
	agreement_hold(out, NULL, values, whole);
	SLOT_MEMBER(s->run, unattributed, values);
	agreement_hold(out, NULL, values, whole);
	for (size_t i = 0; i < p->count; i++)
		agreement_hold(out, p->functions[i].name, p->functions[i].insns, whole);
}

int64_t clock_difference(const struct run *run)
{
	int64_t most = 0;

	for (unsigned phase = 0; phase < MARKER_PHASES; phase++) {
		int64_t difference = exact_clock_difference(run, phase);

		if (phase != MARKER_PHASE_EMPTY && llabs(difference) > llabs(most))
			most = difference;
	}
	return most;
}

/* The pairs do not agree in the slope's segments: how many functions, and which the most. */
static void explain_pairs(const struct agreement *a, const struct slope *slope, struct reading *r)
{
	struct apart most[APART_NAMED] = { 0 };
	char number[READING_NUMBER_BYTES];
	unsigned count = 0, len;

	for (unsigned i = slope->first; i < slope->last; i++) {
		/* One that differs in several segments is counted in each. */
		count = a->counts[i] > count ? a->counts[i] : count;
		for (unsigned k = 0; k < APART_NAMED && a->most[i][k].name; k++)
			note_apart(most, a->most[i][k].name, a->most[i][k].by);
	}
	len = (unsigned)snprintf(r->why_not, sizeof(r->why_not), "its measurements differ");
	if (!most[0].name)
		return;
	len += (unsigned)snprintf(r->why_not + len, sizeof(r->why_not) - len,
				  " in %u function%s, most in", count, count == 1 ? "" : "s");
	/* Names are told whole or not at all. */
	for (unsigned i = 0; i < APART_NAMED && most[i].name; i++) {
		char one[READING_WHY_BYTES];
		int n = snprintf(one, sizeof(one), "%s %.80s (by %s)", i ? "," : "", most[i].name,
				 reading_number((double)most[i].by / slope->divisor, number));

		if (len + (unsigned)n >= WHY_BYTES_MAX)
			break;
		memcpy(r->why_not + len, one, (size_t)n + 1);
		len += (unsigned)n;
	}
}

void agreement_judge(const struct reading_source *s, const struct agreement *a,
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
		explain_pairs(a, slope, r);
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
	agreement_judge(s, a, slope, out->clock_difference, r);
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
