// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/setup/doctor.h"

#include "base/buf.h"
#include "base/cpuset.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Load of an idle machine: a shell and a daemon or two. */
#define IDLE_LOAD 0.5
/* Of all CPU time, what others may take of a guest before a time shows it. */
#define STEAL_PERMILLE 1

void doctor_add(struct doctor_checks *c, const char *name, enum doctor_status status,
		const char *mend, const char *fmt, ...)
{
	struct doctor_check *check = &c->items[c->count];
	va_list ap;

	if (c->count == DOCTOR_CHECKS_MAX)
		return;
	c->count++;
	*check = (struct doctor_check){ .name = name, .status = status };
	if (mend) {
		/* It may be of a caller that is gone when this is printed. */
		snprintf(check->own, sizeof(check->own), "%s", mend);
		check->mend = check->own;
	}
	va_start(ap, fmt);
	vsnprintf(check->what, sizeof(check->what), fmt, ap);
	va_end(ap);
}

void doctor_check_memory(struct doctor_checks *c, const struct host *h)
{
	const struct limits *l = &h->limits;
	uint64_t want_mib = DOCTOR_GUESTS * (DOCTOR_GUEST_MIB + LIMITS_QEMU_MIB);
	uint64_t bytes = h->available_bytes;
	const char *why = "";

	if (l->memory_bytes < bytes) {
		bytes = l->memory_bytes;
		why = " (the limit of the control group)";
	}
	if (l->high_bytes < bytes) {
		bytes = l->high_bytes;
		why = " (above it the control group is slowed down, memory.high)";
	}
	if (bytes == UINT64_MAX)
		doctor_add(c, "memory", DOCTOR_NOTE, NULL,
			   "cannot be told; a compare takes up to %llu MiB",
			   (unsigned long long)want_mib);
	else
		doctor_add(c, "memory", bytes >> 20 < want_mib ? DOCTOR_NOTE : DOCTOR_OK,
			   bytes >> 20 < want_mib ? "with 'compare --mem 256M' two guests need less"
						  : NULL,
			   "%llu MiB are available%s; a compare takes up to %llu MiB",
			   (unsigned long long)bytes >> 20, why, (unsigned long long)want_mib);
}

void doctor_check_overcommit(struct doctor_checks *c, const struct host *h)
{
	if (h->commit_bytes == UINT64_MAX)
		doctor_add(
			c, "overcommit", DOCTOR_OK, NULL,
			"the kernel promises more memory than it has; QEMU asks for more than it "
			"uses");
	else
		doctor_add(
			c, "overcommit", DOCTOR_NOTE,
			"if a QEMU does not get its memory: sysctl vm.overcommit_memory=0, or a "
			"higher vm.overcommit_ratio",
			"the kernel promises no more memory than it has (vm.overcommit_memory is "
			"2): %llu MiB are left, and QEMU asks for more than it uses",
			(unsigned long long)h->commit_bytes >> 20);
}

/* How many CPUs at a time, whole or not: those allowed, and of their time what the quota gives. */
static double usable_cpus(const struct limits *l)
{
	return l->n_allowed && l->n_allowed < l->quota_cpus ? l->n_allowed : l->quota_cpus;
}

static void describe_cpus(const struct limits *l, struct buf *b)
{
	buf_printf(b, "%u CPU%s", l->n_allowed, l->n_allowed == 1 ? "" : "s");
	if (l->allowed_by_group || l->allowed_by_affinity)
		buf_printf(b, " of %u (%s leaves CPU %s)", l->n_online,
			   l->allowed_by_affinity ? "the affinity" : "the control group",
			   cpuset_format(&l->allowed).text);
	if (!isinf(l->quota_cpus))
		buf_printf(b, ", a quota of %.4g %% (control group)", l->quota_cpus * 100);
}

