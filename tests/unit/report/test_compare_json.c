// SPDX-License-Identifier: GPL-2.0-or-later
/* The document of "slowpath/compare/1": its members, and that its numbers add up. */
#include "report/views/compare.h"
#include "tests/unit/fake_view.h"
#include "tests/unit/unit.h"

#include <math.h>
#include <string.h>

static json_t *document(struct fake_view *f)
{
	json_t *doc = compare_json(&f->view);

	assert_non_null(doc);
	return doc;
}

/* A member by path: "old.release", "metrics.0.name". It must be there. */
static json_t *member(json_t *at, const char *path)
{
	while (at && *path) {
		size_t len = strcspn(path, ".");
		char key[64];

		snprintf(key, sizeof(key), "%.*s", (int)len, path);
		at = json_is_array(at) ? json_array_get(at, strtoul(key, NULL, 10))
				       : json_object_get(at, key);
		path += len + (path[len] == '.');
	}
	return at;
}

static void assert_text(json_t *doc, const char *path, const char *want)
{
	const char *value = json_string_value(member(doc, path));

	if (!value || strcmp(value, want) != 0)
		fail_msg("%s is '%s', not '%s'", path, value ? value : "(no string)", want);
}

static void assert_number(json_t *doc, const char *path, double want)
{
	json_t *value = member(doc, path);

	if (!json_is_number(value))
		fail_msg("%s is no number", path);
	assert_near(json_number_value(value), want, 1e-9);
}

static void every_member_is_there(void **state)
{
	static const char *const paths[] = {
		"schema",
		"id",
		"mode",
		"scenario",
		"verdict",
		"reason",
		"arch",
		"cpus",
		"pages",
		"iterations",
		"old.spec",
		"old.release",
		"old.version",
		"old.compiler",
		"old.config_sha256",
		"old.image_sha256",
		"new.spec",
		"new.release",
		"new.version",
		"new.compiler",
		"new.config_sha256",
		"new.image_sha256",
		"metrics.0.name",
		"metrics.0.unit",
		"metrics.0.old",
		"metrics.0.new",
		"metrics.0.delta",
		"metrics.0.ratio",
		"metrics.0.spread_old",
		"metrics.0.spread_new",
		"attribution.unit",
		"attribution.metric",
		"attribution.functions.0.name",
		"attribution.functions.0.old",
		"attribution.functions.0.new",
		"attribution.functions.0.delta",
		"attribution.functions.0.calls_old",
		"attribution.functions.0.calls_new",
		"attribution.unattributed",
		"attribution.unattributed_old",
		"attribution.unattributed_new",
		"state.same",
		"state.checks.0.name",
		"state.checks.0.expected",
		"state.checks.0.old",
		"state.checks.0.new",
		"state.checks.0.result",
		"audit.0.name",
		"audit.0.old",
		"audit.0.new",
		"audit.0.same",
		"seconds.total",
		"seconds.boot",
		"seconds.measure",
	};
	struct fake_view f;
	json_t *doc;

	(void)state;
	fake_view_make(&f);
	doc = document(&f);
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		if (!member(doc, paths[i]))
			fail_msg("no %s", paths[i]);
	}
	assert_null(member(doc, "confirmation"));
	json_decref(doc);
	fake_view_free(&f);
}

