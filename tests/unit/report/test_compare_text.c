// SPDX-License-Identifier: GPL-2.0-or-later
/* What people read first. */
#include "judge/counts/tasks.h"
#include "report/views/compare_arches.h"
#include "report/views/replay.h"
#include "replay/call/capture.h"
#include "tests/unit/fake_view.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

static void render(struct fake_view *f, unsigned top, struct buf *out)
{
	struct err e = { 0 };

	out->len = 0;
	assert_int_equal(compare_text(&f->view, top, &text_style_plain, out, &e), 0);
}

static void assert_has(const struct buf *b, const char *part)
{
	if (!strstr(buf_str(b), part))
		fail_msg("no '%s' in:\n%s", part, buf_str(b));
}

static void assert_lacks(const struct buf *b, const char *part)
{
	if (strstr(buf_str(b), part))
		fail_msg("'%s' in:\n%s", part, buf_str(b));
}

static void the_verdict_comes_first(void **state)
{
	_cleanup_buf_ struct buf b = { 0 };
	struct fake_view f;

	(void)state;
	fake_view_make(&f);
	render(&f, 12, &b);
	assert_memory_equal(b.data, "REGRESSION  fake/toggle\n", 24);
	assert_has(&b, "NEW / OLD = 2.5000 in executed instructions per page (exact, 1 CPU)");
	assert_has(&b, "150.00 more instructions per page");
	assert_has(&b, "6.16.12  gcc-14");
	assert_has(&b, "iteration_insns_per_page");
	assert_has(&b, "two_insns_per_page");
	assert_has(&b, "20260131-123456-1a2b3c");
	assert_has(&b, "Instructions are not time");
	assert_has(&b, "same compiler");
	assert_has(&b, "differs: config: unknown / cccc");
	assert_has(&b, "same state: yes");
	assert_lacks(&b, "near-exact");
	assert_lacks(&b, "emulator clock");
	assert_lacks(&b, "found: ");
	assert_lacks(&b, "page faults");
	fake_view_free(&f);
}

/* The first column of a line that starts with @name, blanks squeezed. */
static void line_of(const struct buf *b, const char *name, char *out, size_t len)
{
	const char *at = strstr(buf_str(b), name);
	size_t n = 0;

	if (!at)
		fail_msg("no line %s in:\n%s", name, buf_str(b));
	for (; at && *at && *at != '\n' && n + 1 < len; at++) {
		if (*at != ' ' || (n && out[n - 1] != ' '))
			out[n++] = *at;
	}
	out[n] = '\0';
}

static void functions_are_listed(void **state)
{
	_cleanup_buf_ struct buf b = { 0 };
	struct fake_view f;
	char line[256];

	(void)state;
	fake_view_make(&f);
	render(&f, 12, &b);
	line_of(&b, "change ", line, sizeof(line));
	assert_string_equal(line, "change 60.000 200.000 +140.000 ? -> 3");
	/* On one side only: inlined on the other, or not taken. */
	line_of(&b, "gone ", line, sizeof(line));
	assert_string_equal(line, "gone 35.000 - -35.000 ? -> 0");
	line_of(&b, "fresh ", line, sizeof(line));
	assert_string_equal(line, "fresh - 40.000 +40.000 0 -> ?");
	line_of(&b, "(all others)", line, sizeof(line));
	assert_string_equal(line, "(all others) +5.000");
	line_of(&b, "[interrupts]", line, sizeof(line));
	assert_string_equal(line, "[interrupts] 0.000 11.000 +11.000 not in the metric");
	assert_lacks(&b, "[user]");
	assert_lacks(&b, "--top");
	fake_view_free(&f);
}

/* What decides is not said to be outside, and whose functions are shown is said. */
static void another_task_decides(void **state)
{
	_cleanup_buf_ struct buf b = { 0 };
	struct fake_view f;
	char line[256];

	(void)state;
	fake_view_make(&f);
	f.comparison.outside[OUTSIDE_OTHERS] = (struct outside_delta){ 70, 74 };
	render(&f, 12, &b);
	line_of(&b, "[other tasks]", line, sizeof(line));
	assert_string_equal(line, "[other tasks] 70.000 74.000 +4.000 not in the metric");
	assert_lacks(&b, "measured task");
	assert_has(&b, "slowpath attribute");
	f.scenarios.items[0]->metric = strdup("task:ksmd");
	render(&f, 12, &b);
	line_of(&b, "[other tasks]", line, sizeof(line));
	assert_string_equal(line,
			    "[other tasks] 70.000 74.000 +4.000 ksmd of these is what decides");
	line_of(&b, "[interrupts]", line, sizeof(line));
	assert_string_equal(line, "[interrupts] 0.000 11.000 +11.000 not in the metric");
	assert_has(&b, "measured task ");
	assert_lacks(&b, "slowpath attribute");
	fake_view_free(&f);
}

