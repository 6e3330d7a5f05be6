#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Instructions that a TCG plugin counts by blocks, where a block reads a device's register in its midst.
# Version: QEMU 7.2.22, 10.0.13 and 11.1.3 of Debian, plugin API 1, 4 and 7.
# A good guess: executions of a block times its length is what was executed, but for faults. With -icount, where
#     a block ends at I/O, the translator has seen to that.
# Seen: that is so in 7.2 without -icount. With it, and in 10.0 and 11.1 either way, such a block has run to the
#     read when QEMU finds that it is one; the block is left there, and what follows is translated as
#     another block, and counted again. Callbacks of instructions count right, each once.
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

guess 'the sum of executed blocks is the sum of executed instructions'
bare <<'END'
_start:	mov	$0xfee00030, %ebx		/* the version of the local APIC */
	jmp	work
	.globl	work, work_end
work:	nop
	nop
	mov	(%ebx), %eax
	nop
	nop
	nop
	jmp	work_end
work_end:
	end
END
plugin_text=$(cat <<'END'
#include "plugin.h"

static void execute_block(unsigned cpu, void *length)
{
	printf("block %d\n", (int)(uintptr_t)length);
	fflush(stdout);
}

static void execute(unsigned cpu, void *own)
{
	puts("insn 1");
	fflush(stdout);
}

CALLBACK(translate, void *tb)
{
	size_t length = qemu_plugin_tb_n_insns(tb);
	uint64_t at = qemu_plugin_tb_vaddr(tb);

	if (at < WORK || at >= WORK_END)
		return;
	qemu_plugin_register_vcpu_tb_exec_cb(tb, execute_block, 0, (void *)length);
	for (size_t i = 0; i < length; i++)
		qemu_plugin_register_vcpu_insn_exec_cb(qemu_plugin_tb_get_insn(tb, i), execute, 0, NULL);
}

EXPORT int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv)
{
	REGISTER(vcpu_tb_trans_cb, translate);
	return 0;
}
END
)
sum() { awk -v what="$1" '$1 == what { n += $2 } END { print n + 0 }' "$T/heard"; }
for release in 7 10 11; do
	qemu $release x86_64
	plugin $release -DWORK="$(address work)" -DWORK_END="$(address work_end)" <<<"$plugin_text"
	for icount in '' shift=0,sleep=off; do
		run_bare -accel tcg ${icount:+-icount "$icount"} >"$T/heard"
		# Seven, and the four behind the read once more.
		[[ $release$icount == 7 ]] && blocks=7 || blocks=11
		name="QEMU $release, -icount ${icount:-off}"
		expect "$name: instructions by their own callbacks, of 7" "$(sum insn)" 7
		expect "$name: instructions by blocks" "$(sum block)" "$blocks"
	done
done
conclude
