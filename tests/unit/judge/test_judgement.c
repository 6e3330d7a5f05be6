// SPDX-License-Identifier: GPL-2.0-or-later
/* Verdicts over a table: control, several claims, layout, early looks. */
#include "tests/unit/unit.h"

#include "judge/judgement/judgement.h"
#include "lab/counts/profile.h"
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

static void the_control_raises_the_bar_for_a_change(void **state)
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
	/* Nothing is claimed that the control cannot tell apart; what is equal stays what it was.
	 */
	assert_near(log1p(new->timed.claim_min), log(aa->timed.high / aa->timed.low) / 2, 1e-12);
	assert_true(new->timed.claim_min > 0.015);
	assert_near(new->timed.equal_max, 0.01, 1e-12);
	assert_near(aa->timed.claim_min, 0.01, 1e-12);
}

/* Blocks of old and new that differ by @change, and of a control that is off by +- @noise. */
static void noisy_control(struct fake_rows *f, unsigned blocks, double change, double noise,
			  bool control)
{
	f->kernels = 3;
	for (unsigned b = 0; b < blocks; b++) {
		double level = 100 * exp(0.001 * fake_normal(&f->seed));

		fake_run_row(f, "old", 0, b, level);
		fake_run_row(f, "new", 1, b, level * exp(change + 0.002 * fake_normal(&f->seed)));
		if (control)
			fake_run_row(f, "old#aa", 2, b, level * exp(noise * fake_normal(&f->seed)));
	}
}

static void a_noisy_control_makes_nothing_equal(void **state)
{
	(void)state;
	for (int control = 0; control < 2; control++) {
		for (int blocks = 0; blocks < 2; blocks++) {
			_cleanup_rows_ struct rows t = { 0 };
			_cleanup_judgement_ struct judgement j = { 0 };
			struct fake_rows f = fake_rows(&t, 3);
			struct judge_options o = options();
			const struct judged_row *r;

			noisy_control(&f, 20, 0, 0.2, control);
			fake_finish(&f);
			for (size_t i = 0; !blocks && i < t.count; i++)
				t.at[i].block = ROW_NO_BLOCK;
			judge(&f, &o, &j);
			r = find(&t, &j, "new", f.metric);
			assert_int_equal(r->timed.paired, blocks);
			assert_int_equal(r->verdict,
					 control ? VERDICT_INCONCLUSIVE : VERDICT_EQUIVALENT);
			assert_non_null(strstr(r->reason, "lies within 1 %"));
			assert_int_equal(strstr(r->reason, "nothing is called equal") != NULL,
					 control);
			assert_int_equal(judgement_exit(&j, RULES_BLOCKS), control ? 125 : 0);
		}
	}
}

static void a_real_change_within_the_noise_of_the_control_is_no_trifle(void **state)
{
	_cleanup_rows_ struct rows t = { 0 };
	_cleanup_judgement_ struct judgement j = { 0 };
	struct fake_rows f = fake_rows(&t, 3);
	struct judge_options o = options();
	const struct judged_row *r;

	(void)state;
	noisy_control(&f, 20, 0.03, 0.2, true);
	judge(&f, &o, &j);
	r = find(&t, &j, "new", f.metric);
	assert_true(r->timed.low > 1.01 && r->timed.claim_min > 0.05);
	assert_int_equal(r->verdict, VERDICT_INCONCLUSIVE);
	assert_non_null(strstr(r->reason, "excludes no change, but the change is below"));
	assert_non_null(strstr(r->reason, "the A/A control tells only"));
}

static void the_threshold_is_the_margin_of_times_too(void **state)
{
	static const struct {
		double threshold;
		enum verdict verdict;
	} cases[] = { { 0.01, VERDICT_SUSPECT }, { 0.05, VERDICT_TRIVIAL } };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		_cleanup_rows_ struct rows t = { 0 };
		_cleanup_judgement_ struct judgement j = { 0 };
		struct fake_rows f = fake_rows(&t, 3);
		struct judge_options o = options();
		const struct judged_row *r;

		o.threshold = cases[i].threshold;
		noisy_control(&f, 20, 0.03, 0.002, true);
		judge(&f, &o, &j);
		r = find(&t, &j, "new", f.metric);
		assert_near(r->timed.equal_max, o.threshold, 1e-12);
		assert_int_equal(r->verdict, cases[i].verdict);
	}
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

