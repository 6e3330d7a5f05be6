#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# mremap() of a range with a hole in it.
# Version: Linux 6.16.12, 6.17.13 and 7.3.4 of Debian (cloud-amd64), under QEMU 10.0.13.
# A good guess: mremap() moves within one mapping; over several, or over a hole, it fails with EFAULT.
#     Who knows that 6.17 moves several would say that, with MREMAP_FIXED, the whole target range is
#     replaced, as the man page has it, so that the target has the hole as well.
# Seen: 6.16 fails, and has unmapped the whole target by then. From 6.17 on the hole is passed over, and
#     what was mapped at its place in the target stays there, contents and all. A range that begins in a
#     hole still fails, as does one that is to grow; the former leaves the target alone.
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

guess 'EFAULT; or, if it works, the target has a hole where the source had one'
qemu 10 x86_64
initrd <<'END'
#include "guest.h"

static char *from, *to;

/* Two pages, a hole of two, two pages; and six pages of their own where they are to go. */
static void prepare(void)
{
	from = map_2m(0);
	to = map_2m(0);
	memset(from, 's', 6 * PAGE);
	munmap(from + 2 * PAGE, 2 * PAGE);
	memset(to, 't', 6 * PAGE);
}

/* Whose bytes are at the target's pages; '-' where nothing is mapped. */
static const char *target(void)
{
	static char seen[4];
	int fd = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);

	for (int i = 0; i < 3; i++)
		if (pread(fd, &seen[i], 1, (uintptr_t)to + 2 * i * PAGE) != 1)
			seen[i] = '-';
	close(fd);
	return seen;
}

static long move(size_t skip, size_t size, size_t new_size)
{
	return mremap(from + skip, size, new_size, MREMAP_MAYMOVE | MREMAP_FIXED, to) == MAP_FAILED ?
		-1 : 0;
}

int main(void)
{
	start();
	prepare();
	tell("moved", "%s", result(move(0, 6 * PAGE, 6 * PAGE)));
	tell("target", "%s", target());
	prepare();
	tell("from the hole", "%s", result(move(2 * PAGE, 4 * PAGE, 4 * PAGE)));
	tell("target then", "%s", target());
	prepare();
	tell("grown", "%s", result(move(0, 6 * PAGE, 8 * PAGE)));
	end();
}
END
for version in 6.16.12 6.17.13 7.3.4; do
	boot "$version"
	case $version in
	6.16.*) moved=EFAULT target=--- ;;
	*) moved=ok target=sts ;;
	esac
	expect "$version: mapping, hole, mapping" "$(said moved)" $moved
	expect "$version: whose pages are in the target" "$(said target)" $target
	expect "$version: beginning in the hole" "$(said 'from the hole')" EFAULT
	expect "$version: whose pages are in the target then" "$(said 'target then')" ttt
	expect "$version: growing" "$(said grown)" EFAULT
done
conclude
