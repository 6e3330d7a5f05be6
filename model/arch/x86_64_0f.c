// SPDX-License-Identifier: GPL-2.0-or-later
/* The maps behind 0f. */
#include "model/arch/x86_64.h"

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
		/* A change of CR4 is how kernels flush the global entries too. */
		serial(c, group(c) == 3 || group(c) == 4 ? SERIAL_WRITE_CR3 : SERIAL_CONTROL);
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

void x86_64_vector(struct code *c)
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

void x86_64_two_byte(struct code *c)
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
		x86_64_vector(c);
	}
}

/* andn, bls*, bzhi, shlx, mulx...: general registers with a VEX prefix; movbe, crc32, adcx */
void x86_64_three_byte(struct code *c)
{
	uint8_t b = *c->op;

	if (b < 0xf0) {
		x86_64_vector(c);
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
