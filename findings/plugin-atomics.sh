#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# How many memory accesses a TCG plugin sees of one atomic instruction.
# Version: QEMU 7.2.22 and 10.0.13 of Debian, plugin API 1 and 3.
# A good guess: a load and a store, as of the same instruction without LOCK; the guest program and QEMU
#     decide, not how many CPUs the machine has.
# Seen: in 7.2 with one CPU: load and store. In 7.2 with a second CPU, which stays halted: a single access,
#     of which qemu_plugin_mem_is_store() says that it is a store (it is both, but the API has no way to
#     say so); an INC without LOCK still has two. In 10.0: two, always. So with 7.2 a count of loads
#     falls when a CPU is added, by the number of atomics.
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

guess 'a load and a store, whatever the number of CPUs'
need gcc
cat >"$T/guest.S" <<'END'
	.code32
	.section .note.pvh, "a", @note
	.long 4, 4, 18
	.asciz "Xen"
	.long _start
	.text
	.globl _start
_start:	mov	$cell, %ebx
	incl	(%ebx)
	lock incl (%ebx)
	lock xadd %eax, (%ebx)
	xchg	%eax, (%ebx)
	mov	$0xf4, %dx
	out	%eax, %dx
1:	hlt
	jmp	1b
	.bss
	.align	64
cell:	.skip	64
END
gcc -m32 -nostdlib -static -Wl,-Ttext=0x100000 -Wl,--build-id=none -o "$T/guest" "$T/guest.S"
cat >"$T/plugin.c" <<'END'
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#define EXPORT __attribute__((visibility("default")))

/* What of qemu-plugin.h is needed; Debian 12 does not ship it. */
void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id, void (*cb)(uint64_t, void *));
size_t qemu_plugin_tb_n_insns(void *tb);
void *qemu_plugin_tb_get_insn(void *tb, size_t i);
uint64_t qemu_plugin_insn_vaddr(void *insn);
void qemu_plugin_register_vcpu_mem_cb(void *insn, void (*cb)(unsigned, uint32_t, uint64_t, void *),
				      int flags, int rw, void *data);
bool qemu_plugin_mem_is_store(uint32_t info);

EXPORT int qemu_plugin_version = API;

static void access_memory(unsigned cpu, uint32_t info, uint64_t address, void *data)
{
	printf("%lx %s\n", (unsigned long)(uintptr_t)data, qemu_plugin_mem_is_store(info) ? "store" : "load");
}

static void translate(uint64_t id, void *tb)
{
	for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
		void *insn = qemu_plugin_tb_get_insn(tb, i);
		uint64_t at = qemu_plugin_insn_vaddr(insn);

		if (at >= 0x100000 && at < 0x101000)
			qemu_plugin_register_vcpu_mem_cb(insn, access_memory, 0, 3, (void *)at);
	}
}

EXPORT int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv)
{
	qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
	return 0;
}
END
for release in 7 10; do
	qemu $release x86_64
	[[ $release == 7 ]] && api=1 || api=3
	gcc -w -shared -fPIC -DAPI="$api" -o "$T/plugin-$api.so" "$T/plugin.c"
	for cpus in 1 2; do
		# isa-debug-exit makes the status 2 * EAX + 1.
		"$QEMU" -M microvm -cpu qemu64 -accel tcg -smp $cpus -nodefaults -display none -no-reboot \
			-kernel "$T/guest" -device isa-debug-exit,iobase=0xf4,iosize=4 \
			-plugin "$T/plugin-$api.so" </dev/null >"$T/accesses" || true
		accesses=$(awk '{ seen[$1] = seen[$1] "+" $2 } END { for (at in seen) print at, substr(seen[at], 2) }' \
			"$T/accesses" | sort | awk '{ printf "%s%s", sep, $2; sep = " " }')
		both=load+store atomic=load+store
		[[ $release-$cpus != 7-2 ]] || atomic=store
		expect "QEMU $release, $cpus CPU: INC, LOCK INC, LOCK XADD, XCHG" "$accesses" \
			"$both $atomic $atomic $atomic"
	done
done
conclude
