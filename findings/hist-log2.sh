#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Histograms of tracefs: what a bucket of .log2 holds, and what "Hits" counts.
# Version: Linux 6.12.117 and 7.3.4 of Debian (cloud-amd64), under QEMU 10.0.13.
# A good guess: the bucket "~ 2^6" holds 64 to 127, as in every other histogram of powers of two (bpftrace,
#     perf, bcc), and Hits is how often the event happened.
# Seen: .log2 rounds up: "~ 2^6" holds 33 to 64, and 65 is in "~ 2^7". Hits leaves out what found no
#     room in the table; it has to be added to Dropped.
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

guess 'the bucket 2^6 holds 64 to 127, and Hits counts all events'
qemu 10 x86_64
initrd <<'END'
#include "guest.h"
#define EVENT "/sys/kernel/tracing/events/syscalls/sys_enter_dup/"

/* One event for each number; the call itself fails, as these are no open files. */
static void happen(int from, int to)
{
	for (int fd = from; fd <= to; fd++)
		syscall(SYS_dup, fd);
}

static void report(const char *what)
{
	FILE *f = fopen(EVENT "hist", "r");
	char line[256], key[64];
	int n, power, hits;

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "{ fildes: ~ 2^%d } hitcount: %d", &power, &hits) == 2) {
			snprintf(key, sizeof(key), "2^%d", power);
			tell(key, "%d", hits);
		} else if (sscanf(line, " %20[A-Z a-z]: %d", key, &n) == 2 && strcmp(key, "Entries")) {
			snprintf(line, sizeof(line), "%s, %s", what, key);
			tell(line, "%d", n);
		}
	}
}

int main(void)
{
	start();
	mount("trace", "/sys/kernel/tracing", "tracefs", 0, NULL);
	put(EVENT "trigger", "hist:keys=fildes.log2");
	happen(33, 127);
	report("log2");
	put(EVENT "trigger", "!hist:keys=fildes.log2");
	put(EVENT "trigger", "hist:keys=fildes:size=128");
	happen(1000, 1999);
	report("full");
	end();
}
END
for version in 6.12.117 7.3.4; do
	boot "$version"
	expect "$version: of 33 ... 127, once each, in the bucket 2^5" "$(said '2^5')" ''
	expect "$version: in the bucket 2^6" "$(said '2^6')" 32
	expect "$version: in the bucket 2^7" "$(said '2^7')" 63
	expect "$version: Hits of 1000 events in a table of 128" "$(said 'full, Hits')" 128
	expect "$version: Dropped" "$(said 'full, Dropped')" 872
done
conclude
