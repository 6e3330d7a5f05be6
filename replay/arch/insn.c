// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/arch/insn.h"

#include "base/cleanup.h"

#include <string.h>

/* What follows an opcode. */
enum {
	BAD,
	NONE,
	M,    /* ModRM */
	I8,   /* an immediate of one byte */
	IZ,   /* of two or four bytes */
	IV,   /* of two, four or eight */
	I16,  /* of two */
	I24,  /* of three: enter */
	MI8,  /* ModRM and an immediate */
	MIZ,  /* likewise */
	R8,   /* a branch */
	R32,  /* a branch */
	ADDR, /* an address of eight bytes */
	G3B,  /* ModRM, and an immediate if it is TEST */
	G3Z,  /* likewise */
};

/* clang-format off */
static const uint8_t one_byte[256] = {
	/* 00 */ M, M, M, M, I8, IZ, BAD, BAD, M, M, M, M, I8, IZ, BAD, BAD,
	/* 10 */ M, M, M, M, I8, IZ, BAD, BAD, M, M, M, M, I8, IZ, BAD, BAD,
	/* 20 */ M, M, M, M, I8, IZ, BAD, BAD, M, M, M, M, I8, IZ, BAD, BAD,
	/* 30 */ M, M, M, M, I8, IZ, BAD, BAD, M, M, M, M, I8, IZ, BAD, BAD,
	/* 40 */ BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD,
	/* 50 */ NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE,
		 NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE,
	/* 60 */ BAD, BAD, BAD, M, BAD, BAD, BAD, BAD, IZ, MIZ, I8, MI8, NONE, NONE, NONE, NONE,
	/* 70 */ R8, R8, R8, R8, R8, R8, R8, R8, R8, R8, R8, R8, R8, R8, R8, R8,
	/* 80 */ MI8, MIZ, BAD, MI8, M, M, M, M, M, M, M, M, M, M, M, M,
	/* 90 */ NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE,
		 NONE, NONE, BAD, NONE, NONE, NONE, NONE, NONE,
	/* a0 */ ADDR, ADDR, ADDR, ADDR, NONE, NONE, NONE, NONE,
		 I8, IZ, NONE, NONE, NONE, NONE, NONE, NONE,
	/* b0 */ I8, I8, I8, I8, I8, I8, I8, I8, IV, IV, IV, IV, IV, IV, IV, IV,
	/* c0 */ MI8, MI8, I16, NONE, BAD, BAD, MI8, MIZ, I24, NONE, I16, NONE, NONE, I8, BAD, NONE,
	/* d0 */ M, M, M, M, BAD, BAD, BAD, NONE, M, M, M, M, M, M, M, M,
	/* e0 */ R8, R8, R8, R8, I8, I8, I8, I8, R32, R32, BAD, R8, NONE, NONE, NONE, NONE,
	/* f0 */ BAD, NONE, BAD, BAD, NONE, NONE, G3B, G3Z, NONE, NONE, NONE, NONE, NONE, NONE, M, M,
};
static const uint8_t two_bytes[256] = {
	/* 00 */ M, M, M, M, BAD, NONE, NONE, NONE, NONE, NONE, BAD, NONE, BAD, M, NONE, BAD,
	/* 10 */ M, M, M, M, M, M, M, M, M, M, M, M, M, M, M, M,
	/* 20 */ M, M, M, M, BAD, BAD, BAD, BAD, M, M, M, M, M, M, M, M,
	/* 30 */ NONE, NONE, NONE, NONE, NONE, NONE, BAD, NONE,
		 BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD,
	/* 40 */ M, M, M, M, M, M, M, M, M, M, M, M, M, M, M, M,
	/* 50 */ M, M, M, M, M, M, M, M, M, M, M, M, M, M, M, M,
	/* 60 */ M, M, M, M, M, M, M, M, M, M, M, M, M, M, M, M,
	/* 70 */ MI8, MI8, MI8, MI8, M, M, M, NONE, M, M, BAD, BAD, M, M, M, M,
	/* 80 */ R32, R32, R32, R32, R32, R32, R32, R32, R32, R32, R32, R32, R32, R32, R32, R32,
	/* 90 */ M, M, M, M, M, M, M, M, M, M, M, M, M, M, M, M,
	/* a0 */ NONE, NONE, NONE, M, MI8, M, BAD, BAD, NONE, NONE, NONE, M, MI8, M, M, M,
	/* b0 */ M, M, M, M, M, M, M, M, M, M, MI8, M, M, M, M, M,
	/* c0 */ M, M, MI8, M, MI8, MI8, MI8, M, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE,
	/* d0 */ M, M, M, M, M, M, M, M, M, M, M, M, M, M, M, M,
	/* e0 */ M, M, M, M, M, M, M, M, M, M, M, M, M, M, M, M,
	/* f0 */ M, M, M, M, M, M, M, M, M, M, M, M, M, M, M, M,
};
/* clang-format on */

