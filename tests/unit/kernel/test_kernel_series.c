// SPDX-License-Identifier: GPL-2.0-or-later
/* Ranges of Debian kernels: how they are read, and which builds they mean. */
#include "tests/unit/unit.h"

#include "kernel/deb/series.h"

#include <errno.h>
#include <string.h>

/* Versions of clang-format lay out braces in macros each in its own way. */
/* clang-format off */
#define OFFER(spec_, version_, flavour_, compiler_) \
	{ .spec = (char *)"debian:" spec_ "-" flavour_, .version = (char *)version_, \
	  .package = (char *)"p", .suite = (char *)"s", .flavour = (char *)flavour_, \
	  .compiler = (char *)(compiler_) }
/* clang-format on */

/* As the suites have it: ascending, several builds of one version. */
static struct kernel_offer offers[] = {
	OFFER("6.1.0-47", "6.1.170-3", "cloud-amd64", "gcc-12"),
	OFFER("6.12.107+deb12", "6.12.107-1~deb12u1", "cloud-amd64", "gcc-12"),
	OFFER("6.12.107+deb13", "6.12.107-1", "cloud-amd64", "gcc-14"),
	OFFER("6.12.117+deb12", "6.12.117-1~deb12u1", "cloud-amd64", "gcc-12"),
	OFFER("6.12.117+deb13", "6.12.117-1", "cloud-amd64", "gcc-14"),
	OFFER("6.12.117+deb13", "6.12.117-1", "amd64", "gcc-14"),
	OFFER("6.16.3+deb13", "6.16.3-1~bpo13+1", "cloud-amd64", "gcc-14"),
	OFFER("6.16.12+deb13", "6.16.12-1~bpo13+1", "cloud-amd64", "gcc-14"),
	OFFER("6.17.8+deb13", "6.17.8-1~bpo13+1", "cloud-amd64", "gcc-14"),
	OFFER("6.17.9+deb13", "6.17.9-1~bpo13+1", "cloud-amd64", "gcc-14"),
	OFFER("6.17.13+deb13", "6.17.13-1~bpo13+1", "cloud-amd64", "gcc-14"),
	OFFER("6.17.13+deb13", "6.17.13-1~bpo13+1", "amd64", "gcc-14"),
	OFFER("7.0.4+deb14", "7.0.4-1", "cloud-amd64", "gcc-16"),
	OFFER("7.2.12+deb13", "7.2.12-1~bpo13+1", "cloud-amd64", "gcc-14"),
	OFFER("7.2.13+deb14", "7.2.13-1", "cloud-amd64", "gcc-16"),
};

static void expect(const char *range, const char *const *specs, size_t n)
{
	const struct kernel_offers all = { offers, sizeof(offers) / sizeof(offers[0]) };
	_cleanup_series_range_ struct series_range r = { 0 };
	_cleanup_series_specs_ struct series_specs got = { 0 };
	struct err e = { 0 };

	assert_true(series_is_range(range));
	if (series_parse(range, NULL, &r, &e) < 0 || series_pick(&all, &r, &got, &e) < 0)
		fail_msg("%s: %s", range, e.text);
	assert_int_equal(got.count, n);
	for (size_t i = 0; got.items && i < n; i++)
		assert_string_equal(got.items[i], specs[i]);
}

static void the_newest_of_every_series(void **state)
{
	/* 7.0 only by gcc-16; of 7.2 the one by gcc-14, which most can be had with. */
	const char *const specs[] = {
		"debian:6.12.117+deb13-cloud-amd64", "debian:6.16.12+deb13-cloud-amd64",
		"debian:6.17.13+deb13-cloud-amd64",  "debian:7.0.4+deb14-cloud-amd64",
		"debian:7.2.12+deb13-cloud-amd64",
	};

	(void)state;
	expect("debian:6.12..7.2", specs, 5);
	expect("debian:6.12..7.2-cloud-amd64", specs, 5);
	expect("debian:6.12-cloud-amd64..7.2-cloud-amd64", specs, 5);
}

static void ends_may_be_versions(void **state)
{
	const char *const from[] = { "debian:6.16.3+deb13-cloud-amd64",
				     "debian:6.17.8+deb13-cloud-amd64" };
	const char *const old[] = { "debian:6.1.0-47-cloud-amd64",
				    "debian:6.12.107+deb12-cloud-amd64" };

	(void)state;
	expect("debian:6.16.3..6.17.8", from, 2);
	expect("debian:6.16.3+deb13..6.17.8-1~bpo13+1", from, 2);
	expect("debian:6.1..6.12.107+deb12", old, 2);
}

