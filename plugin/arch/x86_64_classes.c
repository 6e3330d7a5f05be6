// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * After Intel's Software Developer's Manual, volume 2, appendix A (opcode maps). Only what is done
 * to memory matters, so operands are looked at as far as telling memory from registers.
 */
#include "plugin/arch/classes.h"

#define LOAD (1u << COUNTS_LOADS)
#define STORE (1u << COUNTS_STORES)
#define ATOMIC (1u << COUNTS_ATOMICS)
#define BRANCH (1u << COUNTS_BRANCHES)
#define CALL (1u << COUNTS_CALLS)
#define FLUSH (1u << COUNTS_TLB_FLUSHES)
#define MODIFY (LOAD | STORE)

struct form {
	const uint8_t *op, *end; /* the opcode within its map, past 0f, 0f 38 or 0f 3a */
	unsigned map;		 /* 0: one byte; 1: 0f; 2: 0f 38; 3: 0f 3a */
	bool lock;
	bool locked_once; /* DS: in the kernel, a LOCK before it was overwritten */
	bool size;	  /* 66 */
	uint8_t rep;	  /* f2, f3 or 0 */
};

/* VEX and EVEX carry 66, f2 and f3 in two bits. */
static void take_pp(struct form *f, uint8_t byte)
{
	f->size = (byte & 3) == 1;
	f->rep = (byte & 3) == 2 ? 0xf3 : (byte & 3) == 3 ? 0xf2 : 0;
}

static void skip_vector_prefix(struct form *f)
{
	const uint8_t *p = f->op;
	size_t len = (size_t)(f->end - p);

	if (p[0] == 0xc5 && len > 2) {
		take_pp(f, p[1]);
		f->map = 1;
		f->op += 2;
	} else if (p[0] == 0xc4 && len > 3) {
		take_pp(f, p[2]);
		f->map = p[1] & 3;
		f->op += 3;
	} else if (p[0] == 0x62 && len > 4) {
		take_pp(f, p[2]);
		f->map = p[1] & 3;
		f->op += 4;
	}
}

static struct form find_form(const uint8_t *bytes, size_t len)
{
	struct form f = { .op = bytes, .end = bytes + len };

	for (; f.op < f.end; f.op++) {
		uint8_t b = *f.op;

		if (b == 0xf0)
			f.lock = true;
		else if (b == 0x3e)
			f.locked_once = true;
		else if (b == 0x66)
			f.size = true;
		else if (b == 0xf2 || b == 0xf3)
			f.rep = b;
		else if (b != 0x26 && b != 0x2e && b != 0x36 && b != 0x64 && b != 0x65 && b != 0x67)
			break;
	}
	if (f.op < f.end && (*f.op & 0xf0) == 0x40)
		f.op++;
	if (f.op < f.end)
		skip_vector_prefix(&f);
	if (!f.map && f.op < f.end && *f.op == 0x0f) {
		f.map = 1;
		f.op++;
		if (f.op < f.end && (*f.op == 0x38 || *f.op == 0x3a))
			f.map = *f.op++ == 0x38 ? 2 : 3;
	}
	return f;
}

static bool in_memory(const struct form *f)
{
	return f->op + 1 < f->end && (f->op[1] & 0xc0) != 0xc0;
}

/* The opcode's extension in its ModRM byte. */
static unsigned group(const struct form *f)
{
	return f->op + 1 < f->end ? f->op[1] >> 3 & 7 : 0;
}

/* x87, d8 to df, with a memory operand: what it writes, by opcode and extension; else it reads. */
static unsigned x87(const struct form *f)
{
	static const uint8_t writes[8] = { 0x00, 0xcc, 0x00, 0x8e, 0x00, 0xce, 0x00, 0xce };

	return writes[*f->op & 7] >> group(f) & 1 ? STORE : LOAD;
}