struct reader {
	const uint8_t *bytes;
	size_t n, at;
};

static int peek(const struct reader *r)
{
	return r->at < r->n ? r->bytes[r->at] : -1;
}

/* Prefixes in any order, then REX, which counts only where the opcode follows. */
static bool read_prefixes(struct reader *r, struct insn *i)
{
	for (;; r->at++) {
		int b = peek(r);

		if (b == 0x66)
			i->operand_16 = true;
		else if (b == 0x67)
			i->address_32 = true;
		else if (b == 0xf0)
			i->lock = true;
		else if (b == 0xf2 || b == 0xf3)
			i->repeat = (uint8_t)b;
		else if (b == 0x64 || b == 0x65)
			i->segment = (uint8_t)b;
		else if (b == 0x3e)
			i->ds_at = (uint8_t)(r->at + 1);
		else if (b != 0x2e && b != 0x36 && b != 0x26)
			break;
	}
	if (peek(r) >= 0x40 && peek(r) <= 0x4f)
		i->rex_w = r->bytes[r->at++] & 8;
	return peek(r) >= 0;
}

static bool read_opcode(struct reader *r, struct insn *i, uint8_t *form)
{
	i->opcode = r->bytes[r->at++];
	if (i->opcode != 0x0f) {
		*form = one_byte[i->opcode];
		return true;
	}
	if (peek(r) < 0)
		return false;
	i->map = INSN_0F;
	i->opcode = r->bytes[r->at++];
	*form = two_bytes[i->opcode];
	if (i->opcode != 0x38 && i->opcode != 0x3a)
		return true;
	if (peek(r) < 0)
		return false;
	i->map = i->opcode == 0x38 ? INSN_0F38 : INSN_0F3A;
	*form = i->opcode == 0x38 ? M : MI8;
	i->opcode = r->bytes[r->at++];
	return true;
}

static bool read_modrm(struct reader *r, struct insn *i)
{
	int b = peek(r), sib;

	if (b < 0)
		return false;
	r->at++;
	i->has_modrm = true;
	i->mod = (uint8_t)(b >> 6);
	i->reg = (b >> 3) & 7;
	i->rm = b & 7;
	/* Moves to and from control and debug registers have no memory operand, whatever mod says.
	 */
	i->memory = i->mod != 3 && !(i->map == INSN_0F && i->opcode >= 0x20 && i->opcode <= 0x23);
	if (!i->memory)
		return true;
	i->disp_bytes = i->mod == 1 ? 1 : i->mod == 2 ? 4 : 0;
	if (i->rm == 4) {
		sib = peek(r);
		if (sib < 0)
			return false;
		r->at++;
		if (i->mod == 0 && (sib & 7) == 5) {
			i->disp_bytes = 4;
			/* REX.X turns "no index" into r12; that is no absolute address either. */
			i->absolute = ((sib >> 3) & 7) == 4;
		}
	} else if (i->mod == 0 && i->rm == 5) {
		i->rip_relative = true;
		i->disp_bytes = 4;
	}
	i->disp_at = i->disp_bytes ? (uint8_t)r->at : 0;
	r->at += i->disp_bytes;
	return r->at <= r->n;
}

static uint8_t immediate_bytes(const struct insn *i, uint8_t form)
{
	const uint8_t z = i->operand_16 && !i->rex_w ? 2 : 4;

	switch (form) {
	case I8:
	case MI8:
	case R8:
		return 1;
	case I16:
		return 2;
	case I24:
		return 3;
	case R32:
		return 4;
	case IZ:
	case MIZ:
		return z;
	case IV:
		return i->rex_w ? 8 : z;
	case ADDR:
		return i->address_32 ? 4 : 8;
	case G3B:
		return i->reg < 2 ? 1 : 0;
	case G3Z:
		return i->reg < 2 ? z : 0;
	default:
		return 0;
	}
}

