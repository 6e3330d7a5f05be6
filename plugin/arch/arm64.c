// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * After the Arm Architecture Reference Manual, C4.1 (A64 instruction set encoding). Every
 * instruction has four bytes, and none lies across two pages; what can fault is what accesses
 * memory.
 */
#include "plugin/arch/arch.h"
#include "plugin/arch/classes.h"
#include "proto/marker.h"

#include <string.h>

#define LOAD (1u << COUNTS_LOADS)
#define STORE (1u << COUNTS_STORES)
#define ATOMIC (1u << COUNTS_ATOMICS)
#define BRANCH (1u << COUNTS_BRANCHES)
#define CALL (1u << COUNTS_CALLS)
#define FLUSH (1u << COUNTS_TLB_FLUSHES)
#define MODIFY (LOAD | STORE)

#define SP 31u

static bool get(const uint8_t *bytes, size_t len, uint32_t *out)
{
	if (len != sizeof(*out))
		return false;
	memcpy(out, bytes, sizeof(*out));
	return true;
}

static bool is(uint32_t w, uint32_t mask, uint32_t value)
{
	return (w & mask) == value;
}

static bool accesses_memory(uint32_t w)
{
	return is(w, 0x0a000000, 0x08000000);
}

/* Cache and TLB maintenance, and address translation; DC ZVA among them. */
static bool is_sys(uint32_t w)
{
	return is(w, 0xfff80000, 0xd5080000);
}

/*
 * In the kernel: what lies on its stack at a constant, or at a place that was linked. Neither is
 * user memory or a device's.
 */
static bool is_safe(uint32_t w)
{
	if (is(w, 0x3b000000, 0x18000000)) /* a literal */
		return true;
	if (is(w, 0x3b200c00, 0x38200800)) /* a register is added */
		return false;
	return (w >> 5 & 31) == SP;
}

static bool may_fault(uint32_t w, bool kernel)
{
	if (accesses_memory(w))
		return !kernel || !is_safe(w);
	/* Exceptions on purpose, and in user code what the kernel emulates. */
	return is_sys(w) || is(w, 0xff000000, 0xd4000000) ||
	       (!kernel && is(w, 0xffc00000, 0xd5000000));
}

struct insn arm64_decode(const uint8_t *bytes, size_t len, bool kernel)
{
	struct insn out = { .kind = INSN_PLAIN, .may_fault = true };
	uint32_t w;

	if (!get(bytes, len, &w))
		return out;
	if (!kernel && is(w, MARKER_ARM64_MASK, MARKER_ARM64) &&
	    is(w >> 5, 0xf000, MARKER_ARM64_MAGIC)) {
		out.kind = INSN_MARKER;
		out.marker = w >> 5 & 0x0fff;
	} else if (is(w, 0xfffffbff, 0xd69f03e0)) {
		out.kind = INSN_IRET; /* ERET, ERETAA, ERETAB */
	} else if (is(w, 0xfffffc1f, 0xd65f0000) || is(w, 0xfffffbff, 0xd65f0bff)) {
		out.kind = INSN_RETURN; /* RET, RETAA, RETAB */
	} else if (!kernel && is(w, 0xffffffe0, 0xd53be040)) {
		out.kind = INSN_CLOCK; /* mrs xN, cntvct_el0 */
	} else if (is(w, 0xffffffdf, 0xd503205f)) {
		out.kind = INSN_HALT; /* WFE, WFI */
	} else if (is(w, 0xffbfffff, 0xa90007e0)) {
		out.kind = INSN_FRAME; /* stp or ldp x0, x1, [sp] */
	} else if (is(w, 0xfea07c1f, 0xa8805013)) {
		out.kind = INSN_SWITCH; /* stp or ldp x19, x20, post-indexed */
	} else if (is(w, 0xffe0001f, 0xd280000a)) {
		out.kind = INSN_SWITCH_OFFSET; /* mov x10, #imm */
		out.offset = w >> 5 & 0xffff;
	}
	out.may_fault = out.kind != INSN_MARKER && may_fault(w, kernel);
	return out;
}

/* Exclusive accesses, compare-and-swap, and those with acquire or release. */
static unsigned exclusive(uint32_t w)
{
	bool o2 = w & 1u << 23, load = w & 1u << 22, o1 = w & 1u << 21;

	if (o1 && (o2 || !(w & 1u << 31))) /* CAS, CASP */
		return MODIFY | ATOMIC;
	if (load)
		return LOAD;
	/* What an exclusive load began, its store ends: the pair is one atomic. */
	return o2 ? STORE : STORE | ATOMIC;
}

/* One register, by any way to the address. */
static unsigned one_register(uint32_t w)
{
	unsigned size = w >> 30, opc = w >> 22 & 3;
	bool vector = w & 1u << 26;

	if (is(w, 0x3b200c00, 0x38200000)) /* LDADD and the like; LDAPR */
		return is(w, 0x3ffffc00, 0x38bfc000) ? LOAD : MODIFY | ATOMIC;
	if (is(w, 0x3b200400, 0x38200400)) /* LDRAA */
		return LOAD;
	if (vector)
		return opc & 1 ? LOAD : STORE;
	if (opc == 2 && size == 3) /* PRFM */
		return 0;
	return opc ? LOAD : STORE;
}

static unsigned memory(uint32_t w)
{
	bool load = w & 1u << 22;

	if (is(w, 0x3f000000, 0x08000000))
		return exclusive(w);
	if (is(w, 0x3b000000, 0x18000000)) /* a literal; PRFM */
		return is(w, 0xff000000, 0xd8000000) ? 0 : LOAD;
	if (is(w, 0xff200000, 0xd9200000)) /* tags */
		return is(w, 0x00c00c00, 0x00400000) ? LOAD : STORE;
	if (is(w, 0x3f200c00, 0x19000000)) /* LDAPUR, STLUR */
		return w & 3u << 22 ? LOAD : STORE;
	if (is(w, 0x3a000000, 0x38000000))
		return one_register(w);
	return load ? LOAD : STORE; /* pairs, and vectors of structures */
}

static unsigned branch(uint32_t w)
{
	if (is(w, 0xfc000000, 0x94000000))
		return CALL;
	if (is(w, 0xfc000000, 0x14000000) || is(w, 0xfe000000, 0x54000000) ||
	    is(w, 0x7c000000, 0x34000000))
		return BRANCH;
	if (is(w, 0xfe000000, 0xd6000000))
		return is(w, 0x00e00000, 0x00200000) ? CALL : BRANCH; /* BLR and BLRAA */
	return 0;
}

uint8_t arm64_classes(const uint8_t *bytes, size_t len, bool kernel)
{
	uint32_t w;

	(void)kernel;
	if (!get(bytes, len, &w))
		return 0;
	if (accesses_memory(w))
		return (uint8_t)memory(w);
	if (is(w, 0xffffffe0, 0xd50b7420)) /* DC ZVA */
		return STORE;
	if (is(w, 0xfff8f000, 0xd5088000)) /* TLBI */
		return FLUSH;
	return (uint8_t)branch(w);
}
