// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "cmd/common/cmd.h"
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static struct cmd fake = { .name = "fake",
			   .args = "OLD [-s SCENARIO]...",
			   .help = "Does nothing." };

struct parsed {
	struct cmd_ctx ctx;
	bool all;
	const char *name;
	unsigned cpus;
	double threshold;
	struct opt_list scenarios;
	int argc, dashdash, status;
	char *argv[16];
	struct buf out, err;
};

/* Points @fd at a memory file; returns a copy of what it was. */
static int divert(FILE *stream, int *memory)
{
	int was = dup(fileno(stream));

	fflush(stream);
	*memory = memfd_create("stream", MFD_CLOEXEC);
	dup2(*memory, fileno(stream));
	return was;
}

static void restore(FILE *stream, int was, int memory, struct buf *text)
{
	char path[64];

	fflush(stream);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", memory);
	assert_int_equal(file_read(path, 1 << 20, text, NULL), 0);
	dup2(was, fileno(stream));
	close(was);
	close(memory);
}

/* Parses the words of @line, split at blanks, after the command's name. */
static void parse(struct parsed *p, const char *line)
{
	static char words[256];
	const struct opt opts[] = {
		{ "all", 'a', OPT_FLAG, NULL, "everything", &p->all },
		{ "name", 'n', OPT_STRING, "NAME", "a name", &p->name },
		{ "cpus", 0, OPT_UINT, "N", "CPUs of the guest", &p->cpus },
		{ "threshold", 0, OPT_DOUBLE, "X", "smallest effect", &p->threshold },
		{ "scenario", 's', OPT_LIST, "SCENARIO", "may be given again", &p->scenarios },
	};
	char *save = NULL;
	int out, err, was_out, was_err;

	*p = (struct parsed){ 0 };
	snprintf(words, sizeof(words), "fake %s", line);
	for (char *w = strtok_r(words, " ", &save); w; w = strtok_r(NULL, " ", &save))
		p->argv[p->argc++] = w;
	was_out = divert(stdout, &out);
	was_err = divert(stderr, &err);
	p->status =
		opts_parse(&fake, &p->ctx, opts, ARRAY_SIZE(opts), &p->argc, p->argv, &p->dashdash);
	restore(stdout, was_out, out, &p->out);
	restore(stderr, was_err, err, &p->err);
}

static void parsed_free(struct parsed *p)
{
	free(p->scenarios.items);
	buf_free(&p->out);
	buf_free(&p->err);
}

static void options_stand_anywhere(void **state)
{
	_cleanup_(parsed_free) struct parsed p;

	(void)state;
	parse(&p, "old --cpus 4 new -a --name=x=y --threshold 0.5 --json --home /h last");
	assert_int_equal(p.status, -1);
	assert_int_equal(p.argc, 3);
	assert_string_equal(p.argv[0], "old");
	assert_string_equal(p.argv[1], "new");
	assert_string_equal(p.argv[2], "last");
	assert_null(p.argv[3]);
	assert_true(p.all && p.ctx.json);
	assert_string_equal(p.name, "x=y");
	assert_int_equal(p.cpus, 4);
	assert_true(p.threshold == 0.5);
	assert_string_equal(p.ctx.home_arg, "/h");
	assert_int_equal(p.dashdash, -1);
	assert_int_equal(p.out.len + p.err.len, 0);
}

/* It is an option of commands with a verdict, and of no other. */
static void exit_zero_is_for_verdicts(void **state)
{
	_cleanup_(parsed_free) struct parsed p;
	struct cmd_ctx ctx = { 0 };

	(void)state;
	parse(&p, "old --exit-zero");
	assert_int_equal(p.status, ERR_USAGE);
	parsed_free(&p);
	fake.has_verdict = true;
	parse(&p, "old --exit-zero new");
	fake.has_verdict = false;
	assert_int_equal(p.status, -1);
	assert_int_equal(p.argc, 2);
	assert_true(p.ctx.exit_zero);
	for (int status = 0; status < 130; status++) {
		assert_int_equal(verdict_status(&p.ctx, status), 0);
		assert_int_equal(verdict_status(&ctx, status), status);
	}
}

