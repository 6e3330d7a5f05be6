// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The tracing plugin: what is executed in the windows of one phase, block by block, and which
 * memory it accesses (proto/trace.h). It counts nothing, and the plugin that counts traces nothing,
 * so that neither costs the other anything.
 *
 *	-plugin slowpath-trace-v1.so,out=FILE,places=FILE,phase=N[,page_fault=ADDRESS][,words=N]
 *		[,regions=N]
 *
 * With regions=N windows are the first N regions that a foreign program marks, of whatever phase,
 *and their slots count up from 0.
 *
 * QEMU hands the translation callback nothing of the plugin's own, hence one state.
 */
#include "plugin/api.h"
#include "plugin/arch/arch.h"
#include "plugin/arch/decode.h"
#include "plugin/context.h"
#include "plugin/translate.h"
#include "proto/marker.h"
#include "proto/trace.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KERNEL_HALF (1ull << 63)
#define BUFFER_BYTES (1u << 20)
#define WORDS_MAX (1ull << 25)

QEMU_PLUGIN_EXPORT int qemu_plugin_version = PLUGIN_API;

struct traced_block;

/* An instruction, for the callbacks of its accesses. */
struct traced_insn {
	const struct traced_block *block;
	unsigned index;
};

struct traced_block {
	uint32_t id;
	bool told;
	bool is_rep; /* a REP string and nothing else: QEMU executes it once an iteration */
	uint16_t flags, n_insns;
	struct traced_insn *insns; /* behind the words */
	uint64_t words[][3];
};

static struct {
	const struct plugin_arch *arch;
	struct places places;
	uint64_t page_fault;
	unsigned phase;
	unsigned regions; /* to trace */
	FILE *file;
	uint64_t words, words_max;
	uint64_t at_open; /* words before the window that is open */
	uint32_t n_blocks;
	unsigned n_regions;
	bool open, full;
	const struct traced_block *block; /* that executes, and was told of; NULL: none */
	/* The REP string that executes now: where, in the block that was told; 0: none. */
	uint64_t rep_vaddr;
	unsigned rep_index;
	uint64_t rep_lines[2]; /* that it loaded from and stored to last */
} trace = { .words_max = WORDS_MAX };

/* A window that does not fit is none. */
static void give_up(void)
{
	trace.full = true;
	trace.open = false;
	trace.block = NULL;
	trace.words = trace.at_open;
	if (fflush(trace.file) ||
	    ftruncate(fileno(trace.file), (off_t)(trace.words * sizeof(uint64_t))) < 0 ||
	    fseeko(trace.file, (off_t)(trace.words * sizeof(uint64_t)), SEEK_SET) < 0)
		fprintf(stderr, "slowpath-plugin: cannot cut the trace: %s\n", strerror(errno));
}

static void put_all(const uint64_t *words, size_t n)
{
	fwrite_unlocked(words, sizeof(*words), n, trace.file);
	trace.words += n;
}

static void put(unsigned kind, uint64_t rest)
{
	const uint64_t word = (uint64_t)kind << 60 | rest;

	put_all(&word, 1);
}

static void on_block(unsigned vcpu, void *udata)
{
	struct traced_block *b = udata;

	(void)vcpu;
	if (!trace.open || (b->is_rep && trace.rep_vaddr == b->words[0][0]))
		return;
	trace.rep_vaddr = 0;
	if (trace.words + 4 + 3ull * b->n_insns > trace.words_max) {
		give_up();
		return;
	}
	if (!b->told) {
		b->told = true;
		b->id = trace.n_blocks++;
		put(TRACE_BLOCK, (uint64_t)b->flags << 48 | (uint64_t)b->n_insns << 32 | b->id);
		put_all(b->words[0], 3u * b->n_insns);
	}
	put(TRACE_EXEC, b->id);
	trace.block = b;
}

