// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/work/furnish.h"

#include "guest/host/report.h"
#include "guest/host/unpack.h"
#include "proto/parcel.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define CGROUPS "/sys/fs/cgroup"
#define CGROUP CGROUPS "/program"

static void make_devices(void)
{
	static const struct {
		const char *path;
		unsigned major, minor;
	} nodes[] = {
		{ "/dev/null", 1, 3 },	 { "/dev/zero", 1, 5 },	   { "/dev/full", 1, 7 },
		{ "/dev/random", 1, 8 }, { "/dev/urandom", 1, 9 }, { "/dev/tty", 5, 0 },
	};
	static const struct {
		const char *path, *target;
	} links[] = {
		{ "/dev/fd", "/proc/self/fd" },	      { "/dev/stdin", "/proc/self/fd/0" },
		{ "/dev/stdout", "/proc/self/fd/1" }, { "/dev/stderr", "/proc/self/fd/2" },
		{ "/dev/ptmx", "pts/ptmx" },
	};

	for (unsigned i = 0; i < sizeof(nodes) / sizeof(nodes[0]); i++) {
		mknod(nodes[i].path, S_IFCHR, makedev(nodes[i].major, nodes[i].minor));
		chmod(nodes[i].path, 0666);
	}
	for (unsigned i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		if (symlink(links[i].target, links[i].path) < 0)
			continue;
	}
}

static void mount_all(void)
{
	static const struct {
		const char *type, *path, *options;
		unsigned mode;
	} mounts[] = {
		{ "tmpfs", "/dev/shm", NULL, 01777 },
		{ "tmpfs", "/tmp", NULL, 01777 },
		{ "devpts", "/dev/pts", "ptmxmode=0666,mode=0620,gid=5", 0755 },
		{ "mqueue", "/dev/mqueue", NULL, 01777 },
		{ "hugetlbfs", "/dev/hugepages", NULL, 0755 },
		{ "tracefs", "/sys/kernel/tracing", NULL, 0700 },
		{ "debugfs", "/sys/kernel/debug", NULL, 0700 },
		{ "cgroup2", CGROUPS, NULL, 0755 },
	};

	for (unsigned i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		mkdir(mounts[i].path, mounts[i].mode);
		mount(mounts[i].type, mounts[i].path, mounts[i].type, MS_NOSUID | MS_NODEV,
		      mounts[i].options);
	}
}

static void start_loopback(void)
{
	struct ifreq lo = { .ifr_name = "lo" };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return;
	if (ioctl(fd, SIOCGIFFLAGS, &lo) == 0) {
		lo.ifr_flags |= IFF_UP;
		ioctl(fd, SIOCSIFFLAGS, &lo);
	}
	close(fd);
}

void furnish(void)
{
	make_devices();
	mount_all();
	start_loopback();
	if (sethostname("slowpath", strlen("slowpath")) < 0)
		return; /* it stays without a name */
}

/* What is not there has nothing in it. */
static int is_empty(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *x;
	int found = 0;

	while (d && !found && (x = readdir(d)))
		found = strcmp(x->d_name, ".") != 0 && strcmp(x->d_name, "..") != 0;
	if (d)
		closedir(d);
	return !found;
}

/* All of it at once, whoever still has something open there. */
static int renew(const char *path)
{
	while (umount2(path, MNT_DETACH) == 0)
		;
	return mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV, NULL) < 0 ? -errno : 0;
}

int furnish_again(void)
{
	int done = 0, r = 0;

	if (!is_empty("/dev/shm")) {
		done = 1;
		r = renew("/dev/shm");
	}
	if (r == 0 && (!is_empty("/tmp") || !is_empty("/" PARCEL_FRESH))) {
		done = 1;
		r = renew("/tmp");
		if (r == 0)
			r = unpack_copy("/" PARCEL_FRESH, "/tmp");
		if (r == -ENOENT)
			r = 0; /* the parcel has nothing for it */
	}
	return r < 0 ? r : done;
}

static int write_to(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : write(fd, text, strlen(text));
	int r = n < 0 ? -errno : 0;

	if (fd >= 0)
		close(fd);
	if (r < 0)
		report_error("a cgroup for the program: '%s' to %s: %s", text, path, strerror(-r));
	return r;
}

int furnish_cgroup(void)
{
	int r = write_to(CGROUPS "/cgroup.subtree_control", "+memory");

	if (r == 0 && mkdir(CGROUP, 0755) < 0 && errno != EEXIST) {
		r = -errno;
		report_error("a cgroup for the program: %s: %s", CGROUP, strerror(-r));
	}
	return r < 0 ? r : write_to(CGROUP "/cgroup.procs", "0");
}
