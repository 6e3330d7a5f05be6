/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Markers: instructions that do nothing but tell the counting plugin where a window opens and
 * closes. On x86-64 a marker is the eight-byte NOP with a 32-bit displacement,
 *
 *	0f 1f 84 00 dd dd dd dd		nopl disp32(%rax,%rax,1)
 *
 * whose displacement is MARKER_MAGIC | what | argument. Compilers and kernels emit this NOP with a
 * displacement of zero only. On arm64 it is a constant moved to where all is zero,
 *
 *	movz xzr, #imm16, lsl #48
 *
 * of MARKER_ARM64_MAGIC | what | argument, what in four bits. Markers count in user mode alone and
 * are themselves never counted.
 */
#ifndef PROTO_MARKER_H
#define PROTO_MARKER_H

#define MARKER_MAGIC 0x534c0000u
#define MARKER_MAGIC_MASK 0xffff0000u

#define MARKER_WHAT_MASK 0xff00u
#define MARKER_OPEN 0x0100u  /* argument: slot that counts from here */
#define MARKER_CLOSE 0x0200u /* nothing counts from here */
#define MARKER_DUMP 0x0300u  /* write the counts to the file */
/* Of a foreign program, in its window: from here on its region of interest counts, or no more. */
#define MARKER_REGION_OPEN 0x0400u
#define MARKER_REGION_CLOSE 0x0500u
/* The next RDTSC is the clock reading that a window begins with; the next after CLOSE ends it. */
#define MARKER_CLOCK 0x0600u

#define MARKER_ARG_MASK 0x00ffu

#define MARKER_ARM64 0xd2e0001fu
#define MARKER_ARM64_MASK 0xffe0001fu
#define MARKER_ARM64_MAGIC 0x5000u
/* The immediate of a marker. */
#define MARKER_ARM64_OF(code) (MARKER_ARM64_MAGIC | ((code)&0x0fffu))

/*
 * A slot is a phase and a segment. Phases that count come in pairs, one of N iterations and one of
 * 2N, each pair after another rest: 0 and 1, 2 and 3, 5 and 6. Phase 4 is one empty window, which
 * tells what the clock readings around a window cost; it stands where it stood when there were two
 * pairs, so that what was kept then means the same. How many pairs a run has is its own.
 */
#define MARKER_SEGMENTS 8
/* Where a region counts: a program has one segment, the first. */
#define MARKER_REGION_SEGMENT 7
#define MARKER_PAIRS 3
#define MARKER_PHASES (2 * MARKER_PAIRS + 1)
#define MARKER_PHASE_EMPTY 4
#define MARKER_SLOTS (MARKER_SEGMENTS * MARKER_PHASES)

/* The phase of @pair that measures N iterations, or, with @twice, 2N. */
static inline unsigned marker_phase(unsigned pair, unsigned twice)
{
	unsigned phase = 2 * pair + twice;

	return phase < MARKER_PHASE_EMPTY ? phase : phase + 1;
}

/* The same the other way: whether @phase measures 2N; not of MARKER_PHASE_EMPTY. */
static inline unsigned marker_twice(unsigned phase)
{
	return (phase - (phase > MARKER_PHASE_EMPTY)) % 2;
}

static inline unsigned marker_pair(unsigned phase)
{
	return (phase - (phase > MARKER_PHASE_EMPTY)) / 2;
}

#endif
