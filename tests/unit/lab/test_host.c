// SPDX-License-Identifier: GPL-2.0-or-later
/* The environment record, of machines that are made here. */
#include "base/json.h"
#include "base/cleanup.h"
#include "lab/host/host.h"
#include "tests/unit/fake_root.h"
#include "tests/unit/unit.h"

#include <string.h>
#include <unistd.h>

#define CPU "/sys/devices/system/cpu"

/* A laptop with control groups. */
static const struct fake_file laptop[] = {
	{ "/proc/sys/kernel/osrelease", "6.12.95+deb12-amd64\n" },
	{ "/proc/sys/kernel/version", "#1 SMP PREEMPT_DYNAMIC Debian 6.12.95-1\n" },
	{ "/proc/cpuinfo", "processor\t: 0\nmodel\t\t: 140\nmodel name\t: 11th Gen Core  \n"
			   "microcode\t: 0xb8\nflags\t\t: fpu vme hypervisors\n\n"
			   "processor\t: 1\nmodel name\t: another\nflags\t\t: hypervisor\n" },
	{ "/proc/meminfo", "MemTotal:       16777216 kB\nMemAvailable:    8388608 kB\n"
			   "CommitLimit:     4194304 kB\nCommitted_AS:    3145728 kB\n" },
	{ "/proc/loadavg", "0.50 1.25 12.00 2/345 6789\n" },
	{ "/proc/stat", "cpu  10 20 30 40 50 60 70 81 90 0\ncpu0 1 1 1 1 1 1 1 1 1 1\n" },
	{ "/proc/sys/vm/overcommit_memory", "2\n" },
	{ "/proc/thread-self/status", "Cpus_allowed_list:\t0-2\n" },
	{ "/proc/self/cgroup", "0::/user.slice/user-jane.slice/secret.scope\n" },
	{ "/proc/self/mountinfo", "29 22 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n" },
	{ "/sys/fs/cgroup/user.slice/cpu.max", "250000 100000\n" },
	{ "/sys/fs/cgroup/user.slice/memory.max", "1073741824\n" },
	{ "/sys/fs/cgroup/user.slice/memory.high", "536870912\n" },
	{ CPU "/online", "0-3\n" },
	{ CPU "/isolated", "3\n" },
	{ CPU "/smt/active", "1\n" },
	{ CPU "/intel_pstate/no_turbo", "1\n" },
	{ CPU "/cpufreq/boost", "1\n" },
	{ CPU "/cpu0/cpufreq/scaling_governor", "powersave\n" },
	{ CPU "/cpu1/cpufreq/scaling_governor", "performance\n" },
	{ CPU "/cpu2/cpufreq/scaling_governor", "powersave\n" },
	{ CPU "/cpu3/cpufreq/scaling_governor", "not of an allowed CPU\n" },
	{ CPU "/vulnerabilities/spectre_v2", "Mitigation: Enhanced IBRS\n" },
	{ CPU "/vulnerabilities/l1tf", "Not affected\n" },
	{ CPU "/vulnerabilities/NOT ONE", "x\n" },
	{ "/sys/class/dmi/id/sys_vendor", "QEMU\n" },
	{ "/sys/class/dmi/id/product_name", "Standard PC (Q35 + ICH9, 2009)\n" },
	{ "/sys/devices/system/clocksource/clocksource0/current_clocksource", "tsc\n" },
	{ "/sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n" },
	{ "/run/systemd/container", "lxc\n" },
	{ NULL, NULL },
};

static json_t *record(const char *root)
{
	struct err e = { 0 };
	struct host h;
	json_t *out;

	if (host_read(root, &h, &e) < 0)
		fail_msg("%s", e.text);
	out = host_json(&h);
	assert_non_null(out);
	json_object_del(out, "machine"); /* uname(2)'s, whatever the root */
	return out;
}

static void assert_record(const char *root, const char *want)
{
	_cleanup_json_ json_t *got = record(root);
	_cleanup_json_ json_t *expected = json_loads(want, 0, NULL);
	_cleanup_free_ char *text = json_dumps(got, JSON_INDENT(2));

	assert_non_null(expected);
	if (!json_equal(got, expected))
		fail_msg("%s", text);
}

