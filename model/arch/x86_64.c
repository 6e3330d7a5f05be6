// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * After Intel's Software Developer's Manual, volume 2, appendix A (opcode maps). Whether memory is
 * loaded or stored is seen in the trace, so only registers and classes are told here. Vector
 * instructions are told from others and no further: a kernel's path has few.
 */
#include "model/caches.h"
#include "model/insn.h"

#include <stdbool.h>
#include <string.h>

#define RAX 0u
#define RCX 1u
#define RDX 2u
#define RBX 3u
#define RSP 4u
#define RBP 5u
#define RSI 6u
#define RDI 7u
#define VECTOR_0 17u
#define KERNEL_HALF (1ull << 63)

struct code {
	const uint8_t *op, *end; /* the opcode within its map */
	unsigned map;		 /* 0: one byte; 1: 0f; 2: 0f 38; 3: 0f 3a */
	uint8_t rex;
	uint8_t vector_register; /* VEX.vvvv */
	bool vex, lock, locked_once, size, repne, rep;
	struct model_insn *out;
};

static void add_read(struct code *c, unsigned reg)
{
	if (c->out->n_reads < MODEL_READS_MAX)
		c->out->reads[c->out->n_reads++] = (uint8_t)reg;
}

static void add_write(struct code *c, unsigned reg)
{
	if (c->out->n_writes < MODEL_WRITES_MAX)
		c->out->writes[c->out->n_writes++] = (uint8_t)reg;
}

static void reads_flags(struct code *c)
{
	add_read(c, MODEL_FLAGS_REGISTER);
}

static void writes_flags(struct code *c)
{
	add_write(c, MODEL_FLAGS_REGISTER);
}

static void serial(struct code *c, enum model_serial what)
{
	c->out->class = CLASS_SERIAL;
	c->out->serial = (uint8_t)what;
}

static uint8_t modrm(const struct code *c)
{
	return c->op + 1 < c->end ? c->op[1] : 0xc0;
}

static bool in_memory(const struct code *c)
{
	return (modrm(c) & 0xc0) != 0xc0;
}

static unsigned group(const struct code *c)
{
	return modrm(c) >> 3 & 7;
}

/* AH to BH are parts of RAX to RBX. */
static unsigned byte_register(const struct code *c, unsigned reg, bool is_byte)
{
	return is_byte && !c->rex && reg >= 4 && reg < 8 ? reg - 4 : reg;
}

static unsigned reg_operand(const struct code *c, bool is_byte)
{
	return byte_register(c, group(c) | (c->rex & 4u) << 1, is_byte);
}

static unsigned rm_operand(const struct code *c, bool is_byte)
{
	return byte_register(c, (modrm(c) & 7u) | (c->rex & 1u) << 3, is_byte);
}

static unsigned opcode_register(const struct code *c)
{
	return (*c->op & 7u) | (c->rex & 1u) << 3;
}

/* Base and index of the memory operand, if there is one. */
static void take_address(struct code *c)
{
	struct model_insn *out = c->out;
	uint8_t m = modrm(c);

	if (!in_memory(c))
		return;
	if ((m & 7) != 4) {
		if ((m & 0xc7) != 0x05)
			out->address[out->n_address++] = (uint8_t)rm_operand(c, false);
		return;
	}
	if (c->op + 2 < c->end) {
		uint8_t sib = c->op[2];
		unsigned base = (sib & 7u) | (c->rex & 1u) << 3;
		unsigned index = (sib >> 3 & 7u) | (c->rex & 2u) << 2;

		if ((sib & 7) != 5 || (m & 0xc0))
			out->address[out->n_address++] = (uint8_t)base;
		if (index != RSP)
			out->address[out->n_address++] = (uint8_t)index;
	}
}

static void read_rm(struct code *c, bool is_byte)
{
	take_address(c);
	if (!in_memory(c))
		add_read(c, rm_operand(c, is_byte));
}

static void write_rm(struct code *c, bool is_byte)
{
	if (!in_memory(c))
		add_write(c, rm_operand(c, is_byte));
}

static void change_rm(struct code *c, bool is_byte)
{
	read_rm(c, is_byte);
	write_rm(c, is_byte);
}

static void push_pop(struct code *c)
{
	c->out->class = CLASS_MOVE;
	c->out->flags |= INSN_STACK;
}

