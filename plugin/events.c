// SPDX-License-Identifier: GPL-2.0-or-later
#include "plugin/state.h"

struct plugin plugin = {
	.slot = -1, .around.closed = -1, .may_have_halted = true, .halted.known = true
};

int plugin_book(void)
{
	enum counts_context now = plugin.vcpus[plugin.running].now;
	int first = plugin.slot * COUNTS_CONTEXTS;

	if (plugin.slot < 0) {
		if (!plugin.around.counts || now == COUNTS_TASK)
			return -1;
		first = TABLE_SLOT_BOOKS;
	}
	return first + (int)now + (now == COUNTS_OTHER ? (int)tasks_number(&plugin.tasks) : 0);
}

void plugin_settle(void)
{
	enum counts_context now = plugin.vcpus[plugin.running].now;

	if (plugin.tree_out)
		tree_settle(&plugin.tree, plugin.slot, now == COUNTS_TASK, now == COUNTS_OTHER);
}

void plugin_harvest(void)
{
	plugin_settle();
	table_harvest(&plugin.table, plugin.running, plugin_book());
}

void plugin_context_ends(void)
{
	if (plugin.slot >= 0 || plugin.around.counts)
		plugin_harvest();
	else
		plugin_settle();
}

/* @udata: not NULL where it is known already that user code was interrupted. */
void plugin_on_interrupt(unsigned vcpu, void *udata)
{
	struct context *c = &plugin.vcpus[plugin.running];

	(void)vcpu;
	if (!context_interrupt(c))
		return;
	plugin_context_ends();
	context_interrupt_apply(c);
	c->from_user = udata != NULL;
}

void plugin_on_interrupt_push(unsigned vcpu, qemu_plugin_meminfo_t info, uint64_t vaddr,
			      void *udata)
{
	struct context *c = &plugin.vcpus[plugin.running];

	(void)vcpu;
	(void)udata;
	if (!qemu_plugin_mem_is_store(info))
		return;
	context_interrupt_push(c, vaddr);
	if (c->now != COUNTS_OTHER || !tasks_interrupt(&plugin.tasks, vaddr))
		return;
	plugin_context_ends();
	tasks_interrupt_apply(&plugin.tasks, vaddr);
}

void plugin_on_switch_access(unsigned vcpu, qemu_plugin_meminfo_t info, uint64_t vaddr, void *udata)
{
	struct context *c = &plugin.vcpus[plugin.running];

	(void)vcpu;
	(void)udata;
	bool ours;

	if (qemu_plugin_mem_is_store(info)) {
		context_switch_push(c, vaddr);
		return;
	}
	ours = context_switch_pop(c, vaddr);
	if (!ours && (c->now != COUNTS_OTHER || !tasks_would_change(&plugin.tasks)))
		return;
	plugin_context_ends();
	if (ours)
		context_switch_apply(c);
	if (c->now == COUNTS_OTHER)
		tasks_enter(&plugin.tasks);
	plugin.tasks.next = 0;
}

/* The stack pointer of the task that is left, or of the next: @udata is where it stands in it. */
void plugin_on_switch_stack(unsigned vcpu, qemu_plugin_meminfo_t info, uint64_t vaddr, void *udata)
{
	uint64_t task = vaddr - (uint64_t)(uintptr_t)udata;

	(void)vcpu;
	if (!qemu_plugin_mem_is_store(info))
		plugin.tasks.next = plugin.tasks.off ? 0 : task;
	else if (plugin.marked && plugin.vcpus[plugin.running].now != COUNTS_OTHER)
		tasks_learn(&plugin.tasks, task);
}