/* A block is run again where an attempt was no good: what came last is what was meant. */
static void the_last_good_attempt_of_a_block_counts(void **state)
{
	_cleanup_rows_ struct rows t = { 0 };
	_cleanup_judgement_ struct judgement j = { 0 };
	struct fake_rows f = fake_rows(&t, 2);
	struct judge_options o = options();
	const double attempts[] = { 500, 120, NAN };

	(void)state;
	for (unsigned b = 0; b < 10; b++) {
		fake_run_row(&f, "old", 0, b, 100);
		for (f.attempt = 0; f.attempt < 3; f.attempt++)
			fake_run_row(&f, "new", 1, b, attempts[f.attempt]);
		f.attempt = 0;
	}
	judge(&f, &o, &j);
	assert_int_equal(find(&t, &j, "new", f.metric)->timed.n, 10);
	assert_near(find(&t, &j, "new", f.metric)->timed.ratio, 1.2, 1e-12);
}

/* Both kernels' pages before the window; the last is OLD's second run. */
static enum verdict with_states(const struct report_state *old_state,
				const struct report_state *new_state,
				const struct report_state *again, const char *why)
{
	_cleanup_rows_ struct rows t = { 0 };
	_cleanup_judgement_ struct judgement j = { 0 };
	struct fake_rows f = fake_rows(&t, 2);
	struct judge_options o = options();
	struct report_state any;
	const struct judged_row *r;

	memset(&any, 0xff, sizeof(any));
	fake_blocks(&f, two, (double[]){ 100, 100 }, 10, 0.001);
	assert_int_equal(rows_add_state(&t, f.scenario, "old", 1, old_state, &any), 0);
	assert_int_equal(rows_add_state(&t, f.scenario, "new", 1, new_state, &any), 0);
	assert_int_equal(rows_add_state(&t, f.scenario, "old", 1, again, &any), 0);
	/* Of another scenario and another CPU count: not this one's business. */
	assert_int_equal(rows_add_state(&t, "other", "new", 1, &any, &any), 0);
	assert_int_equal(rows_add_state(&t, f.scenario, "new", 2, &any, old_state), 0);
	judge(&f, &o, &j);
	r = find(&t, &j, "new", f.metric);
	if (why)
		assert_non_null(strstr(r->reason, why));
	return r->verdict;
}

/*
 * Two blocks of a program that executes @user instructions of its own, and prints those lines
 * (lab/steady.h): "old" one of them in both, "new" what is given for each.
 */
static enum verdict with_works(double user, const char *const new_lines[2], double ns,
			       const char *why)
{
	_cleanup_judgement_ struct judgement j = { 0 };
	_cleanup_rows_ struct rows t = { 0 };
	struct fake_rows f = fake_rows(&t, 2);
	struct judge_options o = options();
	const struct judged_row *r;

	f.unit = "insns";
	f.metric = "kernel_insns_per_call";
	fake_blocks(&f, two, (double[]){ 5000, 5500 }, 2, 0);
	f.metric = "user_insns_per_call";
	fake_blocks(&f, two, (double[]){ 1000, user }, 2, 0);
	for (unsigned block = 0; block < 2; block++) {
		assert_int_equal(rows_add_work(&t, f.scenario, "old", 1, "1\tdone\n", "", ns), 0);
		assert_int_equal(rows_add_work(&t, f.scenario, "new", 1, new_lines[block], "", ns),
				 0);
	}
	o.metric = "kernel";
	judge(&f, &o, &j);
	r = find(&t, &j, "new", "kernel_insns_per_call");
	if (why && !strstr(r->reason, why))
		fail_msg("%s", r->reason);
	return r->verdict;
}

static void programs_have_to_do_the_same(void **state)
{
	static const char *const same[] = { "1\tdone\n", "1\tdone\n" };
	static const char *const once[] = { "1\tdone\n", "1\tfailed\n" };
	static const char *const never[] = { "1\tfailed\n", "1\tfailed\n" };

	(void)state;
	assert_int_equal(with_works(1000, same, 1e6, "500.00 more instructions"),
			 VERDICT_REGRESSION);
	/* libc does a little more or less by what the kernel tells it. */
	assert_int_equal(with_works(1005, same, 1e6, NULL), VERDICT_REGRESSION);
	assert_int_equal(with_works(1080, same, 1e6,
				    "the program did other work: it executes 1000 / 1080 "
				    "instructions of its own"),
			 VERDICT_DIFFERENT_STATE);
	/* A block that went another way is none of the kernel's. */
	assert_int_equal(with_works(1000, once, 1e6, NULL), VERDICT_REGRESSION);
	assert_int_equal(with_works(1000, never, 1e6, "2 lines of its output differ"),
			 VERDICT_DIFFERENT_STATE);
	assert_int_equal(with_works(1080, same, 2e9, "it seems to stop by the clock"),
			 VERDICT_DIFFERENT_STATE);
}