/* add, or, adc, sbb, and, sub, xor, cmp in their six forms */
static void arithmetic(struct code *c)
{
	unsigned what = *c->op >> 3, form = *c->op & 7;
	bool is_byte = !(form & 1), compares = what == 7;

	if (what == 2 || what == 3)
		reads_flags(c);
	else if (what != 1 && what != 6)
		c->out->flags |= INSN_FUSES;
	writes_flags(c);
	if (form >= 4) {
		add_read(c, RAX);
		if (!compares)
			add_write(c, RAX);
		return;
	}
	if ((what == 5 || what == 6) && !in_memory(c) && !is_byte &&
	    rm_operand(c, false) == reg_operand(c, false)) {
		add_write(c, reg_operand(c, false));
		c->out->flags |= INSN_ZERO;
		return;
	}
	read_rm(c, is_byte);
	add_read(c, reg_operand(c, is_byte));
	if (compares)
		return;
	if (form < 2)
		write_rm(c, is_byte);
	else
		add_write(c, reg_operand(c, is_byte));
}

/* group 1: the same with an immediate */
static void arithmetic_immediate(struct code *c)
{
	bool is_byte = *c->op == 0x80;
	unsigned what = group(c);

	if (what == 2 || what == 3)
		reads_flags(c);
	else if (what != 1 && what != 6)
		c->out->flags |= INSN_FUSES;
	read_rm(c, is_byte);
	if (what != 7)
		write_rm(c, is_byte);
	writes_flags(c);
}

static void shift(struct code *c)
{
	uint8_t b = *c->op;

	c->out->class = b == 0xd2 || b == 0xd3 ? CLASS_SHIFT_CL : CLASS_SHIFT;
	if (c->out->class == CLASS_SHIFT_CL)
		add_read(c, RCX);
	change_rm(c, !(b & 1));
	writes_flags(c);
}

/* group 3 */
static void multiply_divide(struct code *c)
{
	bool is_byte = *c->op == 0xf6;
	unsigned what = group(c);

	if (what < 2) {
		read_rm(c, is_byte);
		writes_flags(c);
		c->out->flags |= INSN_FUSES;
		return;
	}
	if (what == 2 || what == 3) {
		change_rm(c, is_byte);
		if (what == 3)
			writes_flags(c);
		return;
	}
	read_rm(c, is_byte);
	add_read(c, RAX);
	if (what >= 6)
		add_read(c, RDX);
	add_write(c, RAX);
	add_write(c, RDX);
	writes_flags(c);
	c->out->class = what < 6     ? CLASS_MULTIPLY_WIDE
			: c->rex & 8 ? CLASS_DIVIDE_64
				     : CLASS_DIVIDE;
}

/* groups 4 and 5 */
static void group_5(struct code *c)
{
	bool is_byte = *c->op == 0xfe;

	switch (group(c)) {
	case 0:
	case 1:
		change_rm(c, is_byte);
		writes_flags(c);
		c->out->flags |= INSN_FUSES;
		break;
	case 2:
	case 3:
		read_rm(c, false);
		c->out->class = CLASS_BRANCH;
		c->out->flags |= INSN_CALL | INSN_INDIRECT | INSN_STACK;
		break;
	case 4:
	case 5:
		read_rm(c, false);
		c->out->class = CLASS_BRANCH;
		c->out->flags |= INSN_JUMP | INSN_INDIRECT;
		break;
	case 6:
		read_rm(c, false);
		push_pop(c);
		break;
	}
}

static void exchange(struct code *c)
{
	bool is_byte = *c->op == 0x86;

	c->out->class = CLASS_EXCHANGE;
	add_read(c, reg_operand(c, is_byte));
	change_rm(c, is_byte);
	add_write(c, reg_operand(c, is_byte));
	if (in_memory(c))
		c->out->flags |= INSN_ATOMIC;
}

static void move_sign(struct code *c, bool is_byte)
{
	read_rm(c, is_byte);
	add_write(c, reg_operand(c, false));
	if (in_memory(c))
		c->out->class = CLASS_MOVE;
}

static void string_op(struct code *c)
{
	uint8_t b = *c->op;

	if (c->rep || c->repne)
		c->out->flags |= INSN_REP;
	add_read(c, RCX);
	add_read(c, RSI);
	add_read(c, RDI);
	if ((b & 0xfe) == 0xaa)
		add_read(c, RAX);
	add_write(c, RSI);
	add_write(c, RDI);
	add_write(c, (b & 0xfe) == 0xac ? RAX : RCX);
}

