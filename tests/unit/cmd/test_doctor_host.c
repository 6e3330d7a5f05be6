// SPDX-License-Identifier: GPL-2.0-or-later
/* What doctor says of hosts that are made here. */
#include "base/cleanup.h"
#include "cmd/setup/doctor.h"
#include "base/cpuset.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define MIB (UINT64_C(1) << 20)
#define NEED_MIB (DOCTOR_GUESTS * (DOCTOR_GUEST_MIB + LIMITS_QEMU_MIB))

/* Four idle CPUs at full rate, 8 GiB, no limits, no hypervisor. */
static struct host quiet_host(void)
{
	struct host h = {
		.limits = { .n_online = 4,
			    .n_allowed = 4,
			    .quota_cpus = INFINITY,
			    .memory_bytes = UINT64_MAX,
			    .high_bytes = UINT64_MAX,
			    .machine_bytes = 8192 * MIB },
		.governors = { { "performance", 4 } },
		.n_governors = 1,
		.boost = HOST_OFF,
		.hypervisor = HOST_OFF,
		.load = { 0.01, 0.02, 0.03 },
		.available_bytes = 6000 * MIB,
		.commit_bytes = UINT64_MAX,
	};

	cpuset_parse("0-3", &h.limits.online);
	h.limits.allowed = h.limits.online;
	return h;
}

/* The one check that was added has this status, and its texts these words; NULL: no mend. */
static void assert_check(struct doctor_checks *c, enum doctor_status status, const char *what,
			 const char *mend)
{
	const struct doctor_check *check = &c->items[0];

	assert_int_equal(c->count, 1);
	if (check->status != status || !strstr(check->what, what) || !check->mend != !mend ||
	    (mend && !strstr(check->mend, mend)))
		fail_msg("status %d, '%s' -> '%s'", check->status, check->what,
			 check->mend ? check->mend : "");
	c->count = 0;
}

static void a_quiet_host_is_fine(void **state)
{
	struct host h = quiet_host();
	struct doctor_checks c = { 0 };

	(void)state;
	doctor_check_memory(&c, &h);
	assert_check(&c, DOCTOR_OK, "6000 MiB are available; ", NULL);
	doctor_check_overcommit(&c, &h);
	assert_check(&c, DOCTOR_OK, "more memory than it has", NULL);
	doctor_check_cores(&c, &h);
	assert_check(&c, DOCTOR_OK, "4 CPUs; a compare uses 2", NULL);
	doctor_check_governor(&c, &h);
	assert_check(&c, DOCTOR_OK, "performance on 4 CPUs; boost is off", NULL);
	doctor_check_load(&c, &h, 1000);
	assert_check(&c, DOCTOR_OK, "0.01, 0.02 and 0.03", NULL);
}

static void memory(void **state)
{
	struct host h = quiet_host();
	struct doctor_checks c = { 0 };

	(void)state;
	h.available_bytes = NEED_MIB * MIB;
	doctor_check_memory(&c, &h);
	assert_check(&c, DOCTOR_OK, "available; ", NULL);
	h.available_bytes--;
	doctor_check_memory(&c, &h);
	assert_check(&c, DOCTOR_NOTE, "available; ", "--mem");
	h.limits.memory_bytes = 1000 * MIB;
	doctor_check_memory(&c, &h);
	assert_check(&c, DOCTOR_NOTE, "1000 MiB are available (the limit of the", "--mem");
	h.limits.high_bytes = 900 * MIB;
	doctor_check_memory(&c, &h);
	assert_check(&c, DOCTOR_NOTE, "900 MiB are available (above it", "--mem");
	h = quiet_host();
	h.available_bytes = UINT64_MAX;
	doctor_check_memory(&c, &h);
	assert_check(&c, DOCTOR_NOTE, "cannot be told", NULL);
	h.commit_bytes = 300 * MIB;
	doctor_check_overcommit(&c, &h);
	assert_check(&c, DOCTOR_NOTE, "300 MiB are left", "vm.overcommit_memory=0");
}