static void lists_collect(void **state)
{
	_cleanup_(parsed_free) struct parsed p;

	(void)state;
	parse(&p, "-s a --scenario b -sc --scenario=d");
	assert_int_equal(p.status, -1);
	assert_int_equal(p.scenarios.count, 4);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(p.scenarios.items[i][0], "abcd"[i]);
	assert_int_equal(p.argc, 0);
}

static void dashdash_ends_options(void **state)
{
	_cleanup_(parsed_free) struct parsed p;

	(void)state;
	parse(&p, "old -a -- ./prog -s --help --");
	assert_int_equal(p.status, -1);
	assert_int_equal(p.argc, 5);
	assert_int_equal(p.dashdash, 1);
	assert_string_equal(p.argv[1], "./prog");
	assert_string_equal(p.argv[4], "--");
	assert_null(p.argv[5]);
	assert_int_equal(p.scenarios.count, 0);
	parsed_free(&p);
	parse(&p, "--");
	assert_int_equal(p.status, -1);
	assert_int_equal(p.argc, 0);
	assert_int_equal(p.dashdash, 0);
}

static void single_dash_is_an_argument(void **state)
{
	_cleanup_(parsed_free) struct parsed p;

	(void)state;
	parse(&p, "-");
	assert_int_equal(p.status, -1);
	assert_int_equal(p.argc, 1);
	assert_string_equal(p.argv[0], "-");
}

static void help_names_every_option(void **state)
{
	static const char *const want[] = {
		"usage: slowpath fake OLD", "Does nothing.", "-a, --all",  "--cpus N",
		"-s, --scenario SCENARIO",  "--json",	     "--home DIR", "-h, --help"
	};
	static const char *const lines[] = { "--help", "-h", "old -a --help --bogus" };

	(void)state;
	for (size_t l = 0; l < ARRAY_SIZE(lines); l++) {
		_cleanup_(parsed_free) struct parsed p;

		parse(&p, lines[l]);
		assert_int_equal(p.status, 0);
		assert_int_equal(p.err.len, 0);
		for (size_t i = 0; i < ARRAY_SIZE(want); i++)
			assert_non_null(strstr(buf_str(&p.out), want[i]));
	}
}

