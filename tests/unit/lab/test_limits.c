// SPDX-License-Identifier: GPL-2.0-or-later
/* What control groups and affinity leave, read from roots that are made here. */
#include "base/cleanup.h"
#include "base/cpuset.h"
#include "lab/host/limits.h"
#include "tests/unit/fake_root.h"
#include "tests/unit/unit.h"

#include <math.h>
#include <string.h>

#define MIB (UINT64_C(1) << 20)
/* Mounts as proc(5) has them: of version 2, of two version 1 hierarchies. */
#define MOUNT_V2 "29 22 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"
#define MOUNT_ROOT "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
#define MOUNT_CPU(root) \
	"33 30 0:30 " root " /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
#define MOUNT_CPUSET(root) \
	"34 30 0:31 " root " /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n"
#define MOUNT_MEMORY(root) \
	"35 30 0:32 " root " /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
#define NO_LIMIT_V1 "9223372036854771712\n"

/* Eight CPUs and 16 GiB, as a kernel tells of them. */
static const struct fake_file machine[] = {
	{ "/sys/devices/system/cpu/online", "0-7\n" },
	{ "/proc/meminfo",
	  "MemTotal:       16777216 kB\nMemFree:  1 kB\nMemAvailable: 8388608 kB\n" },
	{ "/proc/thread-self/status",
	  "Name:\tslowpath\nCpus_allowed:\tff\nCpus_allowed_list:\t0-7\n" },
	{ NULL, NULL },
};

static struct limits read_root(const char *root)
{
	struct err e = { 0 };
	struct limits l;

	if (limits_read(root, &l, &e) < 0)
		fail_msg("%s", e.text);
	return l;
}

static struct limits read_files(const struct fake_file *files)
{
	_cleanup_fake_root_ char *root = fake_root_make();

	fake_root_fill(root, machine);
	fake_root_fill(root, files);
	return read_root(root);
}

static void assert_unlimited(const struct limits *l)
{
	assert_true(isinf(l->quota_cpus));
	assert_true(l->memory_bytes == UINT64_MAX && l->high_bytes == UINT64_MAX);
	assert_false(l->allowed_by_group || l->allowed_by_affinity);
	assert_int_equal(l->n_allowed, l->n_online);
}

static void a_bare_machine_has_no_limits(void **state)
{
	static const struct fake_file none[] = { { NULL, NULL } };
	struct limits l = read_files(none);

	(void)state;
	assert_unlimited(&l);
	assert_int_equal(l.n_online, 8);
	assert_true(l.machine_bytes == 16384 * MIB);
	assert_false(l.v1 || l.v2);
}

static void nothing_is_known_of_nothing(void **state)
{
	_cleanup_fake_root_ char *root = fake_root_make();
	struct limits l = read_root(root);

	(void)state;
	assert_unlimited(&l);
	assert_int_equal(l.n_online, 0);
	assert_true(l.machine_bytes == UINT64_MAX);
	/* And so nothing is refused. */
	assert_int_equal(limits_check(&l, NULL, 4096, 1u << 30, true, NULL), 0);
}

static void version_2(void **state)
{
	static const struct fake_file files[] = {
		{ "/proc/self/mountinfo", MOUNT_ROOT MOUNT_V2 },
		{ "/proc/self/cgroup", "0::/system.slice/run-r1.scope\n" },
		{ "/sys/fs/cgroup/cgroup.controllers", "cpuset cpu memory\n" },
		{ "/sys/fs/cgroup/system.slice/run-r1.scope/cpu.max", "150000 100000\n" },
		{ "/sys/fs/cgroup/system.slice/run-r1.scope/memory.max", "1073741824\n" },
		{ "/sys/fs/cgroup/system.slice/run-r1.scope/memory.high", "536870912\n" },
		{ "/sys/fs/cgroup/system.slice/run-r1.scope/cpuset.cpus.effective", "2-4\n" },
		{ "/sys/fs/cgroup/system.slice/cpu.max", "max 100000\n" },
		{ "/sys/fs/cgroup/system.slice/memory.max", "max\n" },
		{ "/sys/fs/cgroup/cpuset.cpus.effective", "0-7\n" },
		{ NULL, NULL },
	};
	struct limits l = read_files(files);

	(void)state;
	assert_true(l.v2 && !l.v1);
	assert_int_equal(l.depth, 2);
	assert_near(l.quota_cpus, 1.5, 1e-12);
	assert_true(l.memory_bytes == 1024 * MIB && l.high_bytes == 512 * MIB);
	assert_string_equal(cpuset_format(&l.allowed).text, "2-4");
	assert_true(l.allowed_by_group && !l.allowed_by_affinity);
}

