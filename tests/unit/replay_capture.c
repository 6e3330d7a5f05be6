// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/unit/replay_capture.h"

#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

/* Places in memory. */
#define TABLES 0x1000ull
#define STACK_AT 0x300000ull
#define USER_AT 0x380000ull
#define IMAGE_AT 0x400000ull
#define VMEMMAP_AT 0x800000ull
#define TABLE 0x67ull /* present, writable, user, accessed, dirty */
#define PAGE 0x63ull
#define LARGE 0x80ull
#define NX (1ull << 63)

uint64_t made_physical(uint64_t va)
{
	if (va >= MADE_IMAGE)
		return va - MADE_IMAGE + IMAGE_AT;
	if (va >= MADE_VMEMMAP)
		return va - MADE_VMEMMAP + VMEMMAP_AT;
	if (va >= MADE_VMALLOC)
		return va - MADE_VMALLOC + STACK_AT;
	if (va >= MADE_DIRECT)
		return va - MADE_DIRECT;
	return va - MADE_USER + USER_AT;
}

static void put(struct made *m, uint64_t pa, uint64_t value)
{
	memcpy(m->c.ram_before + pa, &value, 8);
	memcpy(m->c.ram_after + pa, &value, 8);
}

/* Tables are taken one by one from TABLES on. */
static uint64_t table_below(struct made *m, uint64_t table, uint64_t index, uint64_t *next)
{
	uint64_t entry;

	memcpy(&entry, m->c.ram_before + table + index * 8, 8);
	if (!entry) {
		entry = *next | TABLE;
		*next += 0x1000;
		put(m, table + index * 8, entry);
	}
	return entry & ~0xfffull;
}

static void map(struct made *m, uint64_t *next, uint64_t va, uint64_t entry, int level)
{
	uint64_t table = TABLES;

	for (int i = 3; i > level; i--)
		table = table_below(m, table, va >> (12 + 9 * i) & 511, next);
	put(m, table + (va >> (12 + 9 * level) & 511) * 8, entry);
}

void made_begin(struct made *m, int percpu_in_image)
{
	uint64_t next = TABLES + 0x1000;

	*m = (struct made){ .code_at = MADE_IMAGE };
	m->c.ram_bytes = MADE_RAM;
	m->c.ram_before = calloc(1, MADE_RAM);
	m->c.ram_after = calloc(1, MADE_RAM);
	assert_non_null(m->c.ram_before);
	assert_non_null(m->c.ram_after);
	for (uint64_t pa = 0; pa < MADE_RAM; pa += 2 << 20)
		map(m, &next, MADE_DIRECT + pa, pa | PAGE | LARGE | NX, 1);
	map(m, &next, MADE_IMAGE, IMAGE_AT | 0x61 | LARGE, 1);
	map(m, &next, MADE_DATA, (IMAGE_AT + (2 << 20)) | PAGE | LARGE | NX, 1);
	map(m, &next, MADE_VMEMMAP, VMEMMAP_AT | PAGE | LARGE | NX, 1);
	for (uint64_t i = 0; i < 4; i++)
		map(m, &next, MADE_VMALLOC + i * 0x1000, (STACK_AT + i * 0x1000) | PAGE | NX, 0);
	map(m, &next, MADE_USER, USER_AT | TABLE | NX, 0);
	m->c.function_va = MADE_IMAGE;
	m->c.return_va = MADE_RETURN;
	m->c.before = (struct cpu_regs){ .rip = MADE_IMAGE,
					 .rflags = 0x202,
					 .cr0 = 0x80050033,
					 .cr3 = TABLES,
					 .cr4 = 0x6f0,
					 .efer = 0xd01,
					 .gs_base = percpu_in_image ? MADE_PERCPU - MADE_DATA
								    : MADE_PERCPU };
	m->c.before.gpr[4] = MADE_SP;
	made_word(m, MADE_SP, MADE_RETURN);
	m->c.after = m->c.before;
	m->c.executed = calloc(64, sizeof(*m->c.executed));
	m->c.accesses = calloc(64, sizeof(*m->c.accesses));
	m->c.items = 1;
	made_touched(m, MADE_SP, 1, 0);
}

uint64_t made_image_table(const struct made *m)
{
	uint64_t table = TABLES;

	for (int i = 3; i > 1; i--) {
		memcpy(&table, m->c.ram_before + table + (MADE_IMAGE >> (12 + 9 * i) & 511) * 8, 8);
		table &= ~0xfffull;
	}
	return table;
}

void made_end(struct made *m)
{
	free(m->c.ram_before);
	free(m->c.ram_after);
	free(m->c.executed);
	free(m->c.accesses);
}

void made_code(struct made *m, uint64_t times, const void *bytes, size_t n)
{
	struct executed *x = &m->c.executed[m->c.n_executed++];

	assert_true(m->c.n_executed < 64);
	*x = (struct executed){ .va = m->code_at, .times = times, .n_bytes = (uint8_t)n };
	memcpy(x->bytes, bytes, n);
	memcpy(m->c.ram_before + made_physical(m->code_at), bytes, n);
	memcpy(m->c.ram_after + made_physical(m->code_at), bytes, n);
	m->code_at += n;
	m->c.insns += times;
}

void made_word(struct made *m, uint64_t va, uint64_t value)
{
	put(m, made_physical(va), value);
}

void made_after(struct made *m, uint64_t va, uint64_t value)
{
	memcpy(m->c.ram_after + made_physical(va), &value, 8);
}

void made_touched(struct made *m, uint64_t va, uint64_t loads, uint64_t stores)
{
	m->c.accesses[m->c.n_accesses++] = (struct access){ va, loads, stores };
	assert_true(m->c.n_accesses < 64);
}

void made_returned(struct made *m, uint64_t rax)
{
	m->c.after = m->c.before;
	m->c.after.rip = MADE_RETURN;
	m->c.after.gpr[0] = rax;
	m->c.after.gpr[4] = MADE_SP + 8;
}
