// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/cleanup.h"
#include "kernel/deb/apt.h"
#include "kernel/deb/choose.h"
#include "kernel/deb/packages.h"
#include "tests/unit/fake_kernel.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

#define STANZA(name, version, rest) \
	"Package: " name "\nSource: linux\nVersion: " version "\n" rest "Size: 1000\n\n"

static const char backports[] = STANZA("linux-image-6.17.8+deb13-cloud-amd64", "6.17.8-1~bpo13+1",
				       "") STANZA("linux-image-6.17.13+deb13-cloud-amd64",
						  "6.17.13-1~bpo13+1", "Depends: kmod\n")
	STANZA("linux-image-6.17.13+deb13-amd64", "6.17.13-1~bpo13+1",
	       "") STANZA("linux-image-6.17.13+deb13-cloud-amd64-dbg", "6.17.13-1~bpo13+1", "")
		STANZA("linux-binary-7.2.12+deb13-cloud-amd64", "7.2.12-1~bpo13+1",
		       "") STANZA("linux-image-7.2.12+deb13-cloud-amd64", "7.2.12-1~bpo13+1", "")
			STANZA("linux-base-7.2.12+deb13-cloud-amd64", "7.2.12-1~bpo13+1", "")
				STANZA("linux-headers-7.2.12+deb13-cloud-amd64", "7.2.12-1~bpo13+1",
				       "Depends: gcc-14-for-host, linux-base (>= 4.12~)\n")
					STANZA("linux-libc-dev", "7.2.12-1~bpo13+1", "");
static const char sid[] = STANZA("linux-binary-7.2.12+deb14-cloud-amd64", "7.2.12-1", "")
	STANZA("linux-headers-7.2.12+deb14-cloud-amd64", "7.2.12-1", "Depends: gcc-16-for-host\n")
		STANZA("linux-image-7.2-cloud-amd64", "7.2.13-1", "")
			STANZA("linux-binary-unsigned-7.2.13+deb14-cloud-amd64", "7.2.13-1", "");
static const char bookworm[] = STANZA("linux-image-6.1.0-47-cloud-amd64", "6.1.170-3", "") STANZA(
	"linux-headers-6.1.0-47-cloud-amd64", "6.1.170-3", "Depends: linux-compiler-gcc-12-x86\n")
	STANZA("linux-image-6.1.0-50-cloud-amd64", "6.1.176-1", "");

static void read_list(const char *dir, const char *text, const char *suite, struct packages *out)
{
	_cleanup_buf_ struct buf packed = { 0 };
	_cleanup_free_ char *path = NULL;

	fake_compress(text, strlen(text), "lz4", &packed);
	path = fake_file(dir, "Packages.lz4", &packed);
	assert_int_equal(packages_read(path, apt_suite_rank(suite), out, NULL), 0);
}

static int set_up(void **state)
{
	struct index *x = calloc(1, sizeof(*x));
	_cleanup_packages_ struct packages packages = { 0 };
	char *dir = fake_dir();

	read_list(dir, sid, "sid", &packages);
	read_list(dir, bookworm, "bookworm", &packages);
	read_list(dir, backports, "trixie-backports", &packages);
	fake_dir_remove(dir);
	assert_int_equal(packages_to_builds(&packages, x, NULL), 0);
	*state = x;
	return 0;
}

static int tear_down(void **state)
{
	index_free(*state);
	free(*state);
	return 0;
}

static void ascending_without_strangers(void **state)
{
	static const char *const expected[] = { "6.1.0-47",	 "6.1.0-50",	  "6.17.8+deb13",
						"6.17.13+deb13", "6.17.13+deb13", "7.2.12+deb13",
						"7.2.12+deb14",	 "7.2.13+deb14" };
	const struct index *x = *state;

	assert_int_equal(x->count, ARRAY_SIZE(expected));
	for (size_t i = 0; i < x->count; i++)
		assert_string_equal(x->builds[i].abi, expected[i]);
}

static const struct build *pick(const struct index *x, const char *text, const char *peer)
{
	_cleanup_spec_ struct spec spec = { 0 };
	_cleanup_choices_ struct choices c = { 0 };

	assert_int_equal(spec_parse(text, &spec, NULL), 0);
	assert_int_equal(choose(x, &spec, &c), 0);
	return choose_one(&c, peer);
}

static void facts_of_a_build(void **state)
{
	const struct build *b = pick(*state, "debian:7.2.12+deb13", NULL);

	assert_string_equal(b->package, "linux-binary-7.2.12+deb13-cloud-amd64");
	assert_string_equal(b->config_package, "linux-base-7.2.12+deb13-cloud-amd64");
	assert_string_equal(b->compiler, "gcc-14");
	assert_string_equal(b->suite, "trixie-backports");
	assert_int_equal(b->size, 1000);
	assert_false(b->inferred);
	b = pick(*state, "debian:7.2.13", NULL);
	assert_string_equal(b->package, "linux-binary-unsigned-7.2.13+deb14-cloud-amd64");
}