static void a_task_below_0_is_explained(void **state)
{
	_cleanup_buf_ struct buf b = { 0 };
	struct fake_view f;
	char line[256];

	(void)state;
	fake_view_make(&f);
	f.comparison.tasks = calloc(1, sizeof(*f.comparison.tasks));
	f.comparison.tasks[0] = (struct task_delta){ .name = "kworker", .new_insns = -17 };
	f.comparison.n_tasks = 1;
	render(&f, 12, &b);
	line_of(&b, "kworker", line, sizeof(line));
	assert_string_equal(line, "kworker * 0.000 -17.000 -17.000");
	assert_has(&b, "* A negative count");
	fake_view_free(&f);
}

static void the_top_is_cut_and_the_rest_summed(void **state)
{
	_cleanup_buf_ struct buf b = { 0 };
	struct fake_view f;
	char line[256];

	(void)state;
	fake_view_make(&f);
	render(&f, 1, &b);
	assert_has(&b, "  change ");
	assert_lacks(&b, "  fresh ");
	line_of(&b, "(all others)", line, sizeof(line));
	assert_string_equal(line, "(all others) +10.000");
	assert_has(&b, "of the others 2 change by 1 or more; --top 3 lists them");
	render(&f, 0, &b);
	line_of(&b, "(all others)", line, sizeof(line));
	assert_string_equal(line, "(all others) +150.000");
	assert_has(&b, "of the others 3 change by 1 or more; --top 3 lists them");
	fake_view_free(&f);
}

static void oddities_are_told(void **state)
{
	_cleanup_buf_ struct buf b = { 0 };
	struct fake_view f;

	(void)state;
	fake_view_make(&f);
	f.comparison.exact = f.comparison.metrics[0].new_one.exact = false;
	f.comparison.clock_new = -12;
	f.comparison.outcomes[0].new_value = 2.5;
	f.comparison.cpus = 2;
	f.comparison.metrics[0].old_one.value = 0;
	f.comparison.checks[2].new_value = REPORT_UNKNOWN;
	f.comparison.checks[2].result = CHECK_UNKNOWN;
	f.comparison.outcomes[1].new_value = 9;
	f.comparison.outcomes[7].old_value = f.comparison.outcomes[7].new_value = 3;
	free(f.audit.entries[1].new_value);
	f.audit.entries[1].new_value = strdup("unknown");
	render(&f, 12, &b);
	assert_has(&b, "found: VMAs after: 1 -> 9\n");
	assert_has(&b, "not known of either side: config");
	assert_has(&b, "(near-exact, 2 CPUs)");
	assert_has(&b, "undefined (OLD is 0)");
	assert_has(&b, "spread of the measurements");
	assert_has(&b, "differ by 0 / -12 instructions");
	assert_has(&b, "found: faults per iteration: 0 -> 2.5\n");
	assert_has(&b, "found: VMAs after one: 3 -> 3, 1 expected\n");
	assert_has(&b, "same state: not fully known");
	assert_has(&b, "present pages 4 / unknown");
	assert_lacks(&b, "nan");
	assert_lacks(&b, "inf ");
	fake_view_free(&f);
}

static void different_states_have_no_ratio(void **state)
{
	_cleanup_buf_ struct buf b = { 0 };
	struct fake_view f;

	(void)state;
	fake_view_make(&f);
	f.comparison.verdict = VERDICT_DIFFERENT_STATE;
	f.comparison.checks[0].result = CHECK_FAIL;
	snprintf(f.comparison.reason, sizeof(f.comparison.reason), "online CPUs: OLD 1, NEW 2");
	render(&f, 12, &b);
	assert_has(&b, "DIFFERENT STATE, no verdict  fake/toggle");
	assert_has(&b, "did not do the same work: online CPUs: OLD 1, NEW 2");
	assert_has(&b, "same state: NO");
	assert_lacks(&b, "NEW / OLD");
	fake_view_free(&f);
}

