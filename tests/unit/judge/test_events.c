// SPDX-License-Identifier: GPL-2.0-or-later
/* What else two made-up runs executed, and what is said of it. */
#include "judge/counts/events.h"
#include "judge/counts/comparison.h"
#include "lab/counts/named.h"
#include "tests/unit/fake_run.h"
#include "tests/unit/unit.h"

#include <math.h>
#include <string.h>

static struct scenario_list scenarios;

static int setup(void **state)
{
	(void)state;
	fake_scenario(&scenarios);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	scenario_list_free(&scenarios);
	return 0;
}

/* A run of @insns a page, of which @strings are in string functions. */
static void fill(struct run *r, unsigned insns, unsigned strings)
{
	fake_function(r, "work", 0, 12, insns);
	fake_slots(r, 0, costs[COST_STRING_INSNS], strings);
	fake_finish(r);
	r->profile.events = true;
}

/* @n bytes a page by REP strings. */
static void move_bytes(struct run *r, unsigned n)
{
	fake_slots(r, 0, costs[COST_STRING_BYTES], n);
}

static struct events events_between(const struct run *o, const struct run *n)
{
	struct events x;

	events_of(scenarios.items[0], o, n, 0.01, &x);
	return x;
}

static const char *said(const struct events *x)
{
	static char text[512];

	events_say(x, "page", text, sizeof(text));
	return text;
}

static void events_are_per_item(void **state)
{
	_cleanup_run_ struct run o = { 0 }, n = { 0 };
	struct events x;

	(void)state;
	fill(&o, 100, 0);
	fill(&n, 100, 0);
	fake_slots(&o, 0, costs[COST_IPIS], 2);
	fake_slots(&o, 1, costs[COST_IPIS], 1);
	fake_slots(&n, 1, costs[COST_IPIS], 1);
	fake_slots(&o, 0, costs[COST_LOCK_CALLS], 3);
	fake_slots(&n, 0, costs[COST_LOCK_CALLS], 3);
	x = events_between(&o, &n);
	assert_true(x.known);
	assert_float_equal(x.at[EVENT_IPIS].old_value, 3, 1e-9);
	assert_float_equal(x.at[EVENT_IPIS].new_value, 1, 1e-9);
	assert_true(x.at[EVENT_IPIS].differs && x.at[EVENT_IPIS].matters);
	assert_float_equal(x.at[EVENT_LOCK_CALLS].new_value, 3, 1e-9);
	assert_false(x.at[EVENT_LOCK_CALLS].differs);
	assert_string_equal(said(&x), "; NEW sends fewer IPIs (3.00 -> 1.00)");
	assert_string_equal(event_name(EVENT_IPIS), "ipis");
}

/* Of a run that was kept by an older slowpath nothing is told, rather than zeros. */
static void what_is_not_known_is_not_told(void **state)
{
	_cleanup_run_ struct run o = { 0 }, n = { 0 };
	struct events x;

	(void)state;
	fill(&o, 100, 0);
	fill(&n, 100, 0);
	fake_slots(&n, 0, costs[COST_IPIS], 2);
	o.profile.events = false;
	x = events_between(&o, &n);
	assert_false(x.known);
	assert_string_equal(said(&x), "");
}

/* The two pairs of NEW are one lock a page apart: a change of two is below three of that. */
static void what_varies_does_not_differ(void **state)
{
	_cleanup_run_ struct run o = { 0 }, n = { 0 };
	struct events x;

	(void)state;
	fill(&o, 100, 0);
	fill(&n, 100, 0);
	fake_slots(&o, 0, costs[COST_LOCK_CALLS], 10);
	fake_slots(&n, 0, costs[COST_LOCK_CALLS], 12);
	n.profile.slots[3 * MARKER_SEGMENTS].costs[COST_LOCK_CALLS] += FAKE_PAGES * FAKE_ITERATIONS;
	x = events_between(&o, &n);
	assert_true(x.at[EVENT_LOCK_CALLS].spread >= 1);
	assert_false(x.at[EVENT_LOCK_CALLS].differs);
	assert_string_equal(said(&x), "");
}

/* By less than the threshold: it stands in the list, and not in the sentence. */
static void a_small_change_is_not_in_the_sentence(void **state)
{
	_cleanup_run_ struct run o = { 0 }, n = { 0 };
	struct events x;

	(void)state;
	fill(&o, 100, 0);
	fill(&n, 100, 0);
	fake_slots(&o, 0, costs[COST_ATOMICS], 1000);
	fake_slots(&n, 0, costs[COST_ATOMICS], 1009);
	x = events_between(&o, &n);
	assert_true(x.at[EVENT_ATOMICS].differs);
	assert_false(x.at[EVENT_ATOMICS].matters);
	assert_string_equal(said(&x), "");
}

