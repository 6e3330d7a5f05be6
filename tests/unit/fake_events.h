/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What happens to the code that a play has the fake QEMU execute: interrupts, exceptions, switches.
 */
#ifndef TESTS_UNIT_FAKE_EVENTS_H
#define TESTS_UNIT_FAKE_EVENTS_H

#include "tests/unit/fake_qemu.h"

#define FAKE_MOV "89 c3"	   /* mov %eax,%ebx */
#define FAKE_ADD "01 d1"	   /* add %edx,%ecx */
#define FAKE_LOAD "48 8b 07"	   /* mov (%rdi),%rax */
#define FAKE_CALL "e8 00 01 00 00" /* whereto is up to the test */
#define FAKE_RET "c3"
#define FAKE_PUSH "50"
#define FAKE_POP "58"
#define FAKE_IRET "48 cf"

/* Stacks of the measured task, of another, and of the CPU's entry area. */
#define FAKE_STACK 0xffffc90000104000ull
#define FAKE_OTHER_STACK 0xffffc90000204000ull
#define FAKE_ENTRY_STACK 0xfffffe0000002fd8ull

/* @n times a block of three instructions. */
void fake_work(uint64_t vaddr, unsigned n);
/* The stub of an interrupt vector: pushes the vector at @push, and one instruction more. */
void fake_interrupt(unsigned vector, uint64_t push);
/* The stub of a page fault: one instruction, and a call that stores at @store. */
void fake_exception(uint64_t store);
/* The same, of a store that faulted, and of an instruction that could not be fetched. */
void fake_write_fault(uint64_t store);
void fake_fetch_fault(uint64_t store);
/* One instruction, and the IRET that reads @frame. */
void fake_iret(uint64_t frame);
/* __switch_to_asm in five instructions: two pushes down from @from, two pops up from @to. */
void fake_switch(uint64_t from, uint64_t to);

#endif
