// SPDX-License-Identifier: GPL-2.0-or-later
/* QEMU's command line. */
#include "base/cleanup.h"
#include "tests/unit/unit.h"
#include "vm/argv.h"

#include <errno.h>
#include <string.h>

static const struct machine_spec machine = { .memory_mib = 512, .cpus = 1, .seed = 7 };

/* The word behind @option, or NULL. */
static const char *value(const struct argv *a, const char *option)
{
	for (char **word = a->words; word && *word; word++) {
		if (!strcmp(*word, option))
			return word[1];
	}
	return NULL;
}

static bool has(const struct argv *a, const char *word)
{
	for (char **at = a->words; at && *at; at++) {
		if (!strcmp(*at, word))
			return true;
	}
	return false;
}

static void words_are_appended(void **state)
{
	_cleanup_argv_ struct argv a = { 0 };

	(void)state;
	for (int i = 0; i < 100; i++)
		argv_add(&a, "%d,%s", i, "x");
	assert_int_equal(argv_error(&a), 0);
	assert_int_equal(a.count, 100);
	assert_string_equal(a.words[0], "0,x");
	assert_string_equal(a.words[99], "99,x");
	assert_null(a.words[100]);
}

static void words_keep_their_first_error(void **state)
{
	_cleanup_argv_ struct argv a = { 0 };

	(void)state;
	argv_add(&a, "one");
	a.error = -ENOMEM;
	argv_add(&a, "two");
	assert_int_equal(argv_error(&a), -ENOMEM);
	assert_int_equal(a.count, 1);
	assert_null(a.words[1]);
	argv_free(&a);
	assert_int_equal(argv_error(&a), 0);
}

/* What the method's gate asks for, and no channel from outside. */
static void the_machine_is_deterministic(void **state)
{
	_cleanup_argv_ struct argv a = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(argv_machine(&a, &machine, &e), 0);
	assert_true(has(&a, "-nodefaults"));
	assert_true(has(&a, "-no-user-config"));
	assert_string_equal(value(&a, "-display"), "none");
	assert_string_equal(value(&a, "-accel"), "tcg,thread=single");
	assert_string_equal(value(&a, "-icount"), "shift=0,sleep=off");
	assert_string_equal(value(&a, "-cpu"), arch_default()->cpu_model);
	assert_null(strstr(value(&a, "-cpu"), "host"));
	assert_null(strstr(value(&a, "-cpu"), "max"));
	assert_string_equal(value(&a, "-smp"), "1");
	assert_string_equal(value(&a, "-m"), "512M");
	assert_string_equal(value(&a, "-seed"), "7");
	assert_non_null(strstr(value(&a, "-rtc"), "clock=vm"));
	assert_non_null(strstr(value(&a, "-rtc"), "base=20"));
	assert_string_equal(value(&a, "-action"), "panic=pause");
	assert_string_equal(value(&a, "-device"), "pvpanic");
	assert_null(value(&a, "-netdev"));
	assert_null(value(&a, "-nic"));
}

static void the_command_line_is_appended_to(void **state)
{
	static const char *const needed[] = { "nokaslr", "norandmaps", "console=ttyS0",
					      "panic=-1" };
	_cleanup_argv_ struct argv a = { 0 }, b = { 0 }, c = { 0 };
	_cleanup_free_ char *base_cmdline = argv_cmdline(&machine);
	struct machine_spec s = machine;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(argv_machine(&a, &s, &e), 0);
	assert_string_equal(value(&a, "-append"), base_cmdline);
	for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
		assert_non_null(strstr(value(&a, "-append"), needed[i]));
	s.cmdline = "";
	assert_int_equal(argv_machine(&b, &s, &e), 0);
	assert_string_equal(value(&b, "-append"), base_cmdline);
	s.cmdline = "transparent_hugepage=never a=%s,b";
	assert_int_equal(argv_machine(&c, &s, &e), 0);
	assert_memory_equal(value(&c, "-append"), base_cmdline, strlen(base_cmdline));
	assert_string_equal(value(&c, "-append") + strlen(base_cmdline),
			    " transparent_hugepage=never a=%s,b");
}

static void a_run_names_its_files(void **state)
{
	struct run_files f = { .kernel = "/k/a,b", .qmp_fd = 5 };
	_cleanup_argv_ struct argv a = { 0 }, b = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(argv_run(&a, &f, &e), 0);
	assert_string_equal(value(&a, "-kernel"), "/k/a,b"); /* no option syntax */
	assert_string_equal(value(&a, "-initrd"), "initrd");
	assert_string_equal(value(&a, "-serial"), "file:console");
	assert_non_null(strstr(value(&a, "-chardev"), "fd=5"));
	assert_string_equal(value(&a, "-fw_cfg"), "name=opt/slowpath/plan,file=plan");
	assert_null(value(&a, "-plugin"));
	assert_null(value(&a, "-incoming"));
	f.plugin = "/lib/slow,path/p,.so";
	f.incoming = true;
	assert_int_equal(argv_run(&b, &f, &e), 0);
	assert_string_equal(value(&b, "-plugin"),
			    "/lib/slow,,path/p,,.so,out=counts,places=places");
	assert_string_equal(value(&b, "-incoming"), "defer");
	assert_true(has(&b, "-S"));
}

