// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The counting plugin: executed instructions per span, in windows that the guest opens and closes
 * with markers, apart for the task, interrupts and other tasks, these by their names.
 *
 *	-plugin slowpath-plugin-v1.so,out=FILE,places=FILE
 *		[,page_fault=ADDRESS][,tree=FILE,functions=FILE]
 *
 * The file tells also what each span's instructions do (plugin/arch/classes.h). That is known when
 * they are translated, so it costs a little time there and none when they run.
 *
 * QEMU hands the translation callback nothing of the plugin's own, hence one state.
 */
#include "plugin/api.h"
#include "plugin/arch/arch.h"
#include "plugin/arch/classes.h"
#include "plugin/context.h"
#include "plugin/counter.h"
#include "plugin/arch/decode.h"
#include "plugin/dump.h"
#include "plugin/faults.h"
#include "plugin/halted.h"
#include "plugin/memory.h"
#include "plugin/region.h"
#include "plugin/state.h"
#include "plugin/table.h"
#include "plugin/tasks.h"
#include "plugin/translate.h"
#include "plugin/tree.h"
#include "plugin/vcpu.h"
#include "proto/marker.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

QEMU_PLUGIN_EXPORT int qemu_plugin_version = PLUGIN_API;

/* Ticks that went by with nothing executed belong to the slot that is open. */
static void settle_halted(void)
{
	uint64_t now;

	if (!plugin.may_have_halted)
		return;
	plugin.may_have_halted = false;
	if (!halted_ticks(&now)) {
		plugin.halted.known = false;
		return;
	}
	if (plugin.slot >= 0)
		plugin.halted.ticks[plugin.slot] += now - plugin.bias;
	plugin.bias = now;
}

static void on_halt(unsigned vcpu, void *udata)
{
	(void)vcpu;
	(void)udata;
	plugin.may_have_halted = true;
}

/* Executed by a foreign program: it says nothing of who the measured task is. */
static void on_region_marker(unsigned vcpu, void *udata)
{
	bool opens = ((uint32_t)(uintptr_t)udata & MARKER_WHAT_MASK) == MARKER_REGION_OPEN;

	(void)vcpu;
	plugin_harvest();
	settle_halted();
	plugin.slot = region_marker(&plugin.region, opens, plugin.slot);
}

/* A reading of the clock, of which there are many, or the window's other end. */
static void around_ends(int slot)
{
	plugin.around.counts = false;
	plugin.around.closed = -1;
	if (slot >= 0)
		table_take_between(&plugin.table, (unsigned)slot);
}

static void on_clock(unsigned vcpu, void *udata)
{
	struct around *a = &plugin.around;

	(void)vcpu;
	(void)udata;
	if (!a->announced && a->closed < 0)
		return;
	plugin_harvest();
	around_ends(a->closed);
	a->counts = a->announced;
	a->announced = false;
}

static void on_marker(unsigned vcpu, void *udata)
{
	const struct dump d = { &plugin.table, &plugin.halted, &plugin.region, &plugin.tasks,
				&plugin.faults };
	uint32_t marker = (uint32_t)(uintptr_t)udata;
	unsigned argument = marker & MARKER_ARG_MASK;

	(void)vcpu;
	plugin_harvest();
	plugin.marked = true;
	settle_halted();
	context_marker(&plugin.vcpus[plugin.running]);
	region_window(&plugin.region, plugin.slot);
	if (plugin.tree_out)
		tree_user(&plugin.tree);
	switch (marker & MARKER_WHAT_MASK) {
	case MARKER_OPEN:
		plugin.slot = argument < MARKER_SLOTS ? (int)argument : -1;
		around_ends(plugin.slot);
		break;
	case MARKER_CLOCK:
		plugin.around.announced = plugin.n_vcpus == 1;
		break;
	case MARKER_CLOSE:
		plugin.around.counts = plugin.slot >= 0 && plugin.n_vcpus == 1;
		plugin.around.closed = plugin.around.counts ? plugin.slot : -1;
		plugin.slot = -1;
		break;
	case MARKER_DUMP:
		plugin.slot = -1;
		if (dump_write(&d, plugin.out) < 0)
			fprintf(stderr, "slowpath-plugin: cannot write the counts: %s\n",
				strerror(errno));
		if (plugin.tree_out && tree_write(&plugin.tree, plugin.tree_out) < 0)
			fprintf(stderr, "slowpath-plugin: cannot write the tree: %s\n",
				strerror(errno));
		break;
	}
}

