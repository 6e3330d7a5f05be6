// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The contention plugin: which lines of the kernel's memory are written by one vCPU and touched by
 * another while a window is open, and by which instructions (proto/contention.h). It is a module of
 * its own, as every access of every instruction is called back.
 *
 *	-plugin slowpath-contention-v1.so,out=FILE[,places=FILE][,page_fault=ADDRESS]
 *
 * The last two are what every plugin is given, and not needed here.
 *
 * QEMU hands the translation callback nothing of the plugin's own, hence one state.
 */
#include "plugin/api.h"
#include "plugin/arch/arch.h"
#include "plugin/arch/decode.h"
#include "plugin/contention/lines.h"
#include "plugin/translate.h"
#include "plugin/vcpu.h"
#include "proto/marker.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KERNEL_HALF (1ull << 63)

QEMU_PLUGIN_EXPORT int qemu_plugin_version = PLUGIN_API;

static struct {
	const struct plugin_arch *arch;
	char *out;
	unsigned n_vcpus, running;
	int slot; /* -1: no window is open */
	struct lines lines;
} contention = { .slot = -1 };

static void on_block(unsigned vcpu, void *udata)
{
	(void)udata;
	contention.running = vcpu_executing(vcpu, contention.n_vcpus);
}

/* @udata: the address of the instruction. Memory of tasks is theirs, whoever touches it. */
static void on_access(unsigned vcpu, qemu_plugin_meminfo_t info, uint64_t vaddr, void *udata)
{
	(void)vcpu;
	if (contention.slot >= 0 && vaddr >= KERNEL_HALF)
		lines_touch(&contention.lines, contention.running, (uintptr_t)udata, vaddr,
			    qemu_plugin_mem_is_store(info));
}

static void on_marker(unsigned vcpu, void *udata)
{
	const uint32_t marker = (uint32_t)(uintptr_t)udata;
	const unsigned argument = marker & MARKER_ARG_MASK;

	(void)vcpu;
	switch (marker & MARKER_WHAT_MASK) {
	case MARKER_OPEN:
		contention.slot = argument < MARKER_SLOTS ? (int)argument : -1;
		break;
	case MARKER_CLOSE:
		if (contention.slot >= 0)
			lines_close(&contention.lines, (unsigned)contention.slot);
		contention.slot = -1;
		break;
	case MARKER_DUMP:
		contention.slot = -1;
		if (lines_write(&contention.lines, contention.out) < 0)
			fprintf(stderr, "slowpath-plugin: cannot write what is shared: %s\n",
				strerror(errno));
		break;
	}
}

static void translate(struct qemu_plugin_tb *tb)
{
	const bool kernel = qemu_plugin_tb_vaddr(tb) >= KERNEL_HALF;

	qemu_plugin_register_vcpu_tb_exec_cb(tb, on_block, QEMU_PLUGIN_CB_NO_REGS, NULL);
	for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		uint8_t bytes[16];
		size_t len = insn_bytes(insn, bytes);
		struct insn d = contention.arch->decode(bytes, len, kernel);

		if (d.kind == INSN_MARKER)
			qemu_plugin_register_vcpu_insn_exec_cb(insn, on_marker,
							       QEMU_PLUGIN_CB_NO_REGS,
							       (void *)(uintptr_t)d.marker);
		if (kernel)
			qemu_plugin_register_vcpu_mem_cb(
				insn, on_access, QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_RW,
				(void *)(uintptr_t)qemu_plugin_insn_vaddr(insn));
	}
}

static int parse_argument(const char *argument)
{
	if (!strncmp(argument, "out=", 4)) {
		contention.out = strdup(argument + 4);
		return contention.out ? 0 : -1;
	}
	return !strncmp(argument, "places=", 7) || !strncmp(argument, "page_fault=", 11) ? 0 : -1;
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_plugin_info *info,
					   int argc, char **argv)
{
	contention.arch = plugin_arch_of(info->target_name);
	if (contention.arch != &plugin_x86_64 || !info->system_emulation ||
	    info->system.smp_vcpus < 2 || info->system.smp_vcpus > LINES_VCPUS_MAX) {
		fprintf(stderr,
			"slowpath-plugin: what is shared is told of 2 to %d vCPUs of x86_64\n",
			LINES_VCPUS_MAX);
		return -1;
	}
	for (int i = 0; i < argc; i++) {
		if (parse_argument(argv[i]) == 0)
			continue;
		fprintf(stderr, "slowpath-plugin: cannot take the argument %s\n", argv[i]);
		return -1;
	}
	contention.n_vcpus = (unsigned)info->system.smp_vcpus;
	if (!contention.out || !vcpu_is_told()) {
		fprintf(stderr, "slowpath-plugin: %s\n",
			contention.out ? "this QEMU does not tell which vCPU executes"
				       : "needs out=FILE");
		return -1;
	}
#if PLUGIN_API < 7
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translate);
#else
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translate, NULL);
#endif
	return 0;
}
