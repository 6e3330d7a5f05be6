// SPDX-License-Identifier: GPL-2.0-or-later
/* What a sender writes is held against what was measured: every number by its unit. */
#include "report/mail/mail_numbers.h"
#include "report/mail/mail_range.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <math.h>
#include <string.h>

/* 301.651 to 669.727: 2.2202 times, 122.02 % more; change_pte_range with 238.23. */
static struct function_delta functions[] = {
	{ "change_pte_range", 100.0, 238.23, 1, 1 },
	{ "vm_normal_page", 0, 100.5, 0, 1 },
	{ "do_mprotect_pkey", 3, 2, 1, 1 },
};
static char old_release[] = "6.16.12+deb13-cloud-amd64", new_release[] = "6.17.13-made";
static char old_spec[] = "debian:6.16.12", new_spec[] = "debian:6.17.13";

struct made {
	struct scenario scenario;
	struct record_run runs[2];
	struct record record;
	struct evidence_case c;
	struct evidence x;
	struct mail_about about;
};

static void make(struct made *m, double old_value, double new_value)
{
	*m = (struct made){ 0 };
	m->scenario.name = (char *)"mprotect/shared-dirty-toggle";
	m->scenario.n_maps = 1;
	m->scenario.maps[0].bytes = 64 << 20;
	m->runs[0] = (struct record_run){ .kernel_release = old_release,
					  .kernel_spec = old_spec,
					  .memory_mib = 512 };
	m->runs[1] = (struct record_run){ .kernel_release = new_release,
					  .kernel_spec = new_spec,
					  .memory_mib = 512 };
	m->record.runs = m->runs;
	m->record.n_runs = 2;
	m->c = (struct evidence_case){ .scenario = &m->scenario,
				       .cpus = 1,
				       .old_run = &m->runs[0],
				       .new_run = &m->runs[1],
				       .verdict = VERDICT_REGRESSION,
				       .unit = "insns",
				       .item = "page",
				       .mode = "exact",
				       .old_value = old_value,
				       .new_value = new_value,
				       .ratio = new_value / old_value,
				       .low = NAN,
				       .high = NAN,
				       .blocks = 3 };
	m->c.comparison.functions = functions;
	m->c.comparison.n_functions = ARRAY_SIZE(functions);
	m->x.record = &m->record;
	m->x.cases = &m->c;
	m->x.n_cases = 1;
	m->about = (struct mail_about){ .x = &m->x, .c = &m->c };
}

static int check(const struct made *m, const char *text, struct err *e)
{
	return mail_numbers_check("title", text, &m->about, e);
}

static void accepts(const struct made *m, const char *const *texts)
{
	for (; *texts; texts++) {
		struct err e = { 0 };

		if (check(m, *texts, &e) < 0)
			fail_msg("'%s': %s", *texts, e.text);
	}
}

static void refuses(const struct made *m, const char *const *texts)
{
	for (; *texts; texts++) {
		struct err e = { 0 };

		if (check(m, *texts, &e) != -EINVAL)
			fail_msg("'%s' is let through", *texts);
		assert_non_null(strstr(e.text, "the mail is refused: the title says '"));
	}
}

static void percent_is_what_the_ratio_gives(void **state)
{
	static const char *const good[] = { "122 % more instructions",
					    "122% more",
					    "122.0 % more",
					    "+122 %",
					    "more by 122 percent",
					    "122 per cent more",
					    "a 122 % regression",
					    "122.02% more instructions in 6.17.13",
					    NULL };
	static const char *const bad[] = { "238 % more instructions per page",
					   "2 % more",
					   "2.22 % more",
					   "6.17 % more",
					   "122 % less",
					   "-122 %",
					   "121 % more",
					   "100 % more",
					   "drops by 122 %",
					   "122 % of",
					   "512 % more",
					   "64 % more",
					   "change_pte_range 238 % more",
					   "122 % fewer instructions",
					   "222 % more",
					   "1 % more",
					   "3 percent more",
					   NULL };
	struct made m;

	(void)state;
	make(&m, 301.651, 669.727);
	accepts(&m, good);
	refuses(&m, bad);
}

