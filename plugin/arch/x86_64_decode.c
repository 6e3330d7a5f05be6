// SPDX-License-Identifier: GPL-2.0-or-later
#include "plugin/arch/decode.h"

#include "proto/marker.h"

#include <string.h>

struct prefixes {
	size_t bytes;
	bool rep;  /* f2 or f3 */
	bool size; /* 66 */
	bool gs;
	uint8_t rex;
	bool strange; /* FS, which is the user's in the kernel too, or 32-bit addresses */
};

static struct prefixes skip_prefixes(const uint8_t *p, size_t len)
{
	struct prefixes out = { 0 };

	for (; out.bytes < len; out.bytes++) {
		uint8_t b = p[out.bytes];

		if (b == 0xf2 || b == 0xf3)
			out.rep = true;
		else if (b == 0x66)
			out.size = true;
		else if (b == 0x65)
			out.gs = true;
		else if (b == 0x64 || b == 0x67)
			out.strange = true;
		else if (b != 0x2e && b != 0x36 && b != 0x3e && b != 0x26 && b != 0xf0)
			break;
	}
	if (out.bytes < len && (p[out.bytes] & 0xf0) == 0x40)
		out.rex = p[out.bytes++];
	return out;
}

static bool is_string_op(uint8_t op)
{
	return (op >= 0x6c && op <= 0x6f) || (op >= 0xa4 && op <= 0xa7) ||
	       (op >= 0xaa && op <= 0xaf);
}

static unsigned string_op_accesses(uint8_t op)
{
	switch (op) {
	case 0xa4:
	case 0xa5: /* movs */
		return 2;
	case 0xaa:
	case 0xab: /* stos */
	case 0x6c:
	case 0x6d: /* ins */
		return 1;
	}
	return 0;
}

/* Bytes: the even opcodes; the odd ones go by REX.W, and by 66 where that is absent. */
static unsigned string_op_element(uint8_t op, const struct prefixes *p)
{
	if (!(op & 1))
		return 1;
	if (op == 0x6d) /* a port has no eight bytes */
		return p->size ? 2 : 4;
	return p->rex & 8 ? 8 : p->size ? 2 : 4;
}

static bool register_form(const uint8_t *modrm, const uint8_t *end)
{
	return modrm < end && (*modrm & 0xc0) == 0xc0;
}

/* Where an instruction stands, as far as it tells which memory can fault. */
enum where {
	IN_USER,
	IN_KERNEL,
	IN_KERNEL_EXTENDED, /* base or index is one of R8 to R15: what looks like RSP is R12 */
	IN_KERNEL_PER_CPU,  /* the operand is the CPU's own, through GS */
};

/*
 * Operands that cannot fault: registers; and in the kernel what lies on its stack (RSP, no index),
 * at a place that was linked (RIP-relative) or in the CPU's own area (GS): none of these is user
 * memory or a device's.
 */
static bool safe_operand(const uint8_t *modrm, const uint8_t *end, enum where where)
{
	if (register_form(modrm, end))
		return true;
	if (where == IN_USER || modrm >= end)
		return false;
	if (where == IN_KERNEL_PER_CPU)
		return true;
	if ((*modrm & 0xc7) == 0x05)
		return true;
	return where == IN_KERNEL && (*modrm & 7) == 4 && modrm + 1 < end && modrm[1] == 0x24;
}

/* Two-byte opcodes (after 0f). */
static bool safe_0f(const uint8_t *op, const uint8_t *end, enum where where)
{
	if (op >= end)
		return false;
	if ((op[0] & 0xf0) == 0x80 || op[0] == 0x1e || op[0] == 0x1f || op[0] == 0x0b)
		return true; /* jcc, the NOPs, ud2 */
	if ((op[0] & 0xf8) == 0xc8)
		return true; /* bswap */
	if ((op[0] & 0xf0) == 0x40 || (op[0] & 0xf0) == 0x90 || op[0] == 0xaf || op[0] == 0xb6 ||
	    op[0] == 0xb7 || op[0] == 0xbe || op[0] == 0xbf || op[0] == 0xa3 || op[0] == 0xba ||
	    op[0] == 0xbc || op[0] == 0xbd || op[0] == 0xa4 || op[0] == 0xac)
		return safe_operand(op + 1, end,
				    where); /* cmov, setcc, imul, movzx, movsx, bt, bsf... */
	return false;
}

