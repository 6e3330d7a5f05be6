// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/unit/fake_run.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

static const char yaml[] = "toggle:\n"
			   "  help: made up\n"
			   "  maps: {m: {kind: anon-shared, size: 16K}}\n"
			   "  segments:\n"
			   "    one: [mprotect: {map: m, to: r}]\n"
			   "    two: [touch: {map: m, access: write}]\n"
			   "  iterations: 5\n"
			   "  expect: {vmas: 1, present: all, swapped: 0}\n"
			   "  outcomes: {vmas: {one: 1}}\n";

void fake_scenario(struct scenario_list *out)
{
	struct err e = { 0 };

	*out = (struct scenario_list){ 0 };
	if (scenario_read("fake", "fake.yaml", yaml, strlen(yaml), out, &e) < 0)
		fail_msg("%s", e.text);
}

unsigned fake_iterations(unsigned phase)
{
	return phase == MARKER_PHASE_EMPTY ? 0 : FAKE_ITERATIONS * (marker_twice(phase) + 1);
}

static struct profile_function *function(struct run *r, const char *name)
{
	struct profile *p = &r->profile;
	struct profile_function *f = p->count ? &p->functions[p->count - 1] : NULL;

	if (f && !strcmp(f->name, name))
		return f;
	assert_true(!f || strcmp(f->name, name) < 0);
	f = realloc(p->functions, (p->count + 1) * sizeof(*f));
	assert_non_null(f);
	p->functions = f;
	f = &p->functions[p->count++];
	*f = (struct profile_function){ .name = strdup(name) };
	assert_non_null(f->name);
	return f;
}

void fake_function(struct run *r, const char *name, unsigned segment, uint64_t setup, uint64_t cost)
{
	struct profile_function *f = function(r, name);

	for (unsigned phase = 0; phase < MARKER_PHASES; phase++) {
		unsigned slot = phase * MARKER_SEGMENTS + segment;
		uint64_t insns = setup + cost * FAKE_PAGES * fake_iterations(phase);

		if (phase == MARKER_PHASE_EMPTY)
			continue;
		f->insns[slot] += insns;
		r->profile.slots[slot].task += insns;
	}
}

void fake_calls(struct run *r, const char *name, unsigned segment, uint64_t calls)
{
	struct profile_function *f = function(r, name);

	for (unsigned phase = 0; phase < MARKER_PHASES; phase++)
		f->calls[phase * MARKER_SEGMENTS + segment] +=
			calls * FAKE_PAGES * fake_iterations(phase);
}

void fake_finish(struct run *r)
{
	/* A window costs seven ticks more than what is counted in it. */
	r->phases[MARKER_PHASE_EMPTY] =
		(struct report_phase){ .phase = MARKER_PHASE_EMPTY, .tsc_ticks = 7, .windows = 1 };
	for (unsigned phase = 0; phase < MARKER_PHASES; phase++) {
		struct report_phase *p = &r->phases[phase];

		if (phase == MARKER_PHASE_EMPTY)
			continue;
		p->phase = phase;
		p->iterations = fake_iterations(phase);
		p->windows = (uint64_t)p->iterations * FAKE_SEGMENTS;
		p->tsc_ticks = 7 * p->windows;
		for (unsigned s = 0; s < MARKER_SEGMENTS; s++)
			p->tsc_ticks +=
				profile_clock_insns(&r->profile, phase * MARKER_SEGMENTS + s);
	}
	r->before = (struct report_state){
		.online_cpus = 1, .vmas = 1, .present_pages = FAKE_PAGES, .dirty_pages = FAKE_PAGES
	};
	r->after = r->before;
	for (uint32_t s = 0; s < FAKE_SEGMENTS; s++)
		r->segments[s] = (struct report_segment){ .segment = s, .vmas = 1 };
}
