// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/memory/disk.h"

#include "guest/memory/ext4.h"
#include "guest/host/report.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define DISK "/disk" /* where a foreign program finds it */
#define FILL_BYTES (1u << 20)

int disk_fill(int fd, uint64_t bytes, char with)
{
	char *block =
		mmap(NULL, FILL_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int r = 0;

	if (block == MAP_FAILED)
		return -errno;
	memset(block, with, FILL_BYTES);
	for (uint64_t at = 0; r == 0 && at < bytes; at += FILL_BYTES) {
		size_t len = bytes - at < FILL_BYTES ? (size_t)(bytes - at) : FILL_BYTES;
		ssize_t n = pwrite(fd, block, len, (off_t)at);

		if (n != (ssize_t)len)
			r = n < 0 ? -errno : -ENOSPC;
	}
	munmap(block, FILL_BYTES);
	return r < 0 || fsync(fd) == 0 ? r : -errno;
}

/*
 * Some file is to be written, by a scenario or by a program: then a RAM disk takes its memory now,
 * and not in a window.
 */
static int has_written_files(const struct plan_header *plan)
{
	const struct plan_map *maps =
		(const void *)((const struct plan_setting *)(plan + 1) + plan->n_settings);

	if (plan->strings_bytes)
		return 1;
	for (unsigned i = 0; i < plan->n_maps; i++) {
		if (maps[i].kind == PLAN_MAP_FILE_PRIVATE || maps[i].kind == PLAN_MAP_FILE_SHARED)
			if (!(maps[i].flags & (PLAN_MAP_SPARSE | PLAN_MAP_TMPFS)))
				return 1;
	}
	return 0;
}

static int make(const struct plan_header *plan, const char *node)
{
	int fd = open(node, O_RDWR | O_CLOEXEC), r = 0;
	uint64_t bytes = 0;

	if (fd < 0 || ioctl(fd, BLKGETSIZE64, &bytes) < 0)
		r = -errno;
	else if (bytes < plan->disk_bytes)
		r = -ENOSPC;
	if (r == 0 && plan->disk_on == PLAN_DISK_RAM && has_written_files(plan))
		r = disk_fill(fd, plan->disk_bytes, 0);
	if (r == 0)
		r = ext4_make(fd, plan->disk_bytes);
	if (r == -ENOSPC && bytes < plan->disk_bytes)
		report_error("the RAM disk has %llu KiB, not the %llu of the scenario's disk: "
			     "CONFIG_BLK_DEV_RAM_SIZE of this kernel is too small",
			     (unsigned long long)bytes >> 10,
			     (unsigned long long)plan->disk_bytes >> 10);
	else if (r < 0)
		report_error("no file system could be written to the disk: %s", strerror(-r));
	if (fd >= 0)
		close(fd);
	return r;
}

int disk_mount(const struct plan_header *plan, const char *node)
{
	int r;

	if (plan->disk_fs != PLAN_DISK_EXT4) {
		report_error("the plan asks for file system %u", plan->disk_fs);
		return -EINVAL;
	}
	r = make(plan, node);
	if (r < 0)
		return r;
	mkdir(DISK, 0755);
	/* Reading is to be reading: no access times are written. */
	if (mount(node, DISK, "ext4", MS_NOATIME | MS_NOSUID | MS_NODEV, NULL) == 0)
		return 0;
	r = -errno;
	report_error("ext4 cannot be mounted: %s", r == -ENODEV ? "the kernel has no such file "
								  "system\nneeds CONFIG_EXT4_FS"
								: strerror(-r));
	return r;
}

static int removed; /* by remove_one(); nftw() hands nothing through */

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	if (!at->level || (at->level == 1 && !strcmp(path + at->base, "lost+found")))
		return 0;
	removed = 1;
	return (type == FTW_DP ? rmdir(path) : unlink(path)) < 0 ? errno : 0;
}

int disk_empty(void)
{
	int r;

	removed = 0;
	r = nftw(DISK, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
	return r ? -(r < 0 ? errno : r) : removed;
}

int disk_file(unsigned index, uint64_t bytes, int sparse)
{
	char path[64];
	int fd, r;

	snprintf(path, sizeof(path), DISK "/%u", index);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	r = ftruncate(fd, (off_t)bytes) < 0 ? -errno : 0;
	if (r == 0)
		r = sparse ? (fsync(fd) < 0 ? -errno : 0) : disk_fill(fd, bytes, 0x5a);
	if (r < 0)
		close(fd);
	return r < 0 ? r : fd;
}
