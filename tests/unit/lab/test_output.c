// SPDX-License-Identifier: GPL-2.0-or-later
/* Metrics in what a foreign program prints. */
#include "lab/output.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

static struct program *program(const char *const (*metrics)[2], size_t n)
{
	struct program *p = NULL;

	assert_int_equal(program_new("/bin/true", &p, NULL), 0);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(program_add_metric(p, metrics[i][0], metrics[i][1], NULL), 0);
	return p;
}

static void words_are_metrics(void **state)
{
	_cleanup_(program_free_p) struct program *p = program(NULL, 0);
	_cleanup_output_ struct output o = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(output_parse("a=1 b.c/d-e_ns=2.5,\n x = 3 =4 k= 5=5 n=nan i=inf\tz=-1e3.\n"
				      "s=12ms",
				      p, &o, &e),
			 0);
	assert_int_equal(o.n_metrics, 3);
	assert_string_equal(o.metrics[0].name, "a");
	assert_true(o.metrics[0].value == 1);
	assert_string_equal(o.metrics[1].name, "b.c/d-e_ns");
	assert_true(o.metrics[1].value == 2.5);
	assert_string_equal(o.metrics[2].name, "z");
	assert_true(o.metrics[2].value == -1000);
}

static void twice_is_an_error(void **state)
{
	_cleanup_(program_free_p) struct program *p = program(NULL, 0);
	_cleanup_output_ struct output o = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(output_parse("a=1\nb=2\na=1\n", p, &o, &e), -EPROTO);
	assert_int_equal(e.status, ERR_UNMEASURED);
	assert_non_null(strstr(e.text, "'a' twice"));
}

static void patterns_take_their_group(void **state)
{
	static const char *const metrics[][2] = { { "score", "score: *([0-9.]+)" },
						  { "last", "^end ([0-9]+)$" } };
	_cleanup_(program_free_p) struct program *p = program(metrics, 2);
	_cleanup_output_ struct output o = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(output_parse("x=9\nscore:  4.25 points\nend 7\n", p, &o, &e), 0);
	assert_int_equal(o.n_metrics, 2);
	assert_true(o.metrics[0].value == 4.25 && o.metrics[1].value == 7);
	assert_int_equal(output_parse("score: 1\n", p, &o, &e), -ENODATA);
	assert_non_null(strstr(e.text, "'last'"));
	err_clear(&e);
	assert_int_equal(output_parse("score: 1\nscore: 2\nend 1\n", p, &o, &e), -EPROTO);
	err_clear(&e);
	assert_int_equal(output_parse("score: 1.2.3\nend 1\n", p, &o, &e), -EPROTO);
	assert_non_null(strstr(e.text, "no number"));
}

static void bad_patterns_are_refused(void **state)
{
	_cleanup_(program_free_p) struct program *p = program(NULL, 0);
	struct err e = { 0 };

	(void)state;
	assert_int_equal(program_add_metric(p, "a", "no group", &e), -EINVAL);
	err_clear(&e);
	assert_int_equal(program_add_metric(p, "a", "(open", &e), -EINVAL);
	assert_non_null(strstr(e.text, "(open"));
}

/* A frame with @text, as the guest makes it. */
static struct report_item frame(uint8_t *room, const char *text)
{
	struct report_output head = { 0 };

	memcpy(room, &head, sizeof(head));
	memcpy(room + sizeof(head), text, strlen(text));
	return (struct report_item){ FRAME_OUTPUT, room, sizeof(head) + strlen(text) };
}

static void executions_are_summed_up(void **state)
{
	_cleanup_(program_free_p) struct program *p = program(NULL, 0);
	uint8_t room[4][64];
	struct report_item items[] = { frame(room[0], "t=3 u=1"), frame(room[1], "t=1 u=1"),
				       frame(room[2], "t=2 u=1\nbye\x01\n") };
	struct report r = { .items = items, .count = 3 };
	_cleanup_output_ struct output o = { 0 }, other = { 0 }, none = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(output_take(&r, p, &o, &e), 0);
	assert_int_equal(o.n_metrics, 2);
	assert_true(o.metrics[0].value == 2 && o.metrics[0].spread == 2);
	assert_true(o.metrics[1].value == 1 && o.metrics[1].spread == 0);
	assert_string_equal(o.text, "t=2 u=1\nbye?\n");
	items[1] = frame(room[3], "t=1 v=1");
	assert_int_equal(output_take(&r, p, &other, &e), -EPROTO);
	assert_non_null(strstr(e.text, "same metrics"));
	err_clear(&e);
	r.count = 0;
	assert_int_equal(output_take(&r, p, &none, &e), -EPROTO);
	items[0].len = 3;
	r.count = 1;
	err_clear(&e);
	output_free(&none);
	assert_int_equal(output_take(&r, p, &none, &e), -EPROTO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_metrics),
		cmocka_unit_test(twice_is_an_error),
		cmocka_unit_test(patterns_take_their_group),
		cmocka_unit_test(bad_patterns_are_refused),
		cmocka_unit_test(executions_are_summed_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
