// SPDX-License-Identifier: GPL-2.0-or-later
/* What is concluded from a series of made-up runs, and how it is said. */
#include "tests/unit/unit.h"

#include "report/views/search/narrow.h"
#include "tests/unit/fake_run.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define N 6

struct fixture {
	struct scenario_list scenarios;
	struct exact_search search;
	struct narrow narrow;
	struct narrow_view view;
};

static struct kernel *fake_kernel(const char *spec)
{
	struct kernel *k = calloc(1, sizeof(*k));

	k->spec = strdup(spec);
	k->id = strdup(spec);
	k->release = strdup(spec + strlen("debian:"));
	k->version = strdup("#1 SMP");
	k->compiler = strdup("gcc-14");
	return k;
}

/* A run whose functions "a" and "b" cost that much a page. */
static struct run fake(uint64_t a, uint64_t b)
{
	struct run r = { .environment = strdup("cpu=qemu64\n") };

	fake_function(&r, "a", 0, 10, a);
	fake_function(&r, "b", 1, 0, b);
	fake_finish(&r);
	return r;
}

static void start(struct fixture *f)
{
	char *specs[N];
	struct err e = { 0 };

	*f = (struct fixture){ 0 };
	fake_scenario(&f->scenarios);
	for (int i = 0; i < N; i++) {
		specs[i] = strdup("debian:6.0");
		specs[i][9] = (char)('0' + i);
	}
	assert_int_equal(narrow_init(&f->narrow, specs, N, &e), 0);
	assert_null(specs[0]);
	assert_int_equal(exact_search_init(&f->search, N, 0.01, &e), 0);
	f->view = (struct narrow_view){ .id = "20260131-123456-1a2b3c",
					.mode = "exact",
					.scenario = f->scenarios.items[0],
					.narrow = &f->narrow,
					.qemu_version = "7.2",
					.threshold = 0.01,
					.total_seconds = 3.5,
					.cpus = 1 };
}

static void measure(struct fixture *f, size_t item, uint64_t a, uint64_t b)
{
	struct narrow_item *x = &f->narrow.items[item];
	struct run run = fake(a, b);
	struct err e = { 0 };

	x->kernel = fake_kernel(x->spec);
	if (narrow_measured(&f->narrow, item, f->scenarios.items[0], 1, &run, &e) < 0)
		fail_msg("%s", e.text);
	assert_near(x->reading.value, (double)(a + b), 1e-9);
	assert_near(x->reading.spread, 0, 0);
	exact_search_measured(&f->search, item, &x->reading);
}

static void leave_out(struct fixture *f, size_t item, const char *why)
{
	struct err e = { 0 };

	assert_int_equal(narrow_skipped(&f->narrow, item, why, &e), 0);
	exact_search_skipped(&f->search, item);
}

static void conclude(struct fixture *f)
{
	struct err e = { 0 };

	if (narrow_conclude(&f->narrow, &f->search, f->scenarios.items[0], 1, &e) < 0)
		fail_msg("%s", e.text);
}

static void end(struct fixture *f)
{
	narrow_free(&f->narrow);
	exact_search_free(&f->search);
	scenario_list_free(&f->scenarios);
}

static void has(const char *text, const char *word)
{
	if (!strstr(text, word))
		fail_msg("no '%s' in\n%s", word, text);
}

static void steps_up_and_down(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	measure(&f, 0, 100, 100);
	measure(&f, 1, 200, 200);
	leave_out(&f, 2, "it panics");
	measure(&f, 3, 200, 100);
	measure(&f, 4, 200, 101);
	measure(&f, 5, 200, 101);
	conclude(&f);
	assert_int_equal(f.narrow.n_steps, 2);
	assert_int_equal(f.narrow.steps[0].last_good, 0);
	assert_int_equal(f.narrow.steps[0].first_bad, 1);
	assert_int_equal(f.narrow.steps[0].verdict, VERDICT_REGRESSION);
	assert_int_equal(f.narrow.steps[1].last_good, 1);
	assert_int_equal(f.narrow.steps[1].first_bad, 3);
	assert_int_equal(f.narrow.steps[1].verdict, VERDICT_IMPROVEMENT);
	assert_near(narrow_ratio(&f.narrow.steps[1]), 0.75, 1e-12);
	assert_near(f.narrow.rest, 1, 1e-9);
	assert_int_equal(f.narrow.verdict, VERDICT_REGRESSION);
	assert_int_equal(narrow_exit(&f.narrow), 1);
	end(&f);
}

