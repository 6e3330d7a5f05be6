#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Which pages have the KSM flag in /proc/kpageflags.
# Version: Linux 6.12.117, 6.19.14 and 7.3.4 of Debian (cloud-amd64), under QEMU 10.0.13.
# A good guess: those that KSM has merged, so none where KSM never ran.
# Seen: in 6.12 and 6.19 every anonymous page has it (bit 21), small or huge, though KSM is off. In 7.3 only
#     merged pages have. Shared memory never has it.
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

guess 'no page has the KSM flag where KSM never ran'
qemu 10 x86_64
initrd <<'END'
#include "guest.h"

static int ksm(const char *p)
{
	int fd = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
	uint64_t flags = 0;

	pread(fd, &flags, 8, (pagemap(p) & ((1ULL << 55) - 1)) * 8);
	close(fd);
	return flags >> 21 & 1;
}

int main(void)
{
	char *p = map_2m(0), *huge = map_2m(1), *q;

	start();
	q = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	*p = *huge = *q = 1;
	tell("anonymous", "%d", ksm(p));
	tell("huge", "%d of %ld", ksm(huge), smaps(huge, "AnonHugePages"));
	tell("shared", "%d", ksm(q));
	memset(p, 7, 64 * PAGE);
	madvise(p, 64 * PAGE, MADV_MERGEABLE);
	put("/sys/kernel/mm/ksm/run", "1");
	for (int i = 0; i < 600 && smaps(p, "Pss") > 64; i++)
		usleep(100000);
	tell("merged", "%d", ksm(p));
	end();
}
END
for version in 6.12.117 6.19.14 7.3.4; do
	steady "$version"
	case $version in
	7.*) all=0 ;;
	*) all=1 ;;
	esac
	expect "$version: an anonymous page has the KSM flag" "$(said anonymous)" $all
	expect "$version: one of a huge page, of 2048 kB" "$(said huge)" "$all of 2048"
	expect "$version: one of shared memory" "$(said shared)" 0
	expect "$version: one that KSM has merged" "$(said merged)" 1
done
conclude
