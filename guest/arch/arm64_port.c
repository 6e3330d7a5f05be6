// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * On QEMU's "virt" both devices are memory. pvpanic is on PCI, and the kernel has no driver for it:
 * its registers are mapped through sysfs. fw_cfg stands at a fixed address, which /dev/mem lets
 * user space map as long as no driver claims it.
 */
#include "guest/arch/port.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define PCI "/sys/bus/pci/devices"
#define PVPANIC_VENDOR "0x1b36"
#define PVPANIC_DEVICE "0x0011"
#define FWCFG_PHYSICAL 0x9020000
#define FWCFG_DATA 0
#define FWCFG_SELECT 8
#define FWCFG_DMA 16
#define MAPPED_BYTES 4096

const char port_needs[] = "CONFIG_PCI_HOST_GENERIC and CONFIG_DEVMEM";

static volatile uint8_t *pvpanic, *fwcfg;

static void *map(const char *path, off_t offset)
{
	int fd = open(path, O_RDWR | O_SYNC | O_CLOEXEC);
	void *at;

	if (fd < 0)
		return MAP_FAILED;
	at = mmap(NULL, MAPPED_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);
	close(fd);
	return at;
}

/* Whether the device's file @name begins with @text. */
static int says(const char *device, const char *name, const char *text)
{
	char path[320], said[32] = "";
	int fd;

	snprintf(path, sizeof(path), PCI "/%s/%s", device, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	if (read(fd, said, sizeof(said) - 1) < 0)
		said[0] = '\0';
	close(fd);
	return !strncmp(said, text, strlen(text));
}

static int enable(const char *device)
{
	char path[320];
	int fd, r;

	snprintf(path, sizeof(path), PCI "/%s/enable", device);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	r = write(fd, "1", 1) == 1 ? 0 : -EIO;
	close(fd);
	return r;
}

/* A BAR may be smaller than a page, and then lies somewhere in it. */
static int map_pvpanic(const char *device)
{
	char path[320], line[64] = "";
	uint8_t *at;
	int fd, r = enable(device);

	if (r < 0)
		return r;
	snprintf(path, sizeof(path), PCI "/%s/resource", device);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || read(fd, line, sizeof(line) - 1) < 0)
		line[0] = '\0';
	if (fd >= 0)
		close(fd);
	snprintf(path, sizeof(path), PCI "/%s/resource0", device);
	at = map(path, 0);
	if (at == MAP_FAILED)
		return -errno;
	pvpanic = at + (strtoull(line, NULL, 16) & (MAPPED_BYTES - 1));
	return 0;
}

static int find_pvpanic(void)
{
	DIR *d = opendir(PCI);
	struct dirent *f;
	int r = -ENOSYS;

	while (d && r == -ENOSYS && (f = readdir(d))) {
		if (says(f->d_name, "vendor", PVPANIC_VENDOR) &&
		    says(f->d_name, "device", PVPANIC_DEVICE))
			r = map_pvpanic(f->d_name);
	}
	if (d)
		closedir(d);
	return r;
}

static int find_fwcfg(void)
{
	static const char node[] = "/mem"; /* there is no /dev yet */
	void *at;

	if (mknod(node, S_IFCHR | 0600, makedev(1, 1)) < 0 && errno != EEXIST)
		return -errno;
	at = map(node, FWCFG_PHYSICAL);
	if (at == MAP_FAILED)
		return errno == ENXIO ? -ENOSYS : -errno;
	fwcfg = at;
	return 0;
}

int port_allow(void)
{
	int r = pvpanic ? 0 : find_pvpanic();

	return r == 0 && !fwcfg ? find_fwcfg() : r;
}

/* A mapping costs the kernel nothing. */
void port_deny(void)
{
}

void pvpanic_write(uint8_t value)
{
	/* What was written before has to be there when the machine stands. */
	__asm__ volatile("" ::: "memory");
	*pvpanic = value;
	__asm__ volatile("" ::: "memory");
}

void fwcfg_select(uint16_t key)
{
	*(volatile uint16_t *)(fwcfg + FWCFG_SELECT) = __builtin_bswap16(key);
}

void fwcfg_bytes(void *data, size_t len)
{
	uint8_t *to = data;

	for (size_t i = 0; i < len; i++)
		to[i] = fwcfg[FWCFG_DATA];
}

void fwcfg_dma(uint64_t access)
{
	__asm__ volatile("" ::: "memory");
	*(volatile uint64_t *)(fwcfg + FWCFG_DMA) = __builtin_bswap64(access);
	__asm__ volatile("" ::: "memory");
}