static void add_costs(struct fake_rows *f, const char *kernel, double ipis, double by)
{
	for (unsigned block = 0; block < 2; block++)
		for (unsigned cost = 0; cost < COST_COUNT; cost++)
			assert_int_equal(rows_add_cost(f->rows, f->scenario, kernel, 1, cost,
						       cost == COST_IPIS ? ipis + block * by : 1,
						       0),
					 0);
}

/* What is said of kernels that send so many IPIs, in two blocks that differ by so many. */
static void assert_events(double old_ipis, double new_ipis, double by, const char *said)
{
	_cleanup_judgement_ struct judgement j = { 0 };
	_cleanup_rows_ struct rows t = { 0 };
	struct fake_rows f = fake_rows(&t, 2);
	struct judge_options o = options();
	const struct judged_row *r;

	f.unit = "insns";
	f.metric = "iteration_insns_per_page";
	fake_blocks(&f, two, (double[]){ 5000, 5500 }, 2, 0);
	add_costs(&f, "old", old_ipis, 0);
	add_costs(&f, "new", new_ipis, by);
	judge(&f, &o, &j);
	r = find(&t, &j, "new", f.metric);
	if (said)
		assert_string_equal(r->events, said);
	else
		assert_null(r->events);
	assert_null(find(&t, &j, "old", f.metric)->events);
}

static void events_are_told_beside(void **state)
{
	(void)state;
	assert_events(2, 1, 0, "NEW sends fewer IPIs (2.00 -> 1.00)");
	assert_events(2, 2, 0, NULL);
	/* One block more than another, by more than the kernels differ. */
	assert_events(2, 3, 1, NULL);
}

static void states_are_compared_to_the_node(void **state)
{
	const struct report_state here = { .online_cpus = 1,
					   .present_pages = 100,
					   .node_pages = { 100, 0, 0, 0 } };
	struct report_state there = here, more = here, unknown;

	(void)state;
	there.node_pages[0] = 40;
	there.node_pages[1] = 60;
	more.present_pages = 101;
	memset(&unknown, 0xff, sizeof(unknown));
	assert_int_equal(with_states(&here, &here, &here, NULL), VERDICT_EQUIVALENT);
	assert_int_equal(with_states(&here, &unknown, &here, NULL), VERDICT_EQUIVALENT);
	assert_int_equal(
		with_states(&here, &there, &here, "pages on node 1: 0 in the baseline, 60 here"),
		VERDICT_DIFFERENT_STATE);
	assert_int_equal(
		with_states(&here, &more, &here, "present pages: 100 in the baseline, 101 here"),
		VERDICT_DIFFERENT_STATE);
	/* The baseline is held against its own first run too. */
	assert_int_equal(with_states(&here, &here, &more, "present pages: 100"),
			 VERDICT_DIFFERENT_STATE);
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
		cmocka_unit_test(events_are_told_beside),
		cmocka_unit_test(programs_have_to_do_the_same),
		cmocka_unit_test(one_build_a_side_is_suspect),
		cmocka_unit_test(several_builds_a_side_are_not),
		cmocka_unit_test(emulated_times_are_labelled_and_suspect_at_most),
		cmocka_unit_test(the_control_raises_the_bar_for_a_change),
		cmocka_unit_test(a_noisy_control_makes_nothing_equal),
		cmocka_unit_test(a_real_change_within_the_noise_of_the_control_is_no_trifle),
		cmocka_unit_test(the_threshold_is_the_margin_of_times_too),
		cmocka_unit_test(a_failing_control_makes_all_unstable),
		cmocka_unit_test(a_control_without_runs_vouches_for_nothing),
		cmocka_unit_test(a_control_alone_is_the_result),
		cmocka_unit_test(counts_take_the_control_for_noise),
		cmocka_unit_test(several_claims_share_their_alpha),
		cmocka_unit_test(the_last_good_attempt_of_a_block_counts),
		cmocka_unit_test(states_are_compared_to_the_node),
		cmocka_unit_test(secondary_metrics_only_describe),
		cmocka_unit_test(nothing_to_compare_is_no_result),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