bool insn_decode(const uint8_t *bytes, size_t n, struct insn *out)
{
	struct reader r = { bytes, n < INSN_BYTES_MAX ? n : INSN_BYTES_MAX, 0 };
	uint8_t form = BAD;

	*out = (struct insn){ 0 };
	if (!read_prefixes(&r, out) || !read_opcode(&r, out, &form) || form == BAD)
		return false;
	if ((form == M || form == MI8 || form == MIZ || form == G3B || form == G3Z) &&
	    !read_modrm(&r, out))
		return false;
	out->imm_bytes = immediate_bytes(out, form);
	out->imm_at = out->imm_bytes ? (uint8_t)r.at : 0;
	out->branch = form == R8 || form == R32;
	r.at += out->imm_bytes;
	out->n_bytes = (uint8_t)r.at;
	return r.at <= r.n;
}

static int64_t signed_at(const uint8_t *bytes, size_t at, size_t n)
{
	int64_t v = 0;

	if (!n)
		return 0;
	memcpy(&v, bytes + at, n);
	return n == 8 ? v : (int64_t)((uint64_t)v << (64 - 8 * n)) >> (64 - 8 * n);
}

int64_t insn_disp(const struct insn *i, const uint8_t *bytes)
{
	return signed_at(bytes, i->disp_at, i->disp_bytes);
}

int64_t insn_imm(const struct insn *i, const uint8_t *bytes)
{
	return signed_at(bytes, i->imm_at, i->imm_bytes);
}

bool insn_lockable(const struct insn *i)
{
	const uint8_t op = i->opcode;

	if (!i->memory)
		return false;
	if (i->map == INSN_0F) /* cmpxchg, xadd, cmpxchg8b, bts, btr, btc */
		return op == 0xb0 || op == 0xb1 || op == 0xc0 || op == 0xc1 ||
		       (op == 0xc7 && i->reg == 1) || op == 0xab || op == 0xb3 || op == 0xbb ||
		       (op == 0xba && i->reg >= 5);
	if (i->map != INSN_ONE)
		return false;
	if (op < 0x38) /* add, or, adc, sbb, and, sub, xor to memory */
		return (op & 7) < 2;
	return ((op == 0x80 || op == 0x81 || op == 0x83) && i->reg != 7) ||
	       ((op == 0xf6 || op == 0xf7) && (i->reg == 2 || i->reg == 3)) ||
	       ((op == 0xfe || op == 0xff) && i->reg < 2) || op == 0x86 || op == 0x87;
}

bool insn_lock_taken(const struct insn *i)
{
	/* An exchange is locked without a prefix, so nothing was taken from it. */
	return i->ds_at && !i->lock && insn_lockable(i) &&
	       !(i->map == INSN_ONE && (i->opcode == 0x86 || i->opcode == 0x87));
}

struct named {
	uint8_t opcode;
	uint8_t right;
	const char *name;
};

static const struct named one_byte_named[] = {
	{ 0x6c, INSN_REFUSE, "ins" },
	{ 0x6d, INSN_REFUSE, "ins" },
	{ 0x6e, INSN_REFUSE, "outs" },
	{ 0x6f, INSN_REFUSE, "outs" },
	{ 0x8e, INSN_REFUSE, "mov to a segment register" },
	{ 0xca, INSN_REFUSE, "lret" },
	{ 0xcb, INSN_REFUSE, "lret" },
	{ 0xcc, INSN_REFUSE, "int3" },
	{ 0xcd, INSN_REFUSE, "int" },
	{ 0xcf, INSN_REFUSE, "iret" },
	{ 0xe4, INSN_REFUSE, "in" },
	{ 0xe5, INSN_REFUSE, "in" },
	{ 0xe6, INSN_REFUSE, "out" },
	{ 0xe7, INSN_REFUSE, "out" },
	{ 0xec, INSN_REFUSE, "in" },
	{ 0xed, INSN_REFUSE, "in" },
	{ 0xee, INSN_REFUSE, "out" },
	{ 0xef, INSN_REFUSE, "out" },
	{ 0xf1, INSN_REFUSE, "int1" },
	{ 0xf4, INSN_REFUSE, "hlt" },
	{ 0xfa, INSN_IGNORE, "cli" },
	{ 0xfb, INSN_IGNORE, "sti" },
};

