#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What MADV_PAGEOUT of anonymous memory leaves in memory, and what of it is written.
# Version: Linux 6.12.117, 6.18.15 and 7.3.4 of Debian (cloud-amd64), under QEMU 10.0.13; swap on NVMe.
# A good guess: Rss goes to Swap, and once it is written the memory is free; mincore() says that it is not in
#     memory, a touch is a major fault. SwapFree goes down by what pswpout counts.
# Seen: Rss goes to Swap, SwapFree goes down, and the disk is written; but all pages stay in the swap cache
#     (SwapCached) for as long as nothing else reclaims. mincore() says that all are in memory; a touch is a
#     minor fault that reads nothing. Of pages that hold zeros none is written: pswpout and the disk stand
#     still, swpout_zero counts them, and SwapFree goes down all the same.
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

guess 'a second after MADV_PAGEOUT the memory is free, and mincore() says 0'
qemu 10 x86_64
truncate -s 64M "$T/swap"
initrd <<'END'
#include "guest.h"
#include <sys/resource.h>
#include <sys/swap.h>
#define PAGES 256UL
#define DISK "/dev/nvme0n1"

static void swap_on(void)
{
	char head[PAGE] = { 0 };
	int fd;

	wait_for(DISK);
	memcpy(head + PAGE - 10, "SWAPSPACE2", 10);
	((uint32_t *)head)[256] = 1;
	((uint32_t *)head)[257] = (64 << 20) / PAGE - 1;
	fd = open(DISK, O_RDWR | O_CLOEXEC);
	write(fd, head, PAGE);
	fsync(fd);
	close(fd);
	tell("swapon", "%s", result(swapon(DISK, 0)));
}

/* Sectors written to the disk, or read from it. */
static long sectors(int written)
{
	unsigned long n[8] = { 0 };
	FILE *f = fopen("/sys/block/nvme0n1/stat", "r");

	for (int i = 0; i < 8; i++)
		fscanf(f, "%lu", &n[i]);
	fclose(f);
	return n[written ? 6 : 2];
}

static void out_and_in(const char *name, int byte)
{
	long pages = vmstat("pswpout"), zero = vmstat("swpout_zero"), written = sectors(1), read;
	long cached = number("/proc/meminfo", "SwapCached"), left = number("/proc/meminfo", "SwapFree");
	unsigned char in_memory[PAGES];
	struct rusage from, to;
	volatile char seen;
	char *p = map_2m(0), line[64];
	long in = 0;

	memset(p, 1, PAGES * PAGE);
	memset(p, byte, PAGES * PAGE);
	madvise(p, PAGES * PAGE, MADV_PAGEOUT);
	for (int i = 0; i < 300 && vmstat("nr_writeback"); i++)
		usleep(100000);
	sleep(1);
	snprintf(line, sizeof(line), "%s: kB", name);
	tell(line, "%ld %ld %ld %ld", smaps(p, "Rss"), smaps(p, "Swap"),
	     left - number("/proc/meminfo", "SwapFree"), number("/proc/meminfo", "SwapCached") - cached);
	snprintf(line, sizeof(line), "%s: pages", name);
	tell(line, "%ld %ld %ld", vmstat("pswpout") - pages, vmstat("swpout_zero") - zero,
	     (sectors(1) - written) / 8);
	mincore(p, PAGES * PAGE, in_memory);
	for (size_t i = 0; i < PAGES; i++)
		in += in_memory[i] & 1;
	snprintf(line, sizeof(line), "%s: mincore", name);
	tell(line, "%ld", in);
	read = sectors(0);
	getrusage(RUSAGE_SELF, &from);
	for (size_t i = 0; i < PAGES; i++)
		seen = p[i * PAGE];
	(void)seen;
	getrusage(RUSAGE_SELF, &to);
	snprintf(line, sizeof(line), "%s: back", name);
	tell(line, "%ld %ld", to.ru_majflt - from.ru_majflt, sectors(0) - read);
}

int main(void)
{
	start();
	swap_on();
	out_and_in("ones", 1);
	out_and_in("zeros", 0);
	end();
}
END
for version in 6.12.117 6.18.15 7.3.4; do
	boot_disk "$version" "$T/swap"
	expect "$version: swapon" "$(said swapon)" ok
	expect "$version: kB of Rss, Swap, SwapFree that went, SwapCached that came" "$(said 'ones: kB')" \
		'0 1024 1024 1024'
	expect "$version: pages of pswpout, swpout_zero, written to the disk" "$(said 'ones: pages')" '256 0 256'
	expect "$version: pages that mincore() says are in memory" "$(said 'ones: mincore')" 256
	expect "$version: major faults, sectors read to touch all" "$(said 'ones: back')" '0 0'
	expect "$version: of zeros: pages of pswpout, swpout_zero, written to the disk" \
		"$(said 'zeros: pages')" '0 256 0'
	echo "$version: of zeros: kB of Rss, Swap, SwapFree, SwapCached: $(said 'zeros: kB')"
	expect "$version: of zeros: kB of SwapFree that went" "$(said 'zeros: kB' | cut -d' ' -f3)" 1024
done
conclude
