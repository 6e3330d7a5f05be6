// SPDX-License-Identifier: GPL-2.0-or-later
/* How much of a gap a candidate closes, and how it is said. */
#include "tests/unit/unit.h"

#include "report/views/search/fixed.h"
#include "tests/unit/fake_run.h"

#include <errno.h>
#include <math.h>
#include <string.h>

static struct scenario_list scenarios;

/* Functions "a" and "b" cost that much a page; 0: not executed. */
static struct run fake(uint64_t a, uint64_t b)
{
	struct run r = { .environment = strdup("cpu=qemu64\n") };

	if (a)
		fake_function(&r, "a", 0, 10, a);
	if (b)
		fake_function(&r, "b", 1, 0, b);
	fake_finish(&r);
	return r;
}

static void judge(const struct run runs[3], struct gap *g)
{
	struct err e = { 0 };

	if (gap_exact(scenarios.items[0], &runs[0], &runs[1], &runs[2], 1, 0.01, g, &e) < 0)
		fail_msg("%s", e.text);
}

static void free_runs(struct run runs[3])
{
	for (int i = 0; i < 3; i++)
		run_free(&runs[i]);
}

static void expect(uint64_t old_b, uint64_t new_b, uint64_t candidate_b, enum gap_status status,
		   double closed, int exit)
{
	struct run runs[3] = { fake(100, old_b), fake(100, new_b), fake(100, candidate_b) };
	struct gap g;

	judge(runs, &g);
	assert_int_equal(g.status, status);
	if (isnan(closed))
		assert_true(isnan(g.metrics[0].closed));
	else
		assert_near(g.metrics[0].closed, closed, 1e-12);
	assert_true(isnan(closed) || (g.metrics[0].low == g.metrics[0].closed &&
				      g.metrics[0].high == g.metrics[0].closed));
	assert_int_equal(gap_exit(&g), exit);
	gap_free(&g);
	free_runs(runs);
}

static void shares(void **state)
{
	(void)state;
	expect(100, 200, 100, GAP_CLOSED, 1, 0);
	expect(100, 200, 200, GAP_OPEN, 0, 1);
	expect(100, 200, 150, GAP_PARTLY, 0.5, 1);
	expect(100, 200, 198, GAP_OPEN, 0.02, 1);
	/* A twentieth of the gap is where "partly" begins. */
	expect(100, 200, 196, GAP_OPEN, 0.04, 1);
	expect(100, 200, 195, GAP_PARTLY, 0.05, 1);
	expect(100, 200, 190, GAP_PARTLY, 0.1, 1);
	expect(100, 200, 50, GAP_CLOSED, 1.5, 0);
	expect(100, 200, 300, GAP_OPEN, -1, 1);
	/* 1 of 200 is below the threshold: what is left is trivial. */
	expect(100, 200, 101, GAP_CLOSED, 0.99, 0);
	expect(100, 100, 100, GAP_NONE, NAN, 125);
	expect(100, 101, 100, GAP_NONE, 1, 125);
	expect(200, 100, 100, GAP_NONE, 0, 125);
}

static void functions(void **state)
{
	struct run runs[3] = { fake(100, 0), fake(100, 80), fake(150, 20) };
	struct gap g;

	(void)state;
	judge(runs, &g);
	assert_int_equal(g.n_functions, 2);
	assert_string_equal(g.functions[0].name, "b");
	assert_near(g.functions[0].closed, 0.75, 1e-12);
	assert_string_equal(g.functions[1].name, "a");
	assert_true(isnan(g.functions[1].closed));
	assert_near(g.functions[1].candidate, 150, 1e-12);
	assert_near(g.metrics[0].closed, (180.0 - 170) / 80, 1e-12);
	gap_free(&g);
	free_runs(runs);
}

/* A function that only the candidate has, and one that it has no more. */
static void functions_of_one_side(void **state)
{
	struct run runs[3] = { fake(100, 0), fake(200, 0), fake(0, 120) };
	struct gap g;

	(void)state;
	judge(runs, &g);
	assert_int_equal(g.n_functions, 2);
	assert_string_equal(g.functions[0].name, "a");
	assert_near(g.functions[0].candidate, 0, 0);
	assert_near(g.functions[0].closed, 2, 1e-12);
	assert_string_equal(g.functions[1].name, "b");
	assert_near(g.functions[1].candidate, 120, 1e-12);
	gap_free(&g);
	free_runs(runs);
}

static void spread_gives_an_interval(void **state)
{
	struct run runs[3] = { fake(100, 100), fake(100, 200), fake(100, 150) };
	struct gap g;

	(void)state;
	/* NEW's second measurement is 2 a page more in its 2N. */
	runs[1].profile.slots[3 * MARKER_SEGMENTS].task += 2 * FAKE_PAGES * FAKE_ITERATIONS;
	judge(runs, &g);
	assert_near(g.metrics[0].closed, (50 + 2.0 / 3) / (100 + 2.0 / 3), 1e-12);
	assert_true(g.metrics[0].low < g.metrics[0].closed - 0.005);
	assert_true(g.metrics[0].high > g.metrics[0].closed + 0.005);
	assert_true(g.metrics[0].low > 0.4 && g.metrics[0].high < 0.6);
	gap_free(&g);
	free_runs(runs);
}

