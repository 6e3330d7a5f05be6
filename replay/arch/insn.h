/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One x86-64 instruction taken apart: its length, where its operands lie, what it may do. */
#ifndef REPLAY_ARCH_INSN_H
#define REPLAY_ARCH_INSN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define INSN_BYTES_MAX 15

enum insn_map { INSN_ONE, INSN_0F, INSN_0F38, INSN_0F3A };

struct insn {
	uint8_t n_bytes;
	uint8_t segment; /* 0x64 (fs), 0x65 (gs) or 0 */
	uint8_t repeat;	 /* 0xf2, 0xf3 or 0 */
	uint8_t ds_at;	 /* place of a DS prefix (3e) plus 1; 0: none */
	bool lock, operand_16, address_32, rex_w;
	enum insn_map map;
	uint8_t opcode;
	bool has_modrm;
	uint8_t mod, reg, rm;
	bool memory;	   /* the operand of ModRM is one */
	bool rip_relative; /* and is addressed so */
	bool absolute;	   /* it has no register, so that the displacement is all of the address */
	uint8_t disp_at, disp_bytes;
	uint8_t imm_at, imm_bytes; /* of a branch: how far it leads; of a0 to a3: the address */
	bool branch;		   /* the immediate is relative to the next instruction */
};

/* False: no instruction that is known here, or it does not fit into @n bytes. */
bool insn_decode(const uint8_t *bytes, size_t n, struct insn *out);

/* Signed displacement and immediate; 0 where there is none. */
int64_t insn_disp(const struct insn *i, const uint8_t *bytes);
int64_t insn_imm(const struct insn *i, const uint8_t *bytes);

/* A LOCK prefix is allowed: it reads, changes and writes memory. */
bool insn_lockable(const struct insn *i);
/* LOCK was taken away by a kernel that has one CPU: it left a DS prefix (3e) there. */
bool insn_lock_taken(const struct insn *i);

enum insn_right {
	INSN_USER,   /* runs in user mode as it does in the kernel */
	INSN_IGNORE, /* what it changes has no meaning in a process: nothing is done instead */
	INSN_REFUSE, /* nothing can stand for it */
};

/* *@name: of one that is not INSN_USER, a constant. */
enum insn_right insn_right(const struct insn *i, const char **name);

#endif
