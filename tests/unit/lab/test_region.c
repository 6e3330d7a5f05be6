// SPDX-License-Identifier: GPL-2.0-or-later
/* Only what a program's region held counts, and the clock goes on to agree. */
#include "lab/exact.h"
#include "lab/region.h"
#include "proto/slowpath.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define BESIDE 1000
#define INSIDE 70
#define HALTED 5

/* Two functions; of each phase so many windows, each with a region. */
static void fill(struct run *r)
{
	struct profile *p = &r->profile;

	*r = (struct run){ 0 };
	p->functions = calloc(2, sizeof(*p->functions));
	p->spans = calloc(3, sizeof(*p->spans));
	assert_true(p->functions && p->spans);
	p->functions[0].name = strdup("a");
	p->functions[1].name = strdup("b");
	p->count = 2;
	p->n_spans = 3;
	p->spans[0].slot = 0;
	p->spans[1].slot = MARKER_REGION_SEGMENT;
	p->spans[2].slot = MARKER_PHASE_EMPTY * MARKER_SEGMENTS;
	p->halted_known = true;
	for (unsigned phase = 0; phase < MARKER_PHASES; phase++) {
		unsigned slot = phase * MARKER_SEGMENTS, in = slot + MARKER_REGION_SEGMENT;
		uint64_t windows = phase == MARKER_PHASE_EMPTY ? 1 : 2;

		r->phases[phase].windows = windows;
		r->phases[phase].tsc_ticks = 7 * windows;
		if (phase == MARKER_PHASE_EMPTY)
			continue;
		p->regions[phase] = windows;
		p->slots[slot].task = p->functions[0].insns[slot] = BESIDE * windows;
		p->slots[in].task = p->functions[1].insns[in] = INSIDE * windows;
		p->functions[1].calls[in] = windows;
		p->slots[slot].halted = p->slots[in].halted = HALTED * windows;
		r->phases[phase].tsc_ticks += (BESIDE + INSIDE + 2 * HALTED) * windows;
	}
}

static void add_up_halted(struct run *r)
{
	memset(r->halted_ticks, 0, sizeof(r->halted_ticks));
	for (unsigned slot = 0; slot < MARKER_SLOTS; slot++)
		r->halted_ticks[slot / MARKER_SEGMENTS] += r->profile.slots[slot].halted;
}

static void only_the_region_counts(void **state)
{
	_cleanup_run_ struct run r;
	struct err e = { 0 };

	(void)state;
	fill(&r);
	assert_int_equal(region_take(&r, &e), 0);
	assert_true(r.output.region);
	add_up_halted(&r);
	for (unsigned phase = 0; phase < MARKER_PHASE_EMPTY; phase++) {
		unsigned slot = phase * MARKER_SEGMENTS;

		assert_int_equal(r.profile.slots[slot].task, 2 * INSIDE);
		assert_int_equal(r.profile.slots[slot + MARKER_REGION_SEGMENT].task, 0);
		assert_int_equal(r.profile.functions[0].insns[slot], 0);
		assert_int_equal(r.profile.functions[1].insns[slot], 2 * INSIDE);
		assert_int_equal(r.profile.functions[1].calls[slot], 2);
		assert_int_equal(r.halted_ticks[phase], 2 * HALTED);
		assert_int_equal(exact_clock_difference(&r, phase), 0);
	}
	assert_int_equal(r.profile.n_spans, 2);
	assert_int_equal(r.profile.spans[0].slot, 0);
	assert_int_equal(r.profile.spans[1].slot, MARKER_PHASE_EMPTY * MARKER_SEGMENTS);
}

static void without_one_nothing_changes(void **state)
{
	_cleanup_run_ struct run r;
	struct err e = { 0 };

	(void)state;
	fill(&r);
	memset(r.profile.regions, 0, sizeof(r.profile.regions));
	assert_int_equal(region_take(&r, &e), 0);
	assert_false(r.output.region);
	assert_int_equal(r.profile.slots[0].task, 2 * BESIDE);
	assert_int_equal(r.profile.n_spans, 3);
}

static void refuse(struct run *r, const char *text)
{
	struct err e = { 0 };

	assert_int_equal(region_take(r, &e), -EPROTO);
	assert_int_equal(e.status, ERR_UNMEASURED);
	if (!strstr(e.text, text))
		fail_msg("'%s' is not in '%s'", text, e.text);
	run_free(r);
}

static void a_region_that_is_wrong(void **state)
{
	const unsigned windows = 2 * (MARKER_PHASES - 1);
	char some[64];
	struct run r;

	(void)state;
	fill(&r);
	r.profile.region_flags = COUNTS_REGION_TWICE;
	refuse(&r, "while it is open");
	fill(&r);
	r.profile.region_flags = COUNTS_REGION_NOT_OPEN;
	refuse(&r, "while none is open");
	fill(&r);
	r.profile.region_flags = COUNTS_REGION_LEFT_OPEN;
	refuse(&r, "ends with its region of interest open");
	fill(&r);
	r.profile.regions[1]--;
	snprintf(some, sizeof(some), "in %u of its %u executions", windows - 1, windows);
	refuse(&r, some);
	fill(&r);
	r.phases[0].tsc_ticks = 1;
	refuse(&r, "beside the region");
}

static void begin(void)
{
	SLOWPATH_REGION_BEGIN();
}

static void end(void)
{
	SLOWPATH_REGION_END();
}

static bool has_marker(void (*function)(void), uint32_t what)
{
	const uint32_t marker = MARKER_MAGIC | what;
	const char *code = (const char *)(uintptr_t)function;
	uint8_t bytes[8] = { 0x0f, 0x1f, 0x84, 0x00 };

	memcpy(bytes + 4, &marker, 4);
	return memmem(code, 64, bytes, sizeof(bytes)) != NULL;
}

/* The header stands alone in others' programs, so it has the markers' bytes once more. */
static void the_header_has_the_markers(void **state)
{
	(void)state;
	assert_true(has_marker(begin, MARKER_REGION_OPEN));
	assert_true(has_marker(end, MARKER_REGION_CLOSE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_region_counts),
		cmocka_unit_test(without_one_nothing_changes),
		cmocka_unit_test(a_region_that_is_wrong),
		cmocka_unit_test(the_header_has_the_markers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
