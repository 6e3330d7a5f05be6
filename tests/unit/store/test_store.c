// SPDX-License-Identifier: GPL-2.0-or-later
/* The database of experiments: what is written is there whole or not at all. */
#include "base/file.h"
#include "store/columns.h"
#include "store/record.h"
#include "store/store.h"
#include "tests/unit/fake_run.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <math.h>
#include <sqlite3.h>
#include <string.h>

static char *dir;
static struct scenario_list scenarios;

static int enter(void **state)
{
	struct err e = { 0 };

	(void)state;
	fake_scenario(&scenarios);
	return dir_temp("/tmp", "slowpath-test-", &dir, &e);
}

static int leave(void **state)
{
	int r = dir_remove(dir, NULL);

	(void)state;
	free(dir);
	scenario_list_free(&scenarios);
	return r;
}

/* The first column of a query's only row, as a number; -1 if it is NULL. */
static int64_t number(const char *query)
{
	_cleanup_free_ char *path = str_printf("%s/slowpath.db", dir);
	sqlite3_stmt *q;
	sqlite3 *db;
	int64_t value;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_prepare_v2(db, query, -1, &q, NULL) != SQLITE_OK)
		fail_msg("%s", sqlite3_errmsg(db));
	assert_int_equal(sqlite3_step(q), SQLITE_ROW);
	value = sqlite3_column_type(q, 0) == SQLITE_NULL ? -1 : sqlite3_column_int64(q, 0);
	sqlite3_finalize(q);
	sqlite3_close(db);
	return value;
}

static struct store *open_store(void)
{
	struct store *s = NULL;
	struct err e = { 0 };

	if (store_open(dir, &s, &e) < 0)
		fail_msg("%s", e.text);
	return s;
}

static void add_experiment(struct store *s, const char *id)
{
	json_t *command = json_pack("[s]", "compare");
	struct store_experiment x = { .id = id,
				      .name = "test",
				      .command = command,
				      .mode = "exact",
				      .purpose = "performance",
				      .slowpath_version = "0" };
	struct err e = { 0 };

	if (store_add_experiment(s, &x, &e) < 0)
		fail_msg("%s", e.text);
	json_decref(command);
}

static char text[] = "text", subject[] = "mm: a subject";

/* Adds a run; @failure NULL: a good one. */
static int add_run_with(struct store *s, const char *experiment, const struct run *run,
			unsigned position, const char *failure, const struct reading *readings,
			size_t n_readings, struct err *e)
{
	struct kernel k = { .spec = text,
			    .subject = failure ? NULL : subject,
			    .release = text,
			    .version = text,
			    .compiler = text,
			    .vmlinux_sha256 = text,
			    .image_sha256 = text };
	struct run_request q = {
		.kernel = &k,
		.scenario = scenarios.items[0],
		.cpus = 1,
		.memory_mib = 512,
		.vector = run->profile.vector,
	};
	struct store_run r = { .experiment = experiment,
			       .position = position,
			       .side = "old",
			       .request = &q,
			       .run = run,
			       .failure_reason = failure,
			       .qemu_version = "7",
			       .guest_sha256 = "g",
			       .plugin_sha256 = "p",
			       .readings = readings,
			       .n_readings = n_readings };

	return store_add_run(s, &r, e);
}

static int add_run_of(struct store *s, const char *experiment, const struct run *run,
		      unsigned position, const char *failure, struct err *e)
{
	return add_run_with(s, experiment, run, position, failure, NULL, 0, e);
}

static int add_run(struct store *s, const struct run *run, unsigned position, const char *failure,
		   struct err *e)
{
	return add_run_of(s, "x", run, position, failure, e);
}

static void fill(struct run *r)
{
	fake_function(r, "alpha", 0, 7, 100);
	fake_calls(r, "alpha", 0, 2);
	fake_function(r, "beta", 1, 0, 50);
	fake_slots(r, 1, interrupts, 3);
	fake_slots(r, 0, rep_iterations, 4);
	fake_finish(r);
	r->before.dirty_pages = REPORT_UNKNOWN;
	r->from_snapshot = true;
}