static void on_vcpu(unsigned vcpu, void *udata)
{
	(void)udata;
	vcpu = vcpu_executing(vcpu, plugin.n_vcpus);
	if (vcpu == plugin.running)
		return;
	plugin_harvest();
	plugin.running = vcpu;
}

/* What enters the kernel. */
enum entry { ENTRY_SYSTEM_CALL, ENTRY_EXCEPTION, ENTRY_PAGE_FAULT };

/* @udata: an enum entry. An exception may be the interrupt handler's own. */
static void on_task_entry(unsigned vcpu, void *udata)
{
	struct context *c = &plugin.vcpus[plugin.running];

	(void)vcpu;
	plugin.faulted[plugin.running] = (uintptr_t)udata == ENTRY_PAGE_FAULT ? plugin_book() : -1;
	if (!context_task_entry(c))
		return;
	plugin_context_ends();
	context_task_entry_apply(c, (uintptr_t)udata != ENTRY_SYSTEM_CALL);
}

static bool is_movs(uint64_t vaddr)
{
	uint8_t bytes[4]; /* prefixes and opcode; two where the page ends */
	size_t len = sizeof(bytes);
	struct insn d;

	if (!memory_read(vaddr, bytes, len) && !memory_read(vaddr, bytes, len = 2))
		return false;
	d = insn_decode(bytes, len, vaddr >= KERNEL_HALF);
	return d.kind == INSN_REP_STRING && d.accesses == 2;
}

/* The page fault's stub stores its first word at @vaddr. @followed: the tree took it for a task's.
 */
static void note_fault(uint64_t vaddr, bool followed)
{
	int in = plugin.faulted[plugin.running];
	struct page_fault f;

	plugin.faulted[plugin.running] = -1;
	if (in < 0 || !faults_read(vaddr, &f))
		return;
	if (f.is_fetch) {
		tree_give_back(&plugin.tree);
		return;
	}
	faults_add(&plugin.faults, f.vaddr, table_owner((unsigned)in, f.vaddr), f.is_write);
	if (followed && plugin.tree.took_back && f.is_write && is_movs(f.vaddr))
		tree_forget_load(&plugin.tree);
}

static void on_exception_store(unsigned vcpu, qemu_plugin_meminfo_t info, uint64_t vaddr,
			       void *udata)
{
	struct context *c = &plugin.vcpus[plugin.running];
	bool undone;

	(void)vcpu;
	(void)udata;
	if (!qemu_plugin_mem_is_store(info))
		return;
	undone = context_exception_store(c, vaddr);
	note_fault(vaddr, !undone);
	if (!undone)
		return;
	plugin_context_ends();
	context_exception_apply(c);
	if (plugin.tree_out)
		tree_undo_exception(&plugin.tree);
}

static void on_iret_read(unsigned vcpu, qemu_plugin_meminfo_t info, uint64_t vaddr, void *udata)
{
	struct context *c = &plugin.vcpus[plugin.running];

	(void)vcpu;
	(void)udata;
	if (qemu_plugin_mem_is_store(info))
		return;
	if (c->now == COUNTS_OTHER && tasks_iret(&plugin.tasks, vaddr)) {
		plugin_context_ends();
		tasks_iret_apply(&plugin.tasks);
	}
	if (!context_iret_read(c, vaddr))
		return;
	plugin_context_ends();
	context_iret_apply(c);
}

static uint64_t digest_block(const struct qemu_plugin_tb *tb, size_t n)
{
	uint64_t digest = 0xcbf29ce484222325ull;

	for (size_t i = 0; i < n; i++) {
		uint8_t bytes[16];
		size_t len = insn_bytes(qemu_plugin_tb_get_insn(tb, i), bytes);

		for (size_t k = 0; k < len; k++)
			digest = (digest ^ bytes[k]) * 0x100000001b3ull;
	}
	return digest;
}

