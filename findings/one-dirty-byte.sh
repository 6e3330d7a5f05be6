#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# How much of a file is dirty once a byte of it was written.
# Version: Linux 6.12.117, 6.16.12 and 7.3.4 of Debian (cloud-amd64), under QEMU 10.0.13; ext4 on NVMe.
# A good guess: a page, 4 KiB, by whatever counts it: the page table has a dirty bit for each page, and only
#     one page of a mapping was ever written to.
# Seen: so it is in 6.12. From 6.16 on it is the whole folio, 64 or 128 KiB in a file that was read in order:
#     by cachestat(), by nr_dirty of vmstat (Dirty of meminfo), and by Private_Dirty of smaps for all pages
#     of the folio that are mapped, though these were only read.
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

guess 'one byte written makes 4 kB dirty, in smaps as in cachestat()'
qemu 10 x86_64
ext4 64M
initrd <<'END'
#include "guest.h"
#define PAGES 2048UL
#define AT (4UL << 20)

int main(void)
{
	volatile char seen;
	long dirty;
	char *p;
	int fd;

	start();
	mkdir("/mnt", 0755);
	wait_for("/dev/nvme0n1");
	tell("mount", "%s", result(mount("/dev/nvme0n1", "/mnt", "ext4", 0, NULL)));
	fd = file_of("/mnt/file", PAGES);
	read_all(fd, PAGES);
	fsync(fd);
	dirty = vmstat("nr_dirty");
	tell("before", "%lu", cached(fd).dirty);
	pwrite(fd, "x", 1, AT);
	tell("written", "%lu", cached(fd).dirty);
	tell("nr_dirty", "%ld", vmstat("nr_dirty") - dirty);
	fsync(fd);
	p = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	for (int i = 0; i < 16; i++)
		seen = p[AT + i * PAGE];
	(void)seen;
	tell("clean", "%ld", smaps(p, "Private_Dirty") + smaps(p, "Shared_Dirty"));
	p[AT] = 'y';
	tell("mapped", "%ld", smaps(p, "Private_Dirty") + smaps(p, "Shared_Dirty"));
	tell("by cachestat", "%lu", cached(fd).dirty);
	end();
}
END
for version in 6.12.117 6.16.12 7.3.4; do
	boot_disk "$version" "$DISK"
	case $version in
	6.12.*) large=0 ;;
	*) large=1 ;;
	esac
	expect "$version: mount" "$(said mount)" ok
	expect "$version: dirty pages by cachestat() before" "$(said before)" 0
	expect "$version: dirty by smaps before, kB" "$(said clean)" 0
	# How large folios are is for readahead to say, and not the same in all releases.
	echo "$version: a byte written: cachestat() has $(said written) pages, nr_dirty rose by $(said nr_dirty)"
	echo "$version: a byte stored to the mapping: cachestat() has $(said 'by cachestat') pages," \
		"smaps $(said mapped) kB"
	if [[ $large == 0 ]]; then
		expect "$version: all of these" \
			"$(said written) $(said nr_dirty) $(said 'by cachestat') $(said mapped)" '1 1 1 4'
	else
		expect "$version: at least 16 pages, or 64 kB, by each" $(($(said written) >= 16 &&
			$(said nr_dirty) >= 16 && $(said 'by cachestat') >= 16 && $(said mapped) >= 64)) 1
	fi
done
conclude
