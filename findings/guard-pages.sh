#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Guard pages (MADV_GUARD_INSTALL) in what /proc says of a process.
# Version: Linux 6.17.13 and 7.3.4 of Debian (cloud-amd64), under QEMU 10.0.13.
# A good guess: a guard page is as if it was not there. pagemap says 0, as of a page never touched;
#     mlock() passes over it as over any page that it need not bring in; and what is locked can get a
#     guard page, as it can be unmapped.
# Seen: pagemap says "swapped" (bit 62) on a machine without swap, beside "guard" (bit 58), and smaps
#     says Swap: 0. mlock() over a guard page fails with ENOMEM. In a locked mapping MADV_GUARD_INSTALL
#     fails with EINVAL. MADV_DONTNEED over it is ok, and leaves it.
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

guess 'pagemap is 0 for a guard page, mlock() passes over it, locked memory may have one'
qemu 10 x86_64
initrd <<'END'
#include "guest.h"
#define GUARD_INSTALL 102

int main(void)
{
	char *p = map_2m(0);

	start();
	memset(p, 1, 4 * PAGE);
	tell("installed", "%s", result(madvise(p + PAGE, PAGE, GUARD_INSTALL)));
	tell("swapped", "%d", (int)(pagemap(p + PAGE) >> 62 & 1));
	tell("guard", "%d", (int)(pagemap(p + PAGE) >> 58 & 1));
	tell("never touched", "%llx", pagemap(p + 8 * PAGE) & ~(1ULL << 55));
	tell("swap of smaps", "%ld", smaps(p, "Swap"));
	tell("dontneed", "%s", result(madvise(p, 4 * PAGE, MADV_DONTNEED)));
	tell("guard afterwards", "%d", (int)(pagemap(p + PAGE) >> 58 & 1));
	tell("mlock", "%s", result(mlock(p, 4 * PAGE)));
	munlock(p, 4 * PAGE);
	p += 16 * PAGE;
	tell("mlock without", "%s", result(mlock(p, 4 * PAGE)));
	tell("in locked memory", "%s", result(madvise(p, PAGE, GUARD_INSTALL)));
	end();
}
END
for version in 6.17.13 7.3.4; do
	boot "$version"
	expect "$version: MADV_GUARD_INSTALL" "$(said installed)" ok
	expect "$version: pagemap says swapped" "$(said swapped)" 1
	expect "$version: pagemap says guard" "$(said guard)" 1
	expect "$version: pagemap of a page never touched, soft-dirty aside" "$(said 'never touched')" 0
	expect "$version: Swap of smaps, kB" "$(said 'swap of smaps')" 0
	expect "$version: MADV_DONTNEED over it" "$(said dontneed)" ok
	expect "$version: a guard page still" "$(said 'guard afterwards')" 1
	expect "$version: mlock() over it" "$(said mlock)" ENOMEM
	expect "$version: mlock() elsewhere" "$(said 'mlock without')" ok
	expect "$version: MADV_GUARD_INSTALL in locked memory" "$(said 'in locked memory')" EINVAL
done
conclude
