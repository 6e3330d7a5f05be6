// SPDX-License-Identifier: GPL-2.0-or-later
/* What commits cost, laid over rows of a survey; and results for other systems. */
#include "tests/unit/unit.h"

#include "report/export/export.h"
#include "report/survey/series.h"

#include <string.h>

#define COMMITS 5

/* A kernel of its own, unless it is another's or does not build. */
static struct series_commit own(const char *id, const char *spec, size_t at)
{
	return (struct series_commit){
		.id = (char *)id, .subject = (char *)"s", .spec = (char *)spec, .same_as = at
	};
}

static json_t *row(const char *series, const char *steps, int undecided)
{
	json_t *o = json_pack("{s:s,s:s,s:s,s:s,s:i,s:o,s:o}", "scenario", "a/b", "metric", "m",
			      "unit", "insns", "item", "page", "undecided", undecided, "series",
			      json_loads(series, 0, NULL), "steps", json_loads(steps, 0, NULL));

	assert_non_null(o);
	return o;
}

/* base 10, one that is the base, one that does not build, 12, and the base once more. */
static json_t *document_of(const char *series, const char *steps, int undecided)
{
	struct series_commit commits[COMMITS] = { own("c0", "k0", 0), own("c1", NULL, 0),
						  own("c2", NULL, 2), own("c3", "k3", 3),
						  own("c4", NULL, 0) };
	json_t *rows[] = { row(series, steps, undecided) };
	const struct series_view v = { .id = "x",
				       .tree = "/t",
				       .threshold = .01,
				       .commits = commits,
				       .count = COMMITS,
				       .rows = rows,
				       .n_rows = 1 };
	json_t *document;

	commits[2].reason = (char *)"broken";
	document = series_json(&v);
	assert_non_null(document);
	json_decref(rows[0]);
	return document;
}

static const char *verdict_at(const json_t *document, size_t at)
{
	const json_t *one = json_array_get(json_object_get(document, "scenarios"), 0);
	const json_t *cell = json_array_get(json_object_get(one, "cells"), at);

	return json_string_value(json_object_get(cell, "verdict"));
}

static const char up[] = "[{\"kernel\": \"k0\", \"value\": 10.0, \"exact\": true},"
			 " {\"kernel\": \"k3\", \"value\": 12.0, \"exact\": true}]";
static const char step[] = "[{\"last_good\": \"k0\", \"first_bad\": \"k3\","
			   " \"verdict\": \"regression\", \"reason\": \"r\","
			   " \"functions\": [], \"gradual\": false}]";

static void a_step_is_its_commits(void **state)
{
	json_t *d = document_of(up, step, 0);

	(void)state;
	assert_null(verdict_at(d, 0));
	assert_string_equal(verdict_at(d, 1), "equivalent");
	assert_null(verdict_at(d, 2));
	assert_string_equal(verdict_at(d, 3), "regression");
	/* Back at the base's kernel, which stands before it in the row: by two exact values. */
	assert_string_equal(verdict_at(d, 4), "improvement");
	assert_int_equal(series_exit(d), 1);
	json_decref(d);
}

static void what_varies_decides_nothing_out_of_order(void **state)
{
	json_t *d = document_of("[{\"kernel\": \"k0\", \"value\": 10.0, \"exact\": true},"
				" {\"kernel\": \"k3\", \"value\": 12.0, \"exact\": false}]",
				"[]", 0);

	(void)state;
	/* Neighbours without a step are alike by the row's rules. */
	assert_string_equal(verdict_at(d, 3), "equivalent");
	assert_null(verdict_at(d, 4));
	assert_int_equal(series_exit(d), 125);
	json_decref(d);
	d = document_of("[{\"kernel\": \"k0\", \"value\": 10.0, \"exact\": true},"
			" {\"kernel\": \"k3\", \"value\": 12.0, \"exact\": false}]",
			"[]", 1);
	assert_null(verdict_at(d, 3));
	json_decref(d);
}

static void what_does_not_build_is_not_nothing(void **state)
{
	json_t *d = document_of("[{\"kernel\": \"k0\", \"value\": 10.0, \"exact\": true},"
				" {\"kernel\": \"k3\", \"value\": 10.0, \"exact\": true}]",
				"[]", 0);

	(void)state;
	assert_string_equal(verdict_at(d, 4), "equivalent");
	assert_int_equal(series_exit(d), 125);
	json_decref(d);
}

static void b4_is_told_of_each(void **state)
{
	static const char *const want[] = { "pass", "warn", "fail", "pass" };
	json_t *d = document_of(up, step, 0), *list = series_b4(d);

	(void)state;
	assert_int_equal(json_array_size(list), COMMITS - 1);
	for (size_t i = 0; i < COMMITS - 1; i++)
		assert_string_equal(
			json_string_value(json_object_get(json_array_get(list, i), "status")),
			want[i]);
	/* b4 keeps one of each tool. */
	assert_string_equal(json_string_value(json_object_get(json_array_get(list, 2), "tool")),
			    "slowpath 3/4");
	json_decref(list);
	json_decref(d);
}

static void verdicts_have_their_status(void **state)
{
	static const struct {
		const char *verdict, *status;
	} all[] = { { "regression", "FAIL" },	   { "inconclusive", "ERROR" },
		    { "different-state", "MISS" }, { "equivalent", "PASS" },
		    { "trivial", "PASS" },	   { "improvement", "PASS" },
		    { "suspect", "DONE" },	   { "unstable", "DONE" } };

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		assert_string_equal(export_status_names[export_status_of(all[i].verdict)],
				    all[i].status);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_step_is_its_commits),
		cmocka_unit_test(what_varies_decides_nothing_out_of_order),
		cmocka_unit_test(what_does_not_build_is_not_nothing),
		cmocka_unit_test(b4_is_told_of_each),
		cmocka_unit_test(verdicts_have_their_status),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
