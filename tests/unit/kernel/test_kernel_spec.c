// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/name/spec.h"
#include "kernel/name/vercmp.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

static void debian_specs(void **state)
{
	static const struct {
		const char *text, *version, *number, *flavour;
		bool literal;
	} good[] = {
		{ "debian:6.17", "6.17", "6.17", "cloud-amd64", false },
		{ "debian:6.17.13", "6.17.13", "6.17.13", "cloud-amd64", false },
		{ "debian:6", "6", "6", "cloud-amd64", false },
		{ "debian:6.17-amd64", "6.17", "6.17", "amd64", false },
		{ "debian:6.17.13-rt-amd64", "6.17.13", "6.17.13", "rt-amd64", false },
		{ "debian:6.12.95+deb12", "6.12.95+deb12", "6.12.95", "cloud-amd64", true },
		{ "debian:6.12.90+deb12.1-amd64", "6.12.90+deb12.1", "6.12.90", "amd64", true },
		{ "debian:6.1.0-47", "6.1.0-47", "6.1.0", "cloud-amd64", true },
		{ "debian:6.1.0-47-cloud-amd64", "6.1.0-47", "6.1.0", "cloud-amd64", true },
		{ "debian:6.17.13-1~bpo13+1", "6.17.13-1~bpo13+1", "6.17.13", "cloud-amd64", true },
		{ "debian:7.4~rc2", "7.4~rc2", "7.4~rc2", "cloud-amd64", false },
		{ "debian:7.4~rc2+deb14-amd64", "7.4~rc2+deb14", "7.4~rc2", "amd64", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		_cleanup_spec_ struct spec s = { 0 };

		assert_int_equal(spec_parse(good[i].text, &s, NULL), 0);
		assert_int_equal(s.kind, SPEC_DEBIAN);
		assert_string_equal(s.version, good[i].version);
		assert_string_equal(s.number, good[i].number);
		assert_string_equal(s.flavour, good[i].flavour);
		assert_int_equal(s.literal, good[i].literal);
	}
}

static void bad_specs(void **state)
{
	static const char *const bad[] = {
		"",
		"debian:",
		"debian:x",
		"debian:6.",
		"debian:.6",
		"debian:6..17",
		"debian:6.17-",
		"debian:6.17+",
		"debian:6.17;x",
		"debian:6.17 ",
		"debian:6.17-a_",
		"debian:6.17~rcx",
		"debian:6.17/../",
		"git:",
		"git:@v6",
		"git:dir@",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		_cleanup_spec_ struct spec s = { 0 };
		struct err e = { 0 };

		assert_int_equal(spec_parse(bad[i], &s, &e), -EINVAL);
		assert_int_equal(e.status, ERR_TOOL);
		assert_true(strlen(e.text) > 10);
	}
}

static void other_specs(void **state)
{
	static const struct {
		const char *text;
		enum spec_kind kind;
	} specs[] = {
		{ "mine", SPEC_WORD },	 { "6.17", SPEC_WORD },	   { ".", SPEC_PATH },
		{ "./mine", SPEC_PATH }, { "/boot/x", SPEC_PATH }, { "git:linux@v6.17", SPEC_GIT },
		{ "git:.", SPEC_GIT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(specs) / sizeof(specs[0]); i++) {
		_cleanup_spec_ struct spec s = { 0 };

		assert_int_equal(spec_parse(specs[i].text, &s, NULL), 0);
		assert_int_equal(s.kind, specs[i].kind);
	}
}

static void numbers_match_by_component(void **state)
{
	(void)state;
	assert_true(spec_number_matches("6.1", "6.1.170-3"));
	assert_true(spec_number_matches("6.17.13", "6.17.13"));
	assert_true(spec_number_matches("6.17", "6.17+deb13"));
	assert_false(spec_number_matches("6.1", "6.17.13"));
	assert_false(spec_number_matches("6.17.1", "6.17.13"));
	assert_false(spec_number_matches("7.4", "7.4~rc2"));
	assert_true(spec_number_matches("7.4~rc2", "7.4~rc2+deb14"));
}

static void names(void **state)
{
	(void)state;
	assert_true(spec_name_valid("mine-2.x_y"));
	assert_false(spec_name_valid(""));
	assert_false(spec_name_valid("2nd"));
	assert_false(spec_name_valid("a/b"));
	assert_false(spec_name_valid("debian:x"));
	assert_false(spec_name_valid(".."));
}

/* Pairs from deb-version(7) and from the archive: the left one is older. */
static void debian_order(void **state)
{
	static const char *const pairs[][2] = {
		{ "6.9", "6.17" },
		{ "6.17.8-1", "6.17.13-1" },
		{ "7.4~rc2", "7.4" },
		{ "7.4", "7.4+deb14" },
		{ "6.12.90-2~bpo12+1", "6.12.90-2" },
		{ "6.12.90-1", "6.12.90-2~bpo12+1" },
		{ "6.12.115+deb13", "6.12.115+deb13.1" },
		{ "6.1.0-9", "6.1.0-47" },
		{ "1.0", "1:0.1" },
		{ "1.0~~", "1.0~~a" },
		{ "1.0~~a", "1.0~" },
		{ "1.0~", "1.0" },
		{ "1.0", "1.0a" },
		{ "1.0a", "1.0+" },
		{ "99999999999999999999998", "99999999999999999999999" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		assert_true(vercmp(pairs[i][0], pairs[i][1]) < 0);
		assert_true(vercmp(pairs[i][1], pairs[i][0]) > 0);
		assert_int_equal(vercmp(pairs[i][0], pairs[i][0]), 0);
	}
	assert_int_equal(vercmp("1.0-0", "1.0"), 0);
	assert_int_equal(vercmp("1.007", "1.7"), 0);
	assert_int_equal(vercmp("0:1", "1"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(debian_specs), cmocka_unit_test(bad_specs),
		cmocka_unit_test(other_specs),	cmocka_unit_test(numbers_match_by_component),
		cmocka_unit_test(names),	cmocka_unit_test(debian_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
