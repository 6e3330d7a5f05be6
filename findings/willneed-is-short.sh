#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# How much of a file POSIX_FADV_WILLNEED, readahead() and MADV_WILLNEED bring in.
# Version: Linux 6.12.117, 6.18.15 and 7.3.4 of Debian (cloud-amd64), under QEMU 10.0.13; ext4 on NVMe.
# A good guess: the range asked for, in so many requests as it takes, as long as there is memory: these are
#     not held to the readahead window (read_ahead_kb, 128), which is a guess where this is an order.
# Seen: of 8 MiB, with memory free, 512 KiB; then nothing more happens. That is the largest request of the
#     device (max_sectors_kb), or read_ahead_kb if this is larger. All three return 0. A loop over the
#     file in steps of 512 KiB brings all of it in, as does MADV_POPULATE_READ.
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

guess 'all 8 MiB that were asked for'
qemu 10 x86_64
ext4 64M
initrd <<'END'
#include "guest.h"
#define PAGES 2048UL
#define SIZE (PAGES * PAGE)

static int fd;

/* What is in memory once nothing more came for half a second; and is dropped then. */
static void settled(const char *name, long r)
{
	uint64_t before, now = cached(fd).pages;

	do {
		before = now;
		usleep(500000);
		now = cached(fd).pages;
	} while (now != before);
	tell(name, "%lu", now);
	if (r)
		tell("failed", "%s", name);
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
}

static void each(const char *name)
{
	char *p = mmap(NULL, SIZE, PROT_READ, MAP_SHARED, fd, 0);
	char text[64];

	snprintf(text, sizeof(text), "fadvise %s", name);
	settled(text, posix_fadvise(fd, 0, SIZE, POSIX_FADV_WILLNEED));
	snprintf(text, sizeof(text), "readahead %s", name);
	settled(text, readahead(fd, 0, SIZE));
	snprintf(text, sizeof(text), "madvise %s", name);
	settled(text, madvise(p, SIZE, MADV_WILLNEED));
	munmap(p, SIZE);
}

int main(void)
{
	char *p;
	long r = 0;

	start();
	mkdir("/mnt", 0755);
	wait_for("/dev/nvme0n1");
	tell("mount", "%s", result(mount("/dev/nvme0n1", "/mnt", "ext4", 0, NULL)));
	fd = file_of("/mnt/file", PAGES);
	put("/sys/block/nvme0n1/queue/read_ahead_kb", "128");
	each("128");
	for (size_t at = 0; at < SIZE; at += 512 << 10)
		r |= posix_fadvise(fd, at, 512 << 10, POSIX_FADV_WILLNEED);
	settled("in steps", r);
	p = mmap(NULL, SIZE, PROT_READ, MAP_SHARED, fd, 0);
	r = madvise(p, SIZE, MADV_POPULATE_READ);
	munmap(p, SIZE);
	settled("populated", r);
	/* A file has the window that there was when it was opened. */
	put("/sys/block/nvme0n1/queue/read_ahead_kb", "2048");
	fd = open("/mnt/file", O_RDONLY | O_CLOEXEC);
	each("2048");
	end();
}
END
for version in 6.12.117 6.18.15 7.3.4; do
	boot_disk "$version" "$DISK"
	expect "$version: mount" "$(said mount)" ok
	for call in fadvise readahead madvise; do
		expect "$version: pages of 2048 that $call brings in" "$(said "$call 128")" 128
		expect "$version: the same, read_ahead_kb 2048" "$(said "$call 2048")" 512
	done
	expect "$version: fadvise in steps of 512 KiB" "$(said 'in steps')" 2048
	expect "$version: MADV_POPULATE_READ" "$(said populated)" 2048
	expect "$version: calls that failed" "$(said failed)" ''
done
conclude
