// SPDX-License-Identifier: GPL-2.0-or-later
/* Cost vectors of two runs, and how they are told. */
#include "judge/why/attribution.h"
#include "report/views/mechanism/attribute.h"
#include "tests/unit/fake_run.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct scenario_list library;

/* @loads an iteration and page on top of what is there, in @segment; in slot and function alike. */
static void add_loads(struct run *r, const char *name, unsigned segment, uint64_t loads)
{
	r->profile.vector = true;
	fake_slots(r, segment, costs[COST_LOADS], loads);
	for (size_t i = 0; i < r->profile.count; i++) {
		struct profile_function *f = &r->profile.functions[i];

		if (!f->costs)
			f->costs = calloc(COST_OF_FUNCTIONS - 1, sizeof(*f->costs));
		assert_non_null(f->costs);
		for (unsigned phase = 0; !strcmp(f->name, name) && phase < MARKER_PHASES; phase++)
			f->costs[COST_LOADS - 1][phase * MARKER_SEGMENTS + segment] +=
				loads * FAKE_PAGES * fake_iterations(phase);
	}
}

static void two_runs(struct run runs[2])
{
	for (unsigned i = 0; i < 2; i++) {
		fake_function(&runs[i], "alpha", 0, 100, 10);
		fake_function(&runs[i], "alpha", 1, 0, 2);
		fake_calls(&runs[i], "alpha", 0, 3);
		if (i)
			fake_function(&runs[i], "beta", 1, 7, 50);
		add_loads(&runs[i], "alpha", 0, 4);
		add_loads(&runs[i], "alpha", 1, 1 + i);
		if (i)
			add_loads(&runs[i], "beta", 1, 20);
		fake_slots(&runs[i], 1, costs[COST_FAULTS], 1 + i);
		/* Kernel code that no symbol covers. */
		fake_slots(&runs[i], 1, task, 5);
		fake_slots(&runs[i], 1, unattributed, 5);
		fake_finish(&runs[i]);
	}
}

static void segments_and_functions_add_up(void **state)
{
	_cleanup_attribution_ struct attribution a = { 0 };
	struct run runs[2] = { 0 };
	struct err e = { 0 };

	(void)state;
	two_runs(runs);
	assert_int_equal(attribute_runs(library.items[0], &runs[0], &runs[1], &a, &e), 0);
	assert_int_equal(a.n_rows, 3);
	assert_string_equal(a.names[0], "iteration");
	assert_string_equal(a.names[2], "two");
	assert_float_equal(a.totals[0].old_side.costs[COST_INSNS], 17, 1e-9);
	assert_float_equal(a.totals[0].new_side.costs[COST_INSNS], 67, 1e-9);
	assert_float_equal(a.totals[2].new_side.costs[COST_LOADS], 22, 1e-9);
	assert_float_equal(a.totals[0].new_side.costs[COST_FAULTS], 2, 1e-9);
	assert_float_equal(a.unattributed[0].old_side.costs[COST_INSNS], 5, 1e-9);
	assert_float_equal(a.unattributed[1].old_side.costs[COST_INSNS], 0, 1e-9);
	assert_int_equal(a.n_functions, 2);
	assert_string_equal(a.functions[0].name, "beta");
	assert_float_equal(a.functions[0].rows[2].new_side.costs[COST_LOADS], 20, 1e-9);
	assert_float_equal(a.functions[0].rows[2].old_side.costs[COST_LOADS], 0, 1e-9);
	assert_string_equal(a.functions[1].name, "alpha");
	assert_float_equal(a.functions[1].rows[0].old_side.costs[COST_LOADS], 5, 1e-9);
	assert_float_equal(a.functions[1].rows[0].new_side.costs[COST_LOADS], 6, 1e-9);
	assert_float_equal(a.functions[1].rows[1].old_side.calls, 3, 1e-9);
	run_free(&runs[0]);
	run_free(&runs[1]);
}