static void put_access(bool is_store, unsigned index, uint64_t vaddr)
{
	if (trace.words + 2 > trace.words_max) {
		give_up();
		return;
	}
	put(is_store ? TRACE_STORE : TRACE_LOAD,
	    (uint64_t)index << 50 | (vaddr & KERNEL_HALF) >> 15 | (vaddr & 0xffffffffffffull));
}

/*
 * What a processor does by itself at an interrupt QEMU takes for the access of an instruction that
 * had executed some time before.
 */
static void on_access(unsigned vcpu, qemu_plugin_meminfo_t info, uint64_t vaddr, void *udata)
{
	const struct traced_insn *insn = udata;

	(void)vcpu;
	if (trace.block == insn->block)
		put_access(qemu_plugin_mem_is_store(info), insn->index, vaddr);
}

/* Of a REP string: in its first iteration's block, or in that of all the others. */
static void on_rep_access(unsigned vcpu, qemu_plugin_meminfo_t info, uint64_t vaddr, void *udata)
{
	const struct traced_insn *insn = udata;
	bool is_store = qemu_plugin_mem_is_store(info);
	uint64_t at = insn->block->words[insn->index][0];

	(void)vcpu;
	if (!trace.block)
		return;
	if (trace.rep_vaddr != at) {
		if (trace.block != insn->block)
			return;
		trace.rep_vaddr = at;
		trace.rep_index = insn->index;
		trace.rep_lines[0] = trace.rep_lines[1] = UINT64_MAX;
	}
	if (trace.rep_lines[is_store] == vaddr / TRACE_LINE_BYTES)
		return;
	trace.rep_lines[is_store] = vaddr / TRACE_LINE_BYTES;
	put_access(is_store, trace.rep_index, vaddr);
}

static void open_window(unsigned slot)
{
	if (trace.full || trace.open)
		return;
	trace.at_open = trace.words;
	trace.open = true;
	put(TRACE_OPEN, slot & TRACE_SLOT_MASK);
}

static void close_window(void)
{
	if (trace.open)
		put(TRACE_CLOSE, 0);
	trace.open = false;
	trace.block = NULL;
}

static void end(void)
{
	bool failed;

	if (!trace.file)
		return;
	close_window();
	put(TRACE_END, trace.words | (trace.full ? TRACE_FULL : 0));
	failed = ferror(trace.file);
	if (fclose(trace.file) || failed)
		fprintf(stderr, "slowpath-plugin: cannot write the trace: %s\n", strerror(errno));
	trace.file = NULL;
}

static void on_marker(unsigned vcpu, void *udata)
{
	uint32_t marker = (uint32_t)(uintptr_t)udata;
	unsigned argument = marker & MARKER_ARG_MASK;

	(void)vcpu;
	if (!trace.file)
		return;
	switch (marker & MARKER_WHAT_MASK) {
	case MARKER_OPEN:
		if (!trace.regions && argument / MARKER_SEGMENTS == trace.phase)
			open_window(argument);
		break;
	case MARKER_CLOSE:
		close_window();
		break;
	case MARKER_REGION_OPEN:
		if (trace.n_regions < trace.regions)
			open_window(trace.n_regions++);
		break;
	case MARKER_REGION_CLOSE:
		if (trace.regions)
			close_window();
		break;
	case MARKER_DUMP:
		end();
		break;
	}
}

static uint16_t flags_of(uint64_t vaddr)
{
	switch (places_find(&trace.places, vaddr)) {
	case PLACE_TASK:
		return TRACE_SYSTEM_CALL;
	case PLACE_EXCEPTION:
		return vaddr == trace.page_fault ? TRACE_EXCEPTION | TRACE_PAGE_FAULT
						 : TRACE_EXCEPTION;
	case PLACE_INTERRUPT:
		return places_enters(&trace.places, vaddr) ? TRACE_INTERRUPT : 0;
	case PLACE_SWITCH:
		return TRACE_SWITCH;
	default:
		return 0;
	}
}

