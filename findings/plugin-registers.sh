#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What a TCG plugin reads of RIP and EFLAGS in an instruction's callback, on x86.
# Version: QEMU 10.0.13 and 11.1.3 of Debian, plugin API 4 and 7.
# A good guess: with QEMU_PLUGIN_CB_R_REGS registers are as they are before the instruction, which is what the
#     flag is for: RIP is its address, EFLAGS has ZF once a subtraction gave 0.
# Seen: EAX is. RIP is the address of the block's first instruction throughout the block. EFLAGS has no ZF: the
#     arithmetic flags are not worked out for it. qemu_plugin_read_register() says nothing of either.
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

guess 'RIP is the address of the instruction, EFLAGS has ZF after 5 - 5'
bare <<'END'
_start:	mov	$1, %eax
	jmp	work
	.globl	work, after
work:	mov	$5, %eax
	sub	$5, %eax
after:	nop
	jz	1f
	nop
1:	end
END
plugin_text=$(cat <<'END'
#include "plugin.h"
#define R_REGS 1

struct array {
	char *data;
	unsigned length;
};
struct descriptor {
	void *handle;
	const char *name, *feature;
#if API >= 7
	bool is_readonly;
#endif
};
struct array *qemu_plugin_get_registers(void);
int qemu_plugin_read_register(void *handle, struct array *value);
struct array *g_byte_array_new(void);

static void *rip, *eflags, *eax;

static unsigned value_of(void *handle)
{
	struct array *value = g_byte_array_new();
	unsigned n = 0;

	qemu_plugin_read_register(handle, value);
	memcpy(&n, value->data, sizeof(n));
	return n;
}

static void execute(unsigned cpu, void *own)
{
	unsigned at = (uintptr_t)own;

	printf("%x: eax %x, rip %+d, zf %d\n", at, value_of(eax), (int)(value_of(rip) - at),
	       value_of(eflags) >> 6 & 1);
	fflush(stdout);
}

CALLBACK(translate, void *tb)
{
	for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
		void *insn = qemu_plugin_tb_get_insn(tb, i);
		uint64_t at = qemu_plugin_insn_vaddr(insn);

		if (at == WORK || at == AFTER)
			qemu_plugin_register_vcpu_insn_exec_cb(insn, execute, R_REGS, (void *)at);
	}
}

CALLBACK(init, unsigned cpu)
{
	struct array *all = qemu_plugin_get_registers();

	for (unsigned i = 0; i < all->length; i++) {
		struct descriptor *reg = &((struct descriptor *)all->data)[i];

		if (!strcmp(reg->name, "rip"))
			rip = reg->handle;
		if (!strcmp(reg->name, "eflags"))
			eflags = reg->handle;
		if (!strcmp(reg->name, "rax"))
			eax = reg->handle;
	}
}

EXPORT int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv)
{
	REGISTER(vcpu_init_cb, init);
	REGISTER(vcpu_tb_trans_cb, translate);
	return 0;
}
END
)
work=$(address work) after=$(address after)
for release in 10 11; do
	qemu $release x86_64
	plugin $release -DWORK="$work" -DAFTER="$after" <<<"$plugin_text"
	run_bare -accel tcg >"$T/heard"
	expect "QEMU $release: at the first instruction of the block" \
		"$(sed -n "s/^${work#0x00}: //p" "$T/heard")" 'eax 1, rip +0, zf 0'
	expect "QEMU $release: after the subtraction, $((after - work)) bytes further" \
		"$(sed -n "s/^${after#0x00}: //p" "$T/heard")" "eax 0, rip -$((after - work)), zf 0"
done
conclude
