// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether a foreign program did the same work on both sides. */
#include "judge/counts/comparison.h"
#include "lab/output/steady.h"
#include "scenario/program.h"
#include "tests/unit/fake_run.h"
#include "tests/unit/unit.h"

#include <string.h>

#define EACH FAKE_PAGES /* what fake_function() makes of one, for a call */

static struct scenario *make(void)
{
	struct scenario *s = NULL;
	struct program *p = NULL;
	struct err e = { 0 };

	assert_int_equal(program_new("/bin/true", &p, &e), 0);
	assert_int_equal(program_scenario(p, "true", &s, &e), 0);
	return s;
}

/* A run that prints @steady and @unsteady, with so much of its own and of the kernel's code. */
static void fill(struct run *r, uint64_t user, uint64_t kernel, const char *steady,
		 const char *unsteady)
{
	*r = (struct run){ 0 };
	fake_function(r, "[user]", 0, 0, user);
	fake_function(r, "kernel", 0, 0, kernel);
	fake_finish(r);
	for (unsigned phase = 0; phase < MARKER_PHASES; phase++) {
		if (phase == MARKER_PHASE_EMPTY)
			continue;
		r->phases[phase].windows /= FAKE_SEGMENTS;
		r->phases[phase].tsc_ticks = 7 * r->phases[phase].windows;
		r->phases[phase].tsc_ticks +=
			profile_clock_insns(&r->profile, phase * MARKER_SEGMENTS);
	}
	r->output.text = strdup("");
	r->output.notes = strdup("");
	r->output.steady = strdup(steady);
	r->output.unsteady = strdup(unsteady);
}

static void compare(struct run runs[2], struct comparison *c)
{
	_cleanup_(scenario_free_p) struct scenario *s = make();
	struct err e = { 0 };

	if (compare_runs(s, &runs[0], &runs[1], 1, 0.01, c, &e) < 0)
		fail_msg("%s", e.text);
}

static void done(struct run runs[2], struct comparison *c)
{
	comparison_free(c);
	run_free(&runs[0]);
	run_free(&runs[1]);
}

static void the_same_is_the_same(void **state)
{
	struct run runs[2];
	struct comparison c;

	(void)state;
	fill(&runs[0], 1000, 500, "1\ta\n2\tb\n", "");
	fill(&runs[1], 1009, 600, "1\ta\n2\tb\n", "");
	compare(runs, &c);
	assert_true(c.work.known && !c.work.different && c.work.output_known);
	assert_int_equal(c.verdict, VERDICT_REGRESSION);
	assert_near(c.work.user_old, 1000 * EACH, 1e-6);
	done(runs, &c);
}

static void other_user_code_is_other_work(void **state)
{
	struct run runs[2];
	struct comparison c;

	(void)state;
	fill(&runs[0], 1000, 500, "", "");
	fill(&runs[1], 1080, 500, "", "");
	compare(runs, &c);
	assert_int_equal(c.verdict, VERDICT_DIFFERENT_STATE);
	assert_true(c.work.user_differs && !c.work.n_lines && !c.work.by_the_clock);
	assert_string_equal(c.reason, "the program did other work: it executes 4000 / 4320 "
				      "instructions of its own ([user])");
	done(runs, &c);
}

/* What varies by itself proves nothing. */
static void user_code_has_a_spread(void **state)
{
	struct run runs[2];
	struct comparison c;

	(void)state;
	fill(&runs[0], 1000, 500, "", "");
	fill(&runs[1], 1080, 500, "", "");
	runs[0].profile.functions[0].insns[3 * MARKER_SEGMENTS] += 600;
	compare(runs, &c);
	assert_true(c.work.user_spread_old >= 600.0 / FAKE_ITERATIONS);
	assert_false(c.work.different);
	done(runs, &c);
}

static void other_output_is_other_work(void **state)
{
	struct run runs[2];
	struct comparison c;

	(void)state;
	fill(&runs[0], 1000, 500, "1\tall\n1\told\n2\ttimes\n", "");
	fill(&runs[1], 1000, 500, "1\tall\n1\tnew\n3\ttimes\n", "");
	compare(runs, &c);
	assert_int_equal(c.verdict, VERDICT_DIFFERENT_STATE);
	assert_int_equal(c.work.n_lines, 3);
	assert_string_equal(c.reason, "the program did other work: 3 lines of its output differ, "
				      "as 'new'");
	assert_int_equal(c.work.lines[0].new_times, 1);
	assert_int_equal(c.work.lines[0].old_times, 0);
	assert_int_equal(c.work.lines[1].old_times, 1);
	assert_int_equal(c.work.lines[2].old_times, 2);
	assert_int_equal(c.work.lines[2].new_times, 3);
	done(runs, &c);
}

/* A line that the other side prints in some executions tells nothing. */
static void unsteady_lines_are_no_difference(void **state)
{
	char hash[STEADY_HASH_BYTES], unsteady[2 * STEADY_HASH_BYTES];
	struct run runs[2];
	struct comparison c;

	(void)state;
	steady_hash("late", 4, hash);
	snprintf(unsteady, sizeof(unsteady), "%s\n", hash);
	fill(&runs[0], 1000, 500, "1\tall\n1\tlate\n", "");
	fill(&runs[1], 1000, 500, "1\tall\n", unsteady);
	compare(runs, &c);
	assert_false(c.work.different);
	done(runs, &c);
	fill(&runs[0], 1000, 500, "1\tall\n1\tlate\n", "");
	fill(&runs[1], 1000, 500, "1\tall\n", STEADY_TOO_MANY);
	compare(runs, &c);
	assert_false(c.work.different || c.work.output_known);
	done(runs, &c);
}

/* Equal time and other work: the clock has stopped it. Neither alone says so. */
static void a_clock_that_stops_it(void **state)
{
	static const struct {
		uint64_t user[2];
		double last_ns[2];
		bool clock;
	} cases[] = {
		{ { 1000, 1080 }, { 1e9, 1e9 + 3e6 }, true },
		{ { 1000, 1000 }, { 1e9, 1e9 + 3e6 }, false },
		{ { 1000, 1080 }, { 1e9, 1e9 + 9e6 }, false },
		{ { 1000, 1080 }, { 2e8, 2e8 }, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct run runs[2];
		struct comparison c;

		for (unsigned k = 0; k < 2; k++) {
			fill(&runs[k], cases[i].user[k], 500, "", "");
			for (unsigned phase = 0; phase < MARKER_PHASES; phase++)
				if (phase != MARKER_PHASE_EMPTY)
					runs[k].phases[phase].tsc_ticks =
						(uint64_t)cases[i].last_ns[k] *
						runs[k].phases[phase].windows;
		}
		compare(runs, &c);
		assert_int_equal(c.work.by_the_clock, cases[i].clock);
		assert_int_equal(strstr(c.reason, "stop by the clock") != NULL, cases[i].clock);
		done(runs, &c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_is_the_same),
		cmocka_unit_test(other_user_code_is_other_work),
		cmocka_unit_test(user_code_has_a_spread),
		cmocka_unit_test(other_output_is_other_work),
		cmocka_unit_test(unsteady_lines_are_no_difference),
		cmocka_unit_test(a_clock_that_stops_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