/* OLD copies a page by REP MOVSQ, NEW by a loop of 1554 instructions. */
static void rep_and_loops_are_told_apart(void **state)
{
	_cleanup_run_ struct run o = { 0 }, n = { 0 };
	struct events x;

	(void)state;
	fill(&o, 3008, 8);
	fill(&n, 4954, 1554);
	move_bytes(&o, 4096);
	x = events_between(&o, &n);
	assert_int_equal(x.strings.shift, STRINGS_TO_LOOPS);
	assert_float_equal(x.strings.ratio_without, 3400.0 / 3000, 1e-9);
	assert_float_equal(x.strings.old_by_steps, 3008 + 128, 1e-9);
	assert_float_equal(x.strings.ratio_by_steps, 4954.0 / 3136, 1e-9);
	assert_float_equal(x.strings.old_outside, 128.0 / 3136, 1e-9);
	assert_float_equal(x.strings.new_outside, 0, 1e-9);
	assert_string_equal(
		said(&x), "; bytes moved from REP strings to loops: 4096.00 fewer per page by REP "
			  "strings, which count once, and 1546.00 more instructions in string "
			  "functions, without which the iteration's ratio is 1.1333");
	x = events_between(&n, &o);
	assert_int_equal(x.strings.shift, STRINGS_TO_REP);
	assert_non_null(strstr(said(&x), "from loops to REP strings: 4096.00 more"));
}

/* More bytes by REP and more in string functions: both sides copy alike, one of them more. */
static void more_of_the_same_is_no_shift(void **state)
{
	static const struct {
		unsigned insns, strings, bytes;
	} new_sides[] = {
		{ 4954, 1554, 8192 },	/* both more */
		{ 3100, 8, 0 },		/* fewer bytes, and no loop for them */
		{ 3030, 28, 0 },	/* a loop that is too short to be one for 4096 bytes */
		{ 99999, 90000, 4000 }, /* too long for 96 bytes */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(new_sides); i++) {
		_cleanup_run_ struct run o = { 0 }, n = { 0 };

		fill(&o, 3008, 8);
		move_bytes(&o, 4096);
		fill(&n, new_sides[i].insns, new_sides[i].strings);
		move_bytes(&n, new_sides[i].bytes);
		assert_int_equal(events_between(&o, &n).strings.shift, STRINGS_STAY);
	}
}

static void the_verdicts_sentence_ends_with_it(void **state)
{
	_cleanup_run_ struct run o = { 0 }, n = { 0 };
	_cleanup_comparison_ struct comparison c;
	struct err e = { 0 };

	(void)state;
	fill(&o, 100, 0);
	fill(&n, 90, 0);
	fake_slots(&o, 0, costs[COST_TLB_FLUSHES], 2);
	assert_int_equal(compare_runs(scenarios.items[0], &o, &n, 1, 0.01, &c, &e), 0);
	assert_int_equal(c.verdict, VERDICT_IMPROVEMENT);
	assert_non_null(strstr(c.reason, "fewer instructions per page"));
	assert_non_null(strstr(c.reason, "; NEW flushes the TLB less often (2.00 -> 0.00)"));
}

/* What has no room is left out whole. */
static void a_long_sentence_is_not_cut(void **state)
{
	struct events x = { .known = true };
	char text[40];

	(void)state;
	for (enum event i = 0; i < EVENT_COUNT; i++)
		x.at[i] = (struct event_delta){ 1, 2, 0, true, true };
	events_say(&x, "page", text, sizeof(text));
	assert_string_equal(text, "; NEW sends more IPIs (1.00 -> 2.00)");
}

static void names_are_found(void **state)
{
	static const struct {
		const char *name;
		enum named kind;
	} cases[] = {
		{ "__clear_pages_unrolled", NAMED_STRING },
		{ "rt_mutex_trylock", NAMED_LOCK },
		{ "_raw_spin_lock", NAMED_LOCK },
		{ "_raw_spin_lock_irqsave", NAMED_LOCK },
		{ "_raw_spin_unlock", NAMED_NOTHING },
		{ "native_queued_spin_lock_slowpath", NAMED_NOTHING },
		{ "rwsem_down_read_slowpath", NAMED_NOTHING },
		{ "down_write_killable", NAMED_LOCK },
		{ "mutex_unlock", NAMED_NOTHING },
		{ "memcpy", NAMED_STRING },
		{ "memcmp", NAMED_NOTHING },
		{ "copy_page", NAMED_STRING },
		{ "copy_page_range", NAMED_NOTHING },
		{ "clear_page_dirty_for_io", NAMED_NOTHING },
		{ "clear_page_erms", NAMED_STRING },
		{ "rep_movs_alternative", NAMED_STRING },
		{ "native_smp_send_reschedule", NAMED_IPI },
		{ "native_send_call_func_ipi", NAMED_IPI },
		{ "native_send_call_func_single_ipi", NAMED_IPI },
		{ "smp_call_function_many_cond", NAMED_NOTHING },
		{ "[user]", NAMED_NOTHING },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		if (named_function(cases[i].name) != cases[i].kind)
			fail_msg("%s", cases[i].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_are_per_item),
		cmocka_unit_test(what_is_not_known_is_not_told),
		cmocka_unit_test(what_varies_does_not_differ),
		cmocka_unit_test(a_small_change_is_not_in_the_sentence),
		cmocka_unit_test(rep_and_loops_are_told_apart),
		cmocka_unit_test(more_of_the_same_is_no_shift),
		cmocka_unit_test(the_verdicts_sentence_ends_with_it),
		cmocka_unit_test(a_long_sentence_is_not_cut),
		cmocka_unit_test(names_are_found),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