static void members_have_their_values(void **state)
{
	struct fake_view f;
	json_t *doc;

	(void)state;
	fake_view_make(&f);
	doc = document(&f);
	assert_text(doc, "schema", "slowpath/compare/1");
	assert_text(doc, "id", "20260131-123456-1a2b3c");
	assert_text(doc, "mode", "exact");
	assert_text(doc, "scenario", "fake/toggle");
	assert_text(doc, "verdict", "regression");
	assert_text(doc, "arch", "amd64");
	assert_text(doc, "old.release", "6.16.12");
	assert_text(doc, "new.release", "6.17.13");
	assert_true(json_is_null(member(doc, "old.config_sha256")));
	assert_text(doc, "new.config_sha256", "cccc");
	assert_number(doc, "cpus", 1);
	assert_number(doc, "pages", FAKE_PAGES);
	assert_number(doc, "iterations", FAKE_ITERATIONS);
	assert_text(doc, "metrics.0.name", "iteration_insns_per_page");
	assert_text(doc, "metrics.0.unit", "insns");
	assert_number(doc, "metrics.0.old", 100);
	assert_number(doc, "metrics.0.new", 250);
	assert_number(doc, "metrics.0.delta", 150);
	assert_number(doc, "metrics.0.ratio", 2.5);
	assert_text(doc, "metrics.2.name", "two_insns_per_page");
	assert_text(doc, "attribution.unit", "insns_per_page");
	assert_text(doc, "attribution.metric", "iteration_insns_per_page");
	assert_text(doc, "attribution.functions.0.name", "change");
	assert_number(doc, "attribution.functions.0.calls_new", 3);
	assert_true(json_is_true(member(doc, "state.same")));
	assert_text(doc, "state.checks.0.result", "pass");
	assert_true(json_is_null(member(doc, "state.checks.3.expected"))); /* dirty: any */
	assert_true(json_is_true(member(doc, "audit.0.same")));
	assert_number(doc, "seconds.total", 3.5);
	json_decref(doc);
	fake_view_free(&f);
}

static void numbers_add_up(void **state)
{
	struct fake_view f;
	double sum, metric = 0;
	json_t *doc, *list;

	(void)state;
	fake_view_make(&f);
	doc = document(&f);
	sum = json_number_value(member(doc, "attribution.unattributed"));
	assert_near(sum,
		    json_number_value(member(doc, "attribution.unattributed_new")) -
			    json_number_value(member(doc, "attribution.unattributed_old")),
		    1e-9);
	list = member(doc, "attribution.functions");
	for (size_t i = 0; i < json_array_size(list); i++) {
		json_t *x = json_array_get(list, i);

		sum += json_number_value(json_object_get(x, "delta"));
		if (i)
			assert_true(fabs(json_number_value(json_object_get(x, "delta"))) <=
				    metric + 1e-9);
		metric = fabs(json_number_value(json_object_get(x, "delta")));
	}
	assert_near(sum, json_number_value(member(doc, "metrics.0.delta")), 1e-9);
	list = member(doc, "metrics");
	sum = 0;
	for (size_t i = 1; i < json_array_size(list); i++)
		sum += json_number_value(json_object_get(json_array_get(list, i), "delta"));
	assert_near(sum, json_number_value(member(doc, "metrics.0.delta")), 1e-9);
	json_decref(doc);
	fake_view_free(&f);
}

/* JSON knows neither infinity nor NaN, and -0 would differ between equal results. */
static void what_json_lacks_is_null(void **state)
{
	_cleanup_free_ char *text = NULL;
	struct fake_view f;
	json_t *doc;

	(void)state;
	fake_view_make(&f);
	f.comparison.metrics[0].old_one.value = 0;
	f.comparison.metrics[1].old_one.value = NAN;
	f.comparison.metrics[2].old_one.value = -0.0;
	f.comparison.checks[1].new_value = REPORT_UNKNOWN;
	f.comparison.checks[1].result = CHECK_UNKNOWN;
	doc = document(&f);
	assert_true(json_is_null(member(doc, "metrics.0.ratio")));
	assert_true(json_is_null(member(doc, "metrics.1.old")));
	assert_true(json_is_null(member(doc, "metrics.1.delta")));
	assert_false(signbit(json_number_value(member(doc, "metrics.2.old"))));
	assert_true(json_is_null(member(doc, "state.checks.1.new")));
	assert_text(doc, "state.checks.1.result", "unknown");
	assert_true(json_is_true(member(doc, "state.same")));
	text = json_dumps(doc, 0);
	assert_non_null(text);
	assert_null(strstr(text, "nan"));
	assert_null(strstr(text, "inf"));
	json_decref(doc);
	fake_view_free(&f);
}

static void failed_checks_are_not_the_same(void **state)
{
	struct fake_view f;
	json_t *doc;

	(void)state;
	fake_view_make(&f);
	f.comparison.checks[2].result = CHECK_FAIL;
	f.comparison.exact = false;
	doc = document(&f);
	assert_true(json_is_false(member(doc, "state.same")));
	assert_text(doc, "state.checks.2.result", "fail");
	assert_text(doc, "mode", "near-exact");
	json_decref(doc);
	fake_view_free(&f);
}