static const struct named two_bytes_named[] = {
	{ 0x05, INSN_REFUSE, "syscall" },
	{ 0x06, INSN_REFUSE, "clts" },
	{ 0x07, INSN_REFUSE, "sysret" },
	{ 0x08, INSN_REFUSE, "invd" },
	{ 0x09, INSN_REFUSE, "wbinvd" },
	{ 0x0b, INSN_REFUSE, "ud2" },
	{ 0x20, INSN_REFUSE, "mov from a control register" },
	{ 0x21, INSN_REFUSE, "mov from a debug register" },
	{ 0x22, INSN_REFUSE, "mov to a control register" },
	{ 0x23, INSN_REFUSE, "mov to a debug register" },
	{ 0x30, INSN_REFUSE, "wrmsr" },
	{ 0x32, INSN_REFUSE, "rdmsr" },
	{ 0x33, INSN_REFUSE, "rdpmc" },
	{ 0x34, INSN_REFUSE, "sysenter" },
	{ 0x35, INSN_REFUSE, "sysexit" },
	{ 0x37, INSN_REFUSE, "getsec" },
	{ 0x78, INSN_REFUSE, "vmread" },
	{ 0x79, INSN_REFUSE, "vmwrite" },
	{ 0xa1, INSN_REFUSE, "pop fs" },
	{ 0xa2, INSN_REFUSE, "cpuid" },
	{ 0xa9, INSN_REFUSE, "pop gs" },
	{ 0xaa, INSN_REFUSE, "rsm" },
	{ 0xb2, INSN_REFUSE, "lss" },
	{ 0xb4, INSN_REFUSE, "lfs" },
	{ 0xb5, INSN_REFUSE, "lgs" },
	{ 0xb9, INSN_REFUSE, "ud1" },
	{ 0xff, INSN_REFUSE, "ud0" },
};

/* 0f 00 and 0f 01, which are many instructions each. */
static enum insn_right system_right(const struct insn *i, const char **name)
{
	if (i->opcode == 0x00) {
		*name = "a segment's system instruction";
		/* verr, verw */
		return i->reg == 4 || i->reg == 5 ? INSN_USER : INSN_REFUSE;
	}
	if (i->memory && i->reg == 7) {
		*name = "invlpg";
		return INSN_IGNORE;
	}
	if (i->mod == 3 && i->reg == 1 && (i->rm == 2 || i->rm == 3)) {
		*name = i->rm == 2 ? "clac" : "stac";
		return INSN_IGNORE;
	}
	if (i->mod == 3 && i->reg == 7 && i->rm == 1) /* rdtscp */
		return INSN_USER;
	*name = i->mod == 3 && i->reg == 7 && i->rm == 0 ? "swapgs"
							 : "a system instruction (0f 01)";
	return INSN_REFUSE;
}

/* Flushes of the TLB by CR3; all else that has to do with control registers is refused. */
static bool is_cr3(const struct insn *i)
{
	return i->map == INSN_0F && (i->opcode == 0x20 || i->opcode == 0x22) && i->reg == 3;
}

static enum insn_right found_in(const struct named *list, size_t n, uint8_t opcode,
				const char **name)
{
	for (size_t k = 0; k < n; k++)
		if (list[k].opcode == opcode) {
			*name = list[k].name;
			return list[k].right;
		}
	return INSN_USER;
}

enum insn_right insn_right(const struct insn *i, const char **name)
{
	*name = NULL;
	if (i->segment == 0x64) {
		*name = "an access by fs";
		return INSN_REFUSE;
	}
	if (i->map == INSN_ONE) {
		if (i->opcode == 0xff && i->has_modrm && i->memory &&
		    (i->reg == 3 || i->reg == 5)) {
			*name = "a far branch";
			return INSN_REFUSE;
		}
		return found_in(one_byte_named, ARRAY_SIZE(one_byte_named), i->opcode, name);
	}
	if (i->map == INSN_0F38 && i->opcode == 0x82 && i->operand_16) {
		*name = "invpcid";
		return INSN_IGNORE;
	}
	if (i->map != INSN_0F)
		return INSN_USER;
	if (i->opcode <= 0x01)
		return system_right(i, name);
	if (is_cr3(i)) {
		*name = i->opcode == 0x20 ? "mov from cr3" : "mov to cr3";
		return INSN_IGNORE;
	}
	/* rdfsbase and its kin share 0f ae with fences and flushes. */
	if (i->opcode == 0xae && i->repeat == 0xf3 && i->mod == 3 && i->reg < 4) {
		*name = "an access to a segment's base";
		return INSN_REFUSE;
	}
	return found_in(two_bytes_named, ARRAY_SIZE(two_bytes_named), i->opcode, name);
}
