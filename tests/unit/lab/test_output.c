// SPDX-License-Identifier: GPL-2.0-or-later
/* Metrics in what a foreign program prints. */
#include "lab/output/output.h"
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

/* What looks like a metric and is none ends nothing: it is left out, and told. */
static void what_is_no_metric_is_left_out(void **state)
{
	_cleanup_(program_free_p) struct program *p = program(NULL, 0);
	_cleanup_output_ struct output o = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(output_parse("a=1\nb=2\na=1\nf=5ms g=12% h=1,2 i=1e400 n=nan d=0x10 k=3\n"
				      "iteration=4 run_insns_per_call=5 iteration_ns_per_page=6 "
				      "path=/tmp =3 user=x9\n",
				      p, &o, &e),
			 0);
	assert_int_equal(o.n_metrics, 3);
	assert_string_equal(o.metrics[0].name, "b");
	assert_string_equal(o.metrics[1].name, "k");
	assert_string_equal(o.metrics[2].name, "iteration_ns_per_page");
	assert_string_equal(o.notes,
			    "left out: a (printed more than once in an execution)\n"
			    "left out: f, g, h, i, n, d (not a plain number)\n"
			    "left out: iteration, run_insns_per_call (a name of slowpath's own)\n");
}

static void there_may_be_more_than_are_taken(void **state)
{
	_cleanup_(program_free_p) struct program *p = program(NULL, 0);
	_cleanup_output_ struct output o = { 0 };
	_cleanup_buf_ struct buf text = { 0 };
	struct err e = { 0 };

	(void)state;
	for (unsigned i = 0; i < OUTPUT_METRICS_MAX + 8; i++)
		assert_int_equal(buf_printf(&text, "m%u=%u\n", i, i), 0);
	assert_int_equal(output_parse(buf_str(&text), p, &o, &e), 0);
	assert_int_equal(o.n_metrics, OUTPUT_METRICS_MAX);
	assert_string_equal(o.notes, "left out: m32, m33, m34, m35, m36, m37 and 2 more (more "
				     "metrics than are taken)\n");
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
	output_free(&o);
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
	err_clear(&e);
	assert_int_equal(program_add_metric(p, "kernel_insns_per_call", "(a)", &e), -EINVAL);
	assert_non_null(strstr(e.text, "slowpath has a metric of that name"));
	err_clear(&e);
	assert_int_equal(program_add_metric(p, "a", "(a)", &e), 0);
	assert_int_equal(program_add_metric(p, "a", "(b)", &e), -EEXIST);
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
	assert_string_equal(o.notes, "");
	assert_string_equal(o.steady, "1\tt=# u=#\n");
	items[1] = frame(room[3], "t=1 v=1");
	assert_int_equal(output_take(&r, p, &other, &e), 0);
	assert_int_equal(other.n_metrics, 1);
	assert_string_equal(other.notes, "left out: u, v (not printed by every execution)\n");
	r.count = 0;
	assert_int_equal(output_take(&r, p, &none, &e), -EPROTO);
	items[0].len = 3;
	r.count = 1;
	err_clear(&e);
	output_free(&none);
	assert_int_equal(output_take(&r, p, &none, &e), -EPROTO);
}

static void a_failure_keeps_the_last_output(void **state)
{
	uint8_t room[2][64];
	struct report_item items[] = { frame(room[0], "one\n"), frame(room[1], "two\nthree\n\n") };
	struct report r = { .items = items, .count = 2 };
	_cleanup_output_ struct output o = { 0 };
	struct err e = { 0 };

	(void)state;
	err_set(&e, EIO, "it failed");
	output_explain(&r, &o, &e);
	assert_string_equal(e.text, "it failed; it printed: three");
	assert_string_equal(o.text, "two\nthree\n\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_metrics),
		cmocka_unit_test(what_is_no_metric_is_left_out),
		cmocka_unit_test(there_may_be_more_than_are_taken),
		cmocka_unit_test(a_failure_keeps_the_last_output),
		cmocka_unit_test(patterns_take_their_group),
		cmocka_unit_test(bad_patterns_are_refused),
		cmocka_unit_test(executions_are_summed_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
