// SPDX-License-Identifier: GPL-2.0-or-later
#include "plugin/counter.h"

#include <stdlib.h>

#define CHUNKS_MAX 1024
#define CHUNK_BYTES (COUNTER_CHUNK * 2 * sizeof(uint64_t))

#if PLUGIN_API == 1

/* A callback comes before the inline operation of its instruction. */
void counter_book_now(size_t span, unsigned vcpu, void (*fn)(void))
{
	uint64_t *value = &counter_values(span, vcpu)[2 * (span % COUNTER_CHUNK)];

	++*value;
	fn();
	--*value;
}

void counter_share(void)
{
}

static struct {
	uint64_t *at[CHUNKS_MAX];
	size_t count;
} chunks;

bool counter_reserve(size_t n_spans)
{
	while (chunks.count * COUNTER_CHUNK < n_spans) {
		if (chunks.count == CHUNKS_MAX)
			return false;
		chunks.at[chunks.count] = calloc(1, CHUNK_BYTES);
		if (!chunks.at[chunks.count])
			return false;
		chunks.count++;
	}
	return true;
}

uint64_t *counter_values(size_t base, unsigned vcpu)
{
	(void)vcpu;
	return chunks.at[base / COUNTER_CHUNK];
}

static uint64_t *place(size_t span, unsigned which)
{
	return &chunks.at[span / COUNTER_CHUNK][2 * (span % COUNTER_CHUNK) + which];
}

void counter_execution(struct qemu_plugin_insn *insn, size_t span)
{
	qemu_plugin_register_vcpu_insn_exec_inline(insn, QEMU_PLUGIN_INLINE_ADD_U64, place(span, 0),
						   1);
}

void counter_rep(struct qemu_plugin_insn *insn, size_t span)
{
	qemu_plugin_register_vcpu_mem_inline(insn, QEMU_PLUGIN_MEM_RW, QEMU_PLUGIN_INLINE_ADD_U64,
					     place(span, 1), 1);
}

#else

/* They come in the order in which they were registered: the counter first. */
void counter_book_now(size_t span, unsigned vcpu, void (*fn)(void))
{
	(void)span;
	(void)vcpu;
	fn();
}

static struct {
	struct qemu_plugin_scoreboard *at[CHUNKS_MAX];
	uint64_t *shared_at[CHUNKS_MAX]; /* instead, if shared */
	size_t count;
	bool shared;
} chunks;

void counter_share(void)
{
	chunks.shared = true;
}

bool counter_reserve(size_t n_spans)
{
	while (chunks.count * COUNTER_CHUNK < n_spans) {
		if (chunks.count == CHUNKS_MAX)
			return false;
		if (!chunks.shared)
			chunks.at[chunks.count] = qemu_plugin_scoreboard_new(CHUNK_BYTES);
		else if (!(chunks.shared_at[chunks.count] = calloc(1, CHUNK_BYTES)))
			return false;
		chunks.count++;
	}
	return true;
}

uint64_t *counter_values(size_t base, unsigned vcpu)
{
	if (chunks.shared)
		return chunks.shared_at[base / COUNTER_CHUNK];
	return qemu_plugin_scoreboard_find(chunks.at[base / COUNTER_CHUNK], vcpu);
}

static qemu_plugin_u64 place(size_t span, unsigned which)
{
	return (qemu_plugin_u64){ .score = chunks.at[span / COUNTER_CHUNK],
				  .offset =
					  (2 * (span % COUNTER_CHUNK) + which) * sizeof(uint64_t) };
}

static uint64_t *shared_place(size_t span, unsigned which)
{
	return &chunks.shared_at[span / COUNTER_CHUNK][2 * (span % COUNTER_CHUNK) + which];
}

static void add_one(unsigned vcpu, void *udata)
{
	(void)vcpu;
	++*(uint64_t *)udata;
}

static void add_access(unsigned vcpu, qemu_plugin_meminfo_t info, uint64_t vaddr, void *udata)
{
	(void)vcpu;
	(void)info;
	(void)vaddr;
	++*(uint64_t *)udata;
}

void counter_execution(struct qemu_plugin_insn *insn, size_t span)
{
	if (chunks.shared) {
		qemu_plugin_register_vcpu_insn_exec_cb(insn, add_one, QEMU_PLUGIN_CB_NO_REGS,
						       shared_place(span, 0));
		return;
	}
	qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(insn, QEMU_PLUGIN_INLINE_ADD_U64,
							    place(span, 0), 1);
}

void counter_rep(struct qemu_plugin_insn *insn, size_t span)
{
	if (chunks.shared)
		qemu_plugin_register_vcpu_mem_cb(insn, add_access, QEMU_PLUGIN_CB_NO_REGS,
						 QEMU_PLUGIN_MEM_RW, shared_place(span, 1));
	else
		qemu_plugin_register_vcpu_mem_inline_per_vcpu(
			insn, QEMU_PLUGIN_MEM_RW, QEMU_PLUGIN_INLINE_ADD_U64, place(span, 1), 1);
}

#endif
