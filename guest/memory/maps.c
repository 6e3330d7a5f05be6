// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/memory/maps.h"

#include "guest/memory/disk.h"
#include "guest/host/report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_memfd_secret
#define SYS_memfd_secret 447
#endif

#define TMPFS "/slowpath-tmpfs"
#define HUGETLB_FLAGS (MAP_HUGETLB | 21 << MAP_HUGE_SHIFT) /* 2 MiB */

int map_flags(const struct map *m)
{
	return m->flags | (m->anywhere ? 0 : MAP_FIXED_NOREPLACE);
}

/* Pages of such a file go when it does, and not before: so each mapping has one of its own. */
int map_secret_file(size_t bytes)
{
	int fd = (int)syscall(SYS_memfd_secret, (unsigned)O_CLOEXEC), r;

	if (fd < 0 && errno == ENOSYS)
		report_error("memfd_secret() is off\nneeds CONFIG_SECRETMEM, and before Linux 6.5 "
			     "secretmem.enable=1 on the kernel's command line");
	if (fd < 0)
		return -errno;
	r = ftruncate(fd, (off_t)bytes) < 0 ? -errno : fd;
	if (r < 0)
		close(fd);
	return r;
}

static int open_tmpfs(unsigned index)
{
	char path[64];

	mkdir(TMPFS, 0700);
	snprintf(path, sizeof(path), TMPFS "/%u", index);
	if (access(TMPFS "/mounted", F_OK) < 0) {
		if (mount("tmpfs", TMPFS, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=100%"))
			return -errno;
		close(open(TMPFS "/mounted", O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	}
	return open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
}

static int open_file(const struct plan_map *p, unsigned index)
{
	int tmpfs = p->kind == PLAN_MAP_TMPFS_PRIVATE || p->kind == PLAN_MAP_TMPFS_SHARED;
	int fd = tmpfs ? open_tmpfs(index) : memfd_create("slowpath", MFD_CLOEXEC);

	if (fd < 0)
		return fd == -1 ? -errno : fd;
	return ftruncate(fd, (off_t)p->bytes) < 0 ? -errno : fd;
}

/* A file of the disk, or of a tmpfs and like it. */
static int open_written(const struct plan_map *p, unsigned index)
{
	int sparse = !!(p->flags & PLAN_MAP_SPARSE), fd, r;

	if (!(p->flags & PLAN_MAP_TMPFS))
		return disk_file(index, p->bytes, sparse);
	fd = open_tmpfs(index);
	if (fd < 0)
		return fd == -1 ? -errno : fd;
	r = ftruncate(fd, (off_t)p->bytes) < 0 ? -errno : 0;
	if (r == 0 && !sparse)
		r = disk_fill(fd, p->bytes, 0x5a);
	return r < 0 ? r : fd;
}

/* What mmap() is to be given for this kind. */
static int describe(const struct plan_map *p, unsigned index, struct map *out)
{
	out->fd = -1;
	switch (p->kind) {
	case PLAN_MAP_ANON_PRIVATE:
		out->flags = MAP_PRIVATE | MAP_ANONYMOUS;
		break;
	case PLAN_MAP_ANON_SHARED:
		out->flags = MAP_SHARED | MAP_ANONYMOUS;
		break;
	case PLAN_MAP_HUGETLB_PRIVATE:
		out->flags = MAP_PRIVATE | MAP_ANONYMOUS | HUGETLB_FLAGS;
		break;
	case PLAN_MAP_HUGETLB_SHARED:
		out->flags = MAP_SHARED | MAP_ANONYMOUS | HUGETLB_FLAGS;
		break;
	case PLAN_MAP_MEMFD_PRIVATE:
	case PLAN_MAP_TMPFS_PRIVATE:
		out->flags = MAP_PRIVATE;
		out->fd = open_file(p, index);
		break;
	case PLAN_MAP_MEMFD_SHARED:
	case PLAN_MAP_TMPFS_SHARED:
		out->flags = MAP_SHARED;
		out->fd = open_file(p, index);
		break;
	case PLAN_MAP_SECRET:
		out->flags = MAP_SHARED;
		out->secret = 1;
		break;
	case PLAN_MAP_FILE_PRIVATE:
	case PLAN_MAP_FILE_SHARED:
		out->flags = p->kind == PLAN_MAP_FILE_SHARED ? MAP_SHARED : MAP_PRIVATE;
		out->fd = open_written(p, index);
		out->is_file = 1;
		break;
	case PLAN_MAP_PLACE:
		return 0;
	default:
		return -EINVAL;
	}
	if (p->flags & PLAN_MAP_POPULATE)
		out->flags |= MAP_POPULATE;
	if (p->flags & PLAN_MAP_NORESERVE)
		out->flags |= MAP_NORESERVE;
	return out->fd < -1 ? out->fd : 0;
}

static int advise(const struct plan_map *p, unsigned index, const struct map *m)
{
	int code;

	if (!p->advice || madvise(m->start, m->bytes, (int)p->advice) == 0)
		return 0;
	code = errno;
	report_error("madvise(%u) of map %u: %s%s", p->advice, index, strerror(code),
		     code == EINVAL ? "\nneeds CONFIG_TRANSPARENT_HUGEPAGE" : "");
	return -code;
}

static int create(const struct plan_map *p, unsigned index, struct map *out)
{
	uint64_t base = PLAN_MAPS_BASE + index * PLAN_MAPS_STEP;
	void *at;
	int r, fd;

	if (p->align < 4096 || p->align & (p->align - 1) || p->align > PLAN_MAPS_STEP / 4 ||
	    p->bytes > PLAN_MAPS_STEP / 4 || p->offset > PLAN_MAPS_STEP / 4)
		return -EINVAL;
	*out = (struct map){ .start = (uint8_t *)base + p->offset,
			     .bytes = p->bytes,
			     .prot = (int)p->prot,
			     .anywhere = !!(p->flags & PLAN_MAP_ANYWHERE) };
	r = describe(p, index, out);
	if (r < 0 || p->kind == PLAN_MAP_PLACE || (p->flags & PLAN_MAP_UNMAPPED))
		return r;
	fd = out->secret ? map_secret_file(p->bytes) : out->fd;
	if (out->secret && fd < 0)
		return fd;
	at = mmap(out->anywhere ? NULL : out->start, p->bytes, out->prot, map_flags(out), fd, 0);
	r = at == MAP_FAILED ? -errno : 0;
	if (out->secret)
		close(fd);
	if (r < 0)
		return r;
	out->start = at;
	return advise(p, index, out);
}

int maps_create(const struct plan_map *plan, unsigned count, struct maps *out)
{
	out->count = 0;
	for (unsigned i = 0; i < count; i++) {
		int r = create(&plan[i], i, &out->at[i]);

		if (r < 0) {
			report_error("map %u of %llu bytes: %s", i,
				     (unsigned long long)plan[i].bytes, strerror(-r));
			return r;
		}
		out->count++;
	}
	return 0;
}