/* Each limit is tightest in another group: the innermost, one between, the mount's root. */
static void the_tightest_group_counts(void **state)
{
	static const struct fake_file files[] = {
		{ "/proc/self/mountinfo", MOUNT_V2 },
		{ "/proc/self/cgroup", "0::/a/b/c\n" },
		{ "/sys/fs/cgroup/a/b/c/cpu.max", "800000 100000\n" },
		{ "/sys/fs/cgroup/a/b/c/memory.max", "8589934592\n" },
		{ "/sys/fs/cgroup/a/b/cpu.max", "25000 50000\n" },
		{ "/sys/fs/cgroup/a/b/memory.max", "max\n" },
		{ "/sys/fs/cgroup/a/cpu.max", "300000 100000\n" },
		{ "/sys/fs/cgroup/a/memory.max", "2147483648\n" },
		{ "/sys/fs/cgroup/a/cpuset.cpus.effective", "0-5\n" },
		{ "/sys/fs/cgroup/memory.high", "268435456\n" },
		{ "/sys/fs/cgroup/cpuset.cpus.effective", "4-7\n" },
		/* Not ours. */
		{ "/sys/fs/cgroup/a/b/c/d/cpu.max", "1000 100000\n" },
		{ "/sys/fs/cgroup/x/memory.max", "1048576\n" },
		{ "/sys/fs/memory.max", "1\n" },
		{ NULL, NULL },
	};
	struct limits l = read_files(files);

	(void)state;
	assert_near(l.quota_cpus, 0.5, 1e-12);
	assert_true(l.memory_bytes == 2048 * MIB && l.high_bytes == 256 * MIB);
	assert_string_equal(cpuset_format(&l.allowed).text, "4-5");
	assert_int_equal(l.depth, 3);
}

static void version_1(void **state)
{
	static const struct fake_file files[] = {
		{ "/proc/self/mountinfo", MOUNT_CPU("/") MOUNT_CPUSET("/") MOUNT_MEMORY("/") },
		{ "/proc/self/cgroup",
		  "5:memory:/m/n\n4:cpuset:/s\n3:cpu,cpuacct:/c\n1:name=systemd:/long/and/deep\n" },
		{ "/sys/fs/cgroup/cpu,cpuacct/c/cpu.cfs_quota_us", "300000\n" },
		{ "/sys/fs/cgroup/cpu,cpuacct/c/cpu.cfs_period_us", "100000\n" },
		{ "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n" },
		{ "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n" },
		{ "/sys/fs/cgroup/cpuset/s/cpuset.cpus", "1,3\n" },
		{ "/sys/fs/cgroup/cpuset/cpuset.cpus", "0-7\n" },
		{ "/sys/fs/cgroup/memory/m/n/memory.limit_in_bytes", NO_LIMIT_V1 },
		{ "/sys/fs/cgroup/memory/m/memory.limit_in_bytes", "4294967296\n" },
		{ "/sys/fs/cgroup/memory/memory.limit_in_bytes", NO_LIMIT_V1 },
		{ NULL, NULL },
	};
	struct limits l = read_files(files);

	(void)state;
	assert_true(l.v1 && !l.v2);
	assert_near(l.quota_cpus, 3, 1e-12);
	assert_true(l.memory_bytes == 4096 * MIB);
	assert_string_equal(cpuset_format(&l.allowed).text, "1,3");
	assert_int_equal(l.depth, 2);
}

/* systemd's hybrid layout: version 2 is mounted, the controllers are version 1's. */
static void hybrid(void **state)
{
	static const struct fake_file files[] = {
		{ "/proc/self/mountinfo",
		  MOUNT_MEMORY(
			  "/") "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n" },
		{ "/proc/self/cgroup", "4:memory:/m\n0::/user.slice\n" },
		{ "/sys/fs/cgroup/memory/m/memory.limit_in_bytes", "1073741824\n" },
		{ "/sys/fs/cgroup/unified/user.slice/cgroup.procs", "1\n" },
		{ NULL, NULL },
	};
	struct limits l = read_files(files);

	(void)state;
	assert_true(l.v1 && l.v2);
	assert_true(l.memory_bytes == 1024 * MIB);
	assert_true(isinf(l.quota_cpus));
}