static void a_database_is_made_and_found_again(void **state)
{
	struct store *s = open_store();

	(void)state;
	store_close(s);
	assert_int_equal(number("PRAGMA user_version") > 0, 1);
	assert_int_equal(number("SELECT count(*) FROM run"), 0);
	s = open_store();
	add_experiment(s, "x");
	store_close(s);
	s = open_store();
	store_close(s);
	assert_int_equal(number("SELECT count(*) FROM experiment WHERE finished IS NULL"), 1);
}

static void a_run_has_all_its_counts(void **state)
{
	_cleanup_run_ struct run run = { 0 };
	struct store *s = open_store();
	struct err e = { 0 };

	(void)state;
	fill(&run);
	add_experiment(s, "x");
	assert_int_equal(add_run(s, &run, 0, NULL, &e), 0);
	assert_int_equal(store_finish_experiment(s, "x", NULL, &e), 0);
	store_close(s);
	assert_int_equal(number("SELECT count(*) FROM run WHERE status = 'ok' AND "
				"failure_reason IS NULL AND config_sha256 IS NULL AND "
				"from_snapshot = 1 AND memory_mib = 512 AND qemu_argv = '[]'"),
			 1);
	assert_int_equal(number("SELECT count(*) FROM run WHERE kernel_spec = 'text' AND "
				"kernel_subject = 'mm: a subject' AND kernel_release = 'text'"),
			 1);
	assert_int_equal(number("SELECT count(*) FROM phase"), MARKER_PHASES);
	assert_int_equal(number("SELECT iterations FROM phase WHERE phase = 3"), 10);
	assert_int_equal(number("SELECT windows FROM phase WHERE phase = 3"), 20);
	assert_int_equal(number("SELECT clock_ticks FROM phase WHERE phase = 4"), 7);
	assert_int_equal(number("SELECT count(*) FROM slot"), 4 * MARKER_PAIRS);
	assert_int_equal(number("SELECT task FROM slot WHERE phase = 1 AND segment = 0"),
			 7 + 100 * 40);
	assert_int_equal(number("SELECT interrupts FROM slot WHERE phase = 2 AND segment = 1"),
			 3 * 20);
	assert_int_equal(number("SELECT rep_iterations FROM slot WHERE phase = 2 AND segment = 0"),
			 4 * 20);
	assert_int_equal(number("SELECT sum(insns) FROM function_count"),
			 number("SELECT sum(task) FROM slot"));
	assert_int_equal(number("SELECT calls FROM function_count WHERE name = 'alpha' AND "
				"phase = 1 AND segment = 0"),
			 2 * 40);
	assert_int_equal(number("SELECT count(*) FROM page_state"), 3 * 22 + 2 * 4);
	assert_int_equal(number("SELECT value FROM page_state WHERE moment = 'after one' AND "
				"name = 'vmas'"),
			 1);
	assert_int_equal(number("SELECT value FROM page_state WHERE moment = 'before' AND "
				"name = 'present_pages'"),
			 4);
	assert_int_equal(number("SELECT value FROM page_state WHERE moment = 'before' AND "
				"name = 'dirty_pages'"),
			 -1);
	assert_int_equal(number("SELECT value FROM page_state WHERE moment = 'after' AND "
				"name = 'dirty_pages'"),
			 4);
	assert_int_equal(number("SELECT count(*) FROM experiment WHERE finished > started"), 1);
}

