// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a kernel and a container tell of control groups. The input is the texts of these files, in
 * their order, each but the last ended by a line "===".
 */
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "lab/host/limits.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const paths[] = {
	"/proc/self/cgroup",
	"/proc/self/mountinfo",
	"/proc/thread-self/status",
	"/proc/meminfo",
	"/sys/devices/system/cpu/online",
	"/sys/fs/cgroup/cgroup.controllers",
	"/sys/fs/cgroup/a/cpu.max",
	"/sys/fs/cgroup/a/memory.max",
	"/sys/fs/cgroup/a/cpuset.cpus.effective",
	"/sys/fs/cgroup/cpu/a/cpu.cfs_quota_us",
	"/sys/fs/cgroup/cpu/a/cpu.cfs_period_us",
	"/sys/fs/cgroup/memory/a/memory.limit_in_bytes",
};

static char root[] = "/dev/shm/slowpath-fuzz-XXXXXX";

static void leave(void)
{
	dir_remove(root, NULL);
}

static void make_root(void)
{
	static bool made;

	if (made)
		return;
	if (!mkdtemp(root) || atexit(leave) != 0)
		abort();
	made = true;
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		_cleanup_free_ char *path = str_printf("%s%s", root, paths[i]);

		*strrchr(path, '/') = '\0';
		if (dir_make(path, NULL) < 0)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char mark[] = "===\n";
	const char *p = (const char *)data, *end = p + size;
	struct err e = { 0 };
	struct limits l;

	make_root();
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		_cleanup_free_ char *path = str_printf("%s%s", root, paths[i]);
		const char *next = p < end ? memmem(p, (size_t)(end - p), mark, strlen(mark)) : end;

		next = next ? next : end;
		if (file_write(path, p, (size_t)(next - p), &e) < 0)
			abort();
		p = next < end ? next + strlen(mark) : end;
	}
	if (limits_read(root, &l, &e) < 0)
		abort();
	/* A limit is a number that something can be held against. */
	if (isnan(l.quota_cpus) || l.quota_cpus < 0 || l.n_allowed > CPU_SETSIZE)
		abort();
	limits_check(&l, NULL, 1, 512, true, &e);
	return 0;
}