/* In a container the mount may show less than the path tells, or the path less than there is. */
static void containers(void **state)
{
	static const struct fake_file rows[][3] = {
		/* A namespace of its own: we are at the root, whose limits are the container's. */
		{ { "/proc/self/mountinfo", MOUNT_V2 }, { "/proc/self/cgroup", "0::/\n" } },
		/* No namespace, and the host's path does not exist below the mount. */
		{ { "/proc/self/mountinfo", MOUNT_V2 },
		  { "/proc/self/cgroup", "0::/docker/0123abc\n" } },
		/* The mount shows the container's group as its root. */
		{ { "/proc/self/mountinfo",
		    "29 22 0:26 /docker/0123abc /sys/fs/cgroup ro - cgroup2 cgroup rw\n" },
		  { "/proc/self/cgroup", "0::/docker/0123abc\n" } },
		/* Moved out of what the namespace shows. */
		{ { "/proc/self/mountinfo", MOUNT_V2 }, { "/proc/self/cgroup", "0::/../other\n" } },
		{ { "/proc/self/mountinfo", MOUNT_V2 }, { "/proc/self/cgroup", "0::/..\n" } },
		/* A group that another mount would show. */
		{ { "/proc/self/mountinfo",
		    "29 22 0:26 /docker/0123 /sys/fs/cgroup ro - cgroup2 cgroup rw\n" },
		  { "/proc/self/cgroup", "0::/docker/0123abc\n" } },
		/* No list of mounts, no list of groups. */
		{ { "/sys/fs/cgroup/cgroup.controllers", "cpu\n" } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_fake_root_ char *root = fake_root_make();
		struct limits l;

		fake_root_fill(root, machine);
		fake_root_fill(root, rows[i]);
		fake_root_put(root, "/sys/fs/cgroup/cpu.max", "200000 100000\n");
		fake_root_put(root, "/sys/fs/cgroup/memory.max", "1073741824\n");
		/* Not ours, if a path were taken at its word. */
		fake_root_put(root, "/sys/fs/other/cpu.max", "1000 100000\n");
		fake_root_put(root, "/sys/fs/cpu.max", "1000 100000\n");
		fake_root_put(root, "/sys/fs/cgroupabc/cpu.max", "1000 100000\n");
		l = read_root(root);
		if (l.quota_cpus != 2 || l.memory_bytes != 1024 * MIB || !l.v2)
			fail_msg("row %zu: %g CPUs, %llu bytes", i, l.quota_cpus,
				 (unsigned long long)l.memory_bytes);
	}
}

/* The mount shows a container's group as its root, and we are in a group of the container's. */
static void a_group_within_a_container(void **state)
{
	static const struct fake_file files[] = {
		{ "/proc/self/mountinfo", MOUNT_CPU("/docker/0123abc") },
		{ "/proc/self/cgroup", "3:cpu,cpuacct:/docker/0123abc/inner\n" },
		{ "/sys/fs/cgroup/cpu,cpuacct/inner/cpu.cfs_quota_us", "100000\n" },
		{ "/sys/fs/cgroup/cpu,cpuacct/inner/cpu.cfs_period_us", "100000\n" },
		{ "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "200000\n" },
		{ "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n" },
		{ NULL, NULL },
	};
	struct limits l = read_files(files);

	(void)state;
	assert_near(l.quota_cpus, 1, 1e-12);
	assert_int_equal(l.depth, 1);
}

static void a_mount_may_have_a_blank(void **state)
{
	static const struct fake_file files[] = {
		{ "/proc/self/mountinfo", "29 22 0:26 / /my\\040groups rw - cgroup2 none rw\n" },
		{ "/proc/self/cgroup", "0::/a:b c\n" },
		{ "/my groups/a:b c/memory.max", "1073741824\n" },
		{ NULL, NULL },
	};
	struct limits l = read_files(files);

	(void)state;
	assert_true(l.memory_bytes == 1024 * MIB);
}

/* Nothing here is a limit, and nothing of it breaks the reader. */
static void garbage_is_no_limit(void **state)
{
	static const char *const texts[] = {
		"",
		"\n",
		" ",
		"max",
		"-1 100000\n",
		"nan 1",
		"100000",
		"100000 ",
		"100000 0\n",
		"0x10 0x10",
		"1e3 1",
		"100000 -1\n",
		"1,5 1\n",
		"\xff\xfe\x01",
		"99999999999999999999 1",
		"0-",
		"9999999-99999",
		"1-0,,,,-,8-10",
		"5\n",
		"18446744073709551615 1",
	};
	static const char *const files[] = {
		"/sys/fs/cgroup/a/cpu.max",
		"/sys/fs/cgroup/a/cpuset.cpus.effective",
		"/proc/thread-self/status",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		_cleanup_fake_root_ char *root = fake_root_make();
		struct limits l;

		fake_root_fill(root, machine);
		fake_root_put(root, "/proc/self/mountinfo", MOUNT_V2);
		fake_root_put(root, "/proc/self/cgroup", "0::/a\n");
		for (size_t k = 0; k < ARRAY_SIZE(files); k++)
			fake_root_put(root, files[k],
				      k == 1 && texts[i][0] == '5' ? "x" : texts[i]);
		l = read_root(root);
		if (l.quota_cpus < 1000 || l.allowed_by_group || l.n_allowed != 8)
			fail_msg("'%s' is taken for a limit", texts[i]);
	}
}

static void garbage_lists_are_survived(void **state)
{
	static const struct fake_file rows[] = {
		{ "/proc/self/mountinfo", "" },
		{ "/proc/self/mountinfo", " - - - \n - cgroup2\n29 22 - cgroup2 x y\n" },
		{ "/proc/self/mountinfo", "1 2 3 4 5 6 - cgroup2 \\9 \\04 \\040\n" },
		{ "/proc/self/mountinfo", "1 2 3 \\057 \\057\\ x - cgroup2 a b" },
		{ "/proc/self/mountinfo", "1 2 3 / / x - cgroup a ,,,cpu,,\n" },
		{ "/proc/self/cgroup", ":::\n::\n0:\n0::\n0::x\n-1::/\n" },
		{ "/proc/self/cgroup", "0:://///a//b/////\n" },
		{ "/proc/self/cgroup", "0::/../../../../etc\n" },
		{ "/proc/meminfo", "MemTotal:\nMemTotal: x kB\n" },
		{ "/proc/meminfo", "MemTotal: 99999999999999999999999 kB\n" },
		{ "/sys/devices/system/cpu/online", "0-4095\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_fake_root_ char *root = fake_root_make();
		struct limits l;

		fake_root_fill(root, machine);
		fake_root_put(root, "/proc/self/mountinfo", MOUNT_V2);
		fake_root_put(root, "/sys/fs/cgroup/cgroup.procs", "");
		fake_root_put(root, rows[i].path, rows[i].text);
		l = read_root(root);
		assert_unlimited(&l);
	}
}

static void affinity_narrows_further(void **state)
{
	static const struct fake_file files[] = {
		{ "/proc/self/mountinfo", MOUNT_V2 },
		{ "/proc/self/cgroup", "0::/a\n" },
		{ "/sys/fs/cgroup/a/cpuset.cpus.effective", "0-3\n" },
		{ "/proc/thread-self/status", "Cpus_allowed_list:\t2-3\n" },
		{ NULL, NULL },
	};
	struct limits l = read_files(files);

	(void)state;
	assert_string_equal(cpuset_format(&l.allowed).text, "2-3");
	assert_true(l.allowed_by_group && l.allowed_by_affinity);
}

/* This machine: whatever it is, it has CPUs and memory. */
static void this_machine(void **state)
{
	struct limits l = read_root("");
	cpu_set_t set;

	(void)state;
	assert_true(l.n_online > 0 && l.n_allowed > 0 && l.machine_bytes < UINT64_MAX);
	assert_int_equal(sched_getaffinity(0, sizeof(set), &set), 0);
	assert_true(CPU_EQUAL(&l.allowed, &set));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bare_machine_has_no_limits),
		cmocka_unit_test(nothing_is_known_of_nothing),
		cmocka_unit_test(version_2),
		cmocka_unit_test(the_tightest_group_counts),
		cmocka_unit_test(version_1),
		cmocka_unit_test(hybrid),
		cmocka_unit_test(containers),
		cmocka_unit_test(a_group_within_a_container),
		cmocka_unit_test(a_mount_may_have_a_blank),
		cmocka_unit_test(garbage_is_no_limit),
		cmocka_unit_test(garbage_lists_are_survived),
		cmocka_unit_test(affinity_narrows_further),
		cmocka_unit_test(this_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