static void confirmations_are_shown(void **state)
{
	struct confirmation c = { .count = 1, .confirmed = false, .median_delta = 7, .mad = 3 };
	_cleanup_buf_ struct buf b = { 0 };
	struct fake_view f;

	(void)state;
	fake_view_make(&f);
	c.rows[0].what = "other seed";
	c.rows[0].delta = -1;
	f.view.confirmation = &c;
	render(&f, 12, &b);
	assert_has(&b, "NOT confirmed by 1 perturbations: median delta +7.000, MAD 3.000");
	assert_has(&b, "other seed");
	fake_view_free(&f);
}

static void tables_have_a_line_each(void **state)
{
	_cleanup_buf_ struct buf b = { 0 };
	const struct compare_view *views[3];
	struct compare_view bad = { .failure = "OLD: it hung" };
	struct fake_view f, g;
	struct err e = { 0 };
	char line[256];

	(void)state;
	fake_view_make(&f);
	fake_view_make(&g);
	bad.scenario = g.view.scenario;
	views[2] = &bad;
	g.comparison.metrics[0].old_one.value = 0;
	views[0] = &f.view;
	views[1] = &g.view;
	assert_int_equal(compare_table(views, 3, &text_style_plain, &b, &e), 0);
	line_of(&b, "fake/toggle", line, sizeof(line));
	assert_string_equal(line, "fake/toggle regression 100.000 250.000 2.5000 exact");
	assert_has(&b, " - ");
	assert_has(&b, " not measured\n    OLD: it hung\n");
	assert_has(&b, "\n  OLD  6.16.12  gcc-14\n  NEW  6.17.13  gcc-14\n");
	assert_has(&b, "\n  20260131-123456-1a2b3c  7.0 s, QEMU 7.2\n");
	assert_has(&b,
		   "  next: slowpath report 20260131-123456-1a2b3c --format html > page.html\n");
	assert_has(&b, "        slowpath compare debian:6 debian:6 -s fake/toggle\n");
	assert_lacks(&b, "inf");
	fake_view_free(&f);
	fake_view_free(&g);
}

/* fake/toggle on two architectures, @old_insns of it on the second; a third had no emulator. */
static void render_arches(double old_insns, enum verdict verdict, unsigned columns, struct buf *out)
{
	const struct text_style style = { .columns = columns };
	const struct compare_view *views[2][1];
	json_t *documents[1] = { NULL };
	struct compare_column c[3] = { 0 };
	struct compare_arches_view v = { "6.16", "6.17", c, 3, 1 };
	struct fake_view f, g;
	struct err e = { 0 };

	fake_view_make(&f);
	fake_view_make(&g);
	g.comparison.metrics[0].old_one.value = old_insns;
	g.comparison.verdict = verdict;
	views[0][0] = &f.view;
	views[1][0] = &g.view;
	c[0] = (struct compare_column){ &arch_x86_64, views[0], documents, NULL, 1, "aaaa" };
	c[1] = (struct compare_column){ &arch_arm64, views[1], documents, NULL, 0, "bbbb" };
	c[2] = (struct compare_column){ &arch_arm64, NULL, NULL, "no emulator", 128, "" };
	assert_int_equal(compare_arches_text(&v, &style, out, &e), 0);
	fake_view_free(&f);
	fake_view_free(&g);
}

static void architectures_stand_side_by_side(void **state)
{
	_cleanup_buf_ struct buf b = { 0 }, narrow = { 0 };
	char line[256];

	(void)state;
	render_arches(1000, VERDICT_IMPROVEMENT, 160, &b);
	assert_has(&b, "fake/toggle regresses on amd64 (2.5x) and improves on arm64 (0.25x)\n");
	assert_has(&b, "\narm64 is not measured: no emulator\n");
	line_of(&b, "fake/toggle  ", line, sizeof(line));
	assert_string_equal(line, "fake/toggle 100.000 250.000 2.5000 regression "
				  "1000.000 250.000 0.2500 improvement not measured");
	assert_has(&b, "  next: slowpath report aaaa --format html > amd64.html\n");
	assert_has(&b, "        slowpath report bbbb --format html > arm64.html\n");
	assert_has(&b, "\n  all of it is exact\n");

	render_arches(100, VERDICT_REGRESSION, 80, &narrow);
	assert_has(&narrow, "fake/toggle regresses on amd64 (2.5x) and arm64 (2.5x)\n");
	line_of(&narrow, "fake/toggle  ", line, sizeof(line));
	assert_string_equal(line, "fake/toggle amd64 100.000 250.000 2.5000 regression");
}