/* Vectors of both functions, and a tree: the root, alpha below it, beta below that. */
static void fill_costs(struct run *r)
{
	static const char *const names[] = { "[user]", "alpha", "beta" };
	struct profile *p = &r->profile;

	p->vector = p->events = true;
	for (unsigned i = 0; i < 2; i++) {
		p->functions[i].costs =
			calloc(COST_OF_FUNCTIONS - 1, sizeof(*p->functions[i].costs));
		assert_non_null(p->functions[i].costs);
	}
	for (unsigned c = COST_LOADS; c < COST_COUNT; c++) {
		p->slots[1].costs[c] = 10 * c;
		if (c < COST_OF_FUNCTIONS)
			p->functions[1].costs[c - 1][1] = c;
	}
	r->tree.nodes = calloc(3, sizeof(*r->tree.nodes));
	assert_non_null(r->tree.nodes);
	for (unsigned i = 0; i < 3; i++) {
		r->tree.nodes[i].name = strdup(names[i]);
		r->tree.nodes[i].parent = i ? i - 1 : 0;
		r->tree.count++;
	}
	r->tree.nodes[2].insns[MARKER_SEGMENTS + 1] = 77;
	r->tree.nodes[2].calls[MARKER_SEGMENTS + 1] = 7;
}

static void vectors_and_trees_are_kept(void **state)
{
	_cleanup_run_ struct run run = { 0 }, plain = { 0 };
	struct store *s = open_store();
	struct err e = { 0 };

	(void)state;
	fill(&run);
	fill(&plain);
	fill_costs(&run);
	add_experiment(s, "x");
	assert_int_equal(add_run(s, &plain, 0, NULL, &e), 0);
	assert_int_equal(number("SELECT count(*) FROM slot_cost"), 0);
	assert_int_equal(number("SELECT count(*) FROM function_cost"), 0);
	assert_int_equal(number("SELECT count(*) FROM tree_node"), 0);
	if (add_run(s, &run, 1, NULL, &e) < 0)
		fail_msg("%s", e.text);
	/* What slots cost is kept always, what functions do where it was asked for. */
	run.profile.vector = false;
	assert_int_equal(number("SELECT count(*) FROM slot_cost WHERE run = 3"), 0);
	if (add_run(s, &run, 2, NULL, &e) < 0)
		fail_msg("%s", e.text);
	store_close(s);
	assert_int_equal(number("SELECT count(*) FROM slot_cost WHERE run = 3"),
			 number("SELECT count(*) FROM slot_cost WHERE run = 2"));
	assert_int_equal(number("SELECT count(*) FROM function_cost WHERE run = 3"), 0);
	assert_int_equal(number("SELECT count(*) FROM slot_cost WHERE run = 2"),
			 number("SELECT count(*) FROM slot WHERE run = 2"));
	assert_int_equal(number("SELECT count(*) FROM function_cost"),
			 number("SELECT count(*) FROM function_count WHERE run = 2"));
	for (unsigned c = COST_LOADS; c < COST_COUNT; c++) {
		_cleanup_free_ char *slot = str_printf(
			"SELECT %s FROM slot_cost WHERE run = 2 AND phase = 0 AND segment = 1",
			cost_name(c));
		_cleanup_free_ char *function = str_printf(
			"SELECT %s FROM function_cost WHERE phase = 0 AND segment = 1 AND "
			"name = 'beta'",
			cost_name(c));

		assert_int_equal(number(slot), 10 * c);
		if (c < COST_OF_FUNCTIONS)
			assert_int_equal(number(function), c);
	}
	assert_int_equal(number("SELECT count(*) FROM tree_node WHERE run = 2"), 3);
	assert_int_equal(number("SELECT parent FROM tree_node WHERE run = 2 AND name = 'beta'"), 1);
	assert_int_equal(number("SELECT parent FROM tree_node WHERE run = 2 AND name = '[user]'"),
			 -1);
	assert_int_equal(number("SELECT count(*) FROM tree_count WHERE run = 2"), 1);
	assert_int_equal(number("SELECT insns FROM tree_count WHERE run = 2 AND node = 2 AND "
				"phase = 1 AND segment = 1 AND calls = 7"),
			 77);
}

