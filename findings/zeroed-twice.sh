#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# How often a kernel with init_on_alloc=1, as Debian's is, zeroes a page that a process gets.
# Version: Linux 6.12.117, 6.16.12 and 7.3.4 of Debian (cloud-amd64), under QEMU 10.0.13 with -icount, where the
#     TSC counts instructions.
# A good guess: once. Memory of a process is zeroed anyhow, so init_on_alloc adds nothing to a page fault; and
#     where both were done, that was mended for all of them at once.
# Seen: a huge page of anonymous memory is zeroed twice in 6.12: its fault takes twice the instructions that it
#     takes with init_on_alloc=0. From 6.16 on it is zeroed once. A huge page of shared memory (shmem) is
#     zeroed twice in all three. A 4 kB page of anonymous memory is zeroed once, one of shared memory twice.
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

guess 'page faults cost the same with init_on_alloc=1 as with init_on_alloc=0'
qemu 10 x86_64
initrd <<'END'
#include "guest.h"
#define THP "/sys/kernel/mm/transparent_hugepage/"
#define HUGE (2UL << 20)

/* Instructions of the fault at this byte, which is the second of its mapping: the first has page tables to make. */
static long fault(volatile char *p)
{
	uint64_t from = __builtin_ia32_rdtsc();

	*p = 1;
	return __builtin_ia32_rdtsc() - from;
}

int main(void)
{
	int fd = memfd_create("memory", MFD_CLOEXEC);
	char *p, *q;

	start();
	put(THP "enabled", "madvise");
	put(THP "shmem_enabled", "advise");
	ftruncate(fd, 8 * HUGE);
	p = map_2m(0);
	q = mmap((void *)(1UL << 44), 8 * HUGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0);
	p[0] = q[0] = 1;
	tell("anonymous 4 kB", "%ld", fault(p + PAGE));
	tell("shared 4 kB", "%ld", fault(q + PAGE));
	p = mmap((void *)(1UL << 45), 8 * HUGE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	madvise(p, 8 * HUGE, MADV_HUGEPAGE);
	madvise(q, 8 * HUGE, MADV_HUGEPAGE);
	p[0] = q[2 * HUGE] = 1;
	tell("anonymous 2 MB", "%ld", fault(p + HUGE));
	tell("shared 2 MB", "%ld", fault(q + 3 * HUGE));
	tell("huge", "%ld %ld", smaps(p, "AnonHugePages"), smaps(q, "ShmemPmdMapped"));
	end();
}
END

# measure VERSION VALUE: the instructions of each fault with init_on_alloc=VALUE.
measure() {
	CMDLINE=init_on_alloc=$2 steady "$1"
	expect "$1, init_on_alloc=$2: kB of the two mappings in huge pages" "$(said huge)" '4096 4096'
	for what in 'anonymous 4 kB' 'shared 4 kB' 'anonymous 2 MB' 'shared 2 MB'; do
		insns[$2 $what]=$(said "$what")
	done
}

declare -A insns
for version in 6.12.117 6.16.12 7.3.4; do
	measure "$version" 0
	measure "$version" 1
	for what in 'anonymous 4 kB' 'shared 4 kB' 'anonymous 2 MB' 'shared 2 MB'; do
		with=${insns[1 $what]} without=${insns[0 $what]}
		echo "$version: $what: $without instructions, with init_on_alloc $with"
		case $version-$what in
		*-shared* | 6.12.*-anonymous\ 2*) twice=1 ;;
		*) twice=0 ;;
		esac
		# A page is zeroed 8 bytes an instruction.
		[[ $what == *4\ kB ]] && zeroing=512 || zeroing=262144
		expect "$version: $what: zeroed a second time" $(((with - without) * 10 > zeroing * 8)) $twice
	done
done
conclude
