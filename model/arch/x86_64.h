/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An instruction of x86-64 while it is decoded. Not for use outside of model/arch/. */
#ifndef MODEL_ARCH_X86_64_H
#define MODEL_ARCH_X86_64_H

#include "model/insn.h"

#include <stdbool.h>

#define RAX 0u
#define RCX 1u
#define RDX 2u
#define RBX 3u
#define RSP 4u
#define RBP 5u
#define RSI 6u
#define RDI 7u
#define VECTOR_0 17u

struct code {
	const uint8_t *op, *end; /* the opcode within its map */
	unsigned map;		 /* 0: one byte; 1: 0f; 2: 0f 38; 3: 0f 3a */
	uint8_t rex;
	uint8_t vector_register; /* VEX.vvvv */
	bool vex, lock, locked_once, size, repne, rep;
	struct model_insn *out;
};

static inline void add_read(struct code *c, unsigned reg)
{
	if (c->out->n_reads < MODEL_READS_MAX)
		c->out->reads[c->out->n_reads++] = (uint8_t)reg;
}

static inline void add_write(struct code *c, unsigned reg)
{
	if (c->out->n_writes < MODEL_WRITES_MAX)
		c->out->writes[c->out->n_writes++] = (uint8_t)reg;
}

static inline void reads_flags(struct code *c)
{
	add_read(c, MODEL_FLAGS_REGISTER);
}

static inline void writes_flags(struct code *c)
{
	add_write(c, MODEL_FLAGS_REGISTER);
}

static inline void serial(struct code *c, enum model_serial what)
{
	c->out->class = CLASS_SERIAL;
	c->out->serial = (uint8_t)what;
}

static inline uint8_t modrm(const struct code *c)
{
	return c->op + 1 < c->end ? c->op[1] : 0xc0;
}

static inline bool in_memory(const struct code *c)
{
	return (modrm(c) & 0xc0) != 0xc0;
}

static inline unsigned group(const struct code *c)
{
	return modrm(c) >> 3 & 7;
}

/* AH to BH are parts of RAX to RBX. */
static inline unsigned byte_register(const struct code *c, unsigned reg, bool is_byte)
{
	return is_byte && !c->rex && reg >= 4 && reg < 8 ? reg - 4 : reg;
}

static inline unsigned reg_operand(const struct code *c, bool is_byte)
{
	return byte_register(c, group(c) | (c->rex & 4u) << 1, is_byte);
}

static inline unsigned rm_operand(const struct code *c, bool is_byte)
{
	return byte_register(c, (modrm(c) & 7u) | (c->rex & 1u) << 3, is_byte);
}

static inline unsigned opcode_register(const struct code *c)
{
	return (*c->op & 7u) | (c->rex & 1u) << 3;
}

/* Base and index of the memory operand, if there is one. */
static inline void take_address(struct code *c)
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

static inline void read_rm(struct code *c, bool is_byte)
{
	take_address(c);
	if (!in_memory(c))
		add_read(c, rm_operand(c, is_byte));
}

static inline void write_rm(struct code *c, bool is_byte)
{
	if (!in_memory(c))
		add_write(c, rm_operand(c, is_byte));
}

static inline void change_rm(struct code *c, bool is_byte)
{
	read_rm(c, is_byte);
	write_rm(c, is_byte);
}

static inline void push_pop(struct code *c)
{
	c->out->class = CLASS_MOVE;
	c->out->flags |= INSN_STACK;
}

/* movzx, movsx and the like */
static inline void move_sign(struct code *c, bool is_byte)
{
	read_rm(c, is_byte);
	add_write(c, reg_operand(c, false));
	if (in_memory(c))
		c->out->class = CLASS_MOVE;
}

/* Opcodes behind 0f; behind 0f 38 and 0f 3a; and of vectors, which are told no further. */
void x86_64_two_byte(struct code *c);
void x86_64_three_byte(struct code *c);
void x86_64_vector(struct code *c);

#endif
