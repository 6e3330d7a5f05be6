// SPDX-License-Identifier: GPL-2.0-or-later
#include "arch/arch.h"

#include <elf.h>

static const char *const needed[] = { "irq_entries_start",  "asm_sysvec_apic_timer_interrupt",
				      "__switch_to_asm",    "entry_SYSCALL_64",
				      "asm_exc_page_fault", NULL };

/*
 * One stub a vector; and CLAC may end a block before the push that shows the frame. An exception's
 * stub is entered at its start only; what follows is a place of its own.
 */
static const struct arch_place places[] = {
	{ "asm_sysvec_", "interrupt", 0, 0, true },
	{ "irq_entries_start", "interrupt", 0, 0, false },
	{ "spurious_entries_start", "interrupt", 0, 0, false },
	{ "__switch_to_asm", "switch", 0, 0, false },
	{ "asm_exc_", "exception", 0, 1, true },
	{ "asm_exc_", "stub", 1, 0, true },
	{ "entry_SYSCALL_64", "task", 0, 1, false },
	{ 0 },
};

/* A device's interrupt comes through one stub of many, and all lead to asm_common_interrupt. */
static const struct arch_entry_name entries[] = {
	{ "asm_exc_", true, ARCH_ENTRY_FAULT },
	{ "asm_sysvec_", true, ARCH_ENTRY_INTERRUPT },
	{ "asm_common_interrupt", false, ARCH_ENTRY_INTERRUPT },
	{ "__switch_to_asm", false, ARCH_ENTRY_SWITCH },
	{ 0 },
};

const struct arch arch_x86_64 = {
	.name = "amd64",
	.spoken = "x86-64",
	.flavour = "cloud-amd64",
	.triple = "x86_64-linux-gnu-",
	.elf_machine = EM_X86_64,
	.qemu_program = "qemu-system-x86_64",
	.qemu_package = "qemu-system-x86",
	.qemu_variable = "SLOWPATH_QEMU",
	.qemu_target = "x86_64",
	.guest = "slowpath-guest",
	/*
	 * The features that a qemu64 lacks and that shape the kernel's way in and out, and user
	 * access, on real machines.
	 */
	.cpu_model = "qemu64,+popcnt,+smep,+smap,+fsgsbase,+rdrand",
	.cpu_options = "",
	.panic_device = "pvpanic",
	/*
	 * console, panic, reboot: a guest that dies says so and ends; a triple fault is the one
	 * reset that microvm has. nokaslr, norandmaps: the same addresses in every boot.
	 */
	.cmdline = "console=ttyS0 panic=-1 reboot=t nokaslr norandmaps",
	/*
	 * Spares the emulator work that has nothing to do with mm: calibrating against an emulated
	 * timer, self-tests of ciphers, gathering entropy.
	 */
	.cmdline_counted =
		"tsc=reliable lpj=4000000 no_timer_check cryptomgr.notests random.trust_cpu=on",
	.cmdline_timed = "no_timer_check cryptomgr.notests random.trust_cpu=on",
	.needed = needed,
	.needs = "an x86-64 kernel of 5.8 or newer with CONFIG_KALLSYMS",
	.places = places,
	.entries = entries,
	.text_symbol = "entry_SYSCALL_64",
	.page_fault = "asm_exc_page_fault",
};
