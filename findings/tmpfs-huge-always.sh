#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What a tmpfs with huge=always takes for what is written to it.
# Version: Linux 6.12.117, 6.16.12, 6.17.13, 6.18.15, 6.19.14 and 7.3.4 of Debian (cloud-amd64), under QEMU 10.0.13.
# A good guess: a huge page whenever it needs a page, as the mount option says, in all releases; or, for those
#     who know that 6.14 gave tmpfs large folios, from then on what the write's size asks for.
# Seen: 6.12, and 6.18 and newer, take 2 MiB for one byte, and st_blksize is 2 MiB. 6.16 and 6.17 take 4 KiB: a file
#     written in steps of 4 KiB has no huge page at all there, and st_blksize is 4 KiB. A store to a mapping takes
#     2 MiB in all of them.
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

guess 'huge=always: the first byte written takes 2 MiB'
qemu 10 x86_64
initrd <<'END'
#include "guest.h"
#define HUGE (2UL << 20)

static long shmem, huge;

static int fresh(const char *path)
{
	shmem = vmstat("nr_shmem");
	huge = vmstat("nr_shmem_hugepages");
	return open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
}

/* The pages that were taken since, and the huge pages among them. */
static void taken(const char *name)
{
	tell(name, "%ld %ld", vmstat("nr_shmem") - shmem, vmstat("nr_shmem_hugepages") - huge);
}

int main(void)
{
	char page[PAGE] = "x", *p;
	struct stat st;
	int fd;

	start();
	tell("mount", "%s", result(mount("memory", "/tmp", "tmpfs", 0, "huge=always")));
	fd = fresh("/tmp/byte");
	write(fd, "x", 1);
	taken("byte");
	fstat(fd, &st);
	tell("block", "%ld", (long)st.st_blksize);
	fd = fresh("/tmp/pages");
	for (int i = 0; i < 512; i++)
		write(fd, page, sizeof(page));
	taken("pages");
	fd = fresh("/tmp/mapped");
	ftruncate(fd, HUGE);
	p = mmap((void *)(1UL << 44), HUGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0);
	*p = 1;
	taken("mapped");
	end();
}
END
for version in 6.12.117 6.16.12 6.17.13 6.18.15 6.19.14 7.3.4; do
	steady "$version"
	case $version in
	6.16.* | 6.17.*) byte='1 0' pages='512 0' block=4096 ;;
	*) byte='512 1' pages='512 1' block=2097152 ;;
	esac
	expect "$version: mount" "$(said mount)" ok
	expect "$version: pages, huge pages for one byte" "$(said byte)" "$byte"
	expect "$version: pages, huge pages for 2 MiB in steps of 4 KiB" "$(said pages)" "$pages"
	expect "$version: st_blksize" "$(said block)" $block
	expect "$version: pages, huge pages for one byte of a mapping" "$(said mapped)" '512 1'
done
conclude
