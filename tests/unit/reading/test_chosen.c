// SPDX-License-Identifier: GPL-2.0-or-later
/* What somebody chooses to decide: how it is called, and what it reads. */
#include "reading/readings.h"
#include "scenario/metric.h"
#include "tests/unit/fake_run.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
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

static const struct metric_offer plain = { .segments = { "one", "two" }, .n_segments = 2 };
static const struct metric_offer program = { .segments = { "run" },
					     .n_segments = 1,
					     .program = true };

static void words_choose(void **state)
{
	static const struct {
		const char *word;
		enum metric_kind plain, program;
		const char *name;
	} rows[] = {
		{ NULL, METRIC_ITERATION, METRIC_KERNEL, "" },
		{ "iteration", METRIC_ITERATION, METRIC_ITERATION, "" },
		{ "kernel", METRIC_KERNEL, METRIC_KERNEL, "" },
		{ "user", METRIC_USER, METRIC_USER, "" },
		{ "function:do_mmap", METRIC_FUNCTION, METRIC_FUNCTION, "do_mmap" },
		{ "calls:do_mmap", METRIC_CALLS, METRIC_CALLS, "do_mmap" },
	};
	struct metric_choice m;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(metric_choose(rows[i].word, &plain, &m, NULL), 0);
		assert_int_equal(m.kind, rows[i].plain);
		assert_string_equal(m.name, rows[i].name);
		assert_int_equal(metric_choose(rows[i].word, &program, &m, NULL), 0);
		assert_int_equal(m.kind, rows[i].program);
	}
	assert_int_equal(metric_choose("two", &plain, &m, NULL), 0);
	assert_true(m.kind == METRIC_SEGMENT && m.segment == 1);
	assert_int_equal(metric_choose("fork_us", &program, &m, NULL), 0);
	assert_true(m.kind == METRIC_PRINTED && !strcmp(m.name, "fork_us"));
	/* A key by the name of a metric of ours. */
	assert_int_equal(metric_choose("printed:kernel", &program, &m, NULL), 0);
	assert_true(m.kind == METRIC_PRINTED && !strcmp(m.name, "kernel"));
}

static void other_words_are_refused_with_what_there_is(void **state)
{
	static const char *const bad[] = { "oen",	"function:",	 "function:a b",
					   "func:x",	"fork_us",	 "a b",
					   "printed:x", "segment:three", "calls:a,b",
					   "one:" };
	char longest[2 * METRIC_NAME_BYTES];
	struct metric_choice m;
	struct err e = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		err_clear(&e);
		assert_int_equal(metric_choose(bad[i], &plain, &m, &e), -EINVAL);
		if (!strstr(e.text, "name is expected") &&
		    !strstr(e.text, "iteration, one, two, kernel, user, function:NAME"))
			fail_msg("'%s': %s", bad[i], e.text);
	}
	metric_choose("oen", &plain, &m, &e);
	assert_non_null(strstr(e.text, "did you mean 'one'?"));
	memset(longest, 'a', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(metric_choose(longest, &plain, &m, NULL), -EINVAL);
	assert_int_equal(metric_check("func:x", NULL), -EINVAL);
	assert_int_equal(metric_check("anything", NULL), 0);
	assert_int_equal(metric_choose("inclusive:f", &program, &m, NULL), -ENOTSUP);
}

static void names_are_not_mixed_up(void **state)
{
	(void)state;
	assert_true(metric_names("function:foo", "function:foo_insns_per_page"));
	assert_false(metric_names("function:foo", "function:foo_bar_insns_per_page"));
	assert_true(metric_names("calls:foo", "calls:foo_calls_per_page"));
	assert_true(metric_names("cycle", "cycle_ns_per_page"));
	assert_true(metric_names("segment:one", "one_insns_per_page"));
	assert_true(metric_names("printed:fork_us", "fork_us"));
	assert_false(metric_names("one", "oneself_insns_per_page"));
	/* A segment's name may go on, with a unit or without. */
	assert_false(metric_names("touch", "touch_again_insns_per_page"));
	assert_true(metric_names("touch_again", "touch_again_insns_per_page"));
	assert_false(metric_names("segment:touch", "touch_again_ns_per_call"));
	assert_false(metric_names("fork", "fork_latency_us"));
}

/* "[user]", "f" in both segments, "g" in the first, which f calls. */
static void make(struct run *r)
{
	fake_function(r, "[user]", 0, 3, 5);
	fake_function(r, "f", 0, 10, 100);
	fake_function(r, "f", 1, 10, 50);
	fake_calls(r, "f", 0, 2);
	fake_function(r, "g", 0, 10, 7);
}

static void read_as(struct run *r, const char *word, struct readings *out)
{
	struct reading_source source = reading_source_of(scenarios.items[0], r, 1);
	struct err e = { 0 };

	source.metric = word;
	if (readings_of(&source, out, &e) < 0)
		fail_msg("%s: %s", word, e.text);
}