static void confirmations_are_listed(void **state)
{
	struct confirmation confirmation = { .count = 2, .confirmed = true, .median_delta = 7 };
	struct fake_view f;
	json_t *doc;

	(void)state;
	fake_view_make(&f);
	confirmation.rows[0].what = "one";
	confirmation.rows[0].delta = 6;
	confirmation.rows[1].what = "two";
	confirmation.rows[1].delta = 8;
	f.view.confirmation = &confirmation;
	doc = document(&f);
	assert_true(json_is_true(member(doc, "confirmation.confirmed")));
	assert_number(doc, "confirmation.median_delta", 7);
	assert_text(doc, "confirmation.runs.1.perturbation", "two");
	assert_number(doc, "confirmation.runs.1.delta", 8);
	json_decref(doc);
	fake_view_free(&f);
}

static void outcomes_are_findings(void **state)
{
	struct fake_view f;
	json_t *doc;

	(void)state;
	fake_view_make(&f);
	f.comparison.outcomes[0].new_value = 2.5;
	f.comparison.outcomes[1].new_value = 7;
	f.comparison.outcomes[3].new_value = NAN;
	doc = document(&f);
	assert_true(json_is_true(member(doc, "state.same")));
	assert_text(doc, "state.outcomes.0.name", "faults per iteration");
	assert_number(doc, "state.outcomes.0.new", 2.5);
	assert_text(doc, "state.outcomes.1.name", "VMAs after");
	assert_number(doc, "state.outcomes.1.old", 1);
	assert_number(doc, "state.outcomes.1.new", 7);
	assert_text(doc, "state.outcomes.1.result", "differs");
	assert_true(json_is_null(member(doc, "state.outcomes.1.expected")));
	assert_text(doc, "state.outcomes.2.result", "same");
	assert_text(doc, "state.outcomes.3.result", "unknown");
	assert_text(doc, "state.outcomes.6.name", "faults in one");
	assert_text(doc, "state.outcomes.7.name", "VMAs after one");
	assert_number(doc, "state.outcomes.7.expected", 1);
	assert_text(doc, "state.outcomes.7.result", "same");
	assert_true(json_is_null(member(doc, "state.outcomes.3.new")));
	json_decref(doc);
	fake_view_free(&f);
}

/* Among other scenarios, one that could not be measured says so and has no verdict. */
static void failures_have_no_verdict(void **state)
{
	char arm64[] = "arm64";
	struct fake_view f;
	json_t *doc;

	(void)state;
	fake_view_make(&f);
	f.view.failure = "OLD: the guest hung";
	f.view.comparison = NULL;
	f.old_kernel.arch = arm64;
	doc = document(&f);
	assert_text(doc, "schema", "slowpath/compare/1");
	assert_text(doc, "arch", "arm64");
	assert_text(doc, "scenario", "fake/toggle");
	assert_true(json_is_null(member(doc, "verdict")));
	assert_text(doc, "reason", "OLD: the guest hung");
	assert_text(doc, "new.release", "6.17.13");
	json_decref(doc);
	fake_view_free(&f);
}

/* A path may hold any byte; JSON may not. */
static void odd_specs_do_not_lose_the_document(void **state)
{
	char spec[] = "/tmp/\xff\xfe/vmlinux";
	struct fake_view f;
	json_t *doc;

	(void)state;
	fake_view_make(&f);
	f.old_kernel.spec = spec;
	doc = document(&f);
	assert_non_null(json_string_value(member(doc, "old.spec")));
	assert_text(doc, "old.release", "6.16.12");
	json_decref(doc);
	fake_view_free(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_member_is_there),
		cmocka_unit_test(members_have_their_values),
		cmocka_unit_test(numbers_add_up),
		cmocka_unit_test(what_json_lacks_is_null),
		cmocka_unit_test(failed_checks_are_not_the_same),
		cmocka_unit_test(confirmations_are_listed),
		cmocka_unit_test(outcomes_are_findings),
		cmocka_unit_test(failures_have_no_verdict),
		cmocka_unit_test(odd_specs_do_not_lose_the_document),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