static bool is_region(uint32_t marker)
{
	uint32_t what = marker & MARKER_WHAT_MASK;

	return what == MARKER_REGION_OPEN || what == MARKER_REGION_CLOSE;
}

/* In __switch_to_asm. */
static void watch_switch(struct qemu_plugin_insn *insn, const uint8_t *bytes, size_t len,
			 const struct insn *d)
{
	uint32_t displacement = tasks_displacement(bytes, len);

	if (d->kind == INSN_PUSH_POP)
		qemu_plugin_register_vcpu_mem_cb(insn, plugin_on_switch_access,
						 QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_RW, NULL);
	if (displacement && plugin.n_vcpus == 1)
		qemu_plugin_register_vcpu_mem_cb(insn, plugin_on_switch_stack,
						 QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_RW,
						 (void *)(uintptr_t)displacement);
}

static enum entry entry_of(enum place_kind place, uint64_t vaddr)
{
	if (place == PLACE_TASK)
		return ENTRY_SYSTEM_CALL;
	return vaddr == plugin.page_fault ? ENTRY_PAGE_FAULT : ENTRY_EXCEPTION;
}

/* Events: what has to be noticed when it is executed, beside being counted. */
static void watch(struct qemu_plugin_insn *insn, const struct insn *d, enum place_kind place,
		  size_t index, bool *frame_seen)
{
	if (d->kind == INSN_MARKER)
		qemu_plugin_register_vcpu_insn_exec_cb(
			insn, is_region(d->marker) ? on_region_marker : on_marker,
			QEMU_PLUGIN_CB_NO_REGS, (void *)(uintptr_t)d->marker);
	if (d->kind == INSN_CLOCK)
		qemu_plugin_register_vcpu_insn_exec_cb(insn, on_clock, QEMU_PLUGIN_CB_NO_REGS,
						       NULL);
	if (d->kind == INSN_HALT)
		qemu_plugin_register_vcpu_insn_exec_cb(insn, on_halt, QEMU_PLUGIN_CB_NO_REGS, NULL);
	if (plugin.arch == &plugin_arm64) {
		arm64_watch(insn, d, place, index);
		return;
	}
	if (place == PLACE_INTERRUPT && index == 0)
		qemu_plugin_register_vcpu_insn_exec_cb(insn, plugin_on_interrupt,
						       QEMU_PLUGIN_CB_NO_REGS, NULL);
	if (place == PLACE_INTERRUPT && d->kind == INSN_PUSH_POP && !*frame_seen) {
		*frame_seen = true;
		qemu_plugin_register_vcpu_mem_cb(insn, plugin_on_interrupt_push,
						 QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_RW, NULL);
	}
	if ((place == PLACE_TASK || place == PLACE_EXCEPTION) && index == 0)
		qemu_plugin_register_vcpu_insn_exec_cb(
			insn, on_task_entry, QEMU_PLUGIN_CB_NO_REGS,
			(void *)(uintptr_t)entry_of(place, qemu_plugin_insn_vaddr(insn)));
	if ((place == PLACE_EXCEPTION || place == PLACE_STUB) &&
	    (d->kind == INSN_PUSH_POP || d->kind == INSN_CALL))
		qemu_plugin_register_vcpu_mem_cb(insn, on_exception_store, QEMU_PLUGIN_CB_NO_REGS,
						 QEMU_PLUGIN_MEM_RW, NULL);
	if (d->kind == INSN_IRET)
		qemu_plugin_register_vcpu_mem_cb(insn, on_iret_read, QEMU_PLUGIN_CB_NO_REGS,
						 QEMU_PLUGIN_MEM_RW, NULL);
}

/* What translation of one block carries along. */
struct translation {
	struct qemu_plugin_tb *tb;
	struct block *block;
	bool is_new;	  /* the block's spans are being made, else walked again */
	uint32_t at_span; /* spans of the block passed so far */
	struct span span; /* being collected; insns 0: none */
	bool eret;	  /* it is arm64's return from an exception */
	struct qemu_plugin_insn *first;
	uint64_t first_vaddr;
};