static void runs_without_vectors_are_refused(void **state)
{
	_cleanup_attribution_ struct attribution a = { 0 };
	struct run runs[2] = { 0 };
	struct err e = { 0 };

	(void)state;
	two_runs(runs);
	runs[1].profile.vector = false;
	assert_int_equal(attribute_runs(library.items[0], &runs[0], &runs[1], &a, &e), -EINVAL);
	run_free(&runs[0]);
	run_free(&runs[1]);
}

static void the_text_names_what_changed(void **state)
{
	_cleanup_attribution_ struct attribution a = { 0 };
	_cleanup_comparison_ struct comparison c = { 0 };
	_cleanup_buf_ struct buf text = { 0 };
	struct kernel kernels[2] = {
		{ .spec = (char *)"debian:6", .release = (char *)"6.1", .compiler = (char *)"gcc" },
		{ .spec = (char *)"debian:6", .release = (char *)"6.2", .compiler = (char *)"gcc" }
	};
	struct attribute_view v = { .scenario = library.items[0],
				    .kernels = { &kernels[0], &kernels[1] },
				    .comparison = &c,
				    .attribution = &a };
	struct run runs[2] = { 0 };
	struct err e = { 0 };

	(void)state;
	two_runs(runs);
	assert_int_equal(compare_runs(library.items[0], &runs[0], &runs[1], 1, 0, &c, &e), 0);
	assert_int_equal(attribute_runs(library.items[0], &runs[0], &runs[1], &a, &e), 0);
	assert_int_equal(attribute_text(&v, 1, &text_style_plain, &text, &e), 0);
	assert_non_null(strstr(buf_str(&text), "fake/toggle, per page (exact)"));
	assert_non_null(strstr(buf_str(&text), "\n  beta "));
	assert_non_null(strstr(buf_str(&text), "+20.00"));
	assert_null(strstr(buf_str(&text), "\n  alpha "));
	assert_non_null(strstr(buf_str(&text), "(1 more that changed; --top 2)"));
	assert_non_null(strstr(buf_str(&text), "same state: yes"));
	text.len = 0;
	attribute_totals(&v, &text_style_plain, &text);
	assert_int_equal(buf_error(&text), 0);
	assert_null(strstr(buf_str(&text), "tlb_flushes")); /* nothing on either side */
	assert_null(strstr(buf_str(&text), "+0.00"));
	assert_non_null(strstr(buf_str(&text), "changed by less than 0.0005, or not at"));
	assert_null(strstr(buf_str(&text), "negative"));
	/* A tick that fell on the other side of a phase's edge. */
	a.totals[0].old_side.costs[COST_INTERRUPTS] = -0.002;
	text.len = 0;
	attribute_totals(&v, &text_style_plain, &text);
	assert_int_equal(buf_error(&text), 0);
	assert_non_null(strstr(buf_str(&text), " -0.002 "));
	assert_non_null(strstr(buf_str(&text), "A negative count: 2N iterations had fewer than N"));
	/* One in 65536 pages is a rest of the mean, and no row. */
	a.totals[0].old_side.costs[COST_INTERRUPTS] = -1.0 / 65536;
	text.len = 0;
	attribute_totals(&v, &text_style_plain, &text);
	assert_int_equal(buf_error(&text), 0);
	assert_null(strstr(buf_str(&text), "interrupts"));
	assert_null(strstr(buf_str(&text), "e-05"));
	run_free(&runs[0]);
	run_free(&runs[1]);
}

static int read_library(void **state)
{
	(void)state;
	fake_scenario(&library);
	return 0;
}

static int free_library(void **state)
{
	(void)state;
	scenario_list_free(&library);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(segments_and_functions_add_up),
		cmocka_unit_test(runs_without_vectors_are_refused),
		cmocka_unit_test(the_text_names_what_changed),
	};

	return cmocka_run_group_tests(tests, read_library, free_library);
}
