// SPDX-License-Identifier: GPL-2.0-or-later
/* Verdicts over a table: control, several claims, layout, early looks. */
#include "tests/unit/unit.h"

#include "judge/judgement.h"
#include "tests/unit/fake_rows.h"

#include <errno.h>
#include <math.h>
#include <string.h>

static const char *const two[] = { "old", "new" };
static const char *const with_aa[] = { "old", "new", "old#aa" };

static struct judge_options options(void)
{
	struct judge_options o = judge_options_default();

	o.baseline = "old";
	return o;
}

static const struct judged_row *find(const struct rows *t, const struct judgement *j,
				     const char *kernel, const char *metric)
{
	for (size_t i = 0; i < j->count; i++) {
		if (!strcmp(rows_word(t, j->rows[i].kernel), kernel) &&
		    !strcmp(rows_word(t, j->rows[i].metric), metric))
			return &j->rows[i];
	}
	fail_msg("no row of %s, %s", kernel, metric);
	return NULL;
}

static bool warned(const struct judgement *j, const char *kind)
{
	for (size_t i = 0; i < j->n_warnings; i++) {
		if (!strcmp(j->warnings[i].kind, kind))
			return true;
	}
	return false;
}

static void judge(struct fake_rows *f, const struct judge_options *o, struct judgement *j)
{
	struct err e = { 0 };

	fake_finish(f);
	if (judge_table(f->rows, o, j, &e) < 0)
		fail_msg("%s", e.text);
}

static void one_build_a_side_is_suspect(void **state)
{
	_cleanup_rows_ struct rows t = { 0 };
	_cleanup_judgement_ struct judgement j = { 0 };
	struct fake_rows f = fake_rows(&t, 2);
	struct judge_options o = options();
	const struct judged_row *r;

	(void)state;
	fake_blocks(&f, two, (double[]){ 100, 120 }, 10, 0.01);
	judge(&f, &o, &j);
	r = find(&t, &j, "new", f.metric);
	assert_int_equal(r->timed.verdict, VERDICT_REGRESSION);
	assert_int_equal(r->verdict, VERDICT_SUSPECT);
	assert_non_null(strstr(r->reason, "one code layout"));
	assert_near(r->p_holm, 2.0 / 1024, 1e-12);
	assert_int_equal(judgement_exit(&j, RULES_BLOCKS), 1);
}

static void several_builds_a_side_are_not(void **state)
{
	_cleanup_rows_ struct rows t = { 0 };
	_cleanup_judgement_ struct judgement j = { 0 };
	struct fake_rows f = fake_rows(&t, 2);
	struct judge_options o = options();

	(void)state;
	for (unsigned b = 0; b < 12; b++) {
		f.release = b % 2 ? "1.0-a" : "1.0-b";
		fake_run_row(&f, "old", 0, b, 100 + b % 3);
		fake_run_row(&f, "new", 1, b, 90 + b % 4);
	}
	judge(&f, &o, &j);
	assert_int_equal(find(&t, &j, "new", f.metric)->verdict, VERDICT_IMPROVEMENT);
	assert_int_equal(judgement_exit(&j, RULES_BLOCKS), 0);
}

static void emulated_times_are_labelled_and_suspect_at_most(void **state)
{
	_cleanup_rows_ struct rows t = { 0 };
	_cleanup_judgement_ struct judgement j = { 0 };
	struct fake_rows f = fake_rows(&t, 2);
	struct judge_options o = options();
	const struct judged_row *r;

	(void)state;
	f.mode = "emulated";
	for (unsigned b = 0; b < 12; b++) {
		f.release = b % 2 ? "1.0-a" : "1.0-b";
		fake_run_row(&f, "old", 0, b, 100 + b % 3);
		fake_run_row(&f, "new", 1, b, 90 + b % 4);
	}
	judge(&f, &o, &j);
	r = find(&t, &j, "new", f.metric);
	assert_int_equal(r->mode, ROW_EMULATED);
	assert_int_equal(r->verdict, VERDICT_SUSPECT);
	assert_non_null(strstr(r->reason, "emulator"));
	assert_true(warned(&j, "emulated"));
	assert_int_equal(judgement_exit(&j, RULES_BLOCKS), 0);
}

