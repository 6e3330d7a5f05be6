#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Whether MADV_DONTNEED frees page tables.
# Version: Linux 6.12.117, 6.16.12 and 7.3.4 of Debian (cloud-amd64), under QEMU 10.0.13.
# A good guess: no; VmPTE goes down when a mapping goes, or a neighbour's range with it. Or, for those who know
#     that x86-64 has freed empty tables since 6.14: yes, once a table is empty.
# Seen: 6.12 frees none. 6.16 and 7.3 free the table of 2 MiB that one call covers. Two calls for 1 MiB each leave
#     the same empty table, and so does munmap() of all but one page of the mapping, also if that page was never
#     touched.
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

guess 'an empty page table stays until munmap(); or from 6.14 on goes as soon as it is empty'
qemu 10 x86_64
initrd <<'END'
#include "guest.h"
#define SIZE (2UL << 20)

/* Page tables since *before, in kB. */
static long tables(long before)
{
	return number("/proc/self/status", "VmPTE") - before;
}

int main(void)
{
	char *p = map_2m(0), *q = map_2m(0);
	long before;

	start();
	/* The tables above it are made. */
	q[0] = 1;
	before = tables(0);
	memset(p, 1, SIZE);
	tell("touched", "%ld", tables(before));
	madvise(p, SIZE, MADV_DONTNEED);
	tell("one call", "%ld", tables(before));
	memset(p, 1, SIZE);
	madvise(p, SIZE / 2, MADV_DONTNEED);
	madvise(p + SIZE / 2, SIZE / 2, MADV_DONTNEED);
	tell("two calls", "%ld", tables(before));
	madvise(p, SIZE, MADV_DONTNEED);
	tell("one more call", "%ld", tables(before));
	p[0] = 1;
	munmap(p, SIZE - PAGE);
	tell("munmap", "%ld", tables(before));
	end();
}
END
for version in 6.12.117 6.16.12 7.3.4; do
	steady "$version"
	case $version in
	6.12.*) freed=4 ;;
	*) freed=0 ;;
	esac
	expect "$version: kB of page tables, 2 MiB touched" "$(said touched)" 4
	expect "$version: after MADV_DONTNEED in one call" "$(said 'one call')" $freed
	expect "$version: after MADV_DONTNEED in two calls" "$(said 'two calls')" 4
	expect "$version: after MADV_DONTNEED once more, in one call" "$(said 'one more call')" $freed
	expect "$version: after munmap() of all but the last page" "$(said munmap)" 4
done
conclude
