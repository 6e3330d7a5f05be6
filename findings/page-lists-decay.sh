#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Free pages on the per-CPU lists of a machine with one CPU and one node that does nothing.
# Version: Linux 6.12.117, 6.17.13 and 7.3.4 of Debian (cloud-amd64), under QEMU 10.0.13.
# A good guess: what is on the lists of the only CPU stays there until somebody allocates or frees, or
#     memory is short; only lists of other nodes are emptied by the statistics' worker.
# Seen: within a minute of sleep the lists lose more than half of the pages that a munmap() of 16 MiB left.
#     It is the worker of vm.stat_interval: with an interval of an hour no page leaves. So what the next
#     allocation costs, from the list or from the buddy allocator's lock, depends on how long nothing was
#     done before it.
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

guess 'free pages stay on the lists of an idle CPU'
qemu 10 x86_64
initrd <<'END'
#include "guest.h"
#define PAGES 4096UL

/* Free pages on the per-CPU lists of all zones. */
static long listed(void)
{
	FILE *f = fopen("/proc/zoneinfo", "r");
	char line[256];
	long sum = 0, n;

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, " count: %ld", &n) == 1)
			sum += n;
	if (f)
		fclose(f);
	return sum;
}

static void use(void)
{
	char *p = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	for (size_t i = 0; i < PAGES; i++)
		p[i * PAGE] = 1;
	munmap(p, PAGES * PAGE);
}

int main(void)
{
	static const char *const intervals[] = { "1", "3600" };
	char what[40];

	start();
	put("/sys/kernel/mm/transparent_hugepage/enabled", "never");
	for (int i = 0; i < 2; i++) {
		put("/proc/sys/vm/stat_interval", intervals[i]);
		sleep(4);
		use();
		snprintf(what, sizeof(what), "freed, %s", intervals[i]);
		tell(what, "%ld", listed());
		sleep(60);
		snprintf(what, sizeof(what), "a minute later, %s", intervals[i]);
		tell(what, "%ld", listed());
	}
	end();
}
END
for version in 6.12.117 6.17.13 7.3.4; do
	steady "$version"
	for interval in 1 3600; do
		before=$(said "freed, $interval")
		after=$(said "a minute later, $interval")
		echo "$version, vm.stat_interval=$interval: $before pages on the lists, a minute later $after"
		expect "$version: at least 1000 pages are on the lists" $((before >= 1000)) 1
		if [[ $interval == 1 ]]; then
			expect "$version: more than half of them have left" $((after < before / 2)) 1
		else
			expect "$version: no more than 32 came or left" $((after - before < 32 && before - after < 32)) 1
		fi
	done
done
conclude