static void compilers_are_inferred(void **state)
{
	const struct build *b = pick(*state, "debian:6.17", NULL);

	assert_string_equal(b->compiler, "gcc-14");
	assert_true(b->inferred);
	b = pick(*state, "debian:6.1.0-50", NULL);
	assert_string_equal(b->compiler, "gcc-12");
}

static void chooses(void **state)
{
	static const struct {
		const char *spec, *peer, *abi;
	} cases[] = {
		{ "debian:6.17", NULL, "6.17.13+deb13" },
		{ "debian:6.17.8", NULL, "6.17.8+deb13" },
		{ "debian:6.17.13-amd64", NULL, "6.17.13+deb13" },
		{ "debian:6.17.13-1~bpo13+1", NULL, "6.17.13+deb13" },
		{ "debian:6.1", NULL, "6.1.0-50" },
		{ "debian:6.1.170", NULL, "6.1.0-47" },
		{ "debian:6.1.0-47", NULL, "6.1.0-47" },
		{ "debian:6.1.170-3", NULL, "6.1.0-47" },
		{ "debian:6", NULL, "6.17.13+deb13" },
		/* Several builds of a version: the peer's compiler, else the newest suite. */
		{ "debian:7.2.12", NULL, "7.2.12+deb14" },
		{ "debian:7.2.12", "gcc-14 (Debian 14.2.0-19) 14.2.0", "7.2.12+deb13" },
		{ "debian:7.2.12", "clang version 19.1.7", "7.2.12+deb14" },
		/* A partial version is the newest, whatever the peer. */
		{ "debian:7.2", "gcc-14 (Debian 14.2.0-19) 14.2.0", "7.2.13+deb14" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct build *b = pick(*state, cases[i].spec, cases[i].peer);

		assert_non_null(b);
		assert_string_equal(b->abi, cases[i].abi);
	}
	assert_null(pick(*state, "debian:6.99", NULL));
	assert_null(pick(*state, "debian:6.17.13+deb12", NULL));
	assert_null(pick(*state, "debian:6.17-rt-amd64", NULL));
}

static void pairs_by_compiler(void **state)
{
	_cleanup_spec_ struct spec a = { 0 }, b = { 0 };
	_cleanup_choices_ struct choices of_a = { 0 }, of_b = { 0 };

	assert_int_equal(spec_parse("debian:7.2.12", &a, NULL), 0);
	assert_int_equal(spec_parse("debian:6.17", &b, NULL), 0);
	assert_int_equal(choose(*state, &a, &of_a), 0);
	assert_int_equal(choose(*state, &b, &of_b), 0);
	assert_int_equal(of_a.count, 2);
	assert_string_equal(choose_compiler(&of_a, &of_b), "gcc-14");
	assert_string_equal(choose_compiler(&of_a, &of_a), "gcc-16");
	spec_free(&b);
	choices_free(&of_b);
	assert_int_equal(spec_parse("debian:6.1", &b, NULL), 0);
	assert_int_equal(choose(*state, &b, &of_b), 0);
	assert_null(choose_compiler(&of_a, &of_b));
}

static void nearest(void **state)
{
	static const char *const cases[][2] = {
		{ "debian:6.99", "nearest: debian:6.17.13+deb13, debian:7.2.12+deb13" },
		{ "debian:5.10", "nearest: debian:6.1.0-47" },
		{ "debian:8", "nearest: debian:7.2.13+deb14" },
		{ "debian:6.17-rt-amd64", "no suite has the flavour 'rt-amd64'; there are: "
					  "cloud-amd64 amd64" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_spec_ struct spec spec = { 0 };
		_cleanup_buf_ struct buf text = { 0 };

		assert_int_equal(spec_parse(cases[i][0], &spec, NULL), 0);
		assert_int_equal(choose_nearest(*state, &spec, &text), 0);
		assert_string_equal(buf_str(&text), cases[i][1]);
	}
}

static void neighbours(void **state)
{
	const struct build *below, *above, *b = pick(*state, "debian:6.17.8", NULL);

	choose_neighbours(*state, b, 1, &below, &above);
	assert_string_equal(below->abi, "6.1.0-50");
	assert_string_equal(above->abi, "6.17.13+deb13");
	assert_string_equal(above->flavour, "cloud-amd64");
	choose_neighbours(*state, b, 3, &below, &above);
	assert_null(below);
	assert_string_equal(above->abi, "7.2.12+deb14");
}

static void suites_have_an_order(void **state)
{
	(void)state;
	assert_true(apt_suite_rank("sid") > apt_suite_rank("trixie-backports"));
	assert_true(apt_suite_rank("trixie-backports") > apt_suite_rank("bookworm-backports"));
	assert_true(apt_suite_rank("no-such-suite") < 0);
	assert_string_equal(apt_suite_name(apt_suite_rank("forky")), "forky");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ascending_without_strangers),
		cmocka_unit_test(facts_of_a_build),
		cmocka_unit_test(compilers_are_inferred),
		cmocka_unit_test(chooses),
		cmocka_unit_test(pairs_by_compiler),
		cmocka_unit_test(nearest),
		cmocka_unit_test(neighbours),
		cmocka_unit_test(suites_have_an_order),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
