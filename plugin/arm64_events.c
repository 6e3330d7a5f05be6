// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Events on arm64. plugin/context.h has the rules; the places are named by the host (arch/arm64.c).
 *
 * A fault's frame is a struct pt_regs, which the stub fills; that it was a fault and no system call
 * is known when do_mem_abort() is entered.
 */
#include "plugin/counter.h"
#include "plugin/memory.h"
#include "plugin/state.h"

#define ARM64_FRAME_PC 256 /* in struct pt_regs */

/* The first word of an interrupt's frame is stored: what on x86-64 lies above what a stub pushes.
 */
static void on_frame_store(unsigned vcpu, qemu_plugin_meminfo_t info, uint64_t vaddr, void *udata)
{
	plugin_on_interrupt_push(vcpu, info, vaddr - sizeof(uint64_t), udata);
}

static void on_fault_frame_store(unsigned vcpu, qemu_plugin_meminfo_t info, uint64_t vaddr,
				 void *udata)
{
	struct plugin *p = &plugin;
	uint64_t *frame = &p->fault_frame[p->running];

	(void)vcpu;
	(void)udata;
	/* QEMU 7.2 tells of the two words of a pair one behind the other. */
	if (qemu_plugin_mem_is_store(info) && vaddr != *frame + sizeof(uint64_t))
		*frame = vaddr;
}

/* @udata: not NULL from user code. A system call or a fault, which do_mem_abort() will tell. */
static void on_synchronous(unsigned vcpu, void *udata)
{
	struct plugin *p = &plugin;
	struct context *c = &p->vcpus[p->running];

	(void)vcpu;
	p->faulted[p->running] = plugin_book();
	p->fault_frame[p->running] = 0;
	if (!udata || !context_task_entry(c))
		return;
	plugin_context_ends();
	context_task_entry_apply(c, false);
}

/* An instruction could not be fetched, so it was not attempted. */
static void on_fetch_abort(unsigned vcpu, void *udata)
{
	(void)vcpu;
	(void)udata;
	plugin.faulted[plugin.running] = -1;
}

static void on_memory_abort(unsigned vcpu, void *udata)
{
	struct plugin *p = &plugin;
	int in = p->faulted[p->running];
	uint64_t frame = p->fault_frame[p->running], vaddr;

	(void)vcpu;
	(void)udata;
	p->faulted[p->running] = -1;
	if (in < 0 || !frame || !memory_read(frame + ARM64_FRAME_PC, &vaddr, sizeof(vaddr)))
		return;
	faults_add(&p->faults, vaddr, table_owner((unsigned)in, vaddr), false);
	tree_watch_abort(vaddr);
}

static void on_frame_load(unsigned vcpu, qemu_plugin_meminfo_t info, uint64_t vaddr, void *udata)
{
	struct plugin *p = &plugin;
	const struct context *c = &p->vcpus[p->running];

	(void)vcpu;
	(void)udata;
	if (!qemu_plugin_mem_is_store(info) &&
	    (context_iret_read(c, vaddr) ||
	     (c->now == COUNTS_OTHER && tasks_iret(&p->tasks, vaddr))))
		p->left_frame[p->running] = vaddr;
}

/* @udata: the span that the ERET is, by itself. */
static void on_eret(unsigned vcpu, void *udata)
{
	struct plugin *p = &plugin;
	struct context *c = &p->vcpus[p->running];
	uint64_t frame = p->left_frame[p->running];

	(void)vcpu;
	if (!frame)
		return;
	p->left_frame[p->running] = 0;
	/* The tree counts this instruction as the span does: counter_book_now(). */
	if (p->tree_out)
		tree_add_kernel(&p->tree, PLUGIN_API == 1);
	counter_book_now((uintptr_t)udata, p->running, plugin_harvest);
	if (p->tree_out)
		tree_add_kernel(&p->tree, -(PLUGIN_API == 1));
	if (c->now == COUNTS_OTHER && tasks_iret(&p->tasks, frame))
		tasks_iret_apply(&p->tasks);
	else if (context_iret_read(c, frame))
		context_iret_apply(c);
}

/* In cpu_switch_to, of the task that is left and of the next. */
static void on_switch_struct(unsigned vcpu, qemu_plugin_meminfo_t info, uint64_t vaddr, void *udata)
{
	struct plugin *p = &plugin;
	uint64_t *last = &p->switched[p->running];
	bool second = vaddr == *last + sizeof(uint64_t);

	/* See on_fault_frame_store(). */
	*last = second ? 0 : vaddr;
	if (second)
		return;
	if (p->switch_offset && p->n_vcpus == 1)
		plugin_on_switch_stack(vcpu, info, vaddr, (void *)(uintptr_t)p->switch_offset);
	plugin_on_switch_access(vcpu, info, vaddr, udata);
}

/* Events on arm64. */
void arm64_watch(struct qemu_plugin_insn *insn, const struct insn *d, enum place_kind place,
		 size_t index)
{
	struct plugin *p = &plugin;
	qemu_plugin_vcpu_udata_cb_t executed = NULL;
	qemu_plugin_vcpu_mem_cb_t accessed = NULL;
	bool from_user = place == PLACE_USER_INTERRUPT || place == PLACE_TASK;

	if (index == 0 && (place == PLACE_INTERRUPT || place == PLACE_USER_INTERRUPT))
		executed = plugin_on_interrupt;
	else if (index == 0 && (place == PLACE_TASK || place == PLACE_EXCEPTION))
		executed = on_synchronous;
	else if (index == 0 && place == PLACE_FETCH)
		executed = on_fetch_abort;
	else if (index == 0 && qemu_plugin_insn_vaddr(insn) == p->page_fault)
		executed = on_memory_abort;
	if (d->kind == INSN_FRAME && place == PLACE_FRAME)
		accessed = on_frame_store;
	else if (d->kind == INSN_FRAME && place == PLACE_FAULT_FRAME)
		accessed = on_fault_frame_store;
	else if (d->kind == INSN_FRAME && place == PLACE_RETURN)
		accessed = on_frame_load;
	else if (d->kind == INSN_SWITCH && place == PLACE_SWITCH)
		accessed = on_switch_struct;
	if (d->kind == INSN_SWITCH_OFFSET && place == PLACE_SWITCH)
		p->switch_offset = d->offset;
	if (executed)
		qemu_plugin_register_vcpu_insn_exec_cb(insn, executed, QEMU_PLUGIN_CB_NO_REGS,
						       from_user ? (void *)1 : NULL);
	if (accessed)
		qemu_plugin_register_vcpu_mem_cb(insn, accessed, QEMU_PLUGIN_CB_NO_REGS,
						 QEMU_PLUGIN_MEM_RW, NULL);
}

void arm64_watch_eret(struct qemu_plugin_insn *insn, size_t span)
{
	qemu_plugin_register_vcpu_insn_exec_cb(insn, on_eret, QEMU_PLUGIN_CB_NO_REGS,
					       (void *)(uintptr_t)span);
}
