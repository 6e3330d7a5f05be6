// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/work/cgroup.h"

#include "guest/work/call.h"
#include "guest/host/port.h"
#include "guest/host/report.h"
#include "guest/memory/state.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define CGROUPS "/sys/fs/cgroup"
#define PATH_BYTES 160

static struct {
	char path[PATH_BYTES];	/* of the group that the task is in */
	char other[PATH_BYTES]; /* beside it: what cgroup-create makes */
	char other_procs[PATH_BYTES + 16];
} groups;

static char stat_text[16384];

static int put(const char *folder, const char *file, const char *value)
{
	char path[PATH_BYTES + 32];
	int fd, r = 0;

	snprintf(path, sizeof(path), "%s/%s", folder, file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, value, strlen(value)) < 0)
		r = -errno;
	if (fd >= 0)
		close(fd);
	if (r < 0)
		report_error("%s: '%s': %s%s", path, value, strerror(-r),
			     r == -ENOENT || r == -EINVAL || r == -ENOTSUP ? "\nneeds CONFIG_MEMCG"
									   : "");
	return r;
}

static int put_bytes(const char *folder, const char *file, uint64_t bytes)
{
	char value[24];

	snprintf(value, sizeof(value), "%llu", (unsigned long long)bytes);
	return bytes ? put(folder, file, value) : 0;
}

/* Whether the kernel killed, or would have, as it found nothing to free. */
static int ran_out(int fd)
{
	static const char *const lines[] = { "\noom ", "\noom_kill " };
	char events[512];
	ssize_t n = pread(fd, events + 1, sizeof(events) - 2, 0);

	events[0] = '\n';
	events[n < 0 ? 1 : n + 1] = '\0';
	for (unsigned i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		const char *at = strstr(events, lines[i]);

		if (at && strtoul(at + strlen(lines[i]), NULL, 10))
			return 1;
	}
	return 0;
}

static void watch(int fd, uint64_t max)
{
	struct pollfd p = { .fd = fd, .events = POLLPRI };

	while (!ran_out(fd))
		poll(&p, 1, -1);
	report_reset();
	state_machine();
	report_error("the cgroup of the task ran out of memory: with 'max' at %llu KiB the kernel "
		     "found nothing left to free, and would have killed the task",
		     (unsigned long long)max >> 10);
	if (port_allow() == 0)
		report_send(REPORT_FAILED);
	_exit(0);
}

static int start_watching(uint64_t max)
{
	const struct sched_param first = { .sched_priority = 2 };
	char path[PATH_BYTES + 32];
	pid_t pid;
	int fd;

	snprintf(path, sizeof(path), "%s/memory.events", groups.path);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	pid = fork();
	if (pid == 0)
		watch(fd, max);
	close(fd);
	return pid < 0 || sched_setscheduler(pid, SCHED_FIFO, &first) < 0 ? -errno : 0;
}

static int make(const char *path)
{
	int r = mkdir(path, 0755) < 0 && errno != EEXIST ? -errno : 0;

	if (r < 0)
		report_error("%s: %s", path, strerror(-r));
	return r;
}

int cgroup_open(const struct plan_header *plan)
{
	int r = 0;

	if (!plan->cgroup_depth)
		return 0;
	if (plan->cgroup_depth > PLAN_CGROUP_DEPTH_MAX)
		return -EINVAL;
	if (mount("cgroup2", CGROUPS, "cgroup2", 0, NULL) < 0 && errno != EBUSY) {
		report_error("cgroup2 cannot be mounted: %s\nneeds CONFIG_CGROUPS",
			     strerror(errno));
		return -errno;
	}
	strcpy(groups.path, CGROUPS);
	for (unsigned i = 0; r == 0 && i < plan->cgroup_depth; i++) {
		r = put(groups.path, "cgroup.subtree_control", "+memory");
		snprintf(groups.other, sizeof(groups.other), "%s/other", groups.path);
		strcat(groups.path, "/slowpath");
		if (r == 0)
			r = make(groups.path);
	}
	snprintf(groups.other_procs, sizeof(groups.other_procs), "%s/cgroup.procs", groups.other);
	if (r == 0)
		r = put_bytes(groups.path, "memory.max", plan->cgroup_max);
	if (r == 0)
		r = put_bytes(groups.path, "memory.high", plan->cgroup_high);
	if (r == 0 && plan->cgroup_max)
		r = start_watching(plan->cgroup_max);
	return r < 0 ? r : put(groups.path, "cgroup.procs", "0");
}

static long run_create(const struct op *op)
{
	(void)op;
	return call_mkdir(groups.other, 0755);
}

static long run_remove(const struct op *op)
{
	(void)op;
	return call_rmdir(groups.other);
}

static long run_enter(const struct op *op)
{
	long fd = call_open(groups.other_procs, O_WRONLY | O_CLOEXEC), r;

	(void)op;
	if (fd < 0)
		return fd;
	r = call3(SYS_write, fd, "0", 1);
	call1(SYS_close, fd);
	return r < 0 ? r : 0;
}

/* op->number: the descriptor; op->data: what is written. */
static long run_write(const struct op *op)
{
	long r = call3(SYS_write, op->number, op->data, strlen(op->data));

	/* Less could be reclaimed than was asked for: an outcome, which both kernels have to share.
	 */
	if (r == -EAGAIN && op->arg2)
		return 1;
	return r < 0 ? r : 0;
}

static long run_stat(const struct op *op)
{
	long have = 0, n;

	do {
		n = call6(SYS_pread64, op->number, (long)stat_text, sizeof(stat_text), have, 0, 0);
		have += n;
	} while (n > 0);
	return n;
}

static int open_file(const char *file, int flags, const char *since, struct op *out)
{
	char path[PATH_BYTES + 32];

	snprintf(path, sizeof(path), "%s/%s", groups.path, file);
	out->number = open(path, flags | O_CLOEXEC);
	if (out->number >= 0)
		return 0;
	report_error("%s: %s%s", path, strerror(errno), errno == ENOENT ? since : "");
	return -errno;
}

static int resolve_write(const char *file, const char *since, const char *value, struct op *out)
{
	out->run = run_write;
	out->data = strdup(value);
	return out->data ? open_file(file, O_WRONLY, since, out) : -ENOMEM;
}

int cgroup_resolve(const struct plan_op *p, struct op *out)
{
	char value[24];

	if (!*groups.path)
		return -EINVAL;
	snprintf(value, sizeof(value), "%llu", (unsigned long long)p->arg);
	switch (p->code) {
	case PLAN_OP_CGROUP_CREATE:
		out->run = run_create;
		return 0;
	case PLAN_OP_CGROUP_REMOVE:
		out->run = run_remove;
		return 0;
	case PLAN_OP_CGROUP_ENTER:
		out->run = run_enter;
		return 0;
	case PLAN_OP_CGROUP_LEAVE:
		return resolve_write("cgroup.procs", "", "0", out);
	case PLAN_OP_CGROUP_RECLAIM:
		out->arg2 = 1;
		return resolve_write("memory.reclaim", ": it came with Linux 5.19", value, out);
	case PLAN_OP_CGROUP_HIGH:
		return resolve_write("memory.high", "", p->arg ? value : "max", out);
	case PLAN_OP_CGROUP_STAT:
		out->run = run_stat;
		return open_file("memory.stat", O_RDONLY, "", out);
	}
	return -ENOTSUP;
}