/* The collected span ends here; @followed: only a fault keeps it from going on to the next. */
static void end_span(struct translation *t, bool followed)
{
	long index = (long)t->block->first_span + t->at_span;

	if (!t->span.insns)
		return;
	t->span.followed = followed;
	t->span.block_start = t->at_span == 0;
	if (t->is_new)
		index = table_add_span(&plugin.table, t->block, &t->span);
	else if (t->at_span >= t->block->n_spans)
		index = -1;
	t->span.insns = 0;
	t->at_span++;
	if (index < 0)
		return;
	counter_execution(t->first, (size_t)index);
	if (plugin.tree_out)
		tree_count_span(&plugin.tree, t->first, &plugin.table.spans[index]);
	if (plugin.table.spans[index].rep)
		counter_rep(t->first, (size_t)index);
	if (t->eret)
		arm64_watch_eret(t->first, (size_t)index);
}

/* What comes next may be a phantom: that it is not executed says nothing about the last span. */
static void forget_follower(struct translation *t)
{
	if (t->at_span <= t->block->n_spans)
		plugin.table.spans[t->block->first_span + t->at_span - 1].followed = false;
}

static void add_insn(struct translation *t, struct qemu_plugin_insn *insn, const struct insn *d,
		     uint8_t classes)
{
	uint64_t vaddr = qemu_plugin_insn_vaddr(insn);

	if (!t->span.insns) {
		t->first = insn;
		t->first_vaddr = vaddr;
		t->span = (struct span){ .vaddr = vaddr, .first = (uint32_t)plugin.table.n_insns };
	}
	t->span.insns++;
	t->span.last_vaddr = vaddr;
	t->span.may_fault = d->may_fault;
	if (t->is_new)
		table_add_insn(&plugin.table,
			       &(struct counts_insn){ .offset = (uint16_t)(vaddr - t->first_vaddr),
						      .classes = classes,
						      .element = (uint8_t)d->element });
	if (d->kind == INSN_REP_STRING) {
		uint64_t next = vaddr + qemu_plugin_insn_size(insn);

		t->span.rep = true;
		t->span.accesses = (uint8_t)d->accesses;
		if ((t->block->vaddr ^ next) >> 12)
			t->span.rep_next = next;
	}
}

/*
 * QEMU 7.2 ends a block before an instruction that lies across two pages, unless it is the first;
 * but it has by then shown the instruction to the plugin, with the bytes that it had read, and
 * takes back what was generated for it alone. In a span of its own, such a phantom counts nothing.
 */
static bool may_be_phantom(uint64_t vaddr, size_t index, size_t n)
{
	return index && index + 1 == n && (vaddr & 4095) + plugin.arch->insn_bytes_max > 4096;
}

static void translate(struct qemu_plugin_tb *tb)
{
	size_t n = qemu_plugin_tb_n_insns(tb);
	uint64_t vaddr = qemu_plugin_tb_vaddr(tb);
	enum place_kind place = places_find(&plugin.places, vaddr);
	struct translation t = { .tb = tb };
	bool frame_seen = false, whole = place == PLACE_NONE;

	t.block = table_block(&plugin.table, vaddr, digest_block(tb, n), (uint32_t)n, &t.is_new);
	if (!t.block)
		return;
	if (plugin.n_vcpus > 1)
		qemu_plugin_register_vcpu_tb_exec_cb(tb, on_vcpu, QEMU_PLUGIN_CB_NO_REGS, NULL);
	for (size_t i = 0; i < n; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		uint8_t bytes[16];
		size_t len = insn_bytes(insn, bytes);
		struct insn d = plugin.arch->decode(bytes, len, vaddr >= KERNEL_HALF);

		if (may_be_phantom(qemu_plugin_insn_vaddr(insn), i, n)) {
			end_span(&t, false);
			if (t.at_span)
				forget_follower(&t);
		}
		if (d.kind == INSN_MARKER || d.kind == INSN_REP_STRING || d.kind == INSN_IRET)
			end_span(&t, whole && d.kind == INSN_REP_STRING);
		watch(insn, &d, place, i, &frame_seen);
		if (place == PLACE_SWITCH && plugin.arch == &plugin_x86_64)
			watch_switch(insn, bytes, len, &d);
		if (plugin.tree_out && vaddr >= KERNEL_HALF)
			tree_watch(insn,
				   &(struct tree_insn){ bytes, len, &d, place, i, !t.span.insns });
		if (d.kind == INSN_MARKER)
			continue;
		add_insn(&t, insn, &d,
			 t.is_new ? plugin.arch->classes(bytes, len, vaddr >= KERNEL_HALF) : 0);
		t.eret = d.kind == INSN_IRET && plugin.arch == &plugin_arm64;
		if (t.eret)
			end_span(&t, false);
		if (d.may_fault)
			end_span(&t, whole && i + 1 < n &&
					     (d.kind == INSN_PLAIN || d.kind > INSN_HALT));
	}
	end_span(&t, false);
}

