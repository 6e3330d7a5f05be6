#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What MADV_FREE of one page in a huge page does to the other 511.
# Version: Linux 6.12.117 and 7.3.4 of Debian (cloud-amd64), under QEMU 10.0.13.
# A good guess: the huge page is split, and nothing is freed before memory is short: Rss stays 2048 kB.
# Seen: it depends on what is in the memory. If all pages hold something, Rss is 2048 kB. If only the
#     first byte was ever written, the pages that are zero are given back at once, and Rss is 4 kB.
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

guess 'MADV_FREE of one page leaves Rss at 2048 kB, whatever the pages hold'
qemu 10 x86_64
initrd <<'END'
#include "guest.h"

static void try(const char *name, size_t written)
{
	char *p = map_2m(1);
	char key[64];

	memset(p, 1, written);
	snprintf(key, sizeof(key), "%s, before", name);
	tell(key, "%ld %ld", smaps(p, "Rss"), smaps(p, "AnonHugePages"));
	madvise(p, PAGE, MADV_FREE);
	snprintf(key, sizeof(key), "%s, after", name);
	tell(key, "%ld %ld", smaps(p, "Rss"), smaps(p, "AnonHugePages"));
}

int main(void)
{
	start();
	try("full", 2 << 20);
	try("one byte", 1);
	end();
}
END
for version in 6.12.117 7.3.4; do
	boot "$version"
	expect "$version: all written: Rss and AnonHugePages, kB" "$(said 'full, before')" '2048 2048'
	expect "$version: all written, MADV_FREE of one page" "$(said 'full, after')" '2048 0'
	expect "$version: one byte written: Rss and AnonHugePages" "$(said 'one byte, before')" '2048 2048'
	expect "$version: one byte written, MADV_FREE of one page" "$(said 'one byte, after')" '4 0'
done
conclude
