#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Which anonymous mappings get huge pages where these are enabled for all.
# Version: Linux 6.12.117, 6.17.13 and 7.3.4 of Debian (cloud-amd64), under QEMU 10.0.13.
# A good guess: all that are large enough; MAP_STACK is a no-op, as mmap(2) says; and since 6.7 large
#     mappings are aligned for huge pages, so that their first byte is in one.
# Seen: MAP_STACK makes the mapping MADV_NOHUGEPAGE ("nh" in VmFlags), and it has no huge page. A mapping
#     is aligned if its length is a multiple of 2 MiB: 8 MiB are, 8 MiB and 4 KiB are not, and the first
#     byte of that is in a small page.
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

guess 'MAP_STACK does nothing; a mapping of 8 MiB and 4 KiB is aligned as one of 8 MiB is'
qemu 10 x86_64
initrd <<'END'
#include "guest.h"
#define HUGE (2UL << 20)

static char *map(size_t size, int flags)
{
	return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
}

static void touched(const char *name, char *p)
{
	int fd = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
	uint64_t flags = 0;

	*p = 1;
	pread(fd, &flags, 8, (pagemap(p) & ((1ULL << 55) - 1)) * 8);
	close(fd);
	tell(name, "%d %d", (uintptr_t)p % HUGE == 0, (int)(flags >> 22 & 1));
}

int main(void)
{
	char *p;

	start();
	put("/sys/kernel/mm/transparent_hugepage/enabled", "always");
	touched("8 MiB", map(4 * HUGE, 0));
	touched("8 MiB and a page", map(4 * HUGE + PAGE, 0));
	p = map(4 * HUGE, MAP_STACK);
	touched("stack", p);
	memset(p, 1, 4 * HUGE);
	tell("all of it", "%ld", smaps(p, "AnonHugePages"));
	tell("flag", "%d", strstr(vm_flags(p), " nh ") != NULL);
	end();
}
END
for version in 6.12.117 6.17.13 7.3.4; do
	steady "$version"
	expect "$version: 8 MiB: aligned, first byte in a huge page" "$(said '8 MiB')" '1 1'
	expect "$version: 8 MiB and 4 KiB: the same" "$(said '8 MiB and a page')" '0 0'
	expect "$version: 8 MiB with MAP_STACK: the same" "$(said stack)" '1 0'
	expect "$version: kB in huge pages once all of it was written" "$(said 'all of it')" 0
	expect "$version: nh in its VmFlags" "$(said flag)" 1
done
conclude