static void the_control_says_what_matters(void **state)
{
	_cleanup_rows_ struct rows t = { 0 };
	_cleanup_judgement_ struct judgement j = { 0 };
	struct fake_rows f = fake_rows(&t, 3);
	struct judge_options o = options();
	const struct judged_row *new, *aa;

	(void)state;
	fake_blocks(&f, with_aa, (double[]){ 100, 103, 100 }, 20, 0.03);
	judge(&f, &o, &j);
	new = find(&t, &j, "new", f.metric);
	aa = find(&t, &j, "old#aa", f.metric);
	assert_true(aa->is_control && !new->is_control);
	assert_true(isnan(aa->p_holm));
	/* What the control cannot tell apart does not matter. */
	assert_near(log1p(new->timed.least), log(aa->timed.high / aa->timed.low) / 2, 1e-12);
	assert_true(new->timed.least > 0.015);
}

static void a_failing_control_makes_all_unstable(void **state)
{
	_cleanup_rows_ struct rows t = { 0 };
	_cleanup_judgement_ struct judgement j = { 0 };
	struct fake_rows f = fake_rows(&t, 3);
	struct judge_options o = options();

	(void)state;
	fake_blocks(&f, with_aa, (double[]){ 100, 130, 110 }, 12, 0.01);
	judge(&f, &o, &j);
	assert_int_equal(find(&t, &j, "old#aa", f.metric)->verdict, VERDICT_UNSTABLE);
	assert_int_equal(find(&t, &j, "new", f.metric)->verdict, VERDICT_UNSTABLE);
	assert_non_null(strstr(find(&t, &j, "new", f.metric)->reason, "A/A control"));
	assert_int_equal(judgement_exit(&j, RULES_BLOCKS), 125);
}

static void a_control_without_runs_vouches_for_nothing(void **state)
{
	_cleanup_rows_ struct rows t = { 0 };
	_cleanup_judgement_ struct judgement j = { 0 };
	struct fake_rows f = fake_rows(&t, 3);
	struct judge_options o = options();

	(void)state;
	fake_blocks(&f, with_aa, (double[]){ 100, 130, NAN }, 12, 0.01);
	judge(&f, &o, &j);
	assert_int_equal(find(&t, &j, "new", f.metric)->verdict, VERDICT_INCONCLUSIVE);
	assert_non_null(strstr(find(&t, &j, "new", f.metric)->reason, "A/A control"));
	assert_string_equal(find(&t, &j, "old#aa", f.metric)->mean_cv.classification, "neutral");
	/* Nor does it without blocks. */
	for (size_t i = 0; i < t.count; i++)
		t.at[i].block = ROW_NO_BLOCK;
	judgement_free(&j);
	judge(&f, &o, &j);
	assert_false(find(&t, &j, "new", f.metric)->timed.paired);
	assert_int_equal(find(&t, &j, "new", f.metric)->verdict, VERDICT_INCONCLUSIVE);
	assert_non_null(strstr(find(&t, &j, "new", f.metric)->reason, "A/A control"));
}

static void a_control_alone_is_the_result(void **state)
{
	static const char *const aa[] = { "old", "old#aa" };
	_cleanup_rows_ struct rows t = { 0 };
	_cleanup_judgement_ struct judgement j = { 0 };
	struct fake_rows f = fake_rows(&t, 2);
	struct judge_options o = options();

	(void)state;
	fake_blocks(&f, aa, (double[]){ 100, 100 }, 12, 0.002);
	judge(&f, &o, &j);
	assert_int_equal(find(&t, &j, "old#aa", f.metric)->verdict, VERDICT_EQUIVALENT);
	assert_int_equal(judgement_exit(&j, RULES_BLOCKS), 0);
}

static void counts_take_the_control_for_noise(void **state)
{
	_cleanup_rows_ struct rows t = { 0 };
	_cleanup_judgement_ struct judgement j = { 0 };
	struct fake_rows f = fake_rows(&t, 3);
	struct judge_options o = options();
	const struct judged_row *r;

	(void)state;
	f.unit = "insns";
	f.metric = "iteration_insns_per_page";
	fake_blocks(&f, with_aa, (double[]){ 100, 102, 101 }, 3, 0);
	judge(&f, &o, &j);
	r = find(&t, &j, "new", f.metric);
	assert_true(r->counted && !r->exact.exact);
	assert_near(r->exact.noise, 1, 1e-12);
	assert_int_equal(r->verdict, VERDICT_INCONCLUSIVE);
	r = find(&t, &j, "old#aa", f.metric);
	assert_int_equal(r->verdict, VERDICT_UNSTABLE);
}

