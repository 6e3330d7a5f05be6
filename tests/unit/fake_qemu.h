/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * As much of QEMU as the plugin sees of it, for the API version that this is built for: it hands
 * over translated blocks and executes what the plugin planted there. Guest code is made of bytes
 * in hexadecimal; where it jumps and what memory it accesses is up to the test.
 */
#ifndef TESTS_UNIT_FAKE_QEMU_H
#define TESTS_UNIT_FAKE_QEMU_H

#include "lab/counts/calltree.h"
#include "lab/counts/profile.h"
#include "plugin/api.h"
#include "proto/counts.h"

/* What places the plugin is told of; the test's symbols have the same (fake_play()). */
#define FAKE_IRQ 0xffffffff82000000ull	   /* irq_entries_start, 128 bytes */
#define FAKE_TIMER 0xffffffff82001000ull   /* asm_sysvec_apic_timer_interrupt, 64 bytes */
#define FAKE_FAULT 0xffffffff82001040ull   /* asm_exc_page_fault, up to FAKE_SYSCALL */
#define FAKE_SYSCALL 0xffffffff82002000ull /* entry_SYSCALL_64, its first byte */
#define FAKE_SWITCH 0xffffffff82003000ull  /* __switch_to_asm, 64 bytes */
/* Functions of the kernel under test, 256 bytes each; and user code. */
#define FAKE_WORK 0xffffffff81001000ull
#define FAKE_HANDLER 0xffffffff81001100ull
#define FAKE_LAST 0xffffffff81001200ull
#define FAKE_USER 0x401000ull

/* The vCPU that executes what follows. */
extern unsigned fake_vcpu;

/* A block of instructions one behind the other from @vaddr; the plugin sees it translated. */
#define fake_translate(vaddr, ...)                                    \
	fake_translate_list((vaddr), (const char *[]){ __VA_ARGS__ }, \
			    sizeof((const char *[]){ __VA_ARGS__ }) / sizeof(char *))
struct qemu_plugin_tb *fake_translate_list(uint64_t vaddr, const char *const *hex, size_t n);

/* The whole block, once; or its first @n instructions, the last of which did not finish. */
void fake_run(struct qemu_plugin_tb *tb);
void fake_run_until(struct qemu_plugin_tb *tb, size_t n);
/*
 * The instruction that was executed last faulted, unless it ended a fake_run(): the frame, above
 * @store, has its address, else 0, and @error.
 */
void fake_fault_frame(uint64_t store, uint64_t error);
void fake_finished(void);
/* The same in steps: enter, then each instruction with the accesses that it makes. */
void fake_enter(struct qemu_plugin_tb *tb);
void fake_step(struct qemu_plugin_tb *tb, size_t index);
void fake_load(struct qemu_plugin_tb *tb, size_t index, uint64_t vaddr);
void fake_store(struct qemu_plugin_tb *tb, size_t index, uint64_t vaddr);

/* Every vCPU is halted after a HLT that was executed; the clock goes on by @ticks. */
void fake_halted(uint64_t ticks);

/* Markers, each executed in a block of its own. */
void fake_open(unsigned slot);
void fake_close(void);
void fake_announce(void);
/* User code reads the clock. */
void fake_clock(void);
void fake_dump(void);

/* What qemu_plugin_install() returns for these arguments, tried in a process of its own. */
int fake_install(const struct qemu_plugin_info *info, int argc, const char *const *argv);
struct qemu_plugin_info fake_info(int vcpus);

/* The counts that a play ended with. */
struct fake_counts {
	struct counts_header header;
	struct counts_record *records;
	struct profile profile;
	struct calltree tree; /* after fake_play_tree() */
};

/*
 * Has @play executed by a process of its own that has the plugin loaded, dumps, and reads the
 * counts. Fails the test if any of this fails.
 */
void fake_play(void (*play)(void), int vcpus, struct fake_counts *out);
/* The same, having the plugin follow calls on one vCPU, with plugin API 1 only. */
void fake_play_tree(void (*play)(void), struct fake_counts *out);
void fake_counts_free(struct fake_counts *c);
#define _cleanup_fake_counts_ __attribute__((cleanup(fake_counts_free)))

/* The sum of all records of the span that starts at @vaddr with @insns instructions. */
struct counts_record fake_span(const struct fake_counts *c, unsigned slot, unsigned context,
			       uint64_t vaddr, unsigned insns);
/* Task instructions of a function, 0 if it was not executed. */
uint64_t fake_insns(const struct fake_counts *c, unsigned slot, const char *function);

#endif
