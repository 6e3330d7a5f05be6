// SPDX-License-Identifier: GPL-2.0-or-later
/* Debug information of a small program that the compiler has just made. */
#include "symbols/lines.h"

#include "base/buf.h"
#include "base/file.h"
#include "tests/unit/find_code.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

/* LINES_TREE: the sources; LINES_BUILT: what begins the names of what was made of them. */
#define BUILT LINES_BUILT "built"
#define OTHER LINES_BUILT "other"
#define STRIPPED LINES_BUILT "stripped"
#define NAMELESS LINES_BUILT "nameless"

/* The number of the only line of a source that has @text in it. */
static unsigned line_with(const char *file, const char *text)
{
	_cleanup_free_ char *path = str_printf(LINES_TREE "/%s", file);
	_cleanup_buf_ struct buf source = { 0 };
	const char *found;
	struct err e = { 0 };
	unsigned line = 1;

	assert_int_equal(file_read(path, 1 << 20, &source, &e), 0);
	found = strstr(buf_str(&source), text);
	assert_non_null(found);
	for (const char *p = buf_str(&source); p < found; p++)
		line += *p == '\n';
	return line;
}

static struct lines *open_lines(const char *file, const char *vmlinux)
{
	struct lines *l = NULL;
	struct err e = { 0 };

	if (lines_open(file, vmlinux, &l, &e) < 0)
		fail_msg("%s", e.text);
	return l;
}

static void assert_frame(const struct lines_frame *f, const char *function, const char *file,
			 unsigned line, unsigned declared)
{
	assert_string_equal(f->function, function);
	assert_string_equal(f->file, file);
	assert_int_equal(f->line, line);
	assert_int_equal(f->declared, declared);
}

static void inlined_functions_are_found_within(void **state)
{
	_cleanup_lines_ struct lines *l = open_lines(NULL, BUILT);
	struct code code = find_code(BUILT, "outer");
	unsigned depths[4] = { 0 }, at_leaf = 0;
	struct lines_place p;
	struct err e = { 0 };

	(void)state;
	for (uint64_t at = code.start; at < code.end; at++) {
		assert_int_equal(lines_find(l, at, &p, &e), 0);
		assert_in_range(p.depth, 1, 3);
		assert_string_equal(p.frames[p.depth - 1].function, "outer");
		assert_int_equal(p.frames[p.depth - 1].declared,
				 line_with("init/main.c", "int outer(volatile int *p)\n{"));
		depths[p.depth]++;
		if (p.depth < 3 || p.frames[0].line != line_with("mm/leaf.h", "leaf's line"))
			continue;
		at_leaf++;
		assert_frame(&p.frames[0], "leaf", "mm/leaf.h",
			     line_with("mm/leaf.h", "leaf's line"),
			     line_with("mm/leaf.h", "int leaf("));
		assert_frame(&p.frames[1], "middle", "mm/leaf.h",
			     line_with("mm/leaf.h", "leaf is called"),
			     line_with("mm/leaf.h", "int middle("));
		assert_int_equal(p.frames[2].line, line_with("init/main.c", "middle is called"));
	}
	assert_true(depths[1] && depths[2] && depths[3] && at_leaf);
}

/* The same lines, wherever the compiler put them. */
static void a_twin_out_of_line_has_the_same_lines(void **state)
{
	_cleanup_lines_ struct lines *l = open_lines(NULL, BUILT);
	struct code code = find_code(BUILT, "twin");
	unsigned at_leaf = 0;
	struct lines_place p;
	struct err e = { 0 };

	(void)state;
	for (uint64_t at = code.start; at < code.end; at++) {
		assert_int_equal(lines_find(l, at, &p, &e), 0);
		assert_string_equal(p.frames[p.depth - 1].function, "twin");
		at_leaf += p.depth == 2 && !strcmp(p.frames[0].function, "leaf") &&
			   p.frames[0].line == line_with("mm/leaf.h", "leaf's line");
	}
	assert_true(at_leaf);
}

static void elsewhere_nothing_is_known(void **state)
{
	_cleanup_lines_ struct lines *l = open_lines(NULL, BUILT);
	const uint64_t places[] = { 0, 1, find_code(BUILT, "outer").start + (1u << 20),
				    UINT64_MAX };
	struct lines_place p;
	struct err e = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		assert_int_equal(lines_find(l, places[i], &p, &e), 0);
		assert_int_equal(p.depth, 1);
		assert_null(p.frames[0].function);
		assert_null(p.frames[0].file);
		assert_int_equal(p.frames[0].line, 0);
	}
}

