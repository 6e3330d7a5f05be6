/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The environment record of the host: what of this machine may shift a time, and what a reader
 * needs to judge one. It names neither the host nor its users: of control groups it has the limits
 * and the depth, not the paths.
 */
#ifndef LAB_HOST_HOST_H
#define LAB_HOST_HOST_H

#include "base/err.h"
#include "lab/host/limits.h"

#include <jansson.h>
#include <stdint.h>

#define HOST_TEXT_MAX 192
#define HOST_GOVERNORS_MAX 8
#define HOST_MITIGATIONS_MAX 48

enum host_switch { HOST_UNKNOWN, HOST_OFF, HOST_ON };

/* CPUs that have one governor. */
struct host_governor {
	char name[32];
	unsigned cpus;
};

/* A file of /sys/devices/system/cpu/vulnerabilities. */
struct host_mitigation {
	char name[48];
	char state[HOST_TEXT_MAX];
};

/* Texts are printable ASCII, cut to fit, and "" where nothing could be read. */
struct host {
	char release[HOST_TEXT_MAX],
		version[HOST_TEXT_MAX]; /* of the kernel, as uname(2) has them */
	char machine[65];		/* as uname(2), also with another root */
	char cpu_model[HOST_TEXT_MAX], microcode[32];
	struct limits limits; /* CPUs, and control groups */
	/* Of the allowed CPUs; none where there is no cpufreq. Sorted by name. */
	struct host_governor governors[HOST_GOVERNORS_MAX];
	unsigned n_governors;
	enum host_switch boost, smt, hypervisor;
	char isolated[HOST_TEXT_MAX]; /* CPUs out of the scheduler's domains */
	char vendor[HOST_TEXT_MAX],
		product[HOST_TEXT_MAX]; /* DMI; a hypervisor says its name there */
	char container[32];		/* "docker", "podman", "lxc", ... */
	char clocksource[32];
	char thp[32];	/* always, madvise or never */
	double load[3]; /* over 1, 5 and 15 minutes; negative: not known */
	/* Of all CPUs since boot; UINT64_MAX: not known. What grows meanwhile, another guest took.
	 */
	uint64_t steal_ms;
	uint64_t available_bytes; /* MemAvailable; UINT64_MAX: not known */
	/* CommitLimit less Committed_AS where the kernel refuses to over-commit, else UINT64_MAX.
	 */
	uint64_t commit_bytes;
	struct host_mitigation mitigations[HOST_MITIGATIONS_MAX]; /* sorted by name */
	unsigned n_mitigations;
};

/*
 * Reads /proc and /sys below @root ("": this machine). What is not there, or makes no sense, is not
 * known. 0 or -ENOMEM. The structure owns nothing; it is some 14 KiB.
 */
int host_read(const char *root, struct host *out, struct err *e);
/*
 * {"kernel": {"release", "version"}, "machine",
 *  "cpu": {"model", "microcode", "online", "allowed", "governors": {NAME: CPUs}, "boost", "smt",
 *          "isolated", "hypervisor"},
 *  "firmware": {"vendor", "product"}, "container", "clocksource",
 *  "load": [1, 5, 15 minutes], "steal_ms",
 *  "memory": {"total_bytes", "available_bytes", "thp"},
 *  "mitigations": {NAME: STATE},
 *  "cgroup": {"version", "depth", "quota_cpus", "memory_bytes", "high_bytes"}}
 *
 * CPUs are lists such as "0-1,4"; "version" is 1, 2 or "hybrid". null is: not known, none of it
 * there (governors, isolated, container), or no limit. A new reference; NULL when out of memory.
 */
json_t *host_json(const struct host *h);

#endif
