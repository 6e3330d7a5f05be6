#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What becomes of LOCK prefixes in an SMP kernel that finds one CPU.
# Version: Linux 7.1.13 and 7.3.4 of Debian (cloud-amd64), under QEMU 10.0.13.
# A good guess: x86 kernels patch them: each LOCK becomes a DS prefix (alternatives for one CPU), so
#     that one CPU pays for no atomic. Or, who does not know of that: they stay.
# Seen: both, by release. 7.1 has a list of some ten thousand places (.smp_locks) and overwrites them.
#     7.3 has no such list, and its LOCKs stay. So, between these two, all atomics of a machine with one
#     CPU become real ones, which no count of instructions shows.
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

guess 'all releases treat LOCK on one CPU alike'
qemu 10 x86_64
need readelf
initrd <<'END'
#include "guest.h"

int main(void)
{
	unsigned char *text;
	size_t size;

	start();
	text = kernel_text(&size);
	/* CMPXCHG of eight bytes. */
	tell("lock", "%ld", occurrences(text, size, "\xf0\x48\x0f\xb1", 4));
	tell("ds", "%ld", occurrences(text, size, "\x3e\x48\x0f\xb1", 4));
	end();
}
END
for version in 7.1.13 7.3.4; do
	boot "$version"
	vmlinux "$version"
	listed=$(readelf -SW "$VMLINUX" | grep -c '\.smp_locks' || true)
	locked=$(($(said lock) > 100)) patched=$(($(said ds) > 100))
	echo "$version: CMPXCHG with LOCK in memory: $(said lock), with DS: $(said ds)"
	case $version in
	7.1.*) want='1 0 1' ;;
	*) want='0 1 0' ;;
	esac
	expect "$version: list of LOCKs, hundreds of LOCK, hundreds of DS" "$listed $locked $patched" "$want"
done
conclude