static void down_alone_is_no_regression(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	measure(&f, 0, 100, 100);
	measure(&f, 5, 100, 50);
	for (size_t i = 1; i < 5; i++)
		measure(&f, i, 100, 50);
	conclude(&f);
	assert_int_equal(f.narrow.n_steps, 1);
	assert_int_equal(narrow_exit(&f.narrow), 0);
	end(&f);
}

static void nothing_and_too_little(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	measure(&f, 0, 100, 100);
	measure(&f, 5, 100, 100);
	conclude(&f);
	assert_int_equal(f.narrow.n_steps, 0);
	assert_int_equal(f.narrow.verdict, VERDICT_EQUIVALENT);
	assert_int_equal(narrow_exit(&f.narrow), 0);
	end(&f);
	start(&f);
	measure(&f, 3, 100, 100);
	conclude(&f);
	assert_int_equal(f.narrow.verdict, VERDICT_INCONCLUSIVE);
	assert_int_equal(narrow_exit(&f.narrow), 125);
	end(&f);
}

static void gradual(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	for (size_t i = 0; i < N; i++)
		measure(&f, i, 1000 + 5 * i, 100);
	conclude(&f);
	assert_int_equal(f.narrow.n_steps, 1);
	assert_true(f.narrow.steps[0].gradual);
	assert_int_equal(f.narrow.steps[0].first_bad, 5);
	assert_int_equal(narrow_exit(&f.narrow), 1);
	end(&f);
}

static void what_cancels_out_is_seen(void **state)
{
	const struct scenario *s;
	struct fixture f;

	(void)state;
	start(&f);
	s = f.scenarios.items[0];
	measure(&f, 0, 100, 100);
	measure(&f, 1, 100, 100);
	measure(&f, 5, 150, 50);
	assert_false(exact_search_differ(&f.search, 0, 5));
	assert_true(narrow_functions_differ(&f.narrow, s, 1, 0.01, 0, 5));
	assert_true(narrow_functions_differ(&f.narrow, s, 1, 0.25, 0, 5));
	assert_false(narrow_functions_differ(&f.narrow, s, 1, 0.26, 0, 5));
	assert_false(narrow_functions_differ(&f.narrow, s, 1, 0, 0, 1));
	assert_false(narrow_functions_differ(&f.narrow, s, 1, 0, 0, 3));
	end(&f);
}

static void another_state_is_no_step(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	measure(&f, 0, 100, 100);
	measure(&f, 1, 300, 100);
	f.narrow.items[1].run.before.dirty_pages++;
	conclude(&f);
	assert_int_equal(f.narrow.steps[0].verdict, VERDICT_DIFFERENT_STATE);
	assert_int_equal(narrow_exit(&f.narrow), 125);
	end(&f);
}

static void json(void **state)
{
	struct fixture f;
	json_t *d, *series, *step;

	(void)state;
	start(&f);
	measure(&f, 0, 100, 100);
	measure(&f, 1, 200, 200);
	leave_out(&f, 2, "it panics");
	measure(&f, 5, 200, 200);
	conclude(&f);
	d = narrow_json(&f.view);
	assert_non_null(d);
	assert_string_equal(json_string_value(json_object_get(d, "schema")), "slowpath/narrow/1");
	series = json_object_get(d, "series");
	assert_int_equal(json_array_size(series), 3);
	assert_string_equal(json_string_value(json_object_get(json_array_get(series, 2), "kernel")),
			    "debian:6.5");
	assert_near(json_number_value(json_object_get(json_array_get(series, 2), "value")), 400, 0);
	assert_int_equal(json_array_size(json_object_get(d, "steps")), 1);
	step = json_array_get(json_object_get(d, "steps"), 0);
	assert_string_equal(json_string_value(json_object_get(step, "last_good")), "debian:6.0");
	assert_string_equal(json_string_value(json_object_get(step, "first_bad")), "debian:6.1");
	assert_string_equal(json_string_value(json_object_get(step, "metric")),
			    "iteration_insns_per_page");
	assert_near(json_number_value(json_object_get(step, "ratio")), 2, 0);
	assert_int_equal(json_array_size(json_object_get(step, "functions")), 2);
	assert_int_equal(json_array_size(json_object_get(d, "skipped")), 1);
	assert_int_equal(json_array_size(json_object_get(d, "untested")), 2);
	json_decref(d);
	end(&f);
}