/* Enough to compute the clock's difference again: a slot counts if anything is in it. */
static void slots_without_task_are_kept(void **state)
{
	_cleanup_run_ struct run run = { 0 };
	struct store *s = open_store();
	struct err e = { 0 };

	(void)state;
	fill(&run);
	run.profile.slots[MARKER_PHASE_EMPTY * MARKER_SEGMENTS].interrupts = 9;
	add_experiment(s, "x");
	assert_int_equal(add_run(s, &run, 0, NULL, &e), 0);
	store_close(s);
	assert_int_equal(number("SELECT interrupts FROM slot WHERE phase = 4"), 9);
}

static void a_failed_run_is_kept(void **state)
{
	char console[] = "Kernel panic", environment[] = "a=b\n";
	struct run run = { .console = console, .environment = environment };
	struct run nothing = { 0 };
	struct store *s = open_store();
	struct err e = { 0 };

	(void)state;
	add_experiment(s, "x");
	assert_int_equal(add_run(s, &run, 0, "the guest hung", &e), 0);
	assert_int_equal(add_run(s, &nothing, 1, "no QEMU", &e), 0);
	store_close(s);
	assert_int_equal(number("SELECT count(*) FROM run WHERE status = 'failed' AND "
				"failure_reason = 'the guest hung' AND console = 'Kernel panic'"),
			 1);
	assert_int_equal(number("SELECT count(*) FROM run WHERE status = 'failed'"), 2);
	assert_int_equal(number("SELECT count(*) FROM phase"), 0);
	assert_int_equal(number("SELECT count(*) FROM function_count"), 0);
}

/* Two functions of one name violate a key after the run and half of its counts are written. */
static void half_a_run_is_none(void **state)
{
	_cleanup_run_ struct run bad = { 0 }, good = { 0 };
	struct store *s = open_store();
	struct err e = { 0 };

	(void)state;
	fill(&bad);
	fill(&good);
	bad.profile.functions[1].insns[0] = 1;
	free(bad.profile.functions[1].name);
	bad.profile.functions[1].name = strdup("alpha");
	add_experiment(s, "x");
	assert_true(add_run(s, &bad, 0, NULL, &e) < 0);
	assert_non_null(strstr(e.text, "UNIQUE"));
	assert_int_equal(number("SELECT count(*) FROM run"), 0);
	assert_int_equal(number("SELECT count(*) FROM phase"), 0);
	assert_int_equal(number("SELECT count(*) FROM slot"), 0);
	assert_int_equal(number("SELECT count(*) FROM function_count"), 0);
	/* And the database is none the worse. */
	assert_int_equal(add_run(s, &good, 0, NULL, &e), 0);
	store_close(s);
	assert_int_equal(number("SELECT count(*) FROM run"), 1);
}

static void readings_come_with_their_run(void **state)
{
	const struct reading good[] = {
		{ .of = { "iteration_insns_per_page", "insns", "page", READING_COUNTED },
		  .value = 2953.5,
		  .functions = 0xabc,
		  .exact = true },
		{ .of = { "touch_insns_per_page", "insns", "page", READING_COUNTED },
		  .value = NAN,
		  .spread = NAN,
		  .why_not = "damaged" },
	};
	const struct reading twice[] = { good[0], good[0] };
	_cleanup_run_ struct run run = { 0 };
	struct store *s = open_store();
	struct err e = { 0 };

	(void)state;
	fill(&run);
	add_experiment(s, "x");
	assert_int_equal(add_run_with(s, "x", &run, 0, NULL, good, 2, &e), 0);
	assert_true(add_run_with(s, "x", &run, 1, NULL, twice, 2, &e) < 0);
	assert_int_equal(store_remove_experiment(s, "y", &e), -ENOENT);
	store_close(s);
	assert_int_equal(number("SELECT count(*) FROM run"), 1);
	assert_int_equal(number("SELECT count(*) FROM reading"), 2);
	assert_int_equal(number("SELECT count(*) FROM reading WHERE run = 1 AND quantity = "
				"'iteration_insns_per_page' AND unit = 'insns' AND item = 'page' "
				"AND kind = 'counted' AND value = 2953.5 AND spread = 0 AND exact "
				"AND functions = '0000000000000abc' AND why_not IS NULL"),
			 1);
	assert_int_equal(number("SELECT count(*) FROM reading WHERE value IS NULL AND spread IS "
				"NULL AND NOT exact AND why_not = 'damaged'"),
			 1);
}