static void cores(void **state)
{
	struct host h = quiet_host();
	struct doctor_checks c = { 0 };

	(void)state;
	h.limits.quota_cpus = 2;
	doctor_check_cores(&c, &h);
	assert_check(&c, DOCTOR_OK, "4 CPUs, a quota of 200 % (control group); ", NULL);
	h.limits.quota_cpus = 1.5;
	doctor_check_cores(&c, &h);
	assert_check(&c, DOCTOR_NOTE, "a quota of 150 % (control group)", "CPUQuota=");
	doctor_check_cores(&c, &h);
	assert_check(&c, DOCTOR_NOTE, "can have 1 vCPU", "CPUQuota=");
	h.limits.quota_cpus = 0.25;
	doctor_check_cores(&c, &h);
	assert_check(&c, DOCTOR_NOTE, "timed run is refused", "CPUQuota=");

	h = quiet_host();
	cpuset_parse("1-3", &h.limits.allowed);
	h.limits.n_allowed = 3;
	h.limits.allowed_by_group = true;
	doctor_check_cores(&c, &h);
	assert_check(&c, DOCTOR_OK, "3 CPUs of 4 (the control group leaves CPU 1-3)", NULL);
	cpuset_parse("2", &h.limits.allowed);
	h.limits.n_allowed = 1;
	h.limits.allowed_by_affinity = true;
	doctor_check_cores(&c, &h);
	assert_check(&c, DOCTOR_NOTE, "1 CPU of 4 (the affinity leaves CPU 2)", "taskset");

	/* There is nothing to raise if there is no more. */
	h = quiet_host();
	h.limits.n_online = h.limits.n_allowed = 1;
	doctor_check_cores(&c, &h);
	assert_check(&c, DOCTOR_NOTE, "1 CPU: ", NULL);
	h.limits.n_online = h.limits.n_allowed = 0;
	doctor_check_cores(&c, &h);
	assert_check(&c, DOCTOR_NOTE, "cannot be told", NULL);
}

/* None of them hinders a compare, whatever comes of it. */
static void kvm(void **state)
{
	struct doctor_checks c = { 0 };

	(void)state;
	doctor_check_kvm(&c, 0);
	assert_check(&c, DOCTOR_NOTE, "/dev/kvm opens; whether a kernel runs there is tried", NULL);
	doctor_check_kvm(&c, EACCES);
	assert_check(&c, DOCTOR_NOTE, "no permission for /dev/kvm", "group");
	doctor_check_kvm(&c, ENOENT);
	assert_check(&c, DOCTOR_NOTE, "No such file or directory; exact mode", "kvm_intel");
	doctor_check_kvm(&c, ENODEV);
	assert_check(&c, DOCTOR_NOTE, "No such device", "firmware");
}

static void governors(void **state)
{
	struct host h = quiet_host();
	struct doctor_checks c = { 0 };

	(void)state;
	h.boost = HOST_UNKNOWN;
	h.governors[1] = (struct host_governor){ "powersave", 1 };
	h.n_governors = 2;
	h.governors[0].cpus = 3;
	doctor_check_governor(&c, &h);
	assert_check(&c, DOCTOR_NOTE, "performance on 3 CPUs, powersave on 1 CPU; times",
		     "cpupower");
	h.governors[0] = (struct host_governor){ "schedutil", 4 };
	h.n_governors = 1;
	h.boost = HOST_ON;
	doctor_check_governor(&c, &h);
	assert_check(&c, DOCTOR_NOTE, "schedutil on 4 CPUs; boost is on", "cpupower");
	h.n_governors = 0;
	doctor_check_governor(&c, &h);
	assert_check(&c, DOCTOR_NOTE, "firmware", NULL);
	h.hypervisor = HOST_ON;
	doctor_check_governor(&c, &h);
	assert_check(&c, DOCTOR_NOTE, "virtual machines", NULL);
}

static void load(void **state)
{
	struct host h = quiet_host();
	struct doctor_checks c = { 0 };

	(void)state;
	h.load[0] = 2.5;
	doctor_check_load(&c, &h, 1000);
	assert_check(&c, DOCTOR_NOTE, "2.50, 0.02 and 0.03", "idle");
	/* One thousandth of the time of four CPUs in an hour is 14.4 s. */
	h = quiet_host();
	h.steal_ms = 14000;
	doctor_check_load(&c, &h, 3600 * 1000);
	assert_check(&c, DOCTOR_OK, "0.01", NULL);
	h.steal_ms = 15000;
	doctor_check_load(&c, &h, 3600 * 1000);
	assert_check(&c, DOCTOR_NOTE, "took 15 s", "idle");
	h.steal_ms = UINT64_MAX;
	doctor_check_load(&c, &h, 3600 * 1000);
	assert_check(&c, DOCTOR_OK, "0.01", NULL);
	h.load[0] = -1;
	doctor_check_load(&c, &h, 1000);
	assert_check(&c, DOCTOR_NOTE, "cannot be told", NULL);
}

static void there_is_an_end_of_checks(void **state)
{
	struct doctor_checks c = { 0 };

	(void)state;
	for (unsigned i = 0; i < DOCTOR_CHECKS_MAX + 3; i++)
		doctor_add(&c, "name", DOCTOR_OK, NULL, "%u", i);
	assert_int_equal(c.count, DOCTOR_CHECKS_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_quiet_host_is_fine),
		cmocka_unit_test(memory),
		cmocka_unit_test(cores),
		cmocka_unit_test(kvm),
		cmocka_unit_test(governors),
		cmocka_unit_test(load),
		cmocka_unit_test(there_is_an_end_of_checks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
