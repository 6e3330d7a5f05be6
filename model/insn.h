/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the model has to know of an instruction. */
#ifndef MODEL_INSN_H
#define MODEL_INSN_H

#include <stddef.h>
#include <stdint.h>

/* What executes it, and what is known of its cost. */
enum model_class {
	CLASS_ALU,
	CLASS_MOVE, /* between registers, or to and from memory: no unit of its own */
	CLASS_NONE, /* NOPs */
	CLASS_BRANCH,
	CLASS_SHIFT,
	CLASS_SHIFT_CL,
	CLASS_SHIFT_DOUBLE,
	CLASS_MULTIPLY,
	CLASS_MULTIPLY_WIDE,
	CLASS_DIVIDE,
	CLASS_DIVIDE_64,
	CLASS_BIT_SCAN,
	CLASS_EXCHANGE, /* xchg, cmpxchg, xadd, without a lock */
	CLASS_VECTOR,
	CLASS_FLAGS, /* pushf, popf, cli, sti: slow, but nothing waits for what is before them */
	CLASS_CLOCK, /* rdtsc */
	CLASS_SERIAL,
};

/* Instructions that nothing is executed beside. */
enum model_serial {
	SERIAL_SYSCALL,
	SERIAL_SYSRET,
	SERIAL_IRET,
	SERIAL_SWAPGS,
	SERIAL_WRITE_MSR,
	SERIAL_READ_MSR,
	SERIAL_CPUID,
	SERIAL_LFENCE,
	SERIAL_MFENCE,
	SERIAL_PAUSE,
	SERIAL_INVLPG,
	SERIAL_WRITE_CR3,
	SERIAL_CONTROL, /* other control and debug registers */
	SERIAL_STAC,
	SERIAL_SEGMENT_BASE, /* wrgsbase */
	SERIAL_VERW,
	SERIAL_PORT,
	SERIAL_HALT,
	SERIALS,
};

#define INSN_CONDITIONAL 0x0001u
#define INSN_JUMP 0x0002u
#define INSN_CALL 0x0004u
#define INSN_RETURN 0x0008u
#define INSN_INDIRECT 0x0010u
#define INSN_ATOMIC 0x0020u
#define INSN_REP 0x0040u
#define INSN_ZERO 0x0080u  /* xor r,r: known without executing */
#define INSN_FUSES 0x0100u /* one with a conditional jump right behind it */
#define INSN_STACK 0x0200u /* its address is the stack pointer, kept by the front end */
#define INSN_PREFETCH 0x0400u
#define INSN_KERNEL 0x0800u
#define INSN_BRANCHES (INSN_CONDITIONAL | INSN_JUMP | INSN_CALL | INSN_RETURN)

#define MODEL_REGISTERS 49 /* 16 general ones, the flags, 32 vectors */
#define MODEL_FLAGS_REGISTER 16u
#define MODEL_READS_MAX 4
#define MODEL_WRITES_MAX 3

struct model_insn {
	uint64_t vaddr;
	uint32_t function; /* the caller's number for it */
	uint16_t flags;
	uint8_t len;
	uint8_t class;
	uint8_t serial; /* of CLASS_SERIAL */
	uint8_t n_reads, n_writes, n_address;
	uint8_t reads[MODEL_READS_MAX]; /* registers whose values are computed with */
	uint8_t writes[MODEL_WRITES_MAX];
	uint8_t address[2]; /* and those that its memory operand's address is made of */
};

/* @len: 1 to 15. Total: bytes that are no instruction are taken for a simple one. */
void model_decode_x86_64(const uint8_t *bytes, size_t len, uint64_t vaddr, struct model_insn *out);

#endif
