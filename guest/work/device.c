// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/work/device.h"

#include "guest/memory/disk.h"
#include "guest/host/report.h"
#include "guest/host/unpack.h"
#include "guest/work/call.h"
#include "proto/parcel.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#define MODULES "/" PARCEL_MODULES
#define SWAP_NODE "/" PARCEL_OWN "/swap"
#define DISK_NODE "/" PARCEL_OWN "/disk"
#define PAGE 4096u
#define NVME "nvme0n1"
#define NVME_POLL_NS 10000000
#define NVME_POLLS 3000

static int read_text(const char *path, char *out, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, out, size - 1);
	int r = n < 0 ? -errno : 0;

	if (fd >= 0)
		close(fd);
	out[n < 0 ? 0 : n] = '\0';
	out[strcspn(out, "\n")] = '\0';
	return r;
}

static int write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int r = fd < 0 || write(fd, text, strlen(text)) < 0 ? -errno : 0;

	if (fd >= 0)
		close(fd);
	return r;
}

/* One of @size bytes at a time, whole. */
static int load_file(const char *path, const char *parameters)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), r;
	struct stat st;
	void *image;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	image = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (image == MAP_FAILED)
		return -errno;
	r = syscall(SYS_init_module, image, (size_t)st.st_size, parameters) < 0 ? -errno : 0;
	munmap(image, (size_t)st.st_size);
	unlink(path); /* its memory is the guest's */
	return r;
}

/* "zram .text ffffffffc0200000" of each section that holds code. */
static void tell_sections(const char *name, char *out, size_t size, size_t *used)
{
	char folder[160], path[420], address[40];
	struct dirent *entry;
	DIR *dir;

	snprintf(folder, sizeof(folder), "/sys/module/%s/sections", name);
	dir = opendir(folder);
	while (dir && (entry = readdir(dir))) {
		const char *section = entry->d_name;

		if (strncmp(section, ".text", 5) != 0 && !strstr(section, ".text"))
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, section);
		if (read_text(path, address, sizeof(address)) < 0 || strncmp(address, "0x", 2) != 0)
			continue;
		if (*used < size)
			*used += (size_t)snprintf(out + *used, size - *used, "%s %s %s\n", name,
						  section, address + 2);
	}
	if (dir)
		closedir(dir);
}

/* Of RAM disks: the first is for swap, where that is on one, and the last is the disk. */
static unsigned ram_disks(const struct plan_header *plan)
{
	return (plan->swap_on == PLAN_SWAP_BRD) + (plan->disk_fs && plan->disk_on == PLAN_DISK_RAM);
}

static unsigned long long ram_disk_kib(const struct plan_header *plan)
{
	uint64_t swap = plan->swap_on == PLAN_SWAP_BRD ? plan->swap_bytes : 0;
	uint64_t disk = plan->disk_on == PLAN_DISK_RAM ? plan->disk_bytes : 0;

	return (swap > disk ? swap : disk) >> 10;
}

/* brd has its size from its parameters alone. */
static int load_one(const struct plan_header *plan, const char *file, char *out, size_t size,
		    size_t *used)
{
	char path[320], name[80], parameters[80] = "";
	int r;

	/* "00-brd.ko" */
	if (sscanf(file, "%*2[0-9]-%79[^.].ko", name) != 1)
		return -EINVAL;
	snprintf(path, sizeof(path), MODULES "/%s", file);
	if (!strcmp(name, "brd"))
		snprintf(parameters, sizeof(parameters), "rd_nr=%u max_part=0 rd_size=%llu",
			 ram_disks(plan), ram_disk_kib(plan));
	r = load_file(path, parameters);
	if (r < 0)
		report_error("module %s cannot be loaded: %s", name, strerror(-r));
	else
		tell_sections(name, out, size, used);
	return r;
}

static int load_modules(const struct plan_header *plan)
{
	struct dirent **files = NULL;
	int count = scandir(MODULES, &files, NULL, alphasort), r = 0;
	static char out[16384];
	const size_t size = sizeof(out);
	size_t used = 0;

	if (count < 0)
		return 0; /* the driver is built in */
	for (int i = 0; i < count; i++) {
		if (r == 0 && files[i]->d_name[0] != '.')
			r = load_one(plan, files[i]->d_name, out, size, &used);
		free(files[i]);
	}
	free(files);
	if (used >= size)
		return -ENOSPC;
	report_add(FRAME_MODULES, out, used);
	return r;
}

