/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The little that the plugin has to know of instructions. */
#ifndef PLUGIN_ARCH_DECODE_H
#define PLUGIN_ARCH_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum insn_kind {
	INSN_PLAIN,
	INSN_MARKER,	 /* proto/marker.h */
	INSN_REP_STRING, /* REP/REPNE with a string operation */
	INSN_IRET,	 /* on arm64: ERET */
	INSN_PUSH_POP,	 /* a register or an immediate, to or from the stack */
	INSN_CALL,	 /* direct */
	INSN_CLOCK,	 /* RDTSC, MRS of CNTVCT_EL0, in user mode */
	INSN_HALT,	 /* HLT, MWAIT, WFI: the vCPU may have nothing to execute after it */
	/* On arm64 alone, and in places (plugin/context.h) only: */
	INSN_FRAME,	    /* stores or loads the first word of an exception's frame */
	INSN_SWITCH,	    /* stores or loads the first word of a task's cpu_context */
	INSN_SWITCH_OFFSET, /* where in task_struct that is */
	INSN_RETURN,	    /* anywhere: RET */
};

struct insn {
	enum insn_kind kind;
	/*
	 * Whether it may be left unfinished: a fault, or device memory, which -icount executes
	 * again by itself. False only for forms that are known to touch no memory; whatever is
	 * not recognised may fault.
	 */
	bool may_fault;
	uint32_t marker; /* displacement of a marker */
	uint32_t offset; /* of INSN_SWITCH_OFFSET */
	/*
	 * Of a REP string: how often an iteration accesses memory; 0 for those that may end early
	 * (CMPS, SCAS) or that are not told apart (LODS, OUTS).
	 */
	unsigned accesses;
	unsigned element; /* where accesses is not 0: the bytes that an iteration moves or fills */
};

/*
 * @kernel: at a kernel address, where its stack, what was linked and the CPU's own area do not
 * fault.
 */
struct insn insn_decode(const uint8_t *bytes, size_t len, bool kernel); /* x86-64 */
struct insn arm64_decode(const uint8_t *bytes, size_t len, bool kernel);

#endif