static void move(struct code *c, bool is_byte, bool to_rm)
{
	c->out->class = CLASS_MOVE;
	if (to_rm) {
		take_address(c);
		add_read(c, reg_operand(c, is_byte));
		write_rm(c, is_byte);
	} else {
		read_rm(c, is_byte);
		add_write(c, reg_operand(c, is_byte));
	}
}

/* Those of the one-byte map that are told by their number alone. */
static void one_byte_plain(struct code *c)
{
	switch (*c->op) {
	case 0x90:
		c->out->class = CLASS_NONE;
		if (c->rep)
			serial(c, SERIAL_PAUSE);
		break;
	case 0x98:
	case 0x99:
		add_read(c, RAX);
		add_write(c, *c->op == 0x98 ? RAX : RDX);
		break;
	case 0x9c:
	case 0x9d:
		push_pop(c);
		c->out->class = CLASS_FLAGS;
		if (*c->op == 0x9c)
			reads_flags(c);
		else
			writes_flags(c);
		break;
	case 0xa8:
	case 0xa9:
		add_read(c, RAX);
		writes_flags(c);
		c->out->flags |= INSN_FUSES;
		break;
	case 0xc2:
	case 0xc3:
	case 0xcb:
		c->out->class = CLASS_BRANCH;
		c->out->flags |= INSN_RETURN | INSN_STACK;
		break;
	case 0xc9:
		push_pop(c);
		add_read(c, RBP);
		add_write(c, RBP);
		break;
	case 0xcc:
	case 0xcd:
	case 0xcf:
		serial(c, SERIAL_IRET);
		break;
	case 0xe0:
	case 0xe1:
	case 0xe2:
	case 0xe3:
		c->out->class = CLASS_BRANCH;
		c->out->flags |= INSN_CONDITIONAL;
		add_read(c, RCX);
		if (*c->op != 0xe3)
			add_write(c, RCX);
		break;
	case 0xe8:
		c->out->class = CLASS_BRANCH;
		c->out->flags |= INSN_CALL | INSN_STACK;
		break;
	case 0xe9:
	case 0xeb:
		c->out->class = CLASS_BRANCH;
		c->out->flags |= INSN_JUMP;
		break;
	case 0xf4:
		serial(c, SERIAL_HALT);
		break;
	case 0xf8:
	case 0xf9:
		writes_flags(c);
		break;
	case 0xfa:
	case 0xfb:
		c->out->class = CLASS_FLAGS;
		break;
	default:
		if ((*c->op >= 0xe4 && *c->op <= 0xe7) || (*c->op >= 0xec && *c->op <= 0xef))
			serial(c, SERIAL_PORT);
	}
}

static void one_byte_operands(struct code *c)
{
	uint8_t b = *c->op;

	switch (b) {
	case 0x63:
		move_sign(c, false);
		break;
	case 0x69:
	case 0x6b:
		c->out->class = CLASS_MULTIPLY;
		read_rm(c, false);
		add_write(c, reg_operand(c, false));
		writes_flags(c);
		break;
	case 0x80:
	case 0x81:
	case 0x83:
		arithmetic_immediate(c);
		break;
	case 0x84:
	case 0x85:
		read_rm(c, b == 0x84);
		add_read(c, reg_operand(c, b == 0x84));
		writes_flags(c);
		c->out->flags |= INSN_FUSES;
		break;
	case 0x86:
	case 0x87:
		exchange(c);
		break;
	case 0x88:
	case 0x89:
		move(c, b == 0x88, true);
		break;
	case 0x8a:
	case 0x8b:
		move(c, b == 0x8a, false);
		break;
	case 0x8d:
		take_address(c);
		for (unsigned i = 0; i < c->out->n_address; i++)
			add_read(c, c->out->address[i]);
		c->out->n_address = 0;
		add_write(c, reg_operand(c, false));
		break;
	case 0x8f:
		take_address(c);
		push_pop(c);
		write_rm(c, false);
		break;
	case 0xc0:
	case 0xc1:
	case 0xd0:
	case 0xd1:
	case 0xd2:
	case 0xd3:
		shift(c);
		break;
	case 0xc6:
	case 0xc7:
		take_address(c);
		write_rm(c, b == 0xc6);
		if (in_memory(c))
			c->out->class = CLASS_MOVE;
		break;
	case 0xf6:
	case 0xf7:
		multiply_divide(c);
		break;
	case 0xfe:
	case 0xff:
		group_5(c);
		break;
	default:
		if (b >= 0xd8 && b <= 0xdf)
			c->out->class = CLASS_VECTOR; /* x87 */
		else
			one_byte_plain(c);
	}
}