static void another_state_is_no_verdict(void **state)
{
	struct run runs[3] = { fake(100, 100), fake(100, 200), fake(100, 100) };
	struct gap g;

	(void)state;
	runs[2].before.dirty_pages++;
	judge(runs, &g);
	assert_int_equal(g.status, GAP_INCONCLUSIVE);
	assert_int_equal(gap_exit(&g), 125);
	assert_non_null(strstr(g.reason, "dirty pages"));
	gap_free(&g);
	runs[2].before.dirty_pages--;
	runs[1].before.dirty_pages++;
	judge(runs, &g);
	assert_int_equal(g.status, GAP_INCONCLUSIVE);
	gap_free(&g);
	free_runs(runs);
}

/* "varies" differs between the pairs of phases by @by a page, "a" does not. */
static struct run vague(uint64_t a, uint64_t b, uint64_t by_a, uint64_t by)
{
	struct run r = { .environment = strdup("cpu=qemu64\n") };
	const uint64_t more = FAKE_PAGES * FAKE_ITERATIONS;

	fake_function(&r, "a", 0, 0, a);
	fake_function(&r, "b", 0, 0, b);
	r.profile.functions[0].insns[3 * MARKER_SEGMENTS] += by_a * more;
	r.profile.functions[1].insns[3 * MARKER_SEGMENTS] += by * more;
	r.profile.slots[3 * MARKER_SEGMENTS].task += (by_a + by) * more;
	fake_finish(&r);
	return r;
}

static void a_part_has_a_share_of_its_own(void **state)
{
	struct run runs[3] = { vague(600, 400, 0, 10), vague(640, 400, 0, 10),
			       vague(625, 400, 0, 10) };
	struct gap g;

	(void)state;
	judge(runs, &g);
	assert_int_equal(g.status, GAP_PARTLY);
	assert_true(g.by_part);
	assert_near(gap_deciding(&g)->closed, .375, 1e-12);
	gap_free(&g);
	run_free(&runs[2]);
	/* Nothing is left of it there, and the whole does not speak against that. */
	runs[2] = vague(600, 400, 0, 10);
	run_free(&runs[1]);
	runs[1] = vague(625, 400, 0, 10);
	judge(runs, &g);
	assert_int_equal(g.status, GAP_CLOSED);
	assert_int_equal(g.verdict, VERDICT_EQUIVALENT);
	assert_true(g.by_part);
	assert_non_null(strstr(g.reason, "nothing is said of the whole"));
	assert_int_equal(gap_exit(&g), 0);
	gap_free(&g);
	run_free(&runs[2]);
	/* What the candidate has less in "a", it has more in what varies. */
	runs[2] = vague(600, 425, 0, 10);
	judge(runs, &g);
	assert_int_equal(g.status, GAP_INCONCLUSIVE);
	gap_free(&g);
	run_free(&runs[1]);
	run_free(&runs[2]);
	runs[1] = vague(625, 400, 0, 10);
	/* The candidate's "a" varies, too: nothing that is exact in all three is the gap. */
	runs[2] = vague(620, 400, 5, 10);
	judge(runs, &g);
	assert_int_equal(g.status, GAP_INCONCLUSIVE);
	assert_false(g.by_part);
	if (!strstr(g.reason, "what is exact in all three kernels"))
		fail_msg("%s", g.reason);
	assert_int_equal(gap_exit(&g), 125);
	gap_free(&g);
	free_runs(runs);
}

#define BLOCKS 12

/* Drift that all three have in common, and a little noise of their own. */
static void times(double new_ratio, double candidate_ratio, double ns[3][BLOCKS])
{
	for (int i = 0; i < BLOCKS; i++) {
		double drift = 100 * (1 + 0.05 * i);

		ns[0][i] = drift * (1 + 0.002 * (i * 5 % 7 - 3));
		ns[1][i] = drift * new_ratio * (1 + 0.002 * (i * 3 % 7 - 3));
		ns[2][i] = drift * candidate_ratio * (1 + 0.002 * (i * 4 % 7 - 3));
	}
}