static void a_laptop(void **state)
{
	_cleanup_fake_root_ char *root = fake_root_make();

	(void)state;
	fake_root_fill(root, laptop);
	assert_record(
		root,
		"{\"kernel\": {\"release\": \"6.12.95+deb12-amd64\","
		"  \"version\": \"#1 SMP PREEMPT_DYNAMIC Debian 6.12.95-1\"},"
		" \"cpu\": {\"model\": \"11th Gen Core\", \"microcode\": \"0xb8\", \"online\": "
		"\"0-3\","
		"  \"allowed\": \"0-2\", \"governors\": {\"performance\": 1, \"powersave\": 2},"
		"  \"boost\": false, \"smt\": true, \"isolated\": \"3\", \"hypervisor\": false},"
		" \"firmware\": {\"vendor\": \"QEMU\","
		"  \"product\": \"Standard PC (Q35 + ICH9, 2009)\"},"
		" \"container\": \"lxc\", \"clocksource\": \"tsc\","
		" \"load\": [0.5, 1.25, 12.0], \"steal_ms\": 810,"
		" \"memory\": {\"total_bytes\": 17179869184, \"available_bytes\": 8589934592,"
		"  \"thp\": \"madvise\"},"
		" \"mitigations\": {\"l1tf\": \"Not affected\","
		"  \"spectre_v2\": \"Mitigation: Enhanced IBRS\"},"
		" \"cgroup\": {\"version\": 2, \"depth\": 3, \"quota_cpus\": 2.5,"
		"  \"memory_bytes\": 1073741824, \"high_bytes\": 536870912}}");
}

/* Who uses the machine stands in the paths of groups, and nowhere in the record. */
static void no_names(void **state)
{
	_cleanup_fake_root_ char *root = fake_root_make();
	_cleanup_free_ char *text = NULL;
	_cleanup_json_ json_t *got = NULL;
	char name[256];

	(void)state;
	fake_root_fill(root, laptop);
	fake_root_put(root, "/proc/sys/kernel/hostname", "janes-laptop\n");
	fake_root_put(root, "/proc/version", "Linux version 6 (jane@janes-laptop) (gcc 14)\n");
	got = record(root);
	text = json_dumps(got, 0);
	assert_null(strstr(text, "jane"));
	assert_null(strstr(text, "secret"));
	/* And the real one: not this machine's name. A short name may be part of a word. */
	json_decref(got);
	free(text);
	got = record("");
	text = json_dumps(got, 0);
	if (gethostname(name, sizeof(name)) == 0 && strlen(name) > 7)
		assert_null(strstr(text, name));
}

static void what_is_not_known_is_null(void **state)
{
	_cleanup_fake_root_ char *root = fake_root_make();

	(void)state;
	assert_record(root,
		      "{\"kernel\": {\"release\": null, \"version\": null},"
		      " \"cpu\": {\"model\": null, \"microcode\": null, \"online\": null,"
		      "  \"allowed\": null, \"governors\": null, \"boost\": null, \"smt\": null,"
		      "  \"isolated\": null, \"hypervisor\": null},"
		      " \"firmware\": {\"vendor\": null, \"product\": null},"
		      " \"container\": null, \"clocksource\": null, \"load\": null,"
		      " \"steal_ms\": null,"
		      " \"memory\": {\"total_bytes\": null, \"available_bytes\": null,"
		      "  \"thp\": null}, \"mitigations\": null,"
		      " \"cgroup\": {\"version\": null, \"depth\": 0, \"quota_cpus\": null,"
		      "  \"memory_bytes\": null, \"high_bytes\": null}}");
}

/* Every file of the laptop becomes @data: the record can be made, and is printable. */
static void fill_with(const void *data, size_t len)
{
	_cleanup_fake_root_ char *root = fake_root_make();
	_cleanup_free_ char *text = NULL;
	_cleanup_json_ json_t *got = NULL;

	for (const struct fake_file *f = laptop; f->path; f++)
		fake_root_put_bytes(root, f->path, data, len);
	got = record(root);
	text = json_dumps(got, 0);
	assert_non_null(text);
	for (const char *at = text; *at; at++)
		assert_in_range(*at, ' ', '~');
}

static void garbage_is_survived(void **state)
{
	static const char long_key[] = "model name\t: ";
	char *block = malloc(1u << 20);

	(void)state;
	assert_non_null(block);
	fill_with("", 0);
	fill_with("\n\n\n", 3);
	fill_with("\0\0\0", 3);
	fill_with("[", 1);
	fill_with("1", 1);
	fill_with("\xff\xc0\x80\x1b[31m\n", 9);
	fill_with("cpu 1 2 3 4 5 6 7 99999999999999999999\n", 39);
	memset(block, 'x', 1u << 20);
	fill_with(block, 1u << 20);
	memcpy(block, long_key, strlen(long_key));
	fill_with(block, 1u << 20);
	memset(block, ' ', 1u << 20);
	fill_with(block, 1u << 20);
	memset(block, 0x80, 1u << 20);
	fill_with(block, 1u << 20);
	free(block);
}