/* What an opcode of the one-byte map does to its operand if that is memory. */
static unsigned operand_one_byte(const struct form *f)
{
	uint8_t b = *f->op;

	if (b < 0x40)
		return (b & 7) >= 4 ? 0 : (b & 7) >= 2 || b >= 0x38 ? LOAD : MODIFY;
	if (b >= 0xd8 && b <= 0xdf)
		return x87(f);
	switch (b) {
	case 0x80:
	case 0x81:
	case 0x83:
		return group(f) == 7 ? LOAD : MODIFY;
	case 0x86:
	case 0x87: /* xchg */
		return MODIFY | ATOMIC;
	case 0x88:
	case 0x89:
	case 0x8c:
	case 0xc6:
	case 0xc7: /* mov */
	case 0x8f: /* pop: the load is the stack's */
		return STORE;
	case 0xc0:
	case 0xc1:
	case 0xd0:
	case 0xd1:
	case 0xd2:
	case 0xd3: /* shifts */
		return MODIFY;
	case 0xf6:
	case 0xf7:
		return group(f) == 2 || group(f) == 3 ? MODIFY : LOAD;
	case 0xfe:
	case 0xff:
		return group(f) < 2 ? MODIFY : LOAD;
	case 0x63:
	case 0x69:
	case 0x6b:
	case 0x84:
	case 0x85:
	case 0x8a:
	case 0x8b:
	case 0x8e:
		return LOAD;
	}
	return 0; /* lea, and all without a ModRM byte */
}

/* What the one-byte opcode does beside: the stack, strings, jumps. */
static unsigned implied_one_byte(const struct form *f)
{
	uint8_t b = *f->op;

	if ((b & 0xf0) == 0x50)
		return b < 0x58 ? STORE : LOAD;
	if ((b & 0xf0) == 0x70)
		return BRANCH;
	switch (b) {
	case 0x68:
	case 0x6a: /* push */
	case 0x6c:
	case 0x6d: /* ins */
	case 0x9c: /* pushf */
	case 0xa2:
	case 0xa3: /* mov to an address */
	case 0xaa:
	case 0xab: /* stos */
	case 0xc8: /* enter */
		return STORE;
	case 0x6e:
	case 0x6f: /* outs */
	case 0x8f: /* pop */
	case 0x9d: /* popf */
	case 0xa0:
	case 0xa1: /* mov from an address */
	case 0xa6:
	case 0xa7: /* cmps */
	case 0xac:
	case 0xad: /* lods */
	case 0xae:
	case 0xaf: /* scas */
	case 0xc9: /* leave */
	case 0xd7: /* xlat */
		return LOAD;
	case 0xa4:
	case 0xa5: /* movs */
		return MODIFY;
	case 0xc2:
	case 0xc3:
	case 0xca:
	case 0xcb:
	case 0xcf: /* ret, iret */
		return LOAD | BRANCH;
	case 0xe0:
	case 0xe1:
	case 0xe2:
	case 0xe3:
	case 0xe9:
	case 0xeb: /* loop, jmp */
		return BRANCH;
	case 0xe8:
		return CALL | STORE;
	case 0xff:
		return group(f) == 2 || group(f) == 3	? CALL | STORE
		       : group(f) == 4 || group(f) == 5 ? BRANCH
		       : group(f) == 6			? STORE
							: 0;
	}
	return 0;
}

/* Extensions 0 to 7 of an opcode that write (bits of @writes), or do neither (@neither). */
static unsigned by_group(const struct form *f, uint8_t writes, uint8_t neither)
{
	if (neither >> group(f) & 1)
		return 0;
	return writes >> group(f) & 1 ? STORE : LOAD;
}

