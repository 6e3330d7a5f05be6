#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What a call leaves that fails with EPERM because a part of its range is sealed.
# Version: Linux 6.12.117 and 7.3.4 of Debian (cloud-amd64), under QEMU 10.0.13.
# A good guess: everything as it was: seals are looked for before anything is changed, as mseal() itself and
#     munmap() do.
# Seen: munmap(), mmap() with MAP_FIXED, and mseal() over a hole leave all as it was. mprotect() has changed
#     what lies before the seal, and MADV_DONTNEED has dropped it. A mapping that is writable can be
#     emptied by MADV_DONTNEED though it is sealed.
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

guess 'a call that fails for a seal has changed nothing'
qemu 10 x86_64
initrd <<'END'
#include "guest.h"
#define MSEAL 462
#define HALF (4 * PAGE)

/* Eight pages, of which the second half is sealed, with this protection. */
static char *sealed(int protection)
{
	char *p = map_2m(0);

	memset(p, 1, 2 * HALF);
	munmap(p + 2 * HALF, (2 << 20) - 2 * HALF);
	mprotect(p + HALF, HALF, protection);
	syscall(MSEAL, p + HALF, HALF, 0);
	return p;
}

/* What the call said, whether the first page is writable, and what it holds; "-" if it is not mapped. */
static void left(const char *name, char *p, long r)
{
	const char *flags = vm_flags(p);
	int writable = strstr(flags, " wr ") != NULL, mapped = strstr(flags, " rd ") != NULL;

	tell(name, "%s %s %d", result(r), mapped ? writable ? "rw" : "ro" : "-",
	     mapped ? *(volatile char *)p : 0);
}

int main(void)
{
	char *p;

	start();
	p = sealed(PROT_READ | PROT_WRITE);
	left("munmap", p, munmap(p, 2 * HALF));
	left("mmap", p, mmap(p, 2 * HALF, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) ==
		     MAP_FAILED ? -1 : 0);
	left("mprotect", p, mprotect(p, 2 * HALF, PROT_READ));
	p = sealed(PROT_READ);
	left("dontneed", p, madvise(p, 2 * HALF, MADV_DONTNEED));
	p = sealed(PROT_READ | PROT_WRITE);
	left("dontneed, writable", p + HALF, madvise(p + HALF, HALF, MADV_DONTNEED));
	p = sealed(PROT_READ | PROT_WRITE);
	munmap(p + PAGE, PAGE);
	tell("mseal", "%s", result(syscall(MSEAL, p, 2 * HALF, 0)));
	tell("unmapped", "%s", result(munmap(p, PAGE)));
	end();
}
END
for version in 6.12.117 7.3.4; do
	steady "$version"
	expect "$version: munmap(): status, first page, its byte" "$(said munmap)" 'EPERM rw 1'
	expect "$version: mmap() with MAP_FIXED" "$(said mmap)" 'EPERM rw 1'
	expect "$version: mprotect() to PROT_READ" "$(said mprotect)" 'EPERM ro 1'
	expect "$version: MADV_DONTNEED, the sealed part read-only" "$(said dontneed)" 'EPERM rw 0'
	expect "$version: MADV_DONTNEED of a sealed part that is writable" "$(said 'dontneed, writable')" 'ok rw 0'
	expect "$version: mseal() over a hole, then munmap() of the page before it" \
		"$(said mseal) $(said unmapped)" 'ENOMEM ok'
done
conclude