static void timed(void **state)
{
	double ns[3][BLOCKS];
	struct err e = { 0 };
	struct gap g;

	(void)state;
	times(1.5, 1.5, ns);
	assert_int_equal(gap_timed(ns[0], ns[1], ns[2], BLOCKS, 0.01, 0.01, "iteration", &g, &e),
			 0);
	assert_int_equal(g.status, GAP_OPEN);
	assert_near(g.metrics[0].closed, 0, 0.03);
	assert_true(g.metrics[0].low < 0 && g.metrics[0].high > 0);
	gap_free(&g);
	times(1.5, sqrt(1.5), ns);
	assert_int_equal(gap_timed(ns[0], ns[1], ns[2], BLOCKS, 0.01, 0.01, "iteration", &g, &e),
			 0);
	assert_int_equal(g.status, GAP_PARTLY);
	assert_near(g.metrics[0].closed, 0.5, 0.03);
	assert_true(g.metrics[0].low > 0.4 && g.metrics[0].low < 0.5);
	assert_true(g.metrics[0].high < 0.6 && g.metrics[0].high > 0.5);
	assert_int_equal(gap_exit(&g), 1);
	gap_free(&g);
	times(1.5, 1.0, ns);
	assert_int_equal(gap_timed(ns[0], ns[1], ns[2], BLOCKS, 0.01, 0.02, "iteration", &g, &e),
			 0);
	assert_int_equal(g.status, GAP_CLOSED);
	assert_near(g.metrics[0].closed, 1, 0.03);
	gap_free(&g);
	times(1.0, 1.0, ns);
	assert_int_equal(gap_timed(ns[0], ns[1], ns[2], BLOCKS, 0.01, 0.02, "iteration", &g, &e),
			 0);
	assert_int_equal(g.status, GAP_NONE);
	assert_int_equal(gap_exit(&g), 125);
	gap_free(&g);
	assert_int_equal(gap_timed(ns[0], ns[1], ns[2], 0, 0.01, 0.02, "iteration", &g, &e),
			 -EINVAL);
	gap_free(&g);
}

static char release[] = "6.16.12", compiler[] = "gcc-14", spec[] = "debian:6";

static void rendered(void **state)
{
	struct kernel k = {
		.spec = spec, .release = release, .version = release, .compiler = compiler
	};
	struct run runs[3] = { fake(100, 100), fake(100, 200), fake(100, 150) };
	_cleanup_buf_ struct buf b = { 0 };
	struct audit audit = { 0 };
	struct err e = { 0 };
	struct gap g;
	struct fixed_view v = { .id = "x",
				.mode = "exact",
				.scenario = scenarios.items[0],
				.kernels = { &k, &k, &k },
				.gap = &g,
				.audit = &audit,
				.qemu_version = "7.2",
				.threshold = 0.01,
				.cpus = 1,
				.blocks = 1 };
	json_t *d, *metric;

	(void)state;
	judge(runs, &g);
	d = fixed_json(&v);
	assert_non_null(d);
	metric = json_array_get(json_object_get(d, "metrics"), 0);
	assert_near(json_number_value(json_object_get(metric, "closed")), 50, 1e-9);
	assert_near(json_number_value(json_object_get(metric, "closed_low")), 50, 1e-9);
	assert_string_equal(json_string_value(json_object_get(d, "status")), "partly closed");
	metric = json_array_get(json_object_get(d, "functions"), 1);
	assert_true(json_is_null(json_object_get(metric, "closed")));
	json_decref(d);
	assert_int_equal(fixed_text(&v, 5, &text_style_plain, &b, &e), 0);
	assert_non_null(strstr(b.data, "PARTLY CLOSED"));
	assert_non_null(strstr(b.data, "closes 50.0 % of the gap (exact, 1 CPU)"));
	assert_null(strstr(b.data, "\n\n\n")); /* nothing differs, and nothing is left of that */
	gap_free(&g);
	free_runs(runs);
}

/* Functions "a" and "b"; the longer phases had nothing of "b" at their edges. */
static struct run edge(uint64_t a, uint64_t b)
{
	struct run r = vague(a, b, 0, 0);

	for (unsigned pair = 0; pair < MARKER_PAIRS; pair++) {
		const unsigned slot = marker_phase(pair, 1) * MARKER_SEGMENTS;

		r.profile.slots[slot].task -= r.profile.functions[1].insns[slot];
		r.profile.functions[1].insns[slot] = 0;
	}
	return r;
}

static void a_negative_count_is_explained(void **state)
{
	struct kernel k = {
		.spec = spec, .release = release, .version = release, .compiler = compiler
	};
	struct run runs[3] = { vague(600, 40, 0, 0), vague(700, 40, 0, 0), edge(600, 40) };
	_cleanup_buf_ struct buf b = { 0 };
	struct audit audit = { 0 };
	struct gap g;
	struct fixed_view v = { .id = "x",
				.mode = "near-exact",
				.scenario = scenarios.items[0],
				.kernels = { &k, &k, &k },
				.gap = &g,
				.audit = &audit,
				.qemu_version = "7.2",
				.threshold = 0.01,
				.cpus = 1,
				.blocks = 1 };

	(void)state;
	judge(runs, &g);
	assert_int_equal(fixed_text(&v, 5, &text_style_plain, &b, NULL), 0);
	assert_non_null(strstr(b.data, "b *"));
	assert_non_null(strstr(b.data, "* A negative count: 2N iterations had fewer than N"));
	gap_free(&g);
	free_runs(runs);
}

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shares),
		cmocka_unit_test(functions),
		cmocka_unit_test(functions_of_one_side),
		cmocka_unit_test(spread_gives_an_interval),
		cmocka_unit_test(another_state_is_no_verdict),
		cmocka_unit_test(a_part_has_a_share_of_its_own),
		cmocka_unit_test(timed),
		cmocka_unit_test(rendered),
		cmocka_unit_test(a_negative_count_is_explained),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