void doctor_check_cores(struct doctor_checks *c, const struct host *h)
{
	const struct limits *l = &h->limits;
	double cpus = usable_cpus(l);
	bool by_limit = l->allowed_by_group || l->allowed_by_affinity || cpus < l->n_allowed;
	_cleanup_buf_ struct buf have = { 0 };

	if (!l->n_online) {
		doctor_add(c, "cores", DOCTOR_NOTE, NULL, "cannot be told; a compare uses %d",
			   DOCTOR_GUESTS);
		return;
	}
	describe_cpus(l, &have);
	if (cpus >= DOCTOR_GUESTS)
		doctor_add(c, "cores", DOCTOR_OK, NULL, "%s; a compare uses %d", buf_str(&have),
			   DOCTOR_GUESTS);
	else
		doctor_add(c, "cores", DOCTOR_NOTE,
			   by_limit
				   ? "raise CPUQuota= or AllowedCPUs= of the unit or container, or "
				     "start slowpath without taskset"
				   : NULL,
			   "%s: the two sides of a compare share them, which changes the time and "
			   "not the counts; a timed run %s",
			   buf_str(&have), cpus < 1 ? "is refused" : "can have 1 vCPU");
}

void doctor_check_kvm(struct doctor_checks *c, int error)
{
	static const char unused[] = "exact mode does not use it";

	if (!error)
		doctor_add(
			c, "kvm", DOCTOR_NOTE, NULL,
			"/dev/kvm opens; whether a kernel runs there is tried by booting, when a "
			"timed run starts; %s",
			unused);
	else if (error == EACCES || error == EPERM)
		doctor_add(c, "kvm", DOCTOR_NOTE,
			   "for timed runs that are not emulated: join the group that owns it "
			   "(usermod -aG kvm NAME, and log in again)",
			   "no permission for /dev/kvm; %s", unused);
	else
		doctor_add(c, "kvm", DOCTOR_NOTE,
			   "for timed runs that are not emulated: turn virtualisation on in the "
			   "firmware (in a guest: nested virtualisation) and load kvm_intel or "
			   "kvm_amd",
			   "/dev/kvm: %s; %s", strerror(error), unused);
}

static void describe_governors(const struct host *h, struct buf *b)
{
	for (unsigned i = 0; i < h->n_governors; i++)
		buf_printf(b, "%s%s on %u CPU%s", i ? ", " : "", h->governors[i].name,
			   h->governors[i].cpus, h->governors[i].cpus == 1 ? "" : "s");
	if (h->boost != HOST_UNKNOWN)
		buf_printf(b, "; boost is %s", h->boost == HOST_ON ? "on" : "off");
}

void doctor_check_governor(struct doctor_checks *c, const struct host *h)
{
	bool fixed = h->n_governors == 1 && !strcmp(h->governors[0].name, "performance");
	_cleanup_buf_ struct buf what = { 0 };

	if (!h->n_governors) {
		doctor_add(c, "governor", DOCTOR_NOTE, NULL,
			   "none here, %s; only times depend on the clock rate, not counts",
			   h->hypervisor == HOST_ON ? "as in most virtual machines"
						    : "the firmware sets the clock rate");
		return;
	}
	describe_governors(h, &what);
	if (fixed)
		doctor_add(c, "governor", DOCTOR_OK, NULL, "%s", buf_str(&what));
	else
		doctor_add(c, "governor", DOCTOR_NOTE,
			   "for timed runs: cpupower frequency-set -g performance",
			   "%s; times depend on it, counts do not", buf_str(&what));
}

static bool is_stolen_from(const struct host *h, uint64_t up_ms)
{
	unsigned cpus = h->limits.n_online ? h->limits.n_online : 1;

	return h->steal_ms != UINT64_MAX && up_ms &&
	       (double)h->steal_ms * 1000 > (double)up_ms * cpus * STEAL_PERMILLE;
}

void doctor_check_load(struct doctor_checks *c, const struct host *h, uint64_t up_ms)
{
	bool stolen = is_stolen_from(h, up_ms);
	char others[96] = "";

	if (h->load[0] < 0) {
		doctor_add(c, "load", DOCTOR_NOTE, NULL, "cannot be told");
		return;
	}
	if (stolen)
		snprintf(others, sizeof(others),
			 "; other guests of its host took %.0f s of CPU time since the boot",
			 (double)h->steal_ms / 1000);
	if (!stolen && h->load[0] < IDLE_LOAD)
		doctor_add(c, "load", DOCTOR_OK, NULL,
			   "%.2f, %.2f and %.2f over 1, 5 and 15 minutes", h->load[0], h->load[1],
			   h->load[2]);
	else
		doctor_add(c, "load", DOCTOR_NOTE,
			   "for timed runs: an idle machine, or a cpuset that nothing else uses",
			   "%.2f, %.2f and %.2f over 1, 5 and 15 minutes%s; times depend on it, "
			   "counts do not",
			   h->load[0], h->load[1], h->load[2], others);
}