/* @node for the disk that /sys/block knows as @disk. */
static int make_node(const char *disk, const char *node)
{
	char path[80], text[40];
	unsigned major, minor;
	int r;

	snprintf(path, sizeof(path), "/sys/block/%s/dev", disk);
	r = read_text(path, text, sizeof(text));
	if (r < 0 || sscanf(text, "%u:%u", &major, &minor) != 2)
		return -ENODEV;
	mkdir("/" PARCEL_OWN, 0755);
	return mknod(node, S_IFBLK | 0600, makedev(major, minor)) < 0 ? -errno : 0;
}

/* What mkswap(8) writes: version 1, the last page's number, and the signature at the page's end. */
static int write_header(int fd, uint64_t bytes)
{
	static const char signature[] = "SWAPSPACE2";
	uint32_t version_last[2] = { 1, (uint32_t)(bytes / PAGE) - 1 };
	static char page[PAGE];

	memset(page, 0, sizeof(page));
	memcpy(page + 1024, version_last, sizeof(version_last));
	memcpy(page + PAGE - 10, signature, 10);
	if (pwrite(fd, page, PAGE, 0) != PAGE)
		return -EIO;
	return fsync(fd) < 0 ? -errno : 0;
}

static int make_swap(const struct plan_header *plan)
{
	const int zram = plan->swap_on == PLAN_SWAP_ZRAM;
	char size[32];
	int fd, r = 0;

	snprintf(size, sizeof(size), "%llu", (unsigned long long)plan->swap_bytes);
	if (zram)
		r = write_text("/sys/block/zram0/disksize", size);
	if (r == 0)
		r = make_node(zram ? "zram0" : "ram0", SWAP_NODE);
	fd = r == 0 ? open(SWAP_NODE, O_RDWR | O_CLOEXEC) : -1;
	if (r == 0 && fd < 0)
		r = -errno;
	/*
	 * All of a brd is written once: it takes its memory page by page as it is written for the
	 * first time, which would be a part of whatever is measured first.
	 */
	if (r == 0 && !zram)
		r = disk_fill(fd, plan->swap_bytes, 0x5a);
	if (r == 0)
		r = write_header(fd, plan->swap_bytes);
	if (fd >= 0)
		close(fd);
	if (r == 0 && swapon(SWAP_NODE, 0) < 0)
		r = -errno;
	if (r < 0)
		report_error("no swap on %s: %s", zram ? "zram" : "brd", strerror(-r));
	return r;
}

/* What the host has plugged in nobody has told the kernel of; its driver then works in a kworker.
 */
static int find_nvme(void)
{
	const struct timespec pause = { .tv_nsec = NVME_POLL_NS };
	int r = write_text("/sys/bus/pci/rescan", "1");

	for (int i = 0; r == 0 && i < NVME_POLLS; i++) {
		if (access("/sys/block/" NVME "/dev", F_OK) == 0)
			return 0;
		clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
	}
	report_error("there is no NVMe disk: %s\nneeds CONFIG_BLK_DEV_NVME",
		     r < 0 ? strerror(-r) : "the kernel has found none");
	return r < 0 ? r : -ENODEV;
}

static int make_disk(const struct plan_header *plan)
{
	char name[16] = NVME;
	int r = 0;

	if (plan->disk_on == PLAN_DISK_NVME)
		r = find_nvme();
	else
		snprintf(name, sizeof(name), "ram%u", ram_disks(plan) - 1);
	if (r < 0)
		return r;
	r = make_node(name, DISK_NODE);
	if (r < 0)
		report_error("there is no disk %s: %s", name, strerror(-r));
	return r < 0 ? r : disk_mount(plan, DISK_NODE);
}

int device_open(const struct plan_header *plan)
{
	int r;

	if (!plan->swap_on && !plan->disk_fs)
		return 0;
	r = unpack_parcel();
	if (r == 0)
		r = load_modules(plan);
	if (r == 0 && plan->swap_on)
		r = make_swap(plan);
	return r < 0 || !plan->disk_fs ? r : make_disk(plan);
}

static long run_swap(const struct op *op)
{
	return call2(op->number, SWAP_NODE, 0);
}

int device_swap_resolve(const struct plan_op *p, struct op *out)
{
	out->number = p->code == PLAN_OP_SWAPOFF ? SYS_swapoff : SYS_swapon;
	out->run = run_swap;
	return access(SWAP_NODE, F_OK) < 0 ? -errno : 0;
}
