#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What of QEMU a TCG plugin can call in Debian's build.
# Version: QEMU 7.2.22, 10.0.13 and 11.1.3 of Debian.
# A good guess: the functions of qemu-plugin.h alone. QEMU is linked with a list of them
#     (--dynamic-list), so its binary exports these and no others; and as the API has no clock under
#     -icount and no way to stop the machine, a plugin has neither.
# Seen: Debian builds QEMU with modules, which need everything: the binaries export 18,000 and more symbols,
#     among them icount_get, icount_get_raw, vm_stop and current_cpu. A plugin finds them by dlsym(). None
#     of that is an API: names and types change (the list of CPUs is cpus in 7.2 and cpus_queue later).
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

guess 'a plugin finds the functions of the plugin API, and no others'
need nm
for release in 7 10 11; do
	qemu $release x86_64
	nm -D --defined-only "$(dirname "$QEMU")/usr/bin/qemu-system-x86_64" | awk '{ print $3 }' >"$T/symbols"
	echo "QEMU $release: $(wc -l <"$T/symbols") symbols, $(grep -c '^qemu_plugin_' "$T/symbols") of the plugin API"
	expect "QEMU $release: more than 10,000" $(($(wc -l <"$T/symbols") > 10000)) 1
	expect "QEMU $release: what a plugin has no API for" \
		"$(grep -cxE 'icount_get|icount_get_raw|vm_stop|current_cpu' "$T/symbols")" 4
	[[ $release == 7 ]] && list=cpus || list=cpus_queue
	expect "QEMU $release: the list of CPUs" "$(grep -xE 'cpus|cpus_queue' "$T/symbols")" "$list"
done
conclude
