#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# How much memory a write takes where the page was read before, with huge pages on.
# Version: Linux 6.12.117, 6.16.12 and 7.3.4 of Debian (cloud-amd64), under QEMU 10.0.13.
# A good guess: as much as without the read: a huge page, on all of them. Or, from memory of the code: a
#     read maps the huge zero page, a write to that splits it, and one small page is allocated.
# Seen: both, by release: 4 kB in 6.12, 2048 kB in 6.16 and later. So a benchmark that reads its memory
#     first compares small pages with huge ones across these, in the same "enabled: always".
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

guess 'a read before the write makes the same difference, or none, on all kernels'
qemu 10 x86_64
initrd <<'END'
#include "guest.h"

int main(void)
{
	char *p = map_2m(1);

	start();
	put("/sys/kernel/mm/transparent_hugepage/enabled", "always");
	p[0] = 1;
	tell("written", "%ld", smaps(p, "AnonHugePages"));
	p = map_2m(1);
	(void)*(volatile char *)p;
	tell("read", "%ld", smaps(p, "AnonHugePages"));
	p[0] = 1;
	tell("read and written", "%ld %ld", smaps(p, "Anonymous"), smaps(p, "AnonHugePages"));
	end();
}
END
for version in 6.12.117 6.16.12 7.3.4; do
	boot "$version"
	case $version in
	6.12.*) after='4 0' ;;
	*) after='2048 2048' ;;
	esac
	expect "$version: written: AnonHugePages, kB" "$(said written)" 2048
	expect "$version: read" "$(said read)" 0
	expect "$version: read, then written: Anonymous, AnonHugePages" "$(said 'read and written')" "$after"
done
conclude
