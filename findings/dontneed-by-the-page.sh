#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A file dropped from the page cache page by page.
# Version: Linux 6.12.117, 6.16.12, 6.17.13 and 7.3.4 of Debian (cloud-amd64), under QEMU 10.0.13; ext4 on NVMe.
# A good guess: POSIX_FADV_DONTNEED leaves partial pages alone, as posix_fadvise(2) says; a loop over whole
#     pages drops all that is clean, as one call does. So does MADV_PAGEOUT, for what nobody else maps.
# Seen: so it is in 6.12. From 6.16 on ext4 reads into large folios, and a call that covers a part of one
#     leaves all of it. After a loop over every page of the file nine pages of ten and more are still there.
#     Both calls return 0. One call for the whole file drops it.
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

guess 'a loop of POSIX_FADV_DONTNEED over all pages of a clean file drops the file'
qemu 10 x86_64
ext4 64M
initrd <<'END'
#include "guest.h"
#define PAGES 2048UL

int main(void)
{
	long failed = 0;
	char *p;
	int fd;

	start();
	mkdir("/mnt", 0755);
	wait_for("/dev/nvme0n1");
	tell("mount", "%s", result(mount("/dev/nvme0n1", "/mnt", "ext4", 0, NULL)));
	fd = file_of("/mnt/file", PAGES);
	read_all(fd, PAGES);
	tell("cached", "%lu", cached(fd).pages);
	for (size_t i = 0; i < PAGES; i++)
		failed |= posix_fadvise(fd, i * PAGE, PAGE, POSIX_FADV_DONTNEED);
	tell("by 4 KiB", "%lu", cached(fd).pages);
	failed |= posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	tell("in one call", "%lu", cached(fd).pages);
	read_all(fd, PAGES);
	p = mmap(NULL, PAGES * PAGE, PROT_READ, MAP_SHARED | MAP_POPULATE, fd, 0);
	for (size_t i = 0; i < PAGES; i++)
		failed |= madvise(p + i * PAGE, PAGE, MADV_PAGEOUT);
	tell("paged out by 4 KiB", "%lu", cached(fd).pages);
	tell("failed", "%ld", failed);
	end();
}
END
for version in 6.12.117 6.16.12 6.17.13 7.3.4; do
	boot_disk "$version" "$DISK"
	case $version in
	6.12.*) stay=0 ;;
	*) stay=1 ;;
	esac
	expect "$version: mount" "$(said mount)" ok
	expect "$version: pages of the file in memory, once it was read" "$(said cached)" 2048
	for how in 'by 4 KiB' 'paged out by 4 KiB'; do
		left=$(said "$how")
		echo "$version: pages left, $how: $left"
		if [[ $stay == 0 ]]; then
			expect "$version: pages left, $how" "$left" 0
		else
			expect "$version: more than 1843 pages (nine of ten) left, $how" $((left > 1843)) 1
		fi
	done
	expect "$version: pages left, in one call" "$(said 'in one call')" 0
	expect "$version: calls that failed" "$(said failed)" 0
done
conclude