static void text(void **state)
{
	_cleanup_buf_ struct buf b = { 0 };
	struct err e = { 0 };
	struct fixture f;

	(void)state;
	start(&f);
	measure(&f, 0, 100, 100);
	leave_out(&f, 1, "it panics");
	measure(&f, 2, 200, 200);
	measure(&f, 5, 200, 200);
	conclude(&f);
	assert_int_equal(narrow_text(&f.view, 5, &text_style_plain, &b, &e), 0);
	has(b.data, "REGRESSION  ");
	has(b.data, "1 step: 1 up, 0 down (exact, 1 CPU, threshold 1 %)");
	has(b.data, "   200.000  ##########\n");
	has(b.data, "   400.000  ####################  x 2.0000\n");
	has(b.data, "skipped\n      it panics\n");
	has(b.data, "2 more not measured");
	has(b.data, "before   6.0\n    between  6.1 (skipped)\n    after    6.2\n");
	has(b.data, "same compiler");
	has(b.data, "Instructions are not time");
	end(&f);
}

static void timed_steps_are_suspect(void **state)
{
	struct noisy_steps search = { .state = NOISY_STEPS_DONE, .n_steps = 2 };
	_cleanup_buf_ struct buf b = { 0 };
	struct err e = { 0 };
	struct fixture f;

	(void)state;
	start(&f);
	for (size_t i = 0; i < N; i++) {
		f.narrow.items[i].kernel = fake_kernel(f.narrow.items[i].spec);
		f.narrow.items[i].state = ITEM_MEASURED;
		f.narrow.items[i].reading.value = i < 2 ? 100 : 120;
		f.narrow.items[i].run.environment = strdup("cpu=qemu64\n");
	}
	search.steps[0] = (struct noisy_step){ 3, 4, log(120), log(110), 0.6, false };
	search.steps[1] = (struct noisy_step){ 1, 2, log(100), log(120), 0.99, true };
	assert_int_equal(narrow_conclude_timed(&f.narrow, &search, 0.01, &e), 0);
	assert_int_equal(f.narrow.n_steps, 2);
	assert_int_equal(f.narrow.steps[0].verdict, VERDICT_SUSPECT);
	assert_near(f.narrow.steps[0].new_value, 120, 1e-9);
	assert_int_equal(f.narrow.steps[1].verdict, VERDICT_INCONCLUSIVE);
	assert_int_equal(f.narrow.verdict, VERDICT_SUSPECT);
	assert_int_equal(narrow_exit(&f.narrow), 1);
	f.view.mode = "emulated";
	assert_int_equal(narrow_text(&f.view, 5, &text_style_plain, &b, &e), 0);
	has(b.data, "emulated");
	has(b.data, "tells of QEMU, not of hardware");
	has(b.data, "probability 0.990");
	end(&f);
	start(&f);
	search.state = NOISY_STEPS_REFUSED;
	assert_int_equal(narrow_conclude_timed(&f.narrow, &search, 0.01, &e), 0);
	assert_int_equal(f.narrow.verdict, VERDICT_INCONCLUSIVE);
	assert_int_equal(narrow_exit(&f.narrow), 125);
	end(&f);
}

/* "a" is exact; "varies" differs between the pairs of phases by 10 a page. */
static void measure_vaguely(struct fixture *f, size_t item, uint64_t a)
{
	const uint64_t more = 10 * FAKE_PAGES * FAKE_ITERATIONS;
	struct narrow_item *x = &f->narrow.items[item];
	struct run run = { .environment = strdup("cpu=qemu64\n") };

	fake_function(&run, "a", 0, 10, a);
	fake_function(&run, "varies", 0, 0, 400);
	run.profile.functions[1].insns[3 * MARKER_SEGMENTS] += more;
	run.profile.slots[3 * MARKER_SEGMENTS].task += more;
	fake_finish(&run);
	x->kernel = fake_kernel(x->spec);
	assert_int_equal(narrow_measured(&f->narrow, item, f->scenarios.items[0], 1, &run, NULL),
			 0);
	exact_search_measured(&f->search, item, &x->reading);
}

static bool in_part(const void *arg, size_t older, size_t newer)
{
	const struct fixture *f = arg;

	return narrow_part_differs(&f->narrow, f->scenarios.items[0], 1, 0.01, older, newer);
}

