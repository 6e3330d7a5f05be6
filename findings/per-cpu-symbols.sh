#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Where kallsyms says that per-CPU variables are, on x86-64.
# Version: Linux 6.12.117 and 6.16.12 of Debian (cloud-amd64), under QEMU 10.0.13.
# A good guess: they are type A, and their values offsets from 0; __per_cpu_start is 0, and the first
#     is fixed_percpu_data, which holds the stack protector's canary.
# Seen: so it is in 6.12. In 6.16 they are D, and have addresses in the kernel's image, those of the copy
#     that the boot takes; no symbol of type A is left, and fixed_percpu_data is gone. What leaves out A,
#     or all below the kernel's text, to be rid of them, now has them among its data.
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

guess 'per-CPU symbols of x86-64 are offsets of type A, from 0 on'
qemu 10 x86_64
initrd <<'END'
#include "guest.h"

int main(void)
{
	long absolute = 0;

	start();
	tell("this_cpu_off", "%c %d", symbol("this_cpu_off")[17],
	     strtoull(symbol("this_cpu_off"), NULL, 16) > strtoull(symbol("_text"), NULL, 16));
	tell("fixed_percpu_data", "%d", *symbol("fixed_percpu_data") != 0);
	for (const char *line = symbols(); *line; line = strchr(line, '\n') + 1)
		absolute += line[17] == 'A';
	tell("absolute", "%ld", absolute);
	end();
}
END
for version in 6.12.117 6.16.12; do
	boot "$version"
	case $version in
	6.12.*) off='A 0' fixed=1 many=1 ;;
	*) off='D 1' fixed=0 many=0 ;;
	esac
	expect "$version: this_cpu_off: type, and whether above _text" "$(said this_cpu_off)" "$off"
	expect "$version: fixed_percpu_data is there" "$(said fixed_percpu_data)" $fixed
	echo "$version: symbols of type A: $(said absolute)"
	expect "$version: there are symbols of type A" $(($(said absolute) > 0)) $many
done
conclude