static void one_byte(struct code *c)
{
	uint8_t b = *c->op;

	if (b < 0x40 && (b & 7) < 6) {
		arithmetic(c);
	} else if ((b & 0xf8) == 0x50) {
		push_pop(c);
		add_read(c, opcode_register(c));
	} else if ((b & 0xf8) == 0x58) {
		push_pop(c);
		add_write(c, opcode_register(c));
	} else if (b == 0x68 || b == 0x6a) {
		push_pop(c);
	} else if ((b & 0xf0) == 0x70) {
		c->out->class = CLASS_BRANCH;
		c->out->flags |= INSN_CONDITIONAL;
		reads_flags(c);
	} else if (b > 0x90 && b < 0x98) {
		c->out->class = CLASS_EXCHANGE;
		add_read(c, RAX);
		add_read(c, opcode_register(c));
		add_write(c, RAX);
		add_write(c, opcode_register(c));
	} else if ((b & 0xf0) == 0xb0) {
		add_write(c, byte_register(c, opcode_register(c), b < 0xb8));
	} else if ((b >= 0xa4 && b <= 0xa7) || (b >= 0xaa && b <= 0xaf)) {
		string_op(c);
	} else {
		one_byte_operands(c);
	}
}

/* 0f 01 */
static void group_7(struct code *c)
{
	switch (modrm(c)) {
	case 0xca:
	case 0xcb:
		serial(c, SERIAL_STAC);
		return;
	case 0xf8:
		serial(c, SERIAL_SWAPGS);
		return;
	case 0xf9:
		c->out->class = CLASS_CLOCK;
		add_write(c, RAX);
		add_write(c, RDX);
		return;
	}
	take_address(c);
	serial(c, in_memory(c) && group(c) == 7 ? SERIAL_INVLPG : SERIAL_CONTROL);
}

/* 0f ae */
static void group_15(struct code *c)
{
	unsigned what = group(c);

	if (in_memory(c)) {
		take_address(c);
		c->out->class = CLASS_MOVE;
	} else if (c->rep && what < 2) {
		add_write(c, rm_operand(c, false));
	} else if (c->rep && what < 4) {
		add_read(c, rm_operand(c, false));
		serial(c, SERIAL_SEGMENT_BASE);
	} else {
		serial(c, what == 5 ? SERIAL_LFENCE : SERIAL_MFENCE);
		if (what == 7)
			c->out->class = CLASS_NONE; /* sfence */
	}
}

static void compare_exchange(struct code *c)
{
	bool is_byte = *c->op == 0xb0;

	c->out->class = CLASS_EXCHANGE;
	add_read(c, RAX);
	add_read(c, reg_operand(c, is_byte));
	change_rm(c, is_byte);
	add_write(c, RAX);
	writes_flags(c);
}

/* bt, bts, btr, btc; what bts and its like do to memory the trace tells */
static void bit_test(struct code *c)
{
	bool by_register = *c->op != 0xba;

	c->out->class = CLASS_SHIFT;
	if (by_register)
		add_read(c, reg_operand(c, false));
	change_rm(c, false);
	writes_flags(c);
}

/* Those of the 0f map without a ModRM byte that matters, and the system's. */
static bool two_byte_plain(struct code *c)
{
	switch (*c->op) {
	case 0x00: /* group 6: verw is how buffers are cleared */
		take_address(c);
		serial(c, group(c) == 5 ? SERIAL_VERW : SERIAL_CONTROL);
		return true;
	case 0x01:
		group_7(c);
		return true;
	case 0x05:
		serial(c, SERIAL_SYSCALL);
		return true;
	case 0x07:
		serial(c, SERIAL_SYSRET);
		return true;
	case 0x06:
	case 0x08:
	case 0x09:
	case 0x21:
	case 0x23:
		serial(c, SERIAL_CONTROL);
		return true;
	case 0x20:
		serial(c, SERIAL_CONTROL);
		add_write(c, rm_operand(c, false));
		return true;
	case 0x22:
		serial(c, group(c) == 3 ? SERIAL_WRITE_CR3 : SERIAL_CONTROL);
		return true;
	case 0x30:
		serial(c, SERIAL_WRITE_MSR);
		return true;
	case 0x32:
	case 0x33:
		serial(c, SERIAL_READ_MSR);
		add_write(c, RAX);
		add_write(c, RDX);
		return true;
	case 0x31:
		c->out->class = CLASS_CLOCK;
		add_write(c, RAX);
		add_write(c, RDX);
		return true;
	case 0xa2:
		serial(c, SERIAL_CPUID);
		return true;
	case 0xae:
		group_15(c);
		return true;
	}
	return false;
}