/* What is judged by its exact part on amd64, beside what is judged by the whole. */
static void a_part_is_no_whole(void **state)
{
	const struct text_style style = { .columns = 160 };
	const struct compare_view *views[2][2];
	struct compare_column c[2] = { 0 };
	struct compare_arches_view v = { "6.16", "6.17", c, 2, 2 };
	_cleanup_buf_ struct buf b = { 0 };
	struct fake_view part, whole;
	struct err e = { 0 };

	(void)state;
	fake_view_make(&part);
	fake_view_make(&whole);
	part.comparison.change.is = READING_PART_DIFFERS;
	views[0][0] = &part.view;
	views[0][1] = views[1][0] = views[1][1] = &whole.view;
	c[0] = (struct compare_column){ &arch_x86_64, views[0], NULL, NULL, 1, "aaaa" };
	c[1] = (struct compare_column){ &arch_arm64, views[1], NULL, NULL, 1, "bbbb" };
	assert_int_equal(compare_arches_text(&v, &style, &b, &e), 0);
	assert_has(&b, "fake/toggle regresses in what is exact of it on amd64 and regresses on "
		       "arm64 (2.5x)\n");
	assert_has(&b, "fake/toggle regresses on amd64 (2.5x) and arm64 (2.5x)\n");
	assert_lacks(&b, "scenarios");
	b.len = 0;
	views[0][1] = &part.view;
	assert_int_equal(compare_arches_text(&v, &style, &b, &e), 0);
	assert_has(&b, "2 scenarios regress in what is exact of them on amd64 and regress on "
		       "arm64 (2.5x)\n");
	fake_view_free(&part);
	fake_view_free(&whole);
}

static void architectures_have_their_time(void **state)
{
	const struct capture captures[2] = { { .insns = 100 }, { .insns = 250 } };
	const struct replayed judged[2] = { { .ratio = 2, .low = 1.9, .high = 2.1 } };
	const struct replay_view time = {
		.function = "change",
		.segment = "toggle",
		.sides = { { .capture = &captures[0], .items = 1 },
			   { .capture = &captures[1], .items = 1 } },
		.judged = judged,
	};
	const struct compare_view *views[2][1];
	struct compare_column c[2] = { 0 };
	struct compare_arches_view v = { "6.16", "6.17", c, 2, 1 };
	_cleanup_buf_ struct buf b = { 0 };
	struct fake_view f, g;
	struct err e = { 0 };

	(void)state;
	fake_view_make(&f);
	fake_view_make(&g);
	f.view.time = &time;
	g.view.no_time = "it is of arm64";
	views[0][0] = &f.view;
	views[1][0] = &g.view;
	c[0] = (struct compare_column){ &arch_x86_64, views[0], NULL, NULL, 1, "aaaa" };
	c[1] = (struct compare_column){ &arch_arm64, views[1], NULL, NULL, 1, "bbbb" };
	assert_int_equal(compare_arches_text(&v, &(struct text_style){ .wide = true }, &b, &e), 0);
	assert_has(&b, "amd64: change in toggle executes 2.50 times as many instructions; takes ");
	assert_has(&b, "arm64: its time is not known: it is of arm64\n");
	fake_view_free(&f);
	fake_view_free(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_verdict_comes_first),
		cmocka_unit_test(functions_are_listed),
		cmocka_unit_test(another_task_decides),
		cmocka_unit_test(a_task_below_0_is_explained),
		cmocka_unit_test(the_top_is_cut_and_the_rest_summed),
		cmocka_unit_test(oddities_are_told),
		cmocka_unit_test(different_states_have_no_ratio),
		cmocka_unit_test(confirmations_are_shown),
		cmocka_unit_test(tables_have_a_line_each),
		cmocka_unit_test(architectures_stand_side_by_side),
		cmocka_unit_test(a_part_is_no_whole),
		cmocka_unit_test(architectures_have_their_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