static void misuse_is_129_on_stderr(void **state)
{
	static const struct {
		const char *line, *says;
	} cases[] = {
		{ "--bogus", "unknown option '--bogus'" },
		{ "-x", "unknown option '-x'" },
		{ "--", NULL },
		{ "--al", "unknown option '--al'" },
		{ "--=x", "unknown option '--=x'" },
		{ "--name", "option '--name' needs NAME" },
		{ "old -s", "option '-s' needs SCENARIO" },
		{ "--home", "option '--home' needs DIR" },
		{ "--all=yes", "option '--all=yes' takes no argument" },
		{ "--json=yes", "option '--json=yes' takes no argument" },
		{ "--cpus four", "'four' is not a whole number" },
		{ "--cpus -1", "'-1' is not a whole number" },
		{ "--cpus +1", "'+1' is not a whole number" },
		{ "--cpus 1.5", "'1.5' is not a whole number" },
		{ "--cpus 4294967297", "'4294967297' is not a whole number" },
		{ "--cpus=", "'' is not a whole number" },
		{ "--threshold nan", "'nan' is not a number" },
		{ "--threshold -0.1", "'-0.1' is not a number" },
		{ "--threshold 5%", "'5%' is not a number" },
		{ "--threshold inf", "'inf' is not a number" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(parsed_free) struct parsed p;

		parse(&p, cases[i].line);
		if (!cases[i].says) {
			assert_int_equal(p.status, -1);
			continue;
		}
		assert_int_equal(p.status, ERR_USAGE);
		assert_int_equal(p.out.len, 0);
		assert_non_null(strstr(buf_str(&p.err), cases[i].says));
		assert_non_null(strstr(buf_str(&p.err), "slowpath fake --help"));
	}
}

/* A blank before the sign must not smuggle a negative number through strtoul(3). */
static void numbers_do_not_wrap(void **state)
{
	char name[] = "fake", option[] = "--cpus", value[] = " -18446744073709551615";
	char *argv[] = { name, option, value, NULL };
	struct cmd_ctx ctx = { 0 };
	unsigned cpus = 7;
	const struct opt opts[] = { { "cpus", 0, OPT_UINT, "N", "", &cpus } };
	_cleanup_buf_ struct buf text = { 0 };
	int argc = 3, memory, was, r;

	(void)state;
	was = divert(stderr, &memory);
	r = opts_parse(&fake, &ctx, opts, 1, &argc, argv, NULL);
	restore(stderr, was, memory, &text);
	assert_int_equal(r, ERR_USAGE);
	assert_int_equal(cpus, 7);
}

static void errors_choose_the_exit_status(void **state)
{
	_cleanup_buf_ struct buf text = { 0 };
	struct err e = { 0 };
	int memory, was, r[3];

	(void)state;
	was = divert(stderr, &memory);
	r[0] = report_error(&e);
	err_set(&e, 2, "one");
	r[1] = report_error(&e);
	err_unmeasured(&e, 5, "two");
	r[2] = report_error(&e);
	restore(stderr, was, memory, &text);
	assert_int_equal(r[0], 128);
	assert_int_equal(r[1], 128);
	assert_int_equal(r[2], 125);
	assert_non_null(strstr(buf_str(&text), "slowpath: one\nslowpath: two\n"));
}

/* What cannot be written as JSON must not end in exit status 0. */
static void json_is_one_document_or_an_error(void **state)
{
	_cleanup_buf_ struct buf out = { 0 }, err = { 0 };
	json_t *doc = json_pack("{s:f}", "x", 0.1);
	int memory[2], was[2], r[2];

	(void)state;
	was[0] = divert(stdout, &memory[0]);
	was[1] = divert(stderr, &memory[1]);
	r[0] = print_json(doc);
	r[1] = print_json(NULL);
	restore(stdout, was[0], memory[0], &out);
	restore(stderr, was[1], memory[1], &err);
	json_decref(doc);
	assert_int_equal(r[0], 0);
	assert_int_equal(r[1], 128);
	assert_memory_equal(buf_str(&out), "{\n \"x\": 0.1\n}\n", 14);
	assert_non_null(strstr(buf_str(&err), "cannot write JSON"));
}

static void full_disk_is_noticed(void **state)
{
	_cleanup_buf_ struct buf err = { 0 };
	int memory, was, was_out = dup(1), r, full = open("/dev/full", O_WRONLY | O_CLOEXEC);

	(void)state;
	fflush(stdout);
	dup2(full, 1);
	was = divert(stderr, &memory);
	fputs("text", stdout);
	r = finish_stdout();
	restore(stderr, was, memory, &err);
	dup2(was_out, 1);
	close(was_out);
	close(full);
	clearerr(stdout);
	assert_int_equal(r, 128);
	assert_non_null(strstr(buf_str(&err), "No space left"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_stand_anywhere),
		cmocka_unit_test(exit_zero_is_for_verdicts),
		cmocka_unit_test(lists_collect),
		cmocka_unit_test(dashdash_ends_options),
		cmocka_unit_test(single_dash_is_an_argument),
		cmocka_unit_test(help_names_every_option),
		cmocka_unit_test(misuse_is_129_on_stderr),
		cmocka_unit_test(numbers_do_not_wrap),
		cmocka_unit_test(errors_choose_the_exit_status),
		cmocka_unit_test(json_is_one_document_or_an_error),
		cmocka_unit_test(full_disk_is_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
