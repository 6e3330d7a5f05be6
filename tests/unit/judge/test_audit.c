// SPDX-License-Identifier: GPL-2.0-or-later
/* What else differs between the two sides. */
#include "base/buf.h"
#include "judge/why/audit.h"
#include "tests/unit/unit.h"

#include <string.h>
#include <sys/mman.h>

/* A config in memory, reached by a path. */
struct config {
	int fd;
	char path[64];
};

static struct config config_of(const char *text)
{
	struct config c = { .fd = memfd_create("config", MFD_CLOEXEC) };

	assert_true(c.fd >= 0);
	assert_int_equal(write(c.fd, text, strlen(text)), strlen(text));
	snprintf(c.path, sizeof(c.path), "/proc/self/fd/%d", c.fd);
	return c;
}

static char gcc14[] = "gcc-14", gcc12[] = "gcc-12", sha1[] = "aaaa", sha2[] = "bbbb", none[] = "";

static long differences(const char *old_text, const char *new_text)
{
	struct config o = config_of(old_text), n = config_of(new_text);
	struct kernel old_kernel = { .compiler = gcc14, .config_path = o.path };
	struct kernel new_kernel = { .compiler = gcc14, .config_path = n.path };
	struct run run = { .environment = none };
	_cleanup_audit_ struct audit a;
	struct err e = { 0 };

	assert_int_equal(audit_sides(&old_kernel, &new_kernel, &run, &run, &a, &e), 0);
	close(o.fd);
	close(n.fd);
	return a.config_differences;
}

static void options_are_counted(void **state)
{
	static const struct {
		const char *o, *n;
		long count;
	} rows[] = {
		{ "", "", 0 },
		{ "CONFIG_A=y\n", "CONFIG_A=y\n", 0 },
		{ "CONFIG_A=y\n", "CONFIG_A=m\n", 1 },
		{ "CONFIG_A=y\n", "# CONFIG_A is not set\n", 1 },
		{ "CONFIG_A=y\n", "", 1 },
		{ "", "CONFIG_A=y\n", 1 },
		{ "# one\nCONFIG_A=y\n", "# another\n\nCONFIG_A=y\n", 0 },
		{ "CONFIG_A=y\nCONFIG_B=y\n", "CONFIG_B=y\nCONFIG_A=y\n", 0 },
		{ "CONFIG_A=y\nCONFIG_B=y\nCONFIG_C=y", "CONFIG_A=m\nCONFIG_C=y\nCONFIG_D=y", 3 },
		/* Digits sort before '=', and '_' behind it. */
		{ "CONFIG_A1=y\nCONFIG_A=y\n", "CONFIG_A=y\n", 1 },
		{ "CONFIG_A=y\n", "CONFIG_A=y\nCONFIG_A1=y\nCONFIG_A_B=y\nCONFIG_AB=y\n", 3 },
		{ "CONFIG_A_B=y\nCONFIG_A=y\nCONFIG_A13=y\n", "CONFIG_A1=y\nCONFIG_A=y\n", 3 },
		{ "CONFIG_S=\"a=b\"\n", "CONFIG_S=\"a=c\"\n", 1 },
		{ "CONFIG_N=10\n", "CONFIG_N=100\n", 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		long count = differences(rows[i].o, rows[i].n);

		if (count != rows[i].count)
			fail_msg("row %zu: %ld, not %ld", i, count, rows[i].count);
	}
}

static void unknown_configs_are_not_equal(void **state)
{
	char missing[] = "/proc/self/there-is-no-such-config";
	struct config c = config_of("CONFIG_A=y\n");
	struct kernel known = { .compiler = gcc14, .config_path = c.path, .config_sha256 = sha1 };
	struct kernel unknown = { .compiler = gcc14 };
	struct kernel lost = { .compiler = gcc14, .config_path = missing };
	struct run run = { .environment = none };
	struct err e = { 0 };
	struct audit a;

	(void)state;
	assert_int_equal(audit_sides(&known, &unknown, &run, &run, &a, &e), 0);
	assert_int_equal(a.config_differences, -1);
	assert_string_equal(a.entries[1].name, "config");
	assert_string_equal(a.entries[1].new_value, "unknown");
	assert_false(a.entries[1].same);
	audit_free(&a);
	assert_int_equal(audit_sides(&unknown, &unknown, &run, &run, &a, &e), 0);
	assert_int_equal(a.config_differences, -1);
	assert_false(a.entries[1].same);
	audit_free(&a);
	assert_int_equal(audit_sides(&lost, &known, &run, &run, &a, &e), 0);
	assert_int_equal(a.config_differences, -1);
	audit_free(&a);
	close(c.fd);
}

static const struct audit_entry *find(const struct audit *a, const char *name)
{
	const struct audit_entry *found = NULL;

	for (size_t i = 0; i < a->count; i++) {
		if (strcmp(a->entries[i].name, name) != 0)
			continue;
		assert_null(found); /* once, not more */
		found = &a->entries[i];
	}
	if (!found)
		fail_msg("no entry %s", name);
	return found;
}

static void compilers_and_configs_are_compared(void **state)
{
	struct kernel o = { .compiler = gcc12, .config_sha256 = sha1 };
	struct kernel n = { .compiler = gcc14, .config_sha256 = sha2 };
	struct run run = { .environment = none };
	_cleanup_audit_ struct audit a;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(audit_sides(&o, &n, &run, &run, &a, &e), 0);
	assert_int_equal(a.count, 2);
	assert_string_equal(find(&a, "compiler")->old_value, "gcc-12");
	assert_string_equal(find(&a, "compiler")->new_value, "gcc-14");
	assert_false(find(&a, "compiler")->same);
	assert_false(find(&a, "config")->same);
}

static void environments_are_joined(void **state)
{
	char old_lines[] =
		"cpu=qemu64\nonly_old=1\nempty=\ncpus=2\nshared=x=y\nno name\n=no name\n";
	char new_lines[] = "shared=x=y\ncpu=qemu64\nempty=\ncpu_mhz=5\ncpus=1";
	struct kernel k = { .compiler = gcc14, .config_sha256 = sha1 };
	struct run o = { .environment = old_lines }, n = { .environment = new_lines };
	_cleanup_audit_ struct audit a;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(audit_sides(&k, &k, &o, &n, &a, &e), 0);
	assert_int_equal(a.count, 2 + 6);
	assert_true(find(&a, "compiler")->same);
	assert_true(find(&a, "config")->same);
	assert_true(find(&a, "cpu")->same);
	assert_true(find(&a, "empty")->same);
	assert_string_equal(find(&a, "shared")->old_value, "x=y");
	assert_string_equal(find(&a, "only_old")->old_value, "1");
	assert_string_equal(find(&a, "only_old")->new_value, "unknown");
	assert_false(find(&a, "only_old")->same);
	assert_string_equal(find(&a, "cpu_mhz")->old_value, "unknown");
	assert_string_equal(find(&a, "cpu_mhz")->new_value, "5");
	assert_string_equal(find(&a, "cpus")->new_value, "1");
	assert_false(find(&a, "cpus")->same);
	/* OLD's order, then what only NEW has. */
	assert_string_equal(a.entries[2].name, "cpu");
	assert_string_equal(a.entries[a.count - 1].name, "cpu_mhz");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_are_counted),
		cmocka_unit_test(unknown_configs_are_not_equal),
		cmocka_unit_test(compilers_and_configs_are_compared),
		cmocka_unit_test(environments_are_joined),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
