#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What the kernel counts as locked when parts of large folios are.
# Version: Linux 6.12.117, 6.17.13 and 7.3.4 of Debian (cloud-amd64), under QEMU 10.0.13.
# A good guess: nr_mlock of vmstat (Mlocked of meminfo) is the pages that mlock() has locked, folios or not.
# Seen: 32 KiB locked of each 64 KiB folio leave it at 0: a folio is counted, and put on the unevictable list,
#     when one mapping that is locked holds all of it. VmLck of status and Locked of smaps say that the
#     memory is locked, which it is. If the other halves are locked as well, call by call, it is 0 still,
#     with all of the memory locked. One mlock() for the whole counts it; munlock() of a half of each
#     folio then takes it all back.
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

guess 'Mlocked is what was locked, whatever the size of folios'
qemu 10 x86_64
initrd <<'END'
#include "guest.h"
#define THP "/sys/kernel/mm/transparent_hugepage/"
#define FOLIO (64UL << 10)
#define SIZE (2UL << 20)

static long before, unevictable;

static void counted(const char *name, char *p)
{
	char line[64];
	long locked = 0;

	for (char *at = p; at < p + SIZE; at += smaps(at, "Size") << 10)
		locked += smaps(at, "Locked");
	snprintf(line, sizeof(line), "counted, %s", name);
	tell(line, "%ld %ld", vmstat("nr_mlock") - before, vmstat("nr_unevictable") - unevictable);
	tell(name, "%ld %ld", locked, number("/proc/self/status", "VmLck"));
}

static char *fresh(void)
{
	char *p = map_2m(1);

	memset(p, 1, SIZE);
	before = vmstat("nr_mlock");
	unevictable = vmstat("nr_unevictable");
	return p;
}

int main(void)
{
	char *p;

	start();
	put(THP "enabled", "never");
	put(THP "hugepages-2048kB/enabled", "never");
	put(THP "hugepages-64kB/enabled", "always");
	p = fresh();
	for (char *at = p; at < p + SIZE; at += FOLIO)
		mlock(at, FOLIO / 2);
	counted("halves", p);
	for (char *at = p; at < p + SIZE; at += FOLIO)
		mlock(at + FOLIO / 2, FOLIO / 2);
	counted("both halves", p);
	munlock(p, SIZE);
	p = fresh();
	mlock(p, SIZE);
	counted("in one call", p);
	for (char *at = p; at < p + SIZE; at += FOLIO)
		munlock(at, FOLIO / 2);
	counted("half unlocked", p);
	end();
}
END
for version in 6.12.117 6.17.13 7.3.4; do
	steady "$version"
	expect "$version: halves: pages of nr_mlock, nr_unevictable" "$(said 'counted, halves')" '0 0'
	expect "$version: halves: kB of Locked, VmLck" "$(said halves)" '1024 1024'
	expect "$version: both halves: pages of nr_mlock, nr_unevictable" "$(said 'counted, both halves')" '0 0'
	expect "$version: both halves: kB of Locked, VmLck" "$(said 'both halves')" '2048 2048'
	expect "$version: one call: pages of nr_mlock, nr_unevictable" "$(said 'counted, in one call')" '512 512'
	expect "$version: half unlocked: pages of nr_mlock, nr_unevictable" \
		"$(said 'counted, half unlocked')" '0 0'
	expect "$version: half unlocked: kB of Locked, VmLck" "$(said 'half unlocked')" '1024 1024'
done
conclude
