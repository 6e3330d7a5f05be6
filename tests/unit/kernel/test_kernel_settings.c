// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/cleanup.h"
#include "base/file.h"
#include "base/proc.h"
#include "kernel/host_config.h"
#include "kernel/store/configure.h"
#include "kernel/store/minimal.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void lines_are_settings_or_not(void **state)
{
	static const struct {
		const char *line, *name, *value;
	} cases[] = {
		{ "CONFIG_A=y\n", "CONFIG_A", "y" },
		{ "CONFIG_HZ=250", "CONFIG_HZ", "250" },
		{ "CONFIG_S=\"a b # c\"\nCONFIG_T=y", "CONFIG_S", "\"a b # c\"" },
		{ "CONFIG_E=\n", "CONFIG_E", "" },
		{ "# CONFIG_B_2 is not set\n", "CONFIG_B_2", "n" },
		{ "# CONFIG_B\n", NULL, NULL },
		{ "# CONFIG_B is set\n", NULL, NULL },
		{ "CONFIG_A\n", NULL, NULL },
		{ "# Memory\n", NULL, NULL },
		{ " CONFIG_A=y\n", NULL, NULL },
		{ "XCONFIG_A=y\n", NULL, NULL },
		{ "", NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct setting s;

		assert_int_equal(setting_parse(cases[i].line, &s), cases[i].name != NULL);
		if (!cases[i].name)
			continue;
		assert_int_equal(s.name_len, strlen(cases[i].name));
		assert_memory_equal(s.name, cases[i].name, s.name_len);
		assert_int_equal(s.value_len, strlen(cases[i].value));
		assert_memory_equal(s.value, cases[i].value, s.value_len);
	}
}

static void assert_differs(const char *wished, const char *got, const char *told)
{
	_cleanup_buf_ struct buf out = { 0 };
	int count = 0;

	for (const char *p = told; (p = strchr(p, '\n')); p++)
		count++;
	assert_int_equal(settings_differ(wished, got, &out), count);
	assert_string_equal(buf_str(&out), told);
}

static void what_became_otherwise_is_told(void **state)
{
	(void)state;
	assert_differs("CONFIG_A=y\nCONFIG_B=m\n# CONFIG_C is not set\nCONFIG_D=y\n# CONFIG_E is "
		       "not set\n",
		       "# CONFIG_D is not set\nCONFIG_A=y\nCONFIG_C=y\nCONFIG_B=y\nCONFIG_F=y\n",
		       "CONFIG_B: m became y\nCONFIG_C: n became y\nCONFIG_D: y became n\n");
	/* A name that another begins with. */
	assert_differs("CONFIG_AB=y\nCONFIG_A=y\n", "CONFIG_A=y\n", "CONFIG_AB: y became n\n");
	assert_differs("CONFIG_A=y\n", "CONFIG_AB=y\n", "CONFIG_A: y became n\n");
	assert_differs("CONFIG_HZ=250\n", "CONFIG_HZ=1000\n", "CONFIG_HZ: 250 became 1000\n");
	assert_differs("", "CONFIG_A=y\n", "");
	assert_differs("CONFIG_A=y\n", "", "CONFIG_A: y became n\n");
	assert_differs("", "", "");
}

/* Whoever puts it behind another config has each option said once. */
static void the_minimal_config_is_sound(void **state)
{
	_cleanup_build_config_ struct build_config c = { 0 };
	_cleanup_buf_ struct buf out = { 0 };

	(void)state;
	assert_int_equal(build_config_minimal(&c, NULL), 0);
	assert_string_equal(c.name, "");
	assert_string_equal(c.text.data, kernel_minimal_config());
	assert_int_equal(settings_differ(c.text.data, c.text.data, &out), 0);
	assert_non_null(strstr(c.text.data, "\nCONFIG_PVH=y\n"));
	for (const char *l = c.text.data; *l; l = strchr(l, '\n') + 1) {
		struct setting s, again;

		if (!setting_parse(l, &s))
			continue;
		for (const char *m = strchr(l, '\n') + 1; *m; m = strchr(m, '\n') + 1)
			assert_false(setting_parse(m, &again) && s.name_len == again.name_len &&
				     !strncmp(s.name, again.name, s.name_len));
	}
}

static void assert_overrides(const char *base, const char *over, const char *want)
{
	_cleanup_buf_ struct buf out = { 0 };

	assert_int_equal(settings_override(base, over, &out), 0);
	assert_string_equal(buf_str(&out), want);
}

static void what_is_set_anew_is_set_once(void **state)
{
	struct setting want, got;

	(void)state;
	assert_overrides("# A comment\nCONFIG_A=m\n# CONFIG_B is not set\nCONFIG_AB=y\n",
			 "CONFIG_A=y\nCONFIG_B=y\n",
			 "# A comment\nCONFIG_AB=y\nCONFIG_A=y\nCONFIG_B=y\n");
	assert_overrides("CONFIG_A=y", "", "CONFIG_A=y\n");
	assert_overrides("", "CONFIG_A=y\n", "CONFIG_A=y\n");
	assert_true(setting_parse("CONFIG_A=y", &want));
	/* The last one counts, as for kconfig. */
	assert_true(setting_find("CONFIG_A=y\n# CONFIG_A is not set\n", &want, &got));
	assert_memory_equal(got.value, "n", 1);
	assert_false(setting_find("CONFIG_AB=y\n", &want, &got));
}

static bool has_line(const struct buf *text, const char *line)
{
	const char *at = strstr(buf_str(text), line);

	return at && (at == text->data || at[-1] == '\n');
}

/* What a kernel cannot be measured without, and nothing that is of scenarios. */
static void needs_are_read_out_of_the_fragment(void **state)
{
	_cleanup_buf_ struct buf needed = { 0 }, wanted = { 0 }, none = { 0 };

	(void)state;
	assert_int_equal(settings_needed(NEEDED, &needed), 0);
	assert_int_equal(settings_needed(WANTED, &wanted), 0);
	assert_int_equal(settings_needed("What", &none), 0);
	assert_true(has_line(&needed, "CONFIG_KALLSYMS=y\n"));
	assert_true(has_line(&needed, "CONFIG_X86_IOPL_IOPERM=y\n"));
	assert_true(has_line(&needed, "CONFIG_SERIAL_8250_CONSOLE=y\n"));
	assert_true(has_line(&wanted, "CONFIG_PVH=y\n"));
	assert_true(has_line(&none, "CONFIG_KSM=y\n"));
	assert_false(has_line(&needed, "CONFIG_KSM=y\n") || has_line(&wanted, "CONFIG_KSM=y\n"));
	assert_false(has_line(&needed, "CONFIG_PVH=y\n"));
	assert_false(has_line(&wanted, "CONFIG_SMP=y\n"));
	buf_free(&none);
	assert_int_equal(settings_lacking(kernel_minimal_config(), NEEDED, &none), 0);
	assert_string_equal(buf_str(&none), "");
	assert_int_equal(settings_lacking(needed.data + strcspn(needed.data, "\n"), NEEDED, &none),
			 0);
	assert_string_equal(buf_str(&none), "CONFIG_BLK_DEV_INITRD");
}

static void put(const char *dir, const char *name, const char *text)
{
	_cleanup_free_ char *path = str_printf("%s/%s", dir, name);

	assert_int_equal(file_write(path, text, strlen(text), NULL), 0);
}

/* A config is called by its file and its content, so that two of one name are two. */
static void configs_have_names_and_identities(void **state)
{
	_cleanup_build_config_ struct build_config a = { 0 }, b = { 0 }, c = { 0 }, d = { 0 };
	_cleanup_free_ char *dir = NULL, *odd = NULL, *none = NULL;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(dir_temp("/tmp", "slowpath-config-", &dir, NULL), 0);
	put(dir, "my config@x", "CONFIG_A=y");
	odd = str_printf("%s/my config@x", dir);
	assert_int_equal(build_config_file(odd, &a, NULL), 0);
	assert_int_equal(strncmp(a.name, "my_config_x-", 12), 0);
	assert_int_equal(strspn(a.name + 12, "0123456789abcdef"), 12);
	assert_string_equal(a.text.data, "CONFIG_A=y\n");
	put(dir, "my config@x", "CONFIG_A=n\n");
	assert_int_equal(build_config_file(odd, &b, NULL), 0);
	assert_string_not_equal(a.name, b.name);
	assert_string_not_equal(a.sha.text, b.sha.text);
	/* Of the same text: its debug information makes no other kernel, and yet another image. */
	assert_int_equal(build_config_distribution("host:6.1", odd, &c, NULL), 0);
	assert_string_equal(c.name, "host:6.1");
	assert_string_not_equal(b.sha.text, c.sha.text);
	put(dir, "my config@x", "nothing of the kind\n");
	assert_int_equal(build_config_file(odd, &d, &e), -EINVAL);
	assert_non_null(strstr(e.text, "not a kernel's .config"));
	none = str_printf("%s/none", dir);
	assert_int_equal(build_config_file(none, &d, NULL), -ENOENT);
	dir_remove(dir, NULL);
}

static void the_hosts_config_is_found(void **state)
{
	_cleanup_build_config_ struct build_config a = { 0 }, b = { 0 };
	_cleanup_free_ char *root = NULL, *boot = NULL, *proc = NULL, *pack = NULL;
	_cleanup_buf_ struct buf out = { 0 };
	struct proc_opts o = { .fd_out = -1, .fd_err = -1 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(dir_temp("/tmp", "slowpath-config-", &root, NULL), 0);
	assert_int_equal(host_config(root, "6.1", &a, &e), -ENOENT);
	assert_non_null(strstr(e.text, "/boot/config-6.1"));
	boot = str_printf("%s/boot", root);
	proc = str_printf("%s/proc", root);
	assert_int_equal(dir_make(boot, NULL) | dir_make(proc, NULL), 0);
	pack = str_printf("echo CONFIG_GZ=y | gzip > %s/config.gz", proc);
	o.argv = (const char *const[]){ "sh", "-c", pack, NULL };
	assert_int_equal(proc_capture(&o, 100, &out, NULL, NULL), 0);
	assert_int_equal(host_config(root, "6.1", &a, NULL), 0);
	assert_string_equal(a.text.data, "CONFIG_GZ=y\n");
	assert_string_equal(a.name, "host:6.1");
	put(boot, "config-6.1", "CONFIG_BOOT=y\n");
	assert_int_equal(host_config(root, "6.1", &b, NULL), 0);
	assert_string_equal(b.text.data, "CONFIG_BOOT=y\n");
	assert_true(b.distribution && b.kind == CONFIG_GIVEN);
	dir_remove(root, NULL);
}

static void assert_unlike(const char *config, const char *want)
{
	char dir[] = "/tmp/slowpath-unlike-XXXXXX";
	_cleanup_free_ char *path = NULL;
	struct kernel k = { 0 };

	assert_non_null(mkdtemp(dir));
	path = str_printf("%s/config", dir);
	k.config_path = path;
	put(dir, "config", config);
	assert_string_equal(kernel_config_unlike(&k).text, want);
	dir_remove(dir, NULL);
}

#define COMMON                                                                                \
	"CONFIG_SMP=y\nCONFIG_SWAP=y\nCONFIG_TRANSPARENT_HUGEPAGE=y\nCONFIG_COMPACTION=y\n"   \
	"CONFIG_USERFAULTFD=y\nCONFIG_KSM=y\nCONFIG_SECURITY=y\nCONFIG_HARDENED_USERCOPY=y\n" \
	"CONFIG_FTRACE=y\nCONFIG_NUMA_BALANCING=y\n"

static void what_no_distribution_has_is_told(void **state)
{
	struct kernel none = { 0 };

	(void)state;
	assert_unlike(COMMON "CONFIG_MEMCG=y\nCONFIG_RETPOLINE=y\n", "");
	assert_unlike(COMMON "CONFIG_MEMCG=y\nCONFIG_MITIGATION_RETPOLINE=y\n", "");
	assert_unlike(COMMON "# CONFIG_MEMCG is not set\nCONFIG_RETPOLINE=y\nCONFIG_KASAN=y\n",
		      "no MEMCG, with KASAN");
	assert_unlike(kernel_minimal_config(),
		      "no NUMA_BALANCING, no MITIGATION_RETPOLINE, no SECURITY, no "
		      "HARDENED_USERCOPY");
	assert_string_equal(kernel_config_unlike(&none).text, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_settings_or_not),
		cmocka_unit_test(what_became_otherwise_is_told),
		cmocka_unit_test(the_minimal_config_is_sound),
		cmocka_unit_test(what_is_set_anew_is_set_once),
		cmocka_unit_test(needs_are_read_out_of_the_fragment),
		cmocka_unit_test(configs_have_names_and_identities),
		cmocka_unit_test(the_hosts_config_is_found),
		cmocka_unit_test(what_no_distribution_has_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