static void the_monitor_is_an_object_where_it_has_to_be(void **state)
{
	_cleanup_argv_ struct argv a = { 0 }, b = { 0 };

	(void)state;
	argv_monitor(&a, 5, false);
	assert_string_equal(value(&a, "-mon"), "chardev=qmp,mode=control");
	argv_monitor(&b, 5, true);
	assert_null(value(&b, "-mon"));
	assert_string_equal(value(&b, "-object"), "monitor-qmp,id=monitor,chardev=qmp");
	assert_string_equal(value(&b, "-chardev"), "socket,id=qmp,fd=5");
}

static void commas_are_doubled(void **state)
{
	static const char *const rows[][2] = {
		{ "", "" },	   { "abc", "abc" }, { ",", ",," },
		{ "a,b", "a,,b" }, { ",,", ",,,," }, { "a=b,c", "a=b,,c" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *doubled = argv_double_commas(rows[i][0]);

		assert_string_equal(doubled, rows[i][1]);
	}
}

/* microvm would give one node to whoever asks for two, and not say so. */
static void nodes_take_another_machine(void **state)
{
	struct machine_spec two = machine;
	_cleanup_argv_ struct argv a = { 0 };
	struct err e = { 0 };

	(void)state;
	two.nodes = 2;
	two.cpus = 3;
	two.memory_mib = 513;
	assert_int_equal(argv_machine(&a, &two, &e), 0);
	assert_memory_equal(value(&a, "-machine"), "q35,", 4);
	assert_string_equal(value(&a, "-smp"), "3,sockets=3,cores=1,threads=1");
	assert_true(has(&a, "memory-backend-ram,id=node0,size=257M"));
	assert_true(has(&a, "memory-backend-ram,id=node1,size=256M"));
	assert_true(has(&a, "node,nodeid=1,memdev=node1"));
	assert_true(has(&a, "cpu,node-id=1,socket-id=1"));
	assert_true(has(&a, "cpu,node-id=0,socket-id=2"));
	argv_free(&a);
	two.nodes = 1;
	assert_int_equal(argv_machine(&a, &two, &e), 0);
	assert_memory_equal(value(&a, "-machine"), "microvm,", 8);
	assert_false(has(&a, "-numa"));
}

static void what_another_machine_cannot_is_refused(void **state)
{
	static const struct {
		const char *cmdline;
		bool refused;
	} words[] = {
		{ "kpti=1", true },	    { "a kpti=on", true },  { "kpti=yes b", true },
		{ "kpti=0", false },	    { "kpti=off", false },  { "kpti=", false },
		{ "kpti", false },	    { "xkpti=1", false },   { "kpti=1 kpti=0", false },
		{ "kpti=0\tkpti=Y", true }, { "\"kpti=1\"", true }, { NULL, false },
	};
	struct machine_spec s = machine;
	struct err e = { 0 };

	(void)state;
	s.memory_mib = 16384;
	assert_int_equal(argv_check(&s, &e), 0);
	s.arch = arch_named("arm64");
	assert_int_equal(argv_check(&s, &e), -EINVAL);
	assert_string_equal(e.text, "the machine for arm64 has room for 3072 MiB of memory, not "
				    "for 16384 MiB");
	s.memory_mib = 3073;
	assert_int_equal(argv_check(&s, &e), -EINVAL);
	s.memory_mib = 3072;
	assert_int_equal(argv_check(&s, &e), 0);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		_cleanup_argv_ struct argv a = { 0 };

		s.cmdline = words[i].cmdline;
		s.accel = ACCEL_ICOUNT;
		if (argv_machine(&a, &s, &e) != (words[i].refused ? -EINVAL : 0))
			fail_msg("%s: %s", words[i].cmdline, e.text);
		/* Elsewhere it is seen, and where nothing is counted nothing has to be. */
		s.accel = ACCEL_TCG;
		assert_int_equal(argv_check(&s, &e), 0);
		s.accel = ACCEL_ICOUNT;
		s.arch = arch_default();
		assert_int_equal(argv_check(&s, &e), 0);
		s.arch = arch_named("arm64");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_appended),
		cmocka_unit_test(words_keep_their_first_error),
		cmocka_unit_test(the_machine_is_deterministic),
		cmocka_unit_test(the_command_line_is_appended_to),
		cmocka_unit_test(a_run_names_its_files),
		cmocka_unit_test(the_monitor_is_an_object_where_it_has_to_be),
		cmocka_unit_test(commas_are_doubled),
		cmocka_unit_test(nodes_take_another_machine),
		cmocka_unit_test(what_another_machine_cannot_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
