#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Which vCPU a TCG plugin is told that an access was of, with two CPUs.
# Version: QEMU 7.2.22 and 10.0.13 of Debian, plugin API 1 and 3.
# A good guess: the one that made it; the callback's first argument is vcpu_index, and -icount, where vCPUs
#     take turns in one thread, makes that easier, not harder.
# Seen: in 7.2, and in 10.0 without -icount, so it is. In 10.0 with -icount a block that CPU 0 ran first
#     says "0" for CPU 1 as well: the number is a constant in translated code that both CPUs share.
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

guess 'the callback says which vCPU it was, with -icount as without'
need gcc
cat >"$T/guest.S" <<'END'
	.section .note.pvh, "a", @note
	.long 4, 4, 18
	.asciz "Xen"
	.long _start
	.text
	.code32
	.globl _start
_start:	mov	$first, %ebx
	call	work
	/* The second CPU starts in real mode at 0x8000. */
	mov	$boot, %esi
	mov	$0x8000, %edi
	mov	$boot_end - boot, %ecx
	rep movsb
	mov	$0xfee000f0, %eax		/* local APIC on */
	movl	$0x1ff, (%eax)
	mov	$0xfee00300, %eax		/* INIT, then two SIPIs, to all but itself */
	movl	$0xc4500, (%eax)
	mov	$1000000, %ecx
1:	loop	1b
	movl	$0xc4608, (%eax)
	mov	$1000000, %ecx
1:	loop	1b
	movl	$0xc4608, (%eax)
1:	pause
	cmpl	$0, ready
	je	1b
	mov	$0xf4, %dx
	out	%eax, %dx
1:	hlt
	jmp	1b

second_cpu:
	mov	$16, %eax
	mov	%eax, %ds
	mov	%eax, %ss
	mov	$stack_end, %esp
	mov	$second, %ebx
	call	work
	movl	$1, ready
1:	hlt
	jmp	1b

	.globl work
work:	incl	(%ebx)
	ret

	.code16
boot:	cli
	xor	%ax, %ax
	mov	%ax, %ds
	lgdtl	0x8000 + table - boot
	mov	%cr0, %eax
	or	$1, %al
	mov	%eax, %cr0
	ljmpl	$8, $second_cpu
table:	.word	23
	.long	gdt
boot_end:
	.data
	.align	8
gdt:	.quad	0, 0x00cf9a000000ffff, 0x00cf92000000ffff
	.globl first, second
first:	.long	0
second:	.long	0
ready:	.long	0
	.skip	4096
stack_end:
END
gcc -m32 -nostdlib -static -Wl,-Ttext=0x100000 -Wl,--build-id=none -o "$T/guest" "$T/guest.S"
address() { nm "$T/guest" | sed -n "s/^\\([0-9a-f]*\\) . $1\$/0x\\1/p"; }
cat >"$T/plugin.c" <<'END'
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

EXPORT int qemu_plugin_version = API;

static void access_memory(unsigned cpu, uint32_t info, uint64_t address, void *data)
{
	if (address == FIRST || address == SECOND)
		printf("%s by CPU %u\n", address == FIRST ? "first" : "second", cpu);
}

static void translate(uint64_t id, void *tb)
{
	for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
		void *insn = qemu_plugin_tb_get_insn(tb, i);

		if (qemu_plugin_insn_vaddr(insn) == WORK)
			qemu_plugin_register_vcpu_mem_cb(insn, access_memory, 0, 3, NULL);
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
	gcc -w -shared -fPIC -DAPI="$api" -DFIRST="$(address first)" -DSECOND="$(address second)" \
		-DWORK="$(address work)" -o "$T/plugin-$api.so" "$T/plugin.c"
	for icount in '' shift=0,sleep=off; do
		# isa-debug-exit makes the status 2 * EAX + 1.
		timeout 60 "$QEMU" -M microvm -cpu qemu64 -accel tcg -smp 2 -nodefaults -display none -no-reboot \
			-kernel "$T/guest" -device isa-debug-exit,iobase=0xf4,iosize=4 \
			${icount:+-icount "$icount"} -plugin "$T/plugin-$api.so" </dev/null >"$T/accesses" || true
		second=1
		[[ $release != 10 || ! $icount ]] || second=0
		expect "QEMU $release, -icount ${icount:-off}: the first CPU's access, the second's" \
			"$(sort -u "$T/accesses" | tr '\n' ',')" "first by CPU 0,second by CPU $second,"
	done
done
conclude
