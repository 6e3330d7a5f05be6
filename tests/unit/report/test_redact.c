// SPDX-License-Identifier: GPL-2.0-or-later
/* What names the machine is taken out, and nothing else. */
#include "report/bundle/redact.h"
#include "tests/unit/unit.h"

#include <string.h>

#define SOMEBODY \
	"/ho"    \
	"me/someone"

static void expect(const char *text, const char *want)
{
	const struct redact_words w = { .hosts = { "frodo.example.org", "frodo" },
					.n_hosts = 2,
					.users = { "someone", "root" },
					.n_users = 2 };
	_cleanup_buf_ struct buf once = { 0 }, twice = { 0 };

	redact_text(&w, text, &once);
	assert_int_equal(buf_error(&once), 0);
	assert_string_equal(buf_str(&once), want);
	redact_text(&w, buf_str(&once), &twice);
	assert_int_equal(buf_error(&twice), 0);
	assert_string_equal(buf_str(&twice), want);
}

static void paths_keep_their_last_part(void **state)
{
	(void)state;
	expect(SOMEBODY "/linux/vmlinux", ".../vmlinux");
	expect("-kernel " SOMEBODY "/a/vmlinux -m 512M", "-kernel .../vmlinux -m 512M");
	expect("a=" SOMEBODY "/p.so,out=counts", "a=.../p.so,out=counts");
	expect("git:" SOMEBODY "/linux@v6.17", "git:.../linux@v6.17");
	expect("~/linux", ".../linux");
	expect("./build/x and ../x/y", ".../x and .../y");
	expect("\"" SOMEBODY "/my kernels/vmlinux\"", "\".../my kernels/vmlinux\"");
	expect(SOMEBODY "/folder/", ".../folder");
	expect(SOMEBODY "/kernels/someone/", ".../user");
}

static void what_every_machine_has_stays(void **state)
{
	static const char *const same[] = {
		"debian:6.17.13+deb13-cloud-amd64",
		"/dev/ttyS0",
		"/proc/kallsyms",
		"Run /init as",
		"root=/dev/vda",
		"1/2",
		"a/b/c",
		"https://example.org/y",
		"mprotect/shared-dirty-toggle",
		"",
		"...",
		"6.17.13 (x86_64)",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(same); i++)
		expect(same[i], same[i]);
}

static void names_are_whole_words(void **state)
{
	(void)state;
	expect("someone@frodo", "user@host");
	expect("(someone@frodo.example.org)", "(user@host)");
	expect("FRODO: up", "host: up");
	expect("frodos somebody someone_else", "frodos somebody someone_else");
	expect("by root", "by root");
}

/* In a document, keys are texts like others, unless they are members of ours. */
static void keys_are_no_hiding_place(void **state)
{
	const struct redact_words w = { .hosts = { "frodo", "label" }, .n_hosts = 2 };
	struct record r = { .command = json_pack("{s:{s:s, s:i}, s:[{s:b}]}", "label",
						 SOMEBODY "/a/key", SOMEBODY "/a/value", "on Frodo",
						 1, "kernels", "plain.key", 1) };
	json_t *want = json_pack("{s:{s:s, s:i}, s:[{s:b}]}", "label", ".../key", ".../value",
				 "on host", 1, "kernels", "plain.key", 1);
	struct err e = { 0 };

	(void)state;
	assert_int_equal(redact_record(&w, &r, &e), 0);
	assert_true(json_equal(r.command, want));
	json_decref(want);
	record_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_keep_their_last_part),
		cmocka_unit_test(what_every_machine_has_stays),
		cmocka_unit_test(names_are_whole_words),
		cmocka_unit_test(keys_are_no_hiding_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