static void a_choice_is_read_by_the_same_rules(void **state)
{
	static const struct {
		const char *word, *name;
		double value;
		bool exact; /* although g varies */
	} rows[] = {
		{ "iteration", "iteration_insns_per_page", 162, false },
		{ "two", "two_insns_per_page", 50, true },
		{ "kernel", "kernel_insns_per_page", 157, false },
		{ "user", "user_insns_per_page", 5, true },
		{ "function:f", "function:f_insns_per_page", 150, true },
		{ "function:g", "function:g_insns_per_page", 7, false },
		{ "calls:f", "calls:f_calls_per_page", 2, true },
		{ "function:nowhere", "function:nowhere_insns_per_page", 0, true },
	};
	_cleanup_run_ struct run r = { 0 };
	struct readings all;

	(void)state;
	make(&r);
	/* One pair up, one down: the mean stays. */
	r.profile.functions[2].insns[1 * MARKER_SEGMENTS] += 20;
	r.profile.slots[1 * MARKER_SEGMENTS].task += 20;
	r.profile.functions[2].insns[3 * MARKER_SEGMENTS] -= 20;
	r.profile.slots[3 * MARKER_SEGMENTS].task -= 20;
	fake_finish(&r);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct reading *d;

		read_as(&r, rows[i].word, &all);
		d = &all.at[all.decides];
		assert_string_equal(d->of.name, rows[i].name);
		if (fabs(d->value - rows[i].value) > 1e-9 || d->exact != rows[i].exact ||
		    (d->spread == 0) != rows[i].exact || !d->why_not[0] != rows[i].exact)
			fail_msg("%s: %g, spread %g: %s", rows[i].word, d->value, d->spread,
				 d->why_not);
	}
	/* What the clock does not bear out is not exact, whatever is chosen. */
	r.phases[2].tsc_ticks += 40;
	read_as(&r, "function:f", &all);
	assert_false(all.at[all.decides].exact);
	assert_true(all.at[all.decides].unseen > 0);
}

static void node(struct run *r, const char *name, uint32_t parent, uint64_t cost)
{
	struct calltree *t = &r->tree;
	struct calltree_node *n;

	t->nodes = realloc(t->nodes, (t->count + 1) * sizeof(*t->nodes));
	assert_non_null(t->nodes);
	n = &t->nodes[t->count++];
	*n = (struct calltree_node){ .name = strdup(name), .parent = parent };
	for (unsigned phase = 0; phase < MARKER_PHASES; phase++)
		n->insns[phase * MARKER_SEGMENTS] = cost * FAKE_PAGES * fake_iterations(phase);
}

static void inclusive_has_all_beneath_once(void **state)
{
	_cleanup_run_ struct run r = { 0 };
	struct reading_source source;
	struct readings all;
	struct err e = { 0 };

	(void)state;
	fake_function(&r, "[user]", 0, 0, 5);
	fake_function(&r, "f", 0, 0, 100);
	fake_function(&r, "g", 0, 0, 7);
	fake_finish(&r);
	source = reading_source_of(scenarios.items[0], &r, 1);
	source.metric = "inclusive:f";
	assert_int_equal(readings_of(&source, &all, &e), -EINVAL);
	assert_non_null(strstr(e.text, "no calls were followed"));
	node(&r, "[user]", 0, 5);
	node(&r, "f", 0, 60);
	node(&r, "g", 1, 3);
	node(&r, "f", 2, 40); /* through g again: it is in f already */
	node(&r, "g", 0, 4);  /* not called by f */
	read_as(&r, "inclusive:f", &all);
	assert_string_equal(all.at[all.decides].of.name, "inclusive:f_insns_per_page");
	assert_true(fabs(all.at[all.decides].value - 103) < 1e-9);
	assert_true(all.at[all.decides].exact);
	/* A tree that has lost a call is not believed. */
	r.tree.nodes[4].insns[0] -= 1;
	read_as(&r, "inclusive:f", &all);
	assert_false(all.at[all.decides].exact);
}

static void a_key_is_chosen_by_its_name(void **state)
{
	_cleanup_run_ struct run r = { 0 };
	struct reading_source source;
	struct readings all;

	(void)state;
	make(&r);
	fake_finish(&r);
	r.output.n_metrics = 2;
	r.output.metrics[0] = (struct output_metric){ "fork_us", 12, .5 };
	r.output.metrics[1] = (struct output_metric){ "kernel_insns_per_page", 9, 0 };
	source = reading_source_of(scenarios.items[0], &r, 1);
	source.program = true;
	assert_int_equal(readings_of(&source, &all, NULL), 0);
	assert_string_equal(all.at[all.decides].of.name, "kernel_insns_per_page");
	assert_true(fabs(all.at[all.decides].value - 157) < 1e-9);
	source.metric = "fork_us";
	assert_int_equal(readings_of(&source, &all, NULL), 0);
	assert_true(all.at[all.decides].value == 12 && all.at[all.decides].spread == .5);
	/* By the name of one of ours: both are there, and told apart. */
	source.metric = "printed:kernel_insns_per_page";
	assert_int_equal(readings_of(&source, &all, NULL), 0);
	assert_true(all.at[all.decides].value == 9);
	source.metric = "fork_su";
	assert_int_equal(readings_of(&source, &all, NULL), 0);
	assert_true(isnan(all.at[all.decides].value));
	assert_non_null(strstr(all.at[all.decides].why_not, "did you mean 'fork_us'"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_choose),
		cmocka_unit_test(other_words_are_refused_with_what_there_is),
		cmocka_unit_test(names_are_not_mixed_up),
		cmocka_unit_test(a_choice_is_read_by_the_same_rules),
		cmocka_unit_test(inclusive_has_all_beneath_once),
		cmocka_unit_test(a_key_is_chosen_by_its_name),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