static bool two_byte_integer(struct code *c)
{
	uint8_t b = *c->op;

	switch (b) {
	case 0xa3:
	case 0xab:
	case 0xb3:
	case 0xbb:
	case 0xba:
		bit_test(c);
		return true;
	case 0xa4:
	case 0xa5:
	case 0xac:
	case 0xad:
		c->out->class = CLASS_SHIFT_DOUBLE;
		add_read(c, reg_operand(c, false));
		change_rm(c, false);
		writes_flags(c);
		return true;
	case 0xaf:
		c->out->class = CLASS_MULTIPLY;
		add_read(c, reg_operand(c, false));
		read_rm(c, false);
		add_write(c, reg_operand(c, false));
		writes_flags(c);
		return true;
	case 0xb0:
	case 0xb1:
		compare_exchange(c);
		return true;
	case 0xb6:
	case 0xb7:
	case 0xbe:
	case 0xbf:
		move_sign(c, !(b & 1));
		return true;
	case 0xb8:
	case 0xbc:
	case 0xbd:
		c->out->class = CLASS_BIT_SCAN;
		read_rm(c, false);
		add_write(c, reg_operand(c, false));
		writes_flags(c);
		return true;
	case 0xc0:
	case 0xc1:
		c->out->class = CLASS_EXCHANGE;
		add_read(c, reg_operand(c, b == 0xc0));
		change_rm(c, b == 0xc0);
		add_write(c, reg_operand(c, b == 0xc0));
		writes_flags(c);
		return true;
	case 0xc7:
		c->out->class = CLASS_EXCHANGE;
		take_address(c);
		add_read(c, RAX);
		add_read(c, RDX);
		add_read(c, RBX);
		add_write(c, RAX);
		add_write(c, RDX);
		writes_flags(c);
		return true;
	}
	return false;
}

static void vector_op(struct code *c)
{
	unsigned reg = VECTOR_0 + (reg_operand(c, false) & 15);

	c->out->class = CLASS_VECTOR;
	take_address(c);
	if (!in_memory(c))
		add_read(c, VECTOR_0 + (rm_operand(c, false) & 15));
	add_read(c, reg);
	if (c->vex)
		add_read(c, VECTOR_0 + (c->vector_register & 15));
	add_write(c, reg);
}

static void two_byte(struct code *c)
{
	uint8_t b = *c->op;

	if ((b & 0xf0) == 0x80) {
		c->out->class = CLASS_BRANCH;
		c->out->flags |= INSN_CONDITIONAL;
		reads_flags(c);
	} else if ((b & 0xf0) == 0x40) {
		reads_flags(c);
		read_rm(c, false);
		add_read(c, reg_operand(c, false));
		add_write(c, reg_operand(c, false));
	} else if ((b & 0xf0) == 0x90) {
		reads_flags(c);
		take_address(c);
		write_rm(c, true);
	} else if (b == 0x0d || b == 0x18) {
		c->out->class = CLASS_NONE;
		c->out->flags |= INSN_PREFETCH;
		take_address(c);
	} else if ((b >= 0x19 && b <= 0x1f) || b == 0x0b || b == 0xff) {
		c->out->class = CLASS_NONE;
	} else if ((b & 0xf8) == 0xc8) {
		add_read(c, opcode_register(c));
		add_write(c, opcode_register(c));
	} else if (!two_byte_plain(c) && !two_byte_integer(c)) {
		vector_op(c);
	}
}