static void a_place_is_taken_once(void **state)
{
	_cleanup_run_ struct run run = { 0 };
	struct store *s = open_store();
	struct err e = { 0 };

	(void)state;
	fill(&run);
	assert_true(add_run(s, &run, 0, NULL, &e) < 0); /* there is no such experiment */
	add_experiment(s, "x");
	assert_int_equal(add_run(s, &run, 0, NULL, &e), 0);
	assert_true(add_run(s, &run, 0, NULL, &e) < 0);
	assert_true(add_run(s, &run, 0, "failed", &e) < 0);
	assert_int_equal(add_run(s, &run, 1, NULL, &e), 0);
	store_close(s);
	assert_int_equal(number("SELECT count(*) FROM run"), 2);
}

static void results_are_replaced(void **state)
{
	struct store *s = open_store();
	json_t *document = json_pack("{s:f}", "delta", 1.5);
	struct err e = { 0 };

	(void)state;
	add_experiment(s, "x");
	assert_int_equal(store_add_result(s, "x", "fake/toggle", "trivial", document, &e), 0);
	assert_int_equal(store_add_result(s, "x", "fake/toggle", "regression", document, &e), 0);
	assert_int_equal(store_add_result(s, "x", "fake/other", "trivial", document, &e), 0);
	assert_true(store_add_result(s, "y", "fake/other", "trivial", document, &e) < 0);
	json_decref(document);
	store_close(s);
	assert_int_equal(number("SELECT count(*) FROM result"), 2);
	assert_int_equal(number("SELECT count(*) FROM result WHERE verdict = 'regression' AND "
				"document LIKE '%delta%'"),
			 1);
}

/* Two experiments with a row in each table that good runs fill. */
static void what_it_runs_on_may_be_told_later(void **state)
{
	_cleanup_(store_close_p) struct store *s = NULL;
	json_t *environment = json_pack("{s:s}", "accelerator", "kvm");
	struct err e = { 0 };

	(void)state;
	assert_return_code(store_open(dir, &s, &e), 0);
	add_experiment(s, "x");
	assert_int_equal(number("SELECT environment LIKE '%kvm%' FROM experiment"), 0);
	assert_return_code(store_set_environment(s, "x", environment, &e), 0);
	assert_int_equal(number("SELECT environment = '{\"accelerator\":\"kvm\"}' FROM experiment"),
			 1);
	json_decref(environment);
}

static void add_two(struct store *s)
{
	_cleanup_run_ struct run run = { 0 };
	struct err e = { 0 };
	json_t *document = json_object();

	fill(&run);
	fill_costs(&run);
	for (unsigned i = 0; i < 2; i++) {
		const char *id = i ? "y" : "x";

		add_experiment(s, id);
		assert_int_equal(store_add_file(s, id, "a.yaml", "text", &e), 0);
		assert_int_equal(add_run_of(s, id, &run, 0, NULL, &e), 0);
		assert_int_equal(add_run_of(s, id, &run, 1, "it failed", &e), 0);
		assert_int_equal(store_add_result(s, id, "s", "trivial", document, &e), 0);
	}
	json_decref(document);
}

/* Tables that add_two() fills. */
static const char *const filled[] = {
	"experiment", "experiment_file", "run",	      "phase",	    "slot",	  "function_count",
	"slot_cost",  "function_cost",	 "tree_node", "tree_count", "page_state", "result"
};

