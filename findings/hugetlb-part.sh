#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# MADV_DONTNEED of a range that does not end with a huge page of hugetlb.
# Version: Linux 6.12.117 and 7.3.4 of Debian (cloud-amd64), under QEMU 10.0.13.
# A good guess: the length is rounded up to the huge page, as madvise(2) says; or it is an error, as with
#     munmap() and mprotect() of such a range.
# Seen: it is rounded down. 4 KiB at the start of a huge page: 0 is returned, and the page keeps its contents.
#     2 MiB and 4 KiB: one huge page is freed of the two. munmap() and mprotect() fail with EINVAL, mlock()
#     takes it. A start inside a huge page is EINVAL.
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

guess 'MADV_DONTNEED of 4 KiB of a huge page drops the huge page, or is EINVAL'
qemu 10 x86_64
initrd <<'END'
#include "guest.h"
#define HUGE (2UL << 20)

static char *p;

static void again(void)
{
	memset(p, 'x', 2 * HUGE);
}

int main(void)
{
	start();
	put("/proc/sys/vm/nr_hugepages", "8");
	p = mmap(NULL, 2 * HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
	again();
	tell("4 KiB", "%s", result(madvise(p, PAGE, MADV_DONTNEED)));
	tell("4 KiB leave", "%ld", smaps(p, "Private_Hugetlb"));
	tell("byte", "%d", *p == 'x');
	again();
	tell("more", "%s", result(madvise(p, HUGE + PAGE, MADV_DONTNEED)));
	tell("more leave", "%ld", smaps(p, "Private_Hugetlb"));
	again();
	tell("start", "%s", result(madvise(p + PAGE, HUGE, MADV_DONTNEED)));
	tell("munmap", "%s", result(munmap(p, PAGE)));
	tell("mprotect", "%s", result(mprotect(p, PAGE, PROT_READ)));
	tell("mlock", "%s", result(mlock(p, PAGE)));
	end();
}
END
for version in 6.12.117 7.3.4; do
	steady "$version"
	expect "$version: MADV_DONTNEED of 4 KiB" "$(said '4 KiB')" ok
	expect "$version: kB of huge pages left of 4096, and whether the byte is still there" \
		"$(said '4 KiB leave') $(said byte)" '4096 1'
	expect "$version: MADV_DONTNEED of 2 MiB and 4 KiB" "$(said more)" ok
	expect "$version: kB of huge pages left of 4096" "$(said 'more leave')" 2048
	expect "$version: MADV_DONTNEED of 2 MiB from 4 KiB on" "$(said start)" EINVAL
	expect "$version: munmap(), mprotect(), mlock() of 4 KiB" \
		"$(said munmap) $(said mprotect) $(said mlock)" 'EINVAL EINVAL ok'
done
conclude