/* andn, bls*, bzhi, shlx, mulx...: general registers with a VEX prefix; movbe, crc32, adcx */
static void three_byte(struct code *c)
{
	uint8_t b = *c->op;

	if (b < 0xf0) {
		vector_op(c);
		return;
	}
	read_rm(c, false);
	if (c->vex) {
		add_read(c, c->vector_register & 15);
		c->out->class = b == 0xf6 ? CLASS_MULTIPLY_WIDE : CLASS_ALU;
	}
	if (c->map == 2 && b == 0xf1 && in_memory(c) && !c->repne) {
		add_read(c, reg_operand(c, false)); /* movbe to memory */
		return;
	}
	if (b == 0xf3 && c->vex) {
		c->out->n_reads -= c->out->n_reads > 0; /* bls*: vvvv is what is written */
		add_write(c, c->vector_register & 15);
	} else {
		add_write(c, reg_operand(c, false));
	}
	if (b != 0xf7 && b != 0xf6)
		writes_flags(c);
}

static void skip_prefixes(struct code *c)
{
	for (; c->op < c->end; c->op++) {
		uint8_t b = *c->op;

		if (b == 0xf0)
			c->lock = true;
		else if (b == 0x3e)
			c->locked_once = true;
		else if (b == 0x66)
			c->size = true;
		else if (b == 0xf2)
			c->repne = true;
		else if (b == 0xf3)
			c->rep = true;
		else if (b != 0x26 && b != 0x2e && b != 0x36 && b != 0x64 && b != 0x65 && b != 0x67)
			break;
	}
	if (c->op < c->end && (*c->op & 0xf0) == 0x40)
		c->rex = *c->op++;
}

/* VEX and EVEX stand for REX and for the opcode's map. */
static void skip_vector_prefix(struct code *c)
{
	const uint8_t *p = c->op;
	size_t left = (size_t)(c->end - p);

	if (p[0] == 0xc5 && left > 2) {
		c->rex = (uint8_t)(0x40 | (~p[1] & 0x80) >> 5);
		c->vector_register = ~p[1] >> 3 & 15;
		c->repne = (p[1] & 3) == 3;
		c->map = 1;
		c->op += 2;
	} else if (p[0] == 0xc4 && left > 3) {
		c->rex = (uint8_t)(0x40 | (~p[1] & 0xe0) >> 5 | (p[2] & 0x80) >> 4);
		c->vector_register = ~p[2] >> 3 & 15;
		c->repne = (p[2] & 3) == 3;
		c->map = p[1] & 3;
		c->op += 3;
	} else if (p[0] == 0x62 && left > 4) {
		c->rex = (uint8_t)(0x40 | (~p[1] & 0xe0) >> 5 | (p[2] & 0x80) >> 4);
		c->vector_register = ~p[2] >> 3 & 15;
		c->map = p[1] & 3;
		c->op += 4;
	} else {
		return;
	}
	c->vex = true;
}

static void find_opcode(struct code *c)
{
	skip_prefixes(c);
	if (c->op < c->end)
		skip_vector_prefix(c);
	if (c->vex || c->op >= c->end || *c->op != 0x0f)
		return;
	c->map = 1;
	c->op++;
	if (c->op < c->end && (*c->op == 0x38 || *c->op == 0x3a))
		c->map = *c->op++ == 0x38 ? 2 : 3;
}

void model_decode_x86_64(const uint8_t *bytes, size_t len, uint64_t vaddr, struct model_insn *out)
{
	struct code c = { .op = bytes, .end = bytes + len, .out = out };

	*out = (struct model_insn){ .vaddr = vaddr,
				    .len = (uint8_t)len,
				    .flags = vaddr >= KERNEL_HALF ? INSN_KERNEL : 0 };
	find_opcode(&c);
	if (c.op >= c.end)
		return;
	if (c.map == 0)
		one_byte(&c);
	else if (c.map == 1 && (!c.vex || *c.op >= 0xf0))
		two_byte(&c);
	else if (c.map == 1 || (c.map == 3 && *c.op < 0xf0))
		vector_op(&c);
	else
		three_byte(&c);
	/* In the kernel a DS prefix was a LOCK before a kernel with one CPU overwrote it. */
	if (in_memory(&c) && (c.lock || (c.locked_once && vaddr >= KERNEL_HALF)) &&
	    out->class != CLASS_BRANCH && out->class != CLASS_NONE)
		out->flags |= INSN_ATOMIC;
}

/* What vmalloc() gives, stacks among it, is in small pages; the direct map and the like in large.
 */
unsigned model_page_bits_x86_64(uint64_t vaddr)
{
	bool is_vmalloc = vaddr >= 0xffffc90000000000ull && vaddr < 0xffffe90000000000ull;

	return vaddr < KERNEL_HALF || is_vmalloc ? 12 : 21;
}