static void count_rows(int64_t out[ARRAY_SIZE(filled)])
{
	for (size_t i = 0; i < ARRAY_SIZE(filled); i++) {
		_cleanup_free_ char *query = str_printf("SELECT count(*) FROM %s", filled[i]);

		out[i] = number(query);
	}
}

static void a_removed_experiment_leaves_nothing(void **state)
{
	int64_t before[ARRAY_SIZE(filled)], after[ARRAY_SIZE(filled)];
	struct store *s = open_store();
	struct err e = { 0 };

	(void)state;
	add_two(s);
	store_close(s);
	count_rows(before);
	s = open_store();
	if (store_remove_experiment(s, "y", &e) < 0)
		fail_msg("%s", e.text);
	count_rows(after);
	for (size_t i = 0; i < ARRAY_SIZE(filled); i++) {
		assert_true(before[i] > 0);
		assert_int_equal(2 * after[i], before[i]);
	}
	assert_int_equal(number("SELECT count(*) FROM run WHERE experiment != 'x'"), 0);
	assert_int_equal(number("SELECT count(*) FROM pragma_foreign_key_check()"), 0);
	assert_int_equal(store_remove_experiment(s, "y", &e), -ENOENT);
	/* Its name is free again. */
	add_experiment(s, "y");
	store_close(s);
}

static void what_somebody_is_at_is_not_removed(void **state)
{
	int64_t before[ARRAY_SIZE(filled)], after[ARRAY_SIZE(filled)];
	struct store *s = open_store(), *other = open_store();
	struct err e = { 0 };

	(void)state;
	add_two(s);
	count_rows(before);
	assert_int_equal(store_remove_experiment(other, "y", &e), -EBUSY);
	assert_non_null(strstr(e.text, "another slowpath is at experiment 'y'"));
	count_rows(after);
	assert_memory_equal(before, after, sizeof(before));
	store_close(s);
	assert_int_equal(store_remove_experiment(other, "y", &e), 0);
	store_close(other);
}

static void ids_are_times_and_differ(void **state)
{
	char a[STORE_ID_LEN], b[STORE_ID_LEN];

	(void)state;
	store_new_id(a);
	store_new_id(b);
	assert_int_equal(strlen(a), STORE_ID_LEN - 1);
	assert_int_equal(strspn(a, "0123456789"), 8);
	assert_int_equal(a[8], '-');
	assert_int_equal(strspn(a + 9, "0123456789"), 6);
	assert_int_equal(a[15], '-');
	assert_int_equal(strlen(a + 16), 16);
	assert_int_equal(strspn(a + 16, "0123456789abcdef"), 16);
	assert_string_not_equal(a, b);
}

/* Of table run every column but three is in the list, with the schema's type: its experiment, and
 * whether it was a trial, and what it rested, which no record has. */
static void runs_have_the_columns_of_the_schema(void **state)
{
	static const char *const types[] = {
		[FIELD_TEXT] = "TEXT", [FIELD_INT] = "INTEGER", [FIELD_REAL] = "REAL"
	};
	struct store *s = open_store();

	(void)state;
	assert_int_equal(number("SELECT count(*) FROM pragma_table_info('run')"),
			 RECORD_RUN_FIELDS + 3);
	for (size_t i = 0; i < RECORD_RUN_FIELDS; i++) {
		const struct record_field *f = &record_run_fields[i];
		_cleanup_free_ char *query =
			str_printf("SELECT count(*) FROM pragma_table_info('run') WHERE name = "
				   "'%s' AND type = '%s' AND ([notnull] OR pk) = %d",
				   f->name, types[f->type], !f->may_be_null);

		if (number(query) != 1)
			fail_msg("column %s", f->name);
	}
	store_close(s);
}