static void several_claims_share_their_alpha(void **state)
{
	static const char *const scenarios[] = { "a/1", "a/2", "a/3", "a/4" };
	_cleanup_rows_ struct rows t = { 0 };
	_cleanup_judgement_ struct judgement j = { 0 };
	struct fake_rows f = fake_rows(&t, 2);
	struct judge_options o = options();

	(void)state;
	/* 9 blocks reach p = .0039: enough for one or two claims, not for four. */
	for (int i = 0; i < 4; i++) {
		f.scenario = scenarios[i];
		fake_blocks(&f, two, (double[]){ 100, i ? 100 : 120 }, 9, 0.01);
	}
	judge(&f, &o, &j);
	for (size_t i = 0; i < j.count; i++) {
		const struct judged_row *r = &j.rows[i];

		if (r->is_baseline || strcmp(rows_word(&t, r->scenario), "a/1") != 0)
			continue;
		assert_int_equal(r->timed.verdict, VERDICT_REGRESSION);
		assert_int_equal(r->verdict, VERDICT_INCONCLUSIVE);
		assert_near(r->p_holm, 4 * 2.0 / 512, 1e-12);
		assert_non_null(strstr(r->reason, "4 primary metrics"));
	}
	assert_int_equal(judgement_exit(&j, RULES_BLOCKS), 125);
}

static void secondary_metrics_only_describe(void **state)
{
	_cleanup_rows_ struct rows t = { 0 };
	_cleanup_judgement_ struct judgement j = { 0 };
	struct fake_rows f = fake_rows(&t, 2);
	struct judge_options o = options();

	(void)state;
	fake_blocks(&f, two, (double[]){ 100, 100 }, 12, 0.001);
	f.metric = "touch_ns_per_page";
	fake_blocks(&f, two, (double[]){ 10, 15 }, 12, 0.001);
	judge(&f, &o, &j);
	assert_true(find(&t, &j, "new", "iteration_ns_per_page")->primary);
	assert_false(find(&t, &j, "new", f.metric)->primary);
	assert_int_equal(find(&t, &j, "new", f.metric)->verdict, VERDICT_SUSPECT);
	assert_true(isnan(find(&t, &j, "new", f.metric)->p_holm));
	assert_int_equal(judgement_exit(&j, RULES_BLOCKS), 0);
	/* Declared, it is the one that counts. */
	judgement_free(&j);
	o.primaries[o.n_primaries++] = (struct judge_primary){ "mprotect/x", "touch" };
	judge(&f, &o, &j);
	assert_true(find(&t, &j, "new", f.metric)->primary);
	assert_int_equal(judgement_exit(&j, RULES_BLOCKS), 1);
}

static void nothing_to_compare_is_no_result(void **state)
{
	static const char *const one[] = { "old" };
	_cleanup_rows_ struct rows t = { 0 };
	_cleanup_judgement_ struct judgement j = { 0 };
	struct fake_rows f = fake_rows(&t, 1);
	struct judge_options o = options();
	struct err e = { 0 };

	(void)state;
	fake_blocks(&f, one, (double[]){ 100 }, 12, 0.001);
	judge(&f, &o, &j);
	assert_true(warned(&j, "one-kernel"));
	assert_int_equal(judgement_exit(&j, RULES_BLOCKS), 125);
	assert_int_equal(judgement_exit(&j, RULES_MEAN_CV), 0);
	judgement_free(&j);
	o.baseline = "nope";
	assert_int_equal(judge_table(&t, &o, &j, &e), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_build_a_side_is_suspect),
		cmocka_unit_test(several_builds_a_side_are_not),
		cmocka_unit_test(emulated_times_are_labelled_and_suspect_at_most),
		cmocka_unit_test(the_control_says_what_matters),
		cmocka_unit_test(a_failing_control_makes_all_unstable),
		cmocka_unit_test(a_control_without_runs_vouches_for_nothing),
		cmocka_unit_test(a_control_alone_is_the_result),
		cmocka_unit_test(counts_take_the_control_for_noise),
		cmocka_unit_test(several_claims_share_their_alpha),
		cmocka_unit_test(secondary_metrics_only_describe),
		cmocka_unit_test(nothing_to_compare_is_no_result),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
