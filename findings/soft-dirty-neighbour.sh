#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What a new mapping next to an old one does to the old one's soft-dirty bits.
# Version: Linux 6.12.117 and 7.3.4 of Debian (cloud-amd64), under QEMU 10.0.13.
# A good guess: after "4" was written to clear_refs, bit 55 of pagemap tells which pages were written
#     since, and new mappings. An mmap() beside them touches no page, so old pages stay clean.
# Seen: if the kernel can merge the new mapping with the old one, all pages of the old one are
#     soft-dirty at once, though nobody wrote to them. With a page in between they stay clean.
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

guess 'an mmap() beside a mapping leaves the old pages as clean as they were'
qemu 10 x86_64
initrd <<'END'
#include "guest.h"

static int dirty(const char *p)
{
	int n = 0;

	for (int i = 0; i < 4; i++)
		n += pagemap(p + i * PAGE) >> 55 & 1;
	return n;
}

static void try(const char *name, char *p, char *beside)
{
	mmap(p, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	memset(p, 1, 4 * PAGE);
	put("/proc/self/clear_refs", "4");
	tell("cleared", "%d", dirty(p));
	mmap(beside, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	tell(name, "%d", dirty(p));
}

int main(void)
{
	char *p = (char *)0x600000000000;

	start();
	try("apart", p, p + 5 * PAGE);
	p += 1 << 20;
	try("beside", p, p + 4 * PAGE);
	end();
}
END
for version in 6.12.117 7.3.4; do
	boot "$version"
	expect "$version: soft-dirty of 4 pages, cleared" "$(said cleared | uniq)" 0
	expect "$version: after an mmap() one page apart" "$(said apart)" 0
	expect "$version: after an mmap() right beside" "$(said beside)" 4
done
conclude
