// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/cleanup.h"
#include "base/file.h"
#include "kernel/image/deb.h"
#include "tests/unit/fake_kernel.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

static const struct buf image = { .data = (char *)(uintptr_t)("an image"), .len = 8 };
static const struct buf config = { .data = (char *)(uintptr_t)("CONFIG_X=y\n"), .len = 11 };

/* Makes a package of @members in a folder of its own and extracts it there. */
static int extract(const struct fake_member *members, size_t count, struct deb_found *found,
		   struct buf *got_image, struct buf *got_config, struct err *e)
{
	_cleanup_buf_ struct buf deb = { 0 };
	char *dir = fake_dir();
	_cleanup_free_ char *path = NULL, *to = str_printf("%s/image", dir);
	_cleanup_free_ char *config_to = str_printf("%s/config", dir);
	int r;

	fake_deb(members, count, &deb);
	path = fake_file(dir, "x.deb", &deb);
	r = deb_extract(path, to, config_to, found, e);
	if (found->image && got_image)
		assert_int_equal(file_read(to, 1000, got_image, NULL), 0);
	if (found->config && got_config)
		assert_int_equal(file_read(config_to, 1000, got_config, NULL), 0);
	fake_dir_remove(dir);
	return r;
}

static void finds_kernel_and_config(void **state)
{
	static const struct fake_member layouts[][3] = {
		{ { "./usr/share/doc/x", &config, NULL },
		  { "./boot/config-6.17", &config, NULL },
		  { "./boot/vmlinuz-6.17", &image, NULL } },
		{ { "./usr/lib/modules/7.3/config", &config, NULL },
		  { "./usr/lib/modules/7.3/vmlinuz", &image, NULL },
		  { "./usr/lib/modules/7.3/build", NULL, "/usr/src/linux" } },
		{ { "boot/vmlinuz-6.17", &image, NULL },
		  { "boot/vmlinuz-6.18", &config, NULL },
		  { "boot/config-6.17", &config, NULL } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(layouts); i++) {
		_cleanup_buf_ struct buf got = { 0 }, got_config = { 0 };
		struct deb_found found;

		assert_int_equal(extract(layouts[i], 3, &found, &got, &got_config, NULL), 0);
		assert_true(found.image && found.config);
		assert_string_equal(buf_str(&got), "an image");
		assert_string_equal(buf_str(&got_config), "CONFIG_X=y\n");
	}
}

static void refuses_by_name(void **state)
{
	static const struct fake_member evil[] = {
		{ "./boot/../../etc/vmlinuz-1", &image, NULL },
		{ "../vmlinuz", &image, NULL },
		{ "./boot/..", &image, NULL },
		{ "/boot/vmlinuz-1", &image, NULL },
		{ "./boot/vmlinuz-1", NULL, "/etc/shadow" },
		{ "./boot/config-1", NULL, "../../etc/shadow" },
		{ "./boot", NULL, "/etc" },
		{ "usr/lib/modules/6.17", NULL, "/etc" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(evil); i++) {
		struct deb_found found;
		struct err e = { 0 };

		assert_int_equal(extract(&evil[i], 1, &found, NULL, NULL, &e), -EBADMSG);
		assert_false(found.image || found.config);
		/* The name as packed, but for a "./" in front. */
		assert_non_null(strstr(e.text, evil[i].path + (evil[i].path[1] == '/' ? 2 : 0)));
		assert_non_null(strstr(e.text, "refused"));
	}
}

static void no_kernel_is_no_error(void **state)
{
	static const struct fake_member other = { "./usr/bin/vmlinuz-1", &image, NULL };
	struct deb_found found;

	(void)state;
	assert_int_equal(extract(&other, 1, &found, NULL, NULL, NULL), 0);
	assert_false(found.image || found.config);
}

/* Whatever the cut, an error and never a kernel that is not whole. */
static void cut_packages(void **state)
{
	static const struct fake_member member = { "./boot/vmlinuz-1", &image, NULL };
	_cleanup_buf_ struct buf deb = { 0 };
	char *dir = fake_dir();
	_cleanup_free_ char *to = str_printf("%s/image", dir);

	(void)state;
	fake_deb(&member, 1, &deb);
	/* The last bytes of the last member are padding. */
	deb.len -= 40;
	while (deb.len > 100) {
		_cleanup_free_ char *path = fake_file(dir, "x.deb", &deb);
		struct deb_found found;
		struct err e = { 0 };

		assert_int_equal(deb_extract(path, to, to, &found, &e), -EBADMSG);
		assert_true(e.text[0]);
		deb.len -= 23;
	}
	fake_dir_remove(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_kernel_and_config),
		cmocka_unit_test(refuses_by_name),
		cmocka_unit_test(no_kernel_is_no_error),
		cmocka_unit_test(cut_packages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
