// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * After Intel's Software Developer's Manual, volume 2, appendix A (opcode maps). Whether memory is
 * loaded or stored is seen in the trace, so only registers and classes are told here. Vector
 * instructions are told from others and no further: a kernel's path has few.
 */
#include "model/arch/x86_64.h"
#include "model/caches.h"

#define KERNEL_HALF (1ull << 63)

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
		x86_64_two_byte(&c);
	else if (c.map == 1 || (c.map == 3 && *c.op < 0xf0))
		x86_64_vector(&c);
	else
		x86_64_three_byte(&c);
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
