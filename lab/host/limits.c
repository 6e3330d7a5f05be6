// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/host/limits.h"

#include "base/cleanup.h"
#include "lab/host/cgroup.h"
#include "base/cpuset.h"
#include "lab/host/rooted.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define TEXT_MAX 65536
/* cgroup version 1 writes "no limit" as the largest number of whole pages. */
#define NO_LIMIT (UINT64_C(1) << 62)

/* What a walk from group to group carries along. */
struct walk {
	const char *root;
	struct limits *l;
	cpu_set_t group; /* CPUs that all groups have */
};

static bool line_of(const struct walk *w, const char *folder, const char *file, char *out,
		    size_t size)
{
	_cleanup_free_ char *path = str_printf("%s/%s", folder, file);

	out[0] = '\0';
	return path && rooted_line(w->root, path, out, size);
}

static void tighten(uint64_t *limit, uint64_t value)
{
	if (value < NO_LIMIT && value < *limit)
		*limit = value;
}

static void tighten_by_file(const struct walk *w, const char *folder, const char *file,
			    uint64_t *limit)
{
	char text[64];
	uint64_t value;

	if (line_of(w, folder, file, text, sizeof(text)) && rooted_number(text, &value))
		tighten(limit, value);
}

static void tighten_quota(struct limits *l, uint64_t quota, uint64_t period)
{
	double cpus = (double)quota / (double)period;

	if (period && cpus < l->quota_cpus)
		l->quota_cpus = cpus;
}

static void narrow_cpus(struct walk *w, const char *folder, const char *file)
{
	char text[TEXT_MAX / 8];
	cpu_set_t set;

	/* An empty one is that of a group that has not been given any yet. */
	if (line_of(w, folder, file, text, sizeof(text)) && cpuset_parse(text, &set) == 0)
		CPU_AND(&w->group, &w->group, &set);
}

/* cpu.max: "QUOTA PERIOD" in microseconds, QUOTA may be "max". */
static void read_v2(void *arg, const char *folder)
{
	struct walk *w = arg;
	uint64_t quota, period;
	char text[64];

	if (line_of(w, folder, "cpu.max", text, sizeof(text)) && rooted_number(text, &quota)) {
		const char *blank = strchr(text, ' ');

		if (blank && rooted_number(blank + 1, &period))
			tighten_quota(w->l, quota, period);
	}
	tighten_by_file(w, folder, "memory.max", &w->l->memory_bytes);
	tighten_by_file(w, folder, "memory.high", &w->l->high_bytes);
	narrow_cpus(w, folder, "cpuset.cpus.effective");
}

/* A quota of -1 is none. */
static void read_v1_cpu(void *arg, const char *folder)
{
	struct walk *w = arg;
	uint64_t quota, period;
	char text[64];

	if (line_of(w, folder, "cpu.cfs_quota_us", text, sizeof(text)) &&
	    rooted_number(text, &quota) &&
	    line_of(w, folder, "cpu.cfs_period_us", text, sizeof(text)) &&
	    rooted_number(text, &period))
		tighten_quota(w->l, quota, period);
}

static void read_v1_cpuset(void *arg, const char *folder)
{
	narrow_cpus(arg, folder, "cpuset.cpus");
}

static void read_v1_memory(void *arg, const char *folder)
{
	struct walk *w = arg;

	tighten_by_file(w, folder, "memory.limit_in_bytes", &w->l->memory_bytes);
}

static int read_groups(struct walk *w, struct err *e)
{
	static const struct {
		const char *controller;
		void (*read)(void *arg, const char *folder);
	} hierarchies[] = {
		{ NULL, read_v2 },
		{ "cpu", read_v1_cpu },
		{ "cpuset", read_v1_cpuset },
		{ "memory", read_v1_memory },
	};

	for (size_t i = 0; i < ARRAY_SIZE(hierarchies); i++) {
		_cleanup_cgroup_place_ struct cgroup_place place = { 0 };
		int r = cgroup_find(w->root, hierarchies[i].controller, &place, e);

		if (r == 0)
			r = cgroup_walk(&place, hierarchies[i].read, w, e);
		if (r < 0)
			return r;
		if (place.mount)
			*(hierarchies[i].controller ? &w->l->v1 : &w->l->v2) = true;
		if (cgroup_depth(&place) > w->l->depth)
			w->l->depth = cgroup_depth(&place);
	}
	return 0;
}

/* The CPUs of our thread as the kernel lists them: affinity within the cpuset. */
static bool read_affinity(const char *root, cpu_set_t *out)
{
	_cleanup_buf_ struct buf text = { 0 };
	char value[TEXT_MAX / 8];

	return rooted_read(root, "/proc/thread-self/status", TEXT_MAX, &text) == 0 &&
	       rooted_value(buf_str(&text), "Cpus_allowed_list", value, sizeof(value)) &&
	       cpuset_parse(value, out) == 0;
}

static void read_cpus(const struct walk *w)
{
	struct limits *l = w->l;
	char text[TEXT_MAX / 8];
	cpu_set_t affinity, left;

	if (!rooted_line(w->root, "/sys/devices/system/cpu/online", text, sizeof(text)) ||
	    cpuset_parse(text, &l->online) < 0)
		CPU_ZERO(&l->online);
	l->n_online = cpuset_count(&l->online);
	if (!l->n_online)
		return;
	CPU_AND(&left, &l->online, &w->group);
	/* Groups without a common CPU cannot be: what was read made no sense. */
	if (!CPU_COUNT(&left))
		left = l->online;
	l->allowed_by_group = !CPU_EQUAL(&left, &l->online);
	l->allowed = left;
	if (read_affinity(w->root, &affinity))
		CPU_AND(&l->allowed, &left, &affinity);
	if (!CPU_COUNT(&l->allowed))
		l->allowed = left;
	l->allowed_by_affinity = !CPU_EQUAL(&l->allowed, &left);
	l->n_allowed = cpuset_count(&l->allowed);
}