static void is_as_the_schema(const char *table, const char *columns)
{
	_cleanup_free_ char *query =
		str_printf("SELECT group_concat(name) = 'run,%s' FROM (SELECT name FROM "
			   "pragma_table_info('%s') ORDER BY cid)",
			   columns, table);

	if (number(query) != 1)
		fail_msg("the columns of table %s are not %s", table, columns);
}

static void what_hangs_on_a_run_has_the_columns_of_the_schema(void **state)
{
	static const struct number_table *const tables[] = { &phase_numbers, &slot_numbers,
							     &timing_numbers };
	struct store *s = open_store();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		_cleanup_buf_ struct buf names = { 0 };

		number_names(tables[i], &names);
		is_as_the_schema(tables[i]->name, buf_str(&names));
	}
	is_as_the_schema("printed", COLUMNS_PRINTED);
	is_as_the_schema("program", COLUMNS_PROGRAM);
	is_as_the_schema("page_state", COLUMNS_STATE);
	store_close(s);
}

/* A number of 32 bits stands beside another that has to stay. */
static void numbers_go_where_they_came_from(void **state)
{
	static const struct number_table *const tables[] = { &phase_numbers, &slot_numbers,
							     &timing_numbers };
	const size_t rows[] = { MARKER_PHASES, MARKER_SLOTS, 1 };
	struct run *run = calloc(1, sizeof(*run));
	uint64_t n = 0;

	(void)state;
	assert_non_null(run);
	for (size_t i = 0; i < ARRAY_SIZE(tables) * MARKER_SLOTS; i++) {
		const struct number_table *t = tables[i / MARKER_SLOTS];

		for (size_t c = 0; i % MARKER_SLOTS < rows[i / MARKER_SLOTS] && c < t->count; c++)
			number_set(&t->columns[c], run, i % MARKER_SLOTS, ++n);
	}
	n = 0;
	for (size_t i = 0; i < ARRAY_SIZE(tables) * MARKER_SLOTS; i++) {
		const struct number_table *t = tables[i / MARKER_SLOTS];

		for (size_t c = 0; i % MARKER_SLOTS < rows[i / MARKER_SLOTS] && c < t->count; c++)
			assert_int_equal(number_get(&t->columns[c], run, i % MARKER_SLOTS), ++n);
	}
	assert_int_equal(run->phases[0].windows, 2);
	assert_int_equal(number_max(&timing_numbers.columns[2]), UINT32_MAX);
	assert_int_equal(number_max(&timing_numbers.columns[0]), INT64_MAX);
	free(run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(runs_have_the_columns_of_the_schema, enter, leave),
		cmocka_unit_test_setup_teardown(what_hangs_on_a_run_has_the_columns_of_the_schema,
						enter, leave),
		cmocka_unit_test(numbers_go_where_they_came_from),
		cmocka_unit_test_setup_teardown(a_database_is_made_and_found_again, enter, leave),
		cmocka_unit_test_setup_teardown(a_run_has_all_its_counts, enter, leave),
		cmocka_unit_test_setup_teardown(vectors_and_trees_are_kept, enter, leave),
		cmocka_unit_test_setup_teardown(slots_without_task_are_kept, enter, leave),
		cmocka_unit_test_setup_teardown(a_failed_run_is_kept, enter, leave),
		cmocka_unit_test_setup_teardown(half_a_run_is_none, enter, leave),
		cmocka_unit_test_setup_teardown(readings_come_with_their_run, enter, leave),
		cmocka_unit_test_setup_teardown(a_place_is_taken_once, enter, leave),
		cmocka_unit_test_setup_teardown(results_are_replaced, enter, leave),
		cmocka_unit_test_setup_teardown(what_it_runs_on_may_be_told_later, enter, leave),
		cmocka_unit_test_setup_teardown(a_removed_experiment_leaves_nothing, enter, leave),
		cmocka_unit_test_setup_teardown(what_somebody_is_at_is_not_removed, enter, leave),
		cmocka_unit_test(ids_are_times_and_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