static int refusal(const char *file, const char *vmlinux, struct err *e)
{
	struct lines *l = NULL;
	struct err same = { 0 };
	int r;

	err_clear(e);
	r = lines_open(file, vmlinux, &l, e);
	assert_null(l);
	if (file)
		assert_int_equal(lines_check(file, vmlinux, &same), r);
	return r;
}

static void a_file_of_another_build_is_refused(void **state)
{
	struct err e = { 0 };
	const char *its, *kernels;

	(void)state;
	lines_close(open_lines(BUILT, STRIPPED));
	assert_int_equal(refusal(OTHER, BUILT, &e), -EINVAL);
	assert_non_null(strstr(e.text, OTHER));
	assert_non_null(strstr(e.text, "another build"));
	its = strstr(e.text, "build id is ");
	kernels = strstr(e.text, "kernel's ");
	assert_true(its && kernels);
	/* SHA-1, both of them, and not the same. */
	assert_int_equal(strspn(its + 12, "0123456789abcdef"), 40);
	assert_int_equal(strspn(kernels + 9, "0123456789abcdef"), 40);
	assert_int_not_equal(strncmp(its + 12, kernels + 9, 40), 0);
	assert_int_equal(refusal(NAMELESS, BUILT, &e), -EINVAL);
	assert_non_null(strstr(e.text, "it has no build id"));
	assert_int_equal(refusal(BUILT, NAMELESS, &e), -EINVAL);
	assert_non_null(strstr(e.text, "the kernel has no build id"));
}

static void what_has_no_debug_information_says_so(void **state)
{
	struct err e = { 0 };

	(void)state;
	assert_int_equal(refusal(NULL, STRIPPED, &e), -ENODATA);
	assert_int_equal(refusal(STRIPPED, BUILT, &e), -ENODATA);
	assert_int_equal(refusal("/nowhere", BUILT, &e), -ENOENT);
	assert_int_equal(refusal("/dev/null", BUILT, &e), -EPROTO);
	assert_int_equal(refusal(LINES_TREE "/init/main.c", BUILT, &e), -EPROTO);
}

/* What is made of a file with other bytes: nothing, or all of it, but no crash. */
static int look_at(const char *dir, const void *bytes, size_t len, struct code code)
{
	_cleanup_free_ char *path = str_printf("%s/file", dir);
	_cleanup_lines_ struct lines *l = NULL;
	struct lines_place p;
	struct err e = { 0 };
	int r;

	assert_int_equal(file_write(path, bytes, len, &e), 0);
	r = lines_open(NULL, path, &l, &e);
	for (uint64_t at = code.start; r == 0 && at < code.end; at++)
		r = lines_find(l, at, &p, &e);
	assert_true(r == 0 || r == -EPROTO || r == -ENODATA);
	assert_true(r == 0 || e.text[0]);
	return r;
}

static void a_cut_or_damaged_file_is_no_crash(void **state)
{
	struct code code = find_code(BUILT, "outer");
	_cleanup_free_ char *dir = NULL;
	_cleanup_buf_ struct buf whole = { 0 };
	struct err e = { 0 };
	unsigned refused = 0;
	uint32_t seed = 1;

	(void)state;
	assert_int_equal(dir_temp("/tmp", "slowpath-test-", &dir, &e), 0);
	assert_int_equal(file_read(BUILT, 16 << 20, &whole, &e), 0);
	assert_int_equal(look_at(dir, whole.data, whole.len, code), 0);
	for (size_t len = 1; len < whole.len; len += 1 + len / 40)
		assert_int_not_equal(look_at(dir, whole.data, len, code), 0);
	for (unsigned i = 0; i < 400; i++) {
		size_t at;

		seed = seed * 1664525 + 1013904223;
		at = seed % whole.len;
		whole.data[at] ^= (char)(1u << (seed >> 29));
		refused += look_at(dir, whole.data, whole.len, code) != 0;
		whole.data[at] ^= (char)(1u << (seed >> 29));
	}
	assert_true(refused);
	dir_remove(dir, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(inlined_functions_are_found_within),
		cmocka_unit_test(a_twin_out_of_line_has_the_same_lines),
		cmocka_unit_test(elsewhere_nothing_is_known),
		cmocka_unit_test(a_file_of_another_build_is_refused),
		cmocka_unit_test(what_has_no_debug_information_says_so),
		cmocka_unit_test(a_cut_or_damaged_file_is_no_crash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