static void times_is_the_ratio(void **state)
{
	static const char *const good[] = { "2.22x instructions",
					    "2.22 x",
					    "2.2 times as many",
					    "2.22\xc3\x97",
					    "2.2202 times as many",
					    "a factor of 2.22",
					    "the ratio is 2.22",
					    "2.22-fold",
					    "more than doubled",
					    "more than twice as many",
					    NULL };
	static const char *const bad[] = { "2x",
					   "2.74x",
					   "122x",
					   "2.22 times more",
					   "2.22x slower",
					   "2.22x fewer",
					   "tripled instructions",
					   "doubled",
					   "twice",
					   "halved",
					   "half of it",
					   "three times as many",
					   "threefold",
					   "two times as many",
					   "an order of magnitude",
					   "nearly doubled",
					   "more than tripled",
					   "quadruples",
					   "0.45x",
					   "6.17x",
					   "the ratio is 2.74",
					   NULL };
	static const char *const doubled[] = { "doubled",
					       "twice as many",
					       "2x",
					       "two times as many",
					       "doubles instructions",
					       "100 % more",
					       NULL };
	static const char *const not_doubled[] = { "more than tripled", "tripled", "halved", NULL };
	struct made m;

	(void)state;
	make(&m, 301.651, 669.727);
	accepts(&m, good);
	refuses(&m, bad);
	make(&m, 100, 200);
	accepts(&m, doubled);
	refuses(&m, not_doubled);
}

static void values_stand_beside_their_unit(void **state)
{
	static const char *const good[] = { "669.727 instructions per page",
					    "669.727 instead of 301.651 instructions",
					    "from 302 to 670 instructions per page",
					    "301.651 -> 669.727 insns",
					    "368 more instructions",
					    "368.1 instructions more",
					    "change_pte_range executes 238.23",
					    "change_pte_range: 138.23 more instructions",
					    "238 instructions in change_pte_range",
					    "16384 pages",
					    "16,384 pages of 4 KiB",
					    "64M on 1 CPU, 3 blocks, 512 MiB",
					    "in 6.17 and 6.16.12",
					    "v6.17.13",
					    "since 28bd1217f75f",
					    "x86_64",
					    NULL };
	static const char *const bad[] = {
		"238.23 instructions per page", /* a function's, and it is not named */
		"vm_normal_page executes 238.23",
		"do_mprotect_pkey executes 238.23 and change_pte_range less",
		"change_pte_range: 138.23 fewer instructions",
		"368 fewer instructions",
		"669.727",
		"301.651 instead of 669.727",
		"669.727 ns",
		"670 ms",
		"16384 instructions",
		"301.651 pages",
		"6.15",
		"v6.18",
		"6.17.14",
		"6.17-rc3",
		"2 CPUs",
		"10 blocks",
		"128M",
		"6.17 more instructions",
		"122",
		"1e9 instructions",
		"9.99",
		NULL
	};
	struct made m;

	(void)state;
	make(&m, 301.651, 669.727);
	accepts(&m, good);
	refuses(&m, bad);
}

static void directions_are_the_ratios(void **state)
{
	static const char *const good[] = { "25 % fewer instructions", "saves 25 %", "-25 %",
					    "100 fewer instructions",  "0.75x",	     NULL };
	static const char *const bad[] = { "25 % more", "100 more instructions", "25 % slower",
					   "1.33x", NULL };
	struct made m;

	(void)state;
	make(&m, 400, 300);
	accepts(&m, good);
	refuses(&m, bad);
}

static void another_case_has_to_be_named(void **state)
{
	struct evidence_case cases[2];
	struct scenario other = { .name = (char *)"madvise/dontneed" };
	struct made m;
	struct err e = { 0 };

	(void)state;
	make(&m, 301.651, 669.727);
	cases[0] = m.c;
	cases[1] = m.c;
	cases[1].scenario = &other;
	cases[1].ratio = 3.5;
	m.x.cases = cases;
	m.x.n_cases = 2;
	m.about.c = &cases[0];
	assert_int_equal(check(&m, "3.50x instructions", &e), -EINVAL);
	assert_int_equal(check(&m, "2.22x, and dontneed 3.50x instructions", &e), 0);
}

static void a_share_is_no_increase(void **state)
{
	static const char *const good[] = { "closes 90 % of the gap", "90 % of the gap is closed",
					    "90.0 % closed", "33 % more", NULL };
	static const char *const bad[] = { "90 % more",	      "90 % slower", "closes 33.3 %",
					   "80 % of the gap", "90 %",	     NULL };
	struct made m;

	(void)state;
	make(&m, 300, 400);
	m.x.study.document = json_pack("{s:[{s:f}]}", "metrics", "closed", 90.0);
	accepts(&m, good);
	refuses(&m, bad);
	json_decref(m.x.study.document);
}