static int parse_argument(const char *argument)
{
	if (!strncmp(argument, "out=", 4)) {
		plugin.out = strdup(argument + 4);
		return plugin.out ? 0 : -1;
	}
	if (!strncmp(argument, "places=", 7)) {
		if (places_read(argument + 7, &plugin.places) == 0)
			return 0;
		fprintf(stderr, "slowpath-plugin: cannot read %s\n", argument + 7);
		return -1;
	}
	if (!strncmp(argument, "tree=", 5)) {
		plugin.tree_out = strdup(argument + 5);
		return plugin.tree_out ? 0 : -1;
	}
	if (!strncmp(argument, "page_fault=", 11)) {
		plugin.page_fault = strtoull(argument + 11, NULL, 16);
		return 0;
	}
	if (!strncmp(argument, "functions=", 10))
		return tree_open(&plugin.tree, argument + 10);
	fprintf(stderr, "slowpath-plugin: unknown argument %s\n", argument);
	return -1;
}

/*
 * The newest version that each build is for: what a version changed is known afterwards only, and
 * QEMU takes a plugin for 2 where a function of its differs since 3.
 */
static bool api_fits(int current)
{
	switch (PLUGIN_API) {
	case 1:
		return current <= 1;
	case 2:
		return current == 2;
	case 3:
		return current >= 3 && current <= 6;
	default:
		return current == PLUGIN_API;
	}
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_plugin_info *info,
					   int argc, char **argv)
{
	if (!api_fits(info->version.cur)) {
		fprintf(stderr,
			"slowpath-plugin: built for plugin API %d, this QEMU speaks %d to %d\n",
			PLUGIN_API, info->version.min, info->version.cur);
		return -1;
	}
	plugin.arch = plugin_arch_of(info->target_name);
	if (!plugin.arch || !info->system_emulation || info->system.smp_vcpus > VCPUS_MAX) {
		fprintf(stderr,
			"slowpath-plugin: x86_64 and aarch64 system emulation, up to %d vCPUs "
			"only\n",
			VCPUS_MAX);
		return -1;
	}
	for (int i = 0; i < argc; i++) {
		if (parse_argument(argv[i]) < 0)
			return -1;
	}
	if (plugin.tree_out && (!plugin.tree.n_nodes || info->system.smp_vcpus > 1)) {
		fprintf(stderr, "slowpath-plugin: a tree needs functions=FILE, and one vCPU\n");
		return -1;
	}
	if (!plugin.out || !plugin.places.count) {
		fprintf(stderr, "slowpath-plugin: needs out=FILE and places=FILE\n");
		return -1;
	}
	plugin.n_vcpus = (unsigned)info->system.smp_vcpus;
	if (plugin.page_fault && !memory_is_told()) {
		fprintf(stderr, "slowpath-plugin: this QEMU exports no cpu_memory_rw_debug(), by "
				"which faults are told: one built with modules does\n");
		return -1;
	}
	if (plugin.n_vcpus > 1 && !vcpu_is_told()) {
		fprintf(stderr, "slowpath-plugin: this QEMU does not tell which vCPU executes\n");
		return -1;
	}
	if (plugin.n_vcpus > 1)
		counter_share();
	for (int i = 0; i < VCPUS_MAX; i++) {
		plugin.vcpus[i].now = i ? COUNTS_OTHER : COUNTS_TASK;
		plugin.vcpus[i].by_struct = plugin.arch->task_struct;
		plugin.faulted[i] = -1;
	}
#if PLUGIN_API < 7
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translate);
#else
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translate, NULL);
#endif
	return 0;
}