static void read_machine_memory(const struct walk *w)
{
	_cleanup_buf_ struct buf text = { 0 };
	char value[64];
	uint64_t kib;

	if (rooted_read(w->root, "/proc/meminfo", TEXT_MAX, &text) == 0 &&
	    rooted_value(buf_str(&text), "MemTotal", value, sizeof(value)) &&
	    rooted_number(value, &kib) && kib && kib < NO_LIMIT / 1024)
		w->l->machine_bytes = kib * 1024;
}

int limits_read(const char *root, struct limits *out, struct err *e)
{
	struct walk w = { .root = root, .l = out };
	int r;

	*out = (struct limits){
		.quota_cpus = INFINITY,
		.memory_bytes = UINT64_MAX,
		.high_bytes = UINT64_MAX,
		.machine_bytes = UINT64_MAX,
	};
	memset(&w.group, 0xff, sizeof(w.group));
	r = read_groups(&w, e);
	if (r < 0)
		return r;
	read_cpus(&w);
	read_machine_memory(&w);
	return 0;
}

static int check_cpuset(const struct limits *l, const cpu_set_t *set, struct err *e)
{
	cpu_set_t absent = cpuset_without(set, &l->online);
	cpu_set_t barred = cpuset_without(set, &l->allowed);

	if (!CPU_COUNT(set))
		return err_set(e, EINVAL, "the cpuset is empty");
	if (!l->n_online)
		return 0;
	if (CPU_COUNT(&absent))
		return err_set(e, ENODEV,
			       "CPU %s of the cpuset %s is not there (online: %s): name others",
			       cpuset_format(&absent).text, cpuset_format(set).text,
			       cpuset_format(&l->online).text);
	if (!CPU_COUNT(&barred))
		return 0;
	return err_set(e, EPERM,
		       "CPU %s of the cpuset %s may not be used (%s leaves %s): name others, or %s",
		       cpuset_format(&barred).text, cpuset_format(set).text,
		       l->allowed_by_group ? "the control group" : "the affinity",
		       cpuset_format(&l->allowed).text,
		       l->allowed_by_group ? "raise AllowedCPUs="
					   : "start slowpath without taskset");
}

/* Why there are no more than the allowed CPUs, and what one could do about it. */
static int too_few_cpus(const struct limits *l, const cpu_set_t *cpuset, unsigned vcpus,
			struct err *e)
{
	const cpu_set_t *set = cpuset ? cpuset : &l->allowed;
	const char *what = cpuset		    ? "the cpuset has"
			   : l->allowed_by_affinity ? "the affinity leaves"
			   : l->allowed_by_group    ? "the control group leaves"
						    : "the machine has";
	const char *mend = cpuset		    ? ", or give a larger cpuset"
			   : l->allowed_by_affinity ? ", or start slowpath without taskset"
			   : l->allowed_by_group    ? ", or raise AllowedCPUs="
						    : "";
	unsigned have = cpuset_count(set);

	return err_set(e, ENOSPC, "%u vCPUs on %u CPU%s (%s CPU %s): ask for fewer cpus%s", vcpus,
		       have, have == 1 ? "" : "s", what, cpuset_format(set).text, mend);
}

static int check_quota(const struct limits *l, unsigned vcpus, bool timed, struct err *e)
{
	unsigned least = timed ? 0 : 1;

	if (vcpus <= least || (double)vcpus <= l->quota_cpus)
		return 0;
	return err_set(
		e, ENOSPC,
		"%u vCPU%s on %.4g CPU%s (control group's quota of %.4g %%): %sraise CPUQuota=",
		vcpus, vcpus == 1 ? "" : "s", l->quota_cpus, l->quota_cpus == 1 ? "" : "s",
		l->quota_cpus * 100, vcpus == 1 ? "" : "ask for fewer cpus, or ");
}

static int check_memory(const struct limits *l, unsigned memory_mib, struct err *e)
{
	uint64_t want_mib = (uint64_t)memory_mib + LIMITS_QEMU_MIB;
	bool group = l->memory_bytes < l->machine_bytes;
	uint64_t have = group ? l->memory_bytes : l->machine_bytes;

	if (have == UINT64_MAX || want_mib <= have >> 20)
		return 0;
	return err_set(e, ENOSPC,
		       "a guest of %u MiB, and %u MiB for QEMU, in %llu MiB (%s): ask for less "
		       "memory%s",
		       memory_mib, LIMITS_QEMU_MIB, (unsigned long long)have >> 20,
		       group ? "limit of the control group" : "all that the machine has",
		       group ? ", or raise MemoryMax=" : "");
}

int limits_check(const struct limits *l, const cpu_set_t *cpuset, unsigned vcpus,
		 unsigned memory_mib, bool timed, struct err *e)
{
	unsigned have = cpuset ? cpuset_count(cpuset) : l->n_allowed;
	int r = cpuset ? check_cpuset(l, cpuset, e) : 0;

	if (r < 0)
		return r;
	if ((cpuset || l->n_allowed) && vcpus > have)
		return too_few_cpus(l, cpuset, vcpus, e);
	r = check_quota(l, vcpus, timed, e);
	return r < 0 ? r : check_memory(l, memory_mib, e);
}