static void time_is_not_instructions(void **state)
{
	(void)state;
	assert_true(mail_speaks_of_time("mm/mprotect: 2.22x slower"));
	assert_true(mail_speaks_of_time("mm/mprotect: more time"));
	assert_true(mail_speaks_of_time("mm/mprotect: worse latency"));
	assert_false(mail_speaks_of_time("mm/mprotect: 2.22 times as many instructions"));
}

/* The range of two kernels, or ""; "!" where they are in the wrong order. */
static const char *range_of(const char *a_spec, const char *a, const char *b_spec, const char *b)
{
	static struct mail_range range;
	const struct mail_request q = { .kind = MAIL_REPORT };
	struct made m;
	struct err e = { 0 };

	make(&m, 1, 2);
	m.runs[0].kernel_spec = (char *)a_spec;
	m.runs[1].kernel_spec = (char *)b_spec;
	m.runs[0].kernel_release = (char *)a;
	m.runs[1].kernel_release = (char *)b;
	if (mail_check_order(&q, &m.about, &e) < 0) {
		assert_non_null(strstr(e.text, "--swap"));
		assert_int_equal(mail_range_find(&q, &m.about, &range, &e), 0);
		assert_string_equal(range.text, "");
		return "!";
	}
	assert_int_equal(mail_range_find(&q, &m.about, &range, &e), 0);
	return range.text;
}

static void ranges_lead_from_old_to_new(void **state)
{
	static const struct {
		const char *a_spec, *a, *b_spec, *b, *want;
	} cases[] = {
		{ "debian:x", "6.16-x", "debian:x", "6.17.0-x", "v6.16..v6.17" },
		{ "debian:x", "6.17.0-x", "debian:x", "6.16-x", "!" },
		{ "debian:x", "6.17.13-x", "debian:x", "6.17.8-x", "!" },
		{ "debian:x", "6.17.8-x", "debian:x", "6.17.13-x", "v6.17.8..v6.17.13" },
		{ "debian:x", "6.16.12-x", "debian:x", "6.17.13-x", "" },
		{ "debian:x", "6.17.13-x", "debian:x", "6.16.12-x", "!" },
		{ "debian:x", "6.18~rc3-x", "debian:x", "6.18-x", "v6.18-rc3..v6.18" },
		{ "debian:x", "6.18-x", "debian:x", "6.18-rc3-x", "!" },
		{ "debian:x", "6.18-rc4", "debian:x", "6.18-rc3", "!" },
		{ "debian:x", "7.0.1-x", "debian:x", "6.17-x", "!" },
		/* Of one release: nothing tells which is the newer. */
		{ "debian:x", "6.17.13-x", "debian:x", "6.17.13-y", "" },
		{ "git:L@v6.16", "6.16.0", "git:L@v6.17", "6.17.0", "v6.16..v6.17" },
		/* Commits have the release of the tag before them. */
		{ "git:L@v6.16", "6.16.0", "git:L@topic", "6.17.0", "" },
		{ "git:L@v6.12.1", "6.12.1", "git:L@0123456789ab", "6.12.1", "" },
		{ "/boot/a", "6.16.0", "/boot/b", "6.17.0-rc1+", "" },
		{ "/boot/a", "6.16.0", "/boot/b", "6.17.0-rc1-00012-g0123456789ab", "" },
		{ "/boot/a", "6.16.0", "/boot/b", "6.17.0", "v6.16..v6.17" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_string_equal(
			range_of(cases[i].a_spec, cases[i].a, cases[i].b_spec, cases[i].b),
			cases[i].want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(percent_is_what_the_ratio_gives),
		cmocka_unit_test(times_is_the_ratio),
		cmocka_unit_test(values_stand_beside_their_unit),
		cmocka_unit_test(directions_are_the_ratios),
		cmocka_unit_test(another_case_has_to_be_named),
		cmocka_unit_test(a_share_is_no_increase),
		cmocka_unit_test(time_is_not_instructions),
		cmocka_unit_test(ranges_lead_from_old_to_new),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
