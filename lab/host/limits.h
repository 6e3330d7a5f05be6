/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What slowpath may use of the machine that it runs on: its affinity, and the limits of the control
 * groups above it (a container, systemd-run), of cgroup version 1, 2 or both. Of groups within
 * groups the tightest limit counts.
 */
#ifndef LAB_HOST_LIMITS_H
#define LAB_HOST_LIMITS_H

#include "base/err.h"

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * What a QEMU takes beside its guest's memory: translated code, the plugin's counters, its heap.
 * QEMU 7.2 took 60 to 69 MiB of private memory there at most, for 1, 2 and 4 vCPUs, exact and
 * emulated; the rest is for longer runs and other builds.
 */
#define LIMITS_QEMU_MIB 192

struct limits {
	cpu_set_t online;  /* CPUs of the machine */
	unsigned n_online; /* 0: not known, as also below */
	/* Those of them that affinity and groups leave to this process. */
	cpu_set_t allowed;
	unsigned n_allowed;
	bool allowed_by_group;	  /* a cpuset group takes CPUs away */
	bool allowed_by_affinity; /* taskset(1), beyond what groups take */
	double quota_cpus;	  /* CPU time per time, in CPUs; INFINITY: no quota */
	uint64_t memory_bytes;	  /* hard limit of the groups; UINT64_MAX: none */
	uint64_t high_bytes;	/* above it the kernel throttles (memory.high); UINT64_MAX: none */
	uint64_t machine_bytes; /* MemTotal; UINT64_MAX: not known */
	bool v1, v2;		/* a version that is mounted, with a group of ours in it */
	unsigned depth;		/* groups between the mount and ours, the most of all hierarchies */
};

/*
 * Reads /proc and /sys below @root ("": this machine). What is not there or makes no sense is no
 * limit. 0 or -ENOMEM. The structure owns nothing.
 */
int limits_read(const char *root, struct limits *out, struct err *e);

/*
 * Whether a guest of @vcpus and @memory_mib can run there, with its vCPUs on @cpuset (NULL: on all
 * that are allowed). Not more vCPUs than CPUs nor, rounded down, than the quota has; but a run that
 * is not @timed may have one vCPU on any quota, as its counts do not depend on time. Not more
 * memory than the tightest limit or the machine has, LIMITS_QEMU_MIB included. What is not known
 * refuses nothing.
 *
 * 0; -ENOSPC: too many vCPUs or too much memory; -ENODEV: CPUs of @cpuset that the machine has not;
 * -EPERM: CPUs of it that this process may not use; -EINVAL: an empty @cpuset. Messages say what
 * limits it and what mends it. Pure.
 */
int limits_check(const struct limits *l, const cpu_set_t *cpuset, unsigned vcpus,
		 unsigned memory_mib, bool timed, struct err *e);

#endif
