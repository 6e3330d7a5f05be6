#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Which page faults perf's page-faults and getrusage() count.
# Version: Linux 6.12.117 and 7.3.4 of Debian (cloud-amd64), under QEMU 10.0.13.
# A good guess: the same ones: those that the processor raises; what MAP_POPULATE, MADV_POPULATE_WRITE or
#     mlock() bring in is no fault, and is in neither. Or it is in both.
# Seen: ru_minflt and pgfault of vmstat count what was populated as faults; perf counts none of it. What the
#     kernel touches for a system call, as read() into new memory, is in all three.
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

guess 'perf and getrusage() count the same page faults'
qemu 10 x86_64
initrd <<'END'
#include "guest.h"
#include <linux/perf_event.h>
#include <sys/resource.h>
#define PAGES 256UL

static struct counts {
	long perf, rusage, vmstat;
} at;
static int counter;

static struct counts counts(void)
{
	struct counts now = { .vmstat = number("/proc/vmstat", "pgfault") };
	struct rusage usage;
	uint64_t n = 0;

	read(counter, &n, sizeof(n));
	getrusage(RUSAGE_SELF, &usage);
	now.perf = n;
	now.rusage = usage.ru_minflt;
	return now;
}

static void counted(const char *name)
{
	struct counts now = counts();

	tell(name, "%ld %ld %ld", now.perf - at.perf, now.rusage - at.rusage, now.vmstat - at.vmstat);
}

static char *fresh(void)
{
	char *p = map_2m(0);

	at = counts();
	return p;
}

int main(void)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_SOFTWARE, .size = sizeof(attr),
					.config = PERF_COUNT_SW_PAGE_FAULTS };
	int zero;

	start();
	zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	counter = syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
	counts();
	fresh();
	counted("nothing");
	memset(fresh(), 1, PAGES * PAGE);
	counted("touched");
	read(zero, fresh(), PAGES * PAGE);
	counted("read");
	madvise(fresh(), PAGES * PAGE, MADV_POPULATE_WRITE);
	counted("MADV_POPULATE_WRITE");
	mlock(fresh(), PAGES * PAGE);
	counted("mlock");
	fresh();
	mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	counted("MAP_POPULATE");
	end();
}
END
for version in 6.12.117 7.3.4; do
	CMDLINE=transparent_hugepage=never steady "$version"
	expect "$version: nothing done: perf, ru_minflt, pgfault" "$(said nothing)" '0 0 0'
	for what in touched read; do
		expect "$version: 256 pages, $what: perf, ru_minflt, pgfault" "$(said $what)" '256 256 256'
	done
	for what in MADV_POPULATE_WRITE mlock MAP_POPULATE; do
		expect "$version: 256 pages, $what: perf, ru_minflt, pgfault" "$(said $what)" '0 256 256'
	done
done
conclude