/* Blocks live as long as QEMU may execute them: for ever. */
static void translate(struct qemu_plugin_tb *tb)
{
	uint64_t vaddr = qemu_plugin_tb_vaddr(tb);
	size_t n = qemu_plugin_tb_n_insns(tb);
	struct traced_block *b;

	if (n > TRACE_BLOCK_INSNS)
		n = TRACE_BLOCK_INSNS;
	b = calloc(1, sizeof(*b) + n * (sizeof(b->words[0]) + sizeof(*b->insns)));
	if (!b || !n) {
		free(b);
		return;
	}
	b->insns = (struct traced_insn *)(b->words + n);
	b->n_insns = (uint16_t)n;
	b->flags = flags_of(vaddr);
	qemu_plugin_register_vcpu_tb_exec_cb(tb, on_block, QEMU_PLUGIN_CB_NO_REGS, b);
	for (size_t i = 0; i < n; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		uint8_t bytes[16];
		size_t len = insn_bytes(insn, bytes);
		struct insn d = trace.arch->decode(bytes, len, vaddr >= KERNEL_HALF);

		if (d.kind == INSN_MARKER)
			qemu_plugin_register_vcpu_insn_exec_cb(insn, on_marker,
							       QEMU_PLUGIN_CB_NO_REGS,
							       (void *)(uintptr_t)d.marker);
		b->words[i][0] = qemu_plugin_insn_vaddr(insn);
		b->insns[i] = (struct traced_insn){ b, (unsigned)i };
		qemu_plugin_register_vcpu_mem_cb(
			insn, d.kind == INSN_REP_STRING ? on_rep_access : on_access,
			QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_RW, &b->insns[i]);
		b->is_rep = n == 1 && d.kind == INSN_REP_STRING;
		bytes[15] = (uint8_t)len;
		memcpy(&b->words[i][1], bytes, sizeof(bytes));
	}
}

static int parse_argument(const char *argument)
{
	if (!strncmp(argument, "out=", 4)) {
		trace.file = fopen(argument + 4, "we");
		if (trace.file)
			return setvbuf(trace.file, NULL, _IOFBF, BUFFER_BYTES);
		fprintf(stderr, "slowpath-plugin: cannot write the trace: %s\n", strerror(errno));
		return -1;
	}
	if (!strncmp(argument, "places=", 7))
		return places_read(argument + 7, &trace.places);
	if (!strncmp(argument, "phase=", 6))
		trace.phase = (unsigned)strtoul(argument + 6, NULL, 10);
	else if (!strncmp(argument, "page_fault=", 11))
		trace.page_fault = strtoull(argument + 11, NULL, 16);
	else if (!strncmp(argument, "words=", 6))
		trace.words_max = strtoull(argument + 6, NULL, 10);
	else if (!strncmp(argument, "regions=", 8))
		trace.regions = (unsigned)strtoul(argument + 8, NULL, 10);
	else
		return -1;
	return 0;
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_plugin_info *info,
					   int argc, char **argv)
{
	uint64_t head = TRACE_MAGIC | TRACE_VERSION << 32;

	trace.arch = plugin_arch_of(info->target_name);
	if (trace.arch != &plugin_x86_64 || !info->system_emulation ||
	    info->system.smp_vcpus != 1) {
		fprintf(stderr, "slowpath-plugin: one vCPU of x86_64 is traced, and nothing "
				"else\n");
		return -1;
	}
	for (int i = 0; i < argc; i++) {
		if (parse_argument(argv[i]) == 0)
			continue;
		fprintf(stderr, "slowpath-plugin: cannot take the argument %s\n", argv[i]);
		return -1;
	}
	if (!trace.file || !trace.places.count) {
		fprintf(stderr, "slowpath-plugin: a trace needs out=FILE and places=FILE\n");
		return -1;
	}
	put_all(&head, 1);
#if PLUGIN_API < 7
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translate);
#else
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translate, NULL);
#endif
	return 0;
}