/* One-byte opcodes that touch no memory. @op points at the opcode. */
static bool safe(const uint8_t *op, const uint8_t *end, enum where where)
{
	uint8_t b = op[0];

	if (b == 0x0f)
		return safe_0f(op + 1, end, where);
	if (b < 0x40 && (b & 7) < 6) /* add, or, adc, sbb, and, sub, xor, cmp */
		return (b & 7) >= 4 || safe_operand(op + 1, end, where);
	if ((b & 0xf0) == 0x50) /* push, pop */
		return where != IN_USER;
	if (b == 0x68 || b == 0x6a || b == 0xc3 || b == 0xe8)
		return where != IN_USER; /* push imm, ret, call */
	if ((b & 0xf0) == 0x70 || (b & 0xf0) == 0xb0 || b == 0xeb || b == 0xe9 || b == 0x8d ||
	    b == 0x90 || b == 0x98 || b == 0x99 || b == 0xa8 || b == 0xa9 || b == 0xfa || b == 0xfb)
		return true; /* jcc, mov imm, jmp, lea, nop, cltq, cqo, test imm, cli, sti */
	switch (b) {
	case 0x63: /* movsxd */
	case 0x69:
	case 0x6b: /* imul */
	case 0x80:
	case 0x81:
	case 0x83: /* group 1 */
	case 0x84:
	case 0x85: /* test */
	case 0x88:
	case 0x89:
	case 0x8a:
	case 0x8b: /* mov */
	case 0xc0:
	case 0xc1:
	case 0xd0:
	case 0xd1:
	case 0xd2:
	case 0xd3: /* shifts */
	case 0xc6:
	case 0xc7: /* mov imm */
		return safe_operand(op + 1, end, where);
	case 0xf6:
	case 0xf7: /* test, not, neg, mul; div may fault */
		return safe_operand(op + 1, end, where) && (op[1] & 0x38) < 0x30;
	case 0xfe:
	case 0xff: /* inc, dec; the rest calls, jumps or pushes through memory */
		return safe_operand(op + 1, end, where) && (op[1] & 0x38) < 0x10;
	}
	return false;
}

static bool is_marker(const uint8_t *p, size_t len, uint32_t *displacement)
{
	static const uint8_t nop[] = { 0x0f, 0x1f, 0x84, 0x00 };

	if (len != 8 || memcmp(p, nop, sizeof(nop)) != 0)
		return false;
	memcpy(displacement, p + 4, 4);
	return (*displacement & MARKER_MAGIC_MASK) == MARKER_MAGIC;
}

struct insn insn_decode(const uint8_t *bytes, size_t len, bool kernel)
{
	struct prefixes prefixes = skip_prefixes(bytes, len);
	const uint8_t *op = bytes + prefixes.bytes, *end = bytes + len;
	enum where where = !kernel || prefixes.strange ? IN_USER
			   : prefixes.gs	       ? IN_KERNEL_PER_CPU
			   : prefixes.rex & 3	       ? IN_KERNEL_EXTENDED
						       : IN_KERNEL;
	struct insn out = { .kind = INSN_PLAIN, .may_fault = true };

	if (op >= end)
		return out;
	if (!kernel && is_marker(bytes, len, &out.marker)) {
		out.kind = INSN_MARKER;
	} else if (prefixes.rep && is_string_op(*op)) {
		out.kind = INSN_REP_STRING;
		out.accesses = string_op_accesses(*op);
		if (out.accesses)
			out.element = string_op_element(*op, &prefixes);
	} else if (*op == 0xcf) {
		out.kind = INSN_IRET;
	} else {
		if ((*op & 0xf0) == 0x50 || *op == 0x68 || *op == 0x6a)
			out.kind = INSN_PUSH_POP;
		else if (*op == 0xe8)
			out.kind = INSN_CALL;
		else if (!kernel && end - op == 2 && op[0] == 0x0f && op[1] == 0x31)
			out.kind = INSN_CLOCK;
		else if (*op == 0xf4 ||
			 (end - op == 3 && op[0] == 0x0f && op[1] == 0x01 && op[2] == 0xc9))
			out.kind = INSN_HALT;
		out.may_fault = !safe(op, end, where);
	}
	return out;
}