static unsigned operand_0f(const struct form *f)
{
	uint8_t b = *f->op;

	if ((b & 0xf0) == 0x90)
		return STORE; /* setcc */
	if ((b & 0xf0) == 0x80 || (b & 0xf8) == 0xc8 || (b >= 0x18 && b <= 0x1f) ||
	    (b >= 0x20 && b <= 0x23) || (b >= 0x30 && b <= 0x37))
		return 0; /* jcc, bswap, hints, control registers, MSRs */
	switch (b) {
	case 0x00:
		return by_group(f, 0x03, 0);
	case 0x01:
		return by_group(f, 0x13, 0x80);
	case 0x05:
	case 0x07:
	case 0x0b:
	case 0x0d:
	case 0x77:
	case 0xa0:
	case 0xa1:
	case 0xa2:
	case 0xa8:
	case 0xa9:
		return 0;
	case 0x11:
	case 0x13:
	case 0x17:
	case 0x29:
	case 0x2b:
	case 0x78:
	case 0x7f:
	case 0xc3:
	case 0xd6:
	case 0xe7:
		return STORE;
	case 0x7e:
		return f->rep == 0xf3 ? LOAD : STORE;
	case 0xa4:
	case 0xa5:
	case 0xab:
	case 0xac:
	case 0xad:
	case 0xb0:
	case 0xb1:
	case 0xb3:
	case 0xbb:
	case 0xc0:
	case 0xc1: /* double shifts, bts, cmpxchg, btr, btc, xadd */
		return MODIFY;
	case 0xae:
		/* clflush, clflushopt and (66) clwb touch no data */
		return by_group(f, 0x59, f->size ? 0xc0 : 0x80);
	case 0xba:
		return group(f) > 4 ? MODIFY : LOAD;
	case 0xc7:
		return group(f) == 1 ? MODIFY : by_group(f, 0xb0, 0);
	}
	return LOAD;
}

static unsigned operand_0f38(const struct form *f)
{
	switch (*f->op) {
	case 0x2e:
	case 0x2f:
	case 0x8e:
	case 0xa2:
	case 0xa3:
	case 0xf5:
	case 0xf9: /* masked moves, scatters, wruss, movdiri */
		return STORE;
	case 0xf1: /* movbe, unless it is crc32 */
		return f->rep == 0xf2 ? LOAD : STORE;
	case 0xf6: /* adcx and adox, unless it is wrss */
		return f->size || f->rep ? LOAD : STORE;
	case 0xf8:
		return f->size ? MODIFY : LOAD; /* movdir64b */
	}
	return LOAD;
}

static unsigned implied_0f(const struct form *f)
{
	uint8_t b = *f->op;

	if ((b & 0xf0) == 0x80)
		return BRANCH;
	switch (b) {
	case 0x01:
		if (in_memory(f))
			return group(f) == 7 ? FLUSH : 0;
		return !f->rep && f->op + 1 < f->end && f->op[1] == 0xfe ? FLUSH : 0; /* invlpgb */
	case 0x07:
	case 0x35: /* sysret, sysexit */
		return BRANCH;
	case 0x22:
		return group(f) == 3 || group(f) == 4 ? FLUSH : 0;
	case 0xa0:
	case 0xa8: /* push */
		return STORE;
	case 0xa1:
	case 0xa9: /* pop */
		return LOAD;
	}
	return 0;
}

uint8_t insn_classes(const uint8_t *bytes, size_t len, bool kernel)
{
	struct form f = find_form(bytes, len);
	unsigned operand, implied;

	if (f.op >= f.end)
		return 0;
	if (f.map == 0) {
		operand = operand_one_byte(&f);
		implied = implied_one_byte(&f);
	} else if (f.map == 1) {
		operand = operand_0f(&f);
		implied = implied_0f(&f);
	} else {
		/* The extracts of 0f 3a store. */
		operand = f.map == 2			   ? operand_0f38(&f)
			  : *f.op >= 0x14 && *f.op <= 0x17 ? STORE
							   : LOAD;
		implied = f.map == 2 && *f.op == 0x82 && f.size ? FLUSH : 0; /* invpcid */
	}
	if (!in_memory(&f))
		operand = 0;
	if ((operand & MODIFY) == MODIFY && (f.lock || (kernel && f.locked_once)))
		operand |= ATOMIC;
	return (uint8_t)(operand | implied);
}
