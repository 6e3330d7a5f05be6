// SPDX-License-Identifier: GPL-2.0-or-later
/* What a proof is worth, and the journal that it stands in. */
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "bisect/journal.h"
#include "bisect/proof.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void proofs_are_judged(void **state)
{
	static const struct {
		bool slower;
		struct proof_pair parent;
		size_t suspects;
		struct proof_pair revert;
		const char *status;
		double won_back;
	} cases[] = {
		{ true, { true, true, 100, 150 }, 1, { true, true, 160, 110 }, "proven", 1 },
		{ true, { true, true, 100, 150 }, 1, { true, true, 160, 135 }, "proven", .5 },
		{ true,
		  { true, true, 100, 150 },
		  1,
		  { true, true, 160, 136 },
		  "not confirmed",
		  .48 },
		{ true,
		  { true, true, 100, 150 },
		  1,
		  { true, false, 160, 160 },
		  "not confirmed",
		  0 },
		{ true, { true, true, 100, 150 }, 1, { false, false, 0, 0 }, "likely", NAN },
		{ true, { true, true, 100, 150 }, 2, { true, true, 160, 110 }, "likely", NAN },
		{ true,
		  { true, false, 100, 100 },
		  1,
		  { true, true, 160, 110 },
		  "not confirmed",
		  NAN },
		{ true,
		  { true, true, 150, 100 },
		  1,
		  { true, true, 160, 110 },
		  "not confirmed",
		  NAN },
		{ true, { false, false, 0, 0 }, 1, { true, true, 160, 110 }, "not confirmed", NAN },
		/* One that made it faster, and whose revert makes it slower. */
		{ false, { true, true, 150, 100 }, 1, { true, true, 110, 160 }, "proven", 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		double won_back;
		enum proof_status s = proof_judge(cases[i].slower, &cases[i].parent,
						  cases[i].suspects, &cases[i].revert, &won_back);

		assert_string_equal(proof_status_name(s), cases[i].status);
		assert_int_equal(isnan(won_back), isnan(cases[i].won_back));
		if (!isnan(won_back))
			assert_true(fabs(won_back - cases[i].won_back) < 1e-12);
	}
}

static void a_part_is_proven_by_the_part(void **state)
{
	const struct proof_pair parent = {
		true, true, 100, 99, .parted = true, .by_part = true, .old_part = 50, .new_part = 60
	};
	struct proof_pair revert = { true,	     false,	     120,	    121,
				     .parted = true, .old_part = 60, .new_part = 51 };
	double won_back;

	(void)state;
	/* The wholes go the other way, of which nothing was claimed. */
	assert_int_equal(proof_judge(true, &parent, 1, &revert, &won_back), PROOF_PROVEN);
	assert_near(won_back, .9, 1e-12);
	revert.new_part = 58;
	assert_int_equal(proof_judge(true, &parent, 1, &revert, &won_back), PROOF_NOT_CONFIRMED);
	/* What is exact of the revert is not known. */
	revert.parted = false;
	assert_int_equal(proof_judge(true, &parent, 1, &revert, &won_back), PROOF_LIKELY);
	assert_true(isnan(won_back));
}

static struct journal *reopen(const char *dir, struct journal *old)
{
	struct journal *j = NULL;
	struct err e = { 0 };

	journal_close(old);
	if (journal_open(dir, "id", &j, &e) < 0)
		fail_msg("%s", e.text);
	return j;
}

static void journals_keep_what_was_added(void **state)
{
	_cleanup_free_ char *dir = NULL, *path = NULL;
	_cleanup_buf_ struct buf text = { 0 };
	struct journal *j, *other = NULL;

	(void)state;
	assert_int_equal(dir_temp("/tmp", "slowpath-journal-", &dir, NULL), 0);
	path = str_printf("%s/bisect/id.jsonl", dir);
	j = reopen(dir, NULL);
	assert_null(journal_find(j, "a"));
	assert_int_equal(journal_add(j, "a", json_pack("{s:i}", "x", 1), NULL), 0);
	assert_int_equal(journal_add(j, "b", json_pack("{s:f}", "x", 0.1), NULL), 0);
	assert_int_equal(journal_add(j, "a", json_pack("{s:i}", "x", 2), NULL), 0);
	assert_int_equal(journal_open(dir, "id", &other, NULL), -EBUSY);
	j = reopen(dir, j);
	assert_int_equal(json_array_size(journal_entries(j)), 3);
	assert_int_equal(json_integer_value(json_object_get(journal_find(j, "a"), "x")), 2);
	assert_true(json_real_value(json_object_get(journal_find(j, "b"), "x")) == 0.1);
	/* Half a line goes, and what follows is sound. */
	assert_int_equal(file_read(path, 1 << 20, &text, NULL), 0);
	assert_int_equal(file_write(path, text.data, text.len - 5, NULL), 0);
	j = reopen(dir, j);
	assert_int_equal(json_array_size(journal_entries(j)), 2);
	assert_int_equal(journal_add(j, "c", json_object(), NULL), 0);
	j = reopen(dir, j);
	assert_non_null(journal_find(j, "c"));
	journal_close(j);
	/* A whole line that is none is damage. */
	assert_int_equal(file_write(path, "{\"key\":1}\n", 10, NULL), 0);
	assert_int_equal(journal_open(dir, "id", &other, NULL), -EBADMSG);
	dir_remove(dir, NULL);
}

static void blocks_are_judged_at_looks(void **state)
{
	double old_times[40], new_times[40];
	struct proof_blocks j;

	(void)state;
	/* The machine gets slower tenfold: the blocks do not mind. */
	for (size_t i = 0; i < 40; i++) {
		old_times[i] = 100 * (1 + (double)i / 4) * (1 + 0.01 * (double)(i * 7 % 5));
		new_times[i] = 120 * (1 + (double)i / 4) * (1 + 0.01 * (double)(i * 3 % 5));
	}
	assert_int_equal(proof_judge_blocks(old_times, new_times, 9, 0.01, &j), 0);
	assert_true(!j.pair.measured && !j.decided);
	assert_int_equal(proof_judge_blocks(old_times, new_times, 13, 0.01, &j), 0);
	assert_true(j.pair.measured && j.pair.differs && j.decided);
	assert_int_equal(j.n, 10);
	assert_int_equal(j.verdict, VERDICT_REGRESSION);
	assert_near(j.pair.new_value / j.pair.old_value, 1.2, 0.02);
	assert_true(j.low > 1.1 && j.low < 1.2 && j.high > 1.2 && j.p < 0.01);
	/* What matters is more than that. */
	assert_int_equal(proof_judge_blocks(old_times, new_times, 40, 0.5, &j), 0);
	assert_true(j.pair.measured && !j.pair.differs);
	assert_int_equal(j.verdict, VERDICT_TRIVIAL);
	assert_int_equal(proof_judge_blocks(new_times, old_times, 10, 0.01, &j), 0);
	assert_int_equal(j.verdict, VERDICT_IMPROVEMENT);
	assert_int_equal(proof_judge_blocks(old_times, old_times, 10, 0.01, &j), 0);
	assert_true(j.verdict == VERDICT_EQUIVALENT && !j.pair.differs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(proofs_are_judged),
		cmocka_unit_test(a_part_is_proven_by_the_part),
		cmocka_unit_test(blocks_are_judged_at_looks),
		cmocka_unit_test(journals_keep_what_was_added),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