static void half_a_value_is_none(void **state)
{
	static const struct {
		const char *path, *text, *object, *key;
	} rows[] = {
		{ "/proc/loadavg", "0.50 1.25\n", NULL, "load" },
		{ "/proc/loadavg", "-1.00 0.00 0.00\n", NULL, "load" },
		{ "/proc/loadavg", "nan nan nan\n", NULL, "load" },
		{ "/proc/stat", "cpu  1 2 3 4 5 6 7\n", NULL, "steal_ms" },
		{ "/proc/stat", "cpu0 1 2 3 4 5 6 7 8\n", NULL, "steal_ms" },
		{ "/proc/meminfo", "MemAvailable: lots kB\n", "memory", "available_bytes" },
		{ "/proc/meminfo", "XMemTotal: 1 kB\nMemTotals: 1 kB\n", "memory", "total_bytes" },
		{ CPU "/smt/active", "2\n", "cpu", "smt" },
		{ CPU "/smt/active", "10\n", "cpu", "smt" },
		{ "/sys/kernel/mm/transparent_hugepage/enabled", "always [mad\n", "memory", "thp" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_fake_root_ char *root = fake_root_make();
		_cleanup_json_ json_t *got = NULL;
		const json_t *in;

		fake_root_fill(root, laptop);
		fake_root_put(root, rows[i].path, rows[i].text);
		got = record(root);
		in = rows[i].object ? json_object_get(got, rows[i].object) : got;
		if (!json_is_null(json_object_get(in, rows[i].key)))
			fail_msg("row %zu: %s is known", i, rows[i].key);
	}
}

static void boost_is_told_by_either_driver(void **state)
{
	static const struct {
		const char *no_turbo, *boost;
		enum host_switch want;
	} rows[] = {
		{ "0\n", "0\n", HOST_ON }, { "1\n", "1\n", HOST_OFF }, { "", "1\n", HOST_ON },
		{ "", "0\n", HOST_OFF },   { "", "", HOST_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_fake_root_ char *root = fake_root_make();
		struct host h;

		fake_root_put(root, CPU "/intel_pstate/no_turbo", rows[i].no_turbo);
		fake_root_put(root, CPU "/cpufreq/boost", rows[i].boost);
		assert_int_equal(host_read(root, &h, NULL), 0);
		assert_int_equal(h.boost, rows[i].want);
	}
}

static void containers_are_named(void **state)
{
	_cleanup_fake_root_ char *docker = fake_root_make(), *podman = NULL;
	struct host h;

	(void)state;
	fake_root_put(docker, "/.dockerenv", "");
	assert_int_equal(host_read(docker, &h, NULL), 0);
	assert_string_equal(h.container, "docker");
	podman = fake_root_make();
	fake_root_put(podman, "/run/.containerenv", "");
	assert_int_equal(host_read(podman, &h, NULL), 0);
	assert_string_equal(h.container, "podman");
	fake_root_free(&podman);
}

/* Where the kernel refuses to over-commit, what is left is a limit; elsewhere it is none. */
static void strict_commit(void **state)
{
	_cleanup_fake_root_ char *root = fake_root_make();
	struct host h;

	(void)state;
	fake_root_fill(root, laptop);
	assert_int_equal(host_read(root, &h, NULL), 0);
	assert_true(h.commit_bytes == UINT64_C(1) << 30);
	fake_root_put(root, "/proc/meminfo", "CommitLimit: 1 kB\nCommitted_AS: 2 kB\n");
	assert_int_equal(host_read(root, &h, NULL), 0);
	assert_true(h.commit_bytes == 0);
	fake_root_put(root, "/proc/sys/vm/overcommit_memory", "0\n");
	assert_int_equal(host_read(root, &h, NULL), 0);
	assert_true(h.commit_bytes == UINT64_MAX);
}

static void this_machine(void **state)
{
	struct host h;

	(void)state;
	assert_int_equal(host_read("", &h, NULL), 0);
	assert_true(h.release[0] && h.version[0] && h.machine[0]);
	assert_true(h.load[0] >= 0 && h.limits.n_allowed > 0);
	assert_true(h.available_bytes <= h.limits.machine_bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_laptop),
		cmocka_unit_test(no_names),
		cmocka_unit_test(what_is_not_known_is_null),
		cmocka_unit_test(garbage_is_survived),
		cmocka_unit_test(half_a_value_is_none),
		cmocka_unit_test(boost_is_told_by_either_driver),
		cmocka_unit_test(containers_are_named),
		cmocka_unit_test(strict_commit),
		cmocka_unit_test(this_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
