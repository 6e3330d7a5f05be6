#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The type letters of variables in /proc/kallsyms.
# Version: Linux 6.12.117, 6.16.12 and 7.3.4 of Debian (cloud-amd64), under QEMU 10.0.13.
# A good guess: t and T are code, d and D are data, as nm has it; whoever wants functions takes t and T.
# Seen: from 6.16 on (6.12 not yet) init_task, jiffies and 20,000 more variables are t or T: the section
#     .data is marked executable in the ELF file, and the letter is made of that. Only the address
#     tells: below _etext, or between _sinittext and _einittext.
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

guess 'init_task is D in kallsyms, and a symbol of type T is a function'
qemu 10 x86_64
need readelf
initrd <<'END'
#include "guest.h"

int main(void)
{
	uint64_t etext, init, init_end, address;
	long beyond = 0;
	char type;

	start();
	etext = strtoull(symbol("_etext"), NULL, 16);
	init = strtoull(symbol("_sinittext"), NULL, 16);
	init_end = strtoull(symbol("_einittext"), NULL, 16);
	tell("init_task", "%c", symbol("init_task")[17]);
	tell("jiffies", "%c", symbol("jiffies")[17]);
	for (const char *line = symbols(); *line; line = strchr(line, '\n') + 1) {
		address = strtoull(line, NULL, 16);
		type = line[17];
		beyond += (type == 't' || type == 'T') && address >= etext &&
			  !(address >= init && address < init_end);
	}
	tell("beyond", "%ld", beyond);
	end();
}
END
for version in 6.12.117 6.16.12 7.3.4; do
	boot "$version"
	vmlinux "$version"
	case $version in
	6.12.*) letter=D many=0 flags=WA ;;
	*) letter=T many=1 flags=WAX ;;
	esac
	expect "$version: init_task" "$(said init_task)" $letter
	expect "$version: jiffies" "$(said jiffies)" $letter
	echo "$version: t and T that lie in no code: $(said beyond)"
	expect "$version: more than 10,000 of them" $(($(said beyond) > 10000)) $many
	expect "$version: flags of .data" \
		"$(readelf -SW "$VMLINUX" | sed -n 's/.* \.data  *PROGBITS.* 00 *\([A-Z]*\) .*/\1/p')" $flags
done
conclude
