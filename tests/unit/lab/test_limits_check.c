// SPDX-License-Identifier: GPL-2.0-or-later
/* What is refused on which machine, and what the refusal says. */
#include "base/cleanup.h"
#include "base/cpuset.h"
#include "lab/host/limits.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define MIB (UINT64_C(1) << 20)

/* Four CPUs and 8 GiB, no limits. */
static struct limits four_cpus(void)
{
	struct limits l = {
		.n_online = 4,
		.n_allowed = 4,
		.quota_cpus = INFINITY,
		.memory_bytes = UINT64_MAX,
		.high_bytes = UINT64_MAX,
		.machine_bytes = 8192 * MIB,
	};

	cpuset_parse("0-3", &l.online);
	l.allowed = l.online;
	return l;
}

/* Four, of which 1-2 are left. */
static struct limits two_left(bool by_group)
{
	struct limits l = four_cpus();

	cpuset_parse("1-2", &l.allowed);
	l.n_allowed = 2;
	l.allowed_by_group = by_group;
	l.allowed_by_affinity = !by_group;
	return l;
}

static void assert_fits(const struct limits *l, const char *cpuset, unsigned vcpus,
			unsigned memory_mib, bool timed)
{
	struct err e = { 0 };
	cpu_set_t set;

	if (cpuset)
		cpuset_parse(cpuset, &set);
	if (limits_check(l, cpuset ? &set : NULL, vcpus, memory_mib, timed, &e) < 0)
		fail_msg("refused: %s", e.text);
}

/* Refused with @code, and the message has @what and @mend. */
static void assert_refused(const struct limits *l, const char *cpuset, unsigned vcpus,
			   unsigned memory_mib, bool timed, int code, const char *what,
			   const char *mend)
{
	struct err e = { 0 };
	cpu_set_t set;

	CPU_ZERO(&set);
	if (cpuset && cpuset[0])
		cpuset_parse(cpuset, &set);
	assert_int_equal(limits_check(l, cpuset ? &set : NULL, vcpus, memory_mib, timed, &e),
			 -code);
	assert_int_equal(e.status, ERR_TOOL);
	if (!strstr(e.text, what) || !strstr(e.text, mend))
		fail_msg("'%s' lacks '%s' or '%s'", e.text, what, mend);
}

static void the_machines_cpus(void **state)
{
	struct limits l = four_cpus();

	(void)state;
	for (int timed = 0; timed < 2; timed++) {
		assert_fits(&l, NULL, 1, 512, timed);
		assert_fits(&l, NULL, 4, 512, timed);
		assert_refused(&l, NULL, 5, 512, timed, ENOSPC,
			       "5 vCPUs on 4 CPUs (the machine has CPU 0-3)", "fewer cpus");
	}
}

static void what_is_left_of_them(void **state)
{
	struct limits group = two_left(true), affinity = two_left(false);

	(void)state;
	assert_fits(&group, NULL, 2, 512, true);
	assert_refused(&group, NULL, 3, 512, true, ENOSPC,
		       "3 vCPUs on 2 CPUs (the control group leaves CPU 1-2)", "AllowedCPUs=");
	assert_refused(&affinity, NULL, 4, 512, false, ENOSPC, "the affinity leaves CPU 1-2",
		       "taskset");
}

static void a_cpuset(void **state)
{
	struct limits l = four_cpus(), group = two_left(true), affinity = two_left(false);

	(void)state;
	assert_fits(&l, "0,3", 2, 512, true);
	assert_fits(&group, "1-2", 2, 512, true);
	assert_fits(&group, "2", 1, 512, false);
	assert_refused(&l, "0,3", 3, 512, true, ENOSPC,
		       "3 vCPUs on 2 CPUs (the cpuset has CPU 0,3)", "larger cpuset");
	assert_refused(&l, "2", 2, 512, false, ENOSPC, "2 vCPUs on 1 CPU (", "larger cpuset");
	assert_refused(&l, "2-5,9", 1, 512, true, ENODEV, "CPU 4-5,9 of the cpuset 2-5,9",
		       "online: 0-3");
	assert_refused(&group, "0-2", 1, 512, true, EPERM, "CPU 0 of the cpuset 0-2",
		       "AllowedCPUs=");
	assert_refused(&affinity, "0-3", 1, 512, true, EPERM, "CPU 0,3 of the cpuset 0-3",
		       "taskset");
	assert_refused(&l, "", 1, 512, true, EINVAL, "empty", "cpuset");
}

static void a_quota(void **state)
{
	struct limits l = four_cpus();

	(void)state;
	l.quota_cpus = 2;
	assert_fits(&l, NULL, 2, 512, true);
	assert_refused(&l, NULL, 3, 512, true, ENOSPC,
		       "3 vCPUs on 2 CPUs (control group's quota of 200 %)", "CPUQuota=");
	assert_refused(&l, NULL, 3, 512, false, ENOSPC, "fewer cpus", "CPUQuota=");
	l.quota_cpus = 2.99;
	assert_refused(&l, NULL, 3, 512, true, ENOSPC, "2.99 CPUs", "299 %");
	/* A cpuset does not lift it. */
	assert_refused(&l, "0-3", 3, 512, true, ENOSPC, "299 %", "CPUQuota=");
}

/* Counts do not depend on time, so one vCPU may be as slow as it likes; a time may not. */
static void half_a_cpu(void **state)
{
	struct limits l = four_cpus();

	(void)state;
	l.quota_cpus = 0.5;
	assert_fits(&l, NULL, 1, 512, false);
	assert_refused(&l, NULL, 2, 512, false, ENOSPC, "2 vCPUs on 0.5 CPUs", "fewer cpus");
	assert_refused(&l, NULL, 1, 512, true, ENOSPC, "1 vCPU on 0.5 CPUs", "raise CPUQuota=");
}

static void memory(void **state)
{
	struct limits l = four_cpus();
	unsigned room = 8192 - LIMITS_QEMU_MIB;

	(void)state;
	assert_fits(&l, NULL, 1, room, true);
	assert_refused(&l, NULL, 1, room + 1, true, ENOSPC, "8192 MiB (all that the machine has)",
		       "less memory");
	assert_refused(&l, NULL, 1, UINT32_MAX, false, ENOSPC, "4294967295 MiB", "less memory");
	l.memory_bytes = 1024 * MIB;
	room = 1024 - LIMITS_QEMU_MIB;
	assert_fits(&l, NULL, 1, room, false);
	assert_refused(&l, NULL, 1, room + 1, false, ENOSPC,
		       "1024 MiB (limit of the control group)", "MemoryMax=");
	/* A limit above what there is does not add to it. */
	l.memory_bytes = 65536 * MIB;
	assert_refused(&l, NULL, 1, 16384, false, ENOSPC, "8192 MiB (all that the machine has)",
		       "less memory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_machines_cpus), cmocka_unit_test(what_is_left_of_them),
		cmocka_unit_test(a_cpuset),	     cmocka_unit_test(a_quota),
		cmocka_unit_test(half_a_cpu),	     cmocka_unit_test(memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