static void all_of_one_series(void **state)
{
	const char *const specs[] = { "debian:6.17.8+deb13-cloud-amd64",
				      "debian:6.17.9+deb13-cloud-amd64",
				      "debian:6.17.13+deb13-cloud-amd64" };
	const char *const two[] = { "debian:6.12.107+deb13-cloud-amd64",
				    "debian:6.12.117+deb13-cloud-amd64" };

	(void)state;
	expect("debian:6.17.8..6.17.13", specs, 3);
	expect("debian:6.17..6.17", specs, 3);
	expect("debian:6.17.8..6.17", specs, 3);
	expect("debian:6.12.107..6.12", two, 2);
}

static void another_flavour(void **state)
{
	const char *const specs[] = { "debian:6.12.117+deb13-amd64", "debian:6.17.13+deb13-amd64" };

	(void)state;
	expect("debian:6.12..6.17-amd64", specs, 2);
}

static void of_what_architecture(const char *range, const char *arch, const char *flavour)
{
	_cleanup_series_range_ struct series_range r = { 0 };
	struct err e = { 0 };

	if (series_parse(range, arch ? arch_named(arch) : NULL, &r, &e) < 0)
		fail_msg("%s: %s", range, e.text);
	assert_string_equal(r.flavour, flavour);
}

static void another_architecture(void **state)
{
	_cleanup_series_range_ struct series_range r = { 0 };
	struct err e = { 0 };

	(void)state;
	of_what_architecture("debian:6.12..7.2", NULL, "cloud-amd64");
	of_what_architecture("debian:6.12..7.2", "arm64", "cloud-arm64");
	of_what_architecture("debian:6.12..7.2-cloud-arm64", NULL, "cloud-arm64");
	of_what_architecture("debian:6.12..7.2-rt-arm64", "arm64", "rt-arm64");
	of_what_architecture("debian:6.12.43+deb13..7.2", "arm64", "cloud-arm64");
	assert_int_equal(series_parse("debian:6.12..7.2-amd64", &arch_arm64, &r, &e), -EINVAL);
	assert_non_null(strstr(e.text, "--arch says arm64"));
}

static void what_is_no_range(void **state)
{
	(void)state;
	assert_false(series_is_range("debian:6.17.13"));
	assert_false(series_is_range("../linux"));
	assert_false(series_is_range("git:../linux@a..b"));
}

static void refuse(const char *range, int code, const char *word)
{
	const struct kernel_offers all = { offers, sizeof(offers) / sizeof(offers[0]) };
	_cleanup_series_range_ struct series_range r = { 0 };
	_cleanup_series_specs_ struct series_specs got = { 0 };
	struct err e = { 0 };
	int rc = series_parse(range, NULL, &r, &e);

	if (rc == 0)
		rc = series_pick(&all, &r, &got, &e);
	assert_int_equal(rc, -code);
	assert_int_equal(got.count, 0);
	if (!strstr(e.text, word))
		fail_msg("%s: '%s' does not say '%s'", range, e.text, word);
}

static void bad_ranges(void **state)
{
	(void)state;
	refuse("debian:7.2..6.12", EINVAL, "newer");
	refuse("debian:6.17.13..6.17.8", EINVAL, "newer");
	refuse("debian:..6.12", EINVAL, "version");
	refuse("debian:6.12..", EINVAL, "version");
	refuse("debian:6.12...7.2", EINVAL, "version");
	refuse("debian:6.12..7.2..7.3", EINVAL, "..7.3");
	refuse("debian:6.12-amd64..7.2-cloud-amd64", EINVAL, "flavour");
	refuse("debian:6.12..7.9", ENOENT, "7.9");
	refuse("debian:6.13..7.2", ENOENT, "6.13");
	refuse("debian:6.16.12..6.16.12", ENOENT, "only");
	refuse("debian:6.12..6.17-rt-amd64", ENOENT, "6.12");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_newest_of_every_series),
		cmocka_unit_test(ends_may_be_versions),
		cmocka_unit_test(all_of_one_series),
		cmocka_unit_test(another_flavour),
		cmocka_unit_test(another_architecture),
		cmocka_unit_test(what_is_no_range),
		cmocka_unit_test(bad_ranges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
