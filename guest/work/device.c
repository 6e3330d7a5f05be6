// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/work/device.h"

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
#include <unistd.h>

#define MODULES "/" PARCEL_MODULES
#define NODE "/" PARCEL_OWN "/swap"
#define PAGE 4096u
#define FILL_BYTES (1u << 20)

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
		snprintf(parameters, sizeof(parameters), "rd_nr=1 max_part=0 rd_size=%llu",
			 (unsigned long long)plan->swap_bytes / 1024);
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

/* A node for the disk that /sys/block knows as @disk. */
static int make_node(const char *disk)
{
	char path[80], text[40];
	unsigned major, minor;
	int r;

	snprintf(path, sizeof(path), "/sys/block/%s/dev", disk);
	r = read_text(path, text, sizeof(text));
	if (r < 0 || sscanf(text, "%u:%u", &major, &minor) != 2)
		return -ENODEV;
	mkdir("/" PARCEL_OWN, 0755);
	return mknod(NODE, S_IFBLK | 0600, makedev(major, minor)) < 0 ? -errno : 0;
}

/*
 * All of a brd is written once: it takes its memory page by page as it is written for the first
 * time, which would be a part of whatever is measured first.
 */
static int fill(int fd, uint64_t bytes)
{
	char *block =
		mmap(NULL, FILL_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int r = 0;

	if (block == MAP_FAILED)
		return -errno;
	memset(block, 0x5a, FILL_BYTES);
	for (uint64_t at = 0; r == 0 && at < bytes; at += FILL_BYTES) {
		size_t len = bytes - at < FILL_BYTES ? (size_t)(bytes - at) : FILL_BYTES;

		if (pwrite(fd, block, len, (off_t)at) != (ssize_t)len)
			r = -EIO;
	}
	munmap(block, FILL_BYTES);
	return r < 0 || fsync(fd) == 0 ? r : -errno;
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
		r = make_node(zram ? "zram0" : "ram0");
	fd = r == 0 ? open(NODE, O_RDWR | O_CLOEXEC) : -1;
	if (r == 0 && fd < 0)
		r = -errno;
	if (r == 0 && !zram)
		r = fill(fd, plan->swap_bytes);
	if (r == 0)
		r = write_header(fd, plan->swap_bytes);
	if (fd >= 0)
		close(fd);
	if (r == 0 && swapon(NODE, 0) < 0)
		r = -errno;
	if (r < 0)
		report_error("no swap on %s: %s", zram ? "zram" : "brd", strerror(-r));
	return r;
}

int device_open(const struct plan_header *plan)
{
	int r;

	if (!plan->swap_on)
		return 0;
	r = unpack_parcel();
	if (r == 0)
		r = load_modules(plan);
	return r < 0 ? r : make_swap(plan);
}

static long run_swap(const struct op *op)
{
	return call2(op->number, NODE, 0);
}

int device_swap_resolve(const struct plan_op *p, struct op *out)
{
	out->number = p->code == PLAN_OP_SWAPOFF ? SYS_swapoff : SYS_swapon;
	out->run = run_swap;
	return access(NODE, F_OK) < 0 ? -errno : 0;
}
