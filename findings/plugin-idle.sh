#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Whether a TCG plugin hears of a vCPU that goes idle and wakes up.
# Version: QEMU 7.2.22, 10.0.13 and 11.1.3 of Debian, plugin API 1, 4 and 7.
# A good guess: its idle and resume callbacks are called when the guest halts and when an interrupt comes,
#     whatever thread the vCPU runs in; -icount, where time is idle time skipped, needs them most.
# Seen: so it is with a thread for each vCPU. With thread=single, and so with -icount, neither is ever called.
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

guess 'three HLTs that a timer ends are three idle callbacks and three of resume, at least'
bare <<'END'
_start:	mov	$stack_end, %esp
	lidtl	idtr
	lgdtl	gdtr
	ljmpl	$8, $1f
1:	mov	$16, %eax
	mov	%eax, %ds
	mov	%eax, %ss
	mov	$tick, %eax			/* vector 64 */
	mov	%ax, idt + 0x40 * 8
	shr	$16, %eax
	mov	%ax, idt + 0x40 * 8 + 6
	movl	$0x1ff, 0xfee000f0		/* local APIC on, its timer divided by 1, once, vector 64 */
	movl	$0xb, 0xfee003e0
	movl	$0x40, 0xfee00320
	mov	$3, %edi
2:	movl	$50000000, 0xfee00380
	sti
	hlt
	cli
	dec	%edi
	jnz	2b
	end
tick:	movl	$0, 0xfee000b0
	iret
	.data
	.align	8
gdt:	.quad	0, 0x00cf9a000000ffff, 0x00cf92000000ffff
gdtr:	.word	23
	.long	gdt
	.align	8
idt:	.fill	0x40 * 8, 1, 0
	.word	0, 8, 0x8e00, 0
idtr:	.word	0x41 * 8 - 1
	.long	idt
	.skip	4096
stack_end:
END
plugin_text=$(cat <<'END'
#include "plugin.h"

CALLBACK(idle, unsigned cpu)
{
	puts("idle");
	fflush(stdout);
}

CALLBACK(resume, unsigned cpu)
{
	puts("resume");
	fflush(stdout);
}

EXPORT int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv)
{
	REGISTER(vcpu_idle_cb, idle);
	REGISTER(vcpu_resume_cb, resume);
	return 0;
}
END
)
for release in 7 10 11; do
	qemu $release x86_64
	plugin $release <<<"$plugin_text"
	for how in thread=multi thread=single 'thread=single -icount shift=0' \
		'thread=single -icount shift=0,sleep=off'; do
		read -r -a words <<<"$how"
		run_bare -accel "tcg,${words[0]}" "${words[@]:1}" >"$T/heard"
		idle=$(grep -c idle "$T/heard" || true) resume=$(grep -c resume "$T/heard" || true)
		echo "QEMU $release, $how: $idle idle, $resume resume"
		[[ $how == thread=multi ]] && heard='1 1' || heard='0 0'
		expect "QEMU $release, $how: three or more of idle, of resume" \
			"$((idle >= 3)) $((resume >= 3))" "$heard"
		expect "QEMU $release, $how: none of idle, of resume" "$((idle == 0)) $((resume == 0))" \
			"$([[ $how == thread=multi ]] && echo '0 0' || echo '1 1')"
	done
done
conclude
