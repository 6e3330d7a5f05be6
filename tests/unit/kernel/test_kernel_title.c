// SPDX-License-Identifier: GPL-2.0-or-later
/* What kernels are called: builds of one release have to be told apart. */
#include "base/cleanup.h"
#include "kernel/store/title.h"
#include "tests/unit/unit.h"

#include <string.h>

#define COMMIT "28bd1217f75f00112233445566778899aabbccdd"
#define OTHER "0123456789abcdef0123456789abcdef01234567"
#define SHA "1a2b3c4d5e6f000000000000000000000000000000000000000000000000000"

static void check(const char *want, const char *spec, const char *subject, const char *sha)
{
	assert_string_equal(kernel_title_of(spec, "6.12.117", subject, sha).text, want);
}

static void every_kind_has_a_title(void **state)
{
	(void)state;
	check("28bd1217f75f (\"mm/mprotect: count pages\")", "git:/src/linux@" COMMIT,
	      "mm/mprotect: count pages", SHA);
	/* Kept before subjects were, or a commit without one; redacted, as in a bundle. */
	check("28bd1217f75f", "git:/src/linux@" COMMIT, NULL, SHA);
	check("28bd1217f75f", "git:.../linux@" COMMIT, NULL, NULL);
	check("28bd1217f75f without 0123456789ab (\"x\")", "git:/s@" COMMIT "-" OTHER, "x", SHA);
	check("28bd1217f75f (\"x\")", "git:/a@b/linux@" COMMIT, "x", SHA);
	check("28bd1217f75f + changes in 3 files (\"x\")", "git:/s@" COMMIT "+3:" OTHER, "x", SHA);
	check("28bd1217f75f + changes in 1 file", "git:/s@" COMMIT "+1:" OTHER, NULL, SHA);
	check("28bd1217f75f (\"x\"), config defconfig", "git:/s@" COMMIT "#defconfig", "x", SHA);
	check("28bd1217f75f without 0123456789ab (\"x\"), config a?b",
	      "git:/s@" COMMIT "-" OTHER "#a\nb", "x", SHA);
	check("6.12.117", "debian:6.12.117+deb13-cloud-amd64", NULL, SHA);
	check("6.12.117 (vmlinux 1a2b3c4d5e6f)", "/boot/vmlinuz", NULL, SHA);
	check("6.12.117", "/boot/vmlinuz", NULL, NULL);
}

static void a_commit_is_read_from_the_spec(void **state)
{
	struct kernel_commit c = kernel_commit("git:/src@" COMMIT "-" OTHER);

	(void)state;
	assert_string_equal(c.id, COMMIT);
	assert_string_equal(c.reverted, OTHER);
	c = kernel_commit("git:/src@" COMMIT);
	assert_string_equal(c.id, COMMIT);
	assert_string_equal(c.reverted, "");
	c = kernel_commit("git:/src@" COMMIT "+12:" OTHER "#host:6.1");
	assert_string_equal(c.id, COMMIT);
	assert_int_equal(c.changed, 12);
	assert_string_equal(c.tree, OTHER);
	assert_string_equal(c.config, "host:6.1");
	/* Neither a count nor a tree that one could be of. */
	assert_string_equal(kernel_commit("git:/src@" COMMIT "+12:x").tree, "");
	assert_string_equal(kernel_commit("git:/src@" COMMIT "+:" OTHER).tree, "");
	assert_string_equal(kernel_commit("git:/src@" COMMIT "+99999999:" OTHER).tree, "");
	/* No build's: a file's name, a branch, too many digits. */
	assert_string_equal(kernel_commit("/src@" COMMIT).id, "");
	assert_string_equal(kernel_commit("git:/src@master").id, "");
	assert_string_equal(kernel_commit("git:/src@" COMMIT COMMIT).id, "");
	assert_string_equal(kernel_commit("git:/src").id, "");
}

static void a_spec_is_written_as_it_is_read(void **state)
{
	static const char *const specs[] = {
		"git:/src@" COMMIT,
		"git:/src@" COMMIT "-" OTHER,
		"git:/src@" COMMIT "+3:" OTHER,
		"git:/src@" COMMIT "+3:" OTHER "#debian:6.12.95+deb12-cloud-amd64",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(specs) / sizeof(specs[0]); i++) {
		struct kernel_commit c = kernel_commit(specs[i]);
		_cleanup_free_ char *again = kernel_commit_spec("/src", &c);

		assert_string_equal(again, specs[i]);
	}
}

static void a_strangers_subject_fits(void **state)
{
	char longest[400], bytes[32];
	struct kernel_title t;

	(void)state;
	check("28bd1217f75f (\"a??[31mb\xc3\xa4?\")", "git:/s@" COMMIT, "a\n\033[31mb\xc3\xa4\x80",
	      SHA);
	check("28bd1217f75f (\"a???b\")", "git:/s@" COMMIT,
	      "a\xe2\x80\xae"
	      "b",
	      SHA);
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	t = kernel_title_of("git:/s@" COMMIT "-" OTHER, "r", longest, SHA);
	assert_true(strlen(t.text) < sizeof(t.text) - 1);
	assert_non_null(strstr(t.text, "xxx...\")"));
	/* A character is not cut in two. */
	memset(longest, 'x', 95);
	memcpy(longest + 95, "\xc3\xa4", 3);
	t = kernel_title_of("git:/s@" COMMIT, "r", longest, SHA);
	assert_non_null(strstr(t.text, "xxx...\")"));
	memset(bytes, 0xff, sizeof(bytes) - 1);
	bytes[sizeof(bytes) - 1] = '\0';
	t = kernel_title_of("/x", bytes, NULL, bytes);
	assert_int_equal(strspn(t.text, "?"), sizeof(bytes) - 1);
	assert_string_equal(t.text + sizeof(bytes) - 1, " (vmlinux ????"
							"????"
							"????"
							")");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_has_a_title),
		cmocka_unit_test(a_commit_is_read_from_the_spec),
		cmocka_unit_test(a_spec_is_written_as_it_is_read),
		cmocka_unit_test(a_strangers_subject_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