static void a_part_makes_a_step(void **state)
{
	struct fixture f;
	json_t *d, *step;

	(void)state;
	start(&f);
	f.search.in_part = in_part;
	f.search.hidden_arg = &f;
	for (size_t i = 0; i < N; i++)
		measure_vaguely(&f, i, i < 3 ? 600 : 625);
	conclude(&f);
	assert_int_equal(f.narrow.n_steps, 1);
	assert_int_equal(f.narrow.steps[0].first_bad, 3);
	assert_int_equal(f.narrow.verdict, VERDICT_REGRESSION);
	/* The other four pairs hide a change as large as what matters. */
	assert_int_equal(f.narrow.undecided, 4);
	has(f.narrow.reason, "1 step: 1 up, 0 down; 4 other pairs of neighbours cannot be told");
	d = narrow_json(&f.view);
	step = json_array_get(json_object_get(d, "steps"), 0);
	assert_string_equal(json_string_value(json_object_get(step, "part")), "exact");
	assert_int_equal(json_integer_value(json_object_get(d, "undecided")), 4);
	json_decref(d);
	end(&f);
}

/* Five changes, each of which is hidden by what varies: the ends tell, neighbours do not. */
static void a_gradual_step_says_what_cannot_be_told(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	for (size_t i = 0; i < N; i++)
		measure_vaguely(&f, i, 600 + 12 * i);
	conclude(&f);
	assert_int_equal(f.narrow.n_steps, 1);
	assert_true(f.narrow.steps[0].gradual);
	assert_int_equal(f.narrow.undecided, N - 1);
	has(f.narrow.reason, "1 step: 1 up, 0 down; 5 pairs of neighbours cannot be told");
	assert_int_equal(narrow_exit(&f.narrow), 1);
	end(&f);
}

static void a_negative_count_is_explained(void **state)
{
	_cleanup_buf_ struct buf b = { 0 };
	struct fixture f;
	struct err e = { 0 };

	(void)state;
	start(&f);
	f.search.all = true;
	for (size_t i = 0; i < N; i++) {
		struct narrow_item *x = &f.narrow.items[i];
		struct run run = fake(1000, 40);

		fake_function(&run, "edge", 0, 0, i < 3 ? 40 : 200);
		for (unsigned pair = 0; i < 3 && pair < MARKER_PAIRS; pair++) {
			const unsigned slot = marker_phase(pair, 1) * MARKER_SEGMENTS;

			run.profile.slots[slot].task -= run.profile.functions[2].insns[slot];
			run.profile.functions[2].insns[slot] = 0;
		}
		fake_finish(&run);
		x->kernel = fake_kernel(x->spec);
		assert_int_equal(narrow_measured(&f.narrow, i, f.scenarios.items[0], 1, &run, NULL),
				 0);
		exact_search_measured(&f.search, i, &x->reading);
	}
	conclude(&f);
	assert_int_equal(f.narrow.n_steps, 1);
	assert_int_equal(narrow_text(&f.view, 5, &text_style_plain, &b, &e), 0);
	has(b.data, "edge *");
	has(b.data, "* A negative count");
	end(&f);
}

static void what_cannot_be_told_is_not_equivalent(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	f.search.in_part = in_part;
	f.search.hidden_arg = &f;
	measure_vaguely(&f, 0, 600);
	measure_vaguely(&f, N - 1, 605);
	conclude(&f);
	assert_int_equal(f.narrow.n_steps, 0);
	assert_int_equal(f.narrow.verdict, VERDICT_INCONCLUSIVE);
	assert_int_equal(narrow_exit(&f.narrow), 125);
	has(f.narrow.reason, "1 pair of neighbours cannot be told");
	end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_part_makes_a_step),
		cmocka_unit_test(a_negative_count_is_explained),
		cmocka_unit_test(what_cannot_be_told_is_not_equivalent),
		cmocka_unit_test(steps_up_and_down),
		cmocka_unit_test(down_alone_is_no_regression),
		cmocka_unit_test(nothing_and_too_little),
		cmocka_unit_test(gradual),
		cmocka_unit_test(a_gradual_step_says_what_cannot_be_told),
		cmocka_unit_test(what_cancels_out_is_seen),
		cmocka_unit_test(another_state_is_no_step),
		cmocka_unit_test(json),
		cmocka_unit_test(text),
		cmocka_unit_test(timed_steps_are_suspect),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
