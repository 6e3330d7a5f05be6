// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Exceptions enter by the table "vectors", 16 slots of 128 bytes (arch/arm64/kernel/entry.S); the
 * slot tells whether user code or the kernel met one, and whether it is an interrupt. Each ends in
 * a branch to a stub of its name. Processors that need care with their branch history have a table
 * of "__bp_harden_el1_vectors" instead, one for each way to take it, whose slots for user code lead
 * to those of "vectors" behind their first instruction. (Where the kernel is unmapped in user mode,
 * there is another table yet, at an address that no symbol tells: that is refused, vm/argv.c and
 * lab/guest_error.c.)
 */
#include "arch/arch.h"

#include <elf.h>

#define SLOT 0x80
#define TABLE (16 * SLOT)
#define EL1H_SYNC (4 * SLOT)
#define EL1H_IRQ (5 * SLOT)
#define EL0T_SYNC (8 * SLOT)
#define EL0T_IRQ (9 * SLOT)

#define ENTRY(table, at, slot, kind)                                 \
	{                                                            \
		table, kind, (at) + (slot), (at) + (slot) + 4, false \
	}
#define VECTORS(table, at)                                                                 \
	ENTRY(table, at, EL1H_SYNC, "exception"), ENTRY(table, at, EL1H_IRQ, "interrupt"), \
		ENTRY(table, at, EL0T_SYNC, "task"), ENTRY(table, at, EL0T_IRQ, "user-interrupt")

static const char *const needed[] = { "vectors",       "el1h_64_irq",  "el0t_64_irq",
				      "el1h_64_sync",  "el0t_64_sync", "ret_to_kernel",
				      "cpu_switch_to", "do_mem_abort", NULL };

static const struct arch_place places[] = {
	VECTORS("vectors", 0),
	VECTORS("__bp_harden_el1_vectors", 0),
	VECTORS("__bp_harden_el1_vectors", TABLE),
	VECTORS("__bp_harden_el1_vectors", 2 * TABLE),
	{ "el1h_64_irq", "frame", 0, 0, false },
	{ "el1h_64_sync", "fault-frame", 0, 0, false },
	{ "el0t_64_sync", "fault-frame", 0, 0, false },
	{ "el0_ia", "fetch", 0, 4, false },
	{ "ret_to_kernel", "return", 0, 0, false },
	{ "cpu_switch_to", "switch", 0, 0, false },
	{ 0 },
};

/* A synchronous exception may be a system call; do_mem_abort() is what every fault comes to. */
static const struct arch_entry_name entries[] = {
	{ "do_mem_abort", false, ARCH_ENTRY_FAULT },
	{ "el1h_64_irq", false, ARCH_ENTRY_INTERRUPT },
	{ "el0t_64_irq", false, ARCH_ENTRY_INTERRUPT },
	{ "cpu_switch_to", false, ARCH_ENTRY_SWITCH },
	{ 0 },
};

const struct arch arch_arm64 = {
	.name = "arm64",
	.spoken = "arm64",
	.flavour = "cloud-arm64",
	.triple = "aarch64-linux-gnu-",
	.elf_machine = EM_AARCH64,
	.raw_image = true,
	.qemu_program = "qemu-system-aarch64",
	.qemu_package = "qemu-system-arm",
	.qemu_variable = "SLOWPATH_QEMU_ARM64",
	.qemu_target = "aarch64",
	.guest = "slowpath-guest-arm64",
	/* The interrupt controller of version 3 is all system registers: no device memory. */
	.machine = "virt,gic-version=3,highmem=off",
	/*
	 * Of the models of QEMU 7.2 the newest server core. It has atomics (LSE): where there are
	 * none, an interrupt between an exclusive load and its store costs a retry. "max" is each
	 * QEMU's own, and no CPU that exists.
	 */
	.cpu_model = "neoverse-n1",
	/* The counter at 1 GHz: under -icount shift=0 a tick is an instruction. */
	.cpu_options = ",cntfrq=1000000000",
	/* Without highmem QEMU puts everything below 4 GiB, and memory begins at the first. */
	.memory_max_mib = 3072,
	.panic_device = "pvpanic-pci",
	.cmdline = "console=ttyAMA0 panic=-1 nokaslr norandmaps",
	/*
	 * randomize_kstack_offset: where objects on the stack lie decides how many instructions
	 * clearing them takes, as there are no string instructions.
	 */
	.cmdline_counted = "lpj=4000000 cryptomgr.notests random.trust_cpu=on "
			   "randomize_kstack_offset=off",
	.cmdline_timed = "cryptomgr.notests random.trust_cpu=on",
	.unmapping = "kpti",
	.needed = needed,
	.needs = "an arm64 kernel of 5.16 or newer with CONFIG_KALLSYMS",
	.places = places,
	.entries = entries,
	.text_symbol = "_text",
	.page_fault = "do_mem_abort",
};
