// SPDX-License-Identifier: GPL-2.0-or-later
/* What the call tree has to notice (plugin/tree.h). */
#include "plugin/state.h"

/* Whether the tree follows what vCPU @vcpu does now. */
static bool followed(unsigned vcpu)
{
	return plugin.slot >= 0 && plugin.vcpus[vcpu].now == COUNTS_TASK;
}

static void on_enter(unsigned vcpu, void *udata)
{
	if (!followed(vcpu))
		return;
	plugin_settle();
	tree_enter(&plugin.tree, (uint64_t)(uintptr_t)udata, plugin.slot);
}

static void on_system_call(unsigned vcpu, void *udata)
{
	(void)udata;
	if (!followed(vcpu))
		return;
	plugin_settle();
	tree_system_call(&plugin.tree);
}

/* @udata: not NULL for a page fault, whose instruction was attempted and no more. */
static void on_exception(unsigned vcpu, void *udata)
{
	plugin.tree.took_back = false;
	if (!followed(vcpu))
		return;
	tree_take_back(&plugin.tree, plugin.slot, udata != NULL);
	plugin_settle();
	tree_exception(&plugin.tree);
}

/*
 * Charges what is executed up to an instruction with it; @uncounted: it begins a span, which counts
 * right after the instruction's callbacks.
 */
static void settle_with(bool uncounted)
{
	tree_add_kernel(&plugin.tree, uncounted);
	plugin_settle();
	tree_add_kernel(&plugin.tree, -uncounted);
}

static void on_iret(unsigned vcpu, void *udata)
{
	(void)udata;
	if (!followed(vcpu))
		return;
	settle_with(true);
	tree_iret(&plugin.tree);
}

static void on_sysret(unsigned vcpu, void *udata)
{
	(void)udata;
	if (!followed(vcpu))
		return;
	plugin_settle();
	tree_user(&plugin.tree);
}

static void on_call(unsigned vcpu, qemu_plugin_meminfo_t info, uint64_t vaddr, void *udata)
{
	(void)udata;
	if (followed(vcpu) && qemu_plugin_mem_is_store(info))
		tree_call(&plugin.tree, vaddr);
}

static void on_return(unsigned vcpu, qemu_plugin_meminfo_t info, uint64_t vaddr, void *udata)
{
	(void)udata;
	if (!followed(vcpu) || qemu_plugin_mem_is_store(info))
		return;
	plugin_settle();
	tree_return(&plugin.tree, vaddr);
}

/* BL and BLR, which leave the return address in a register. */
static void on_link(unsigned vcpu, void *udata)
{
	(void)udata;
	if (followed(vcpu))
		tree_call(&plugin.tree, 0);
}

/* @udata: not NULL if it begins a span. */
static void on_ret(unsigned vcpu, void *udata)
{
	if (!followed(vcpu))
		return;
	settle_with(udata != NULL);
	tree_return_last(&plugin.tree);
}

/* The table of vectors that @udata lies in is what is entered, if by no name. */
static void enter_vectors(void *udata)
{
	tree_enter(&plugin.tree, tree_start_of(&plugin.tree, (uint64_t)(uintptr_t)udata), -1);
}

/* From user code, be it a system call or a fault: the ERET at its end goes back there. */
static void on_user_vector(unsigned vcpu, void *udata)
{
	if (!followed(vcpu))
		return;
	on_system_call(vcpu, NULL);
	enter_vectors(udata);
}

static void on_kernel_vector(unsigned vcpu, void *udata)
{
	if (!followed(vcpu))
		return;
	on_exception(vcpu, NULL);
	enter_vectors(udata);
}

static void watch_execution(struct qemu_plugin_insn *insn, qemu_plugin_vcpu_udata_cb_t fn,
			    void *udata)
{
	qemu_plugin_register_vcpu_insn_exec_cb(insn, fn, QEMU_PLUGIN_CB_NO_REGS, udata);
}

static void watch_access(struct qemu_plugin_insn *insn, qemu_plugin_vcpu_mem_cb_t fn)
{
	qemu_plugin_register_vcpu_mem_cb(insn, fn, QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_RW,
					 NULL);
}

/* Where the kernel is entered, at the first instruction of a block. */
static void watch_entries(struct qemu_plugin_insn *insn, enum place_kind place, uint64_t vaddr)
{
	void *const at = (void *)(uintptr_t)vaddr;
	const bool arm64 = plugin.arch == &plugin_arm64;

	if (place == PLACE_TASK)
		watch_execution(insn, arm64 ? on_user_vector : on_system_call, arm64 ? at : NULL);
	if (place == PLACE_EXCEPTION && arm64)
		watch_execution(insn, on_kernel_vector, at);
	else if (place == PLACE_EXCEPTION)
		watch_execution(insn, on_exception, vaddr == plugin.page_fault ? (void *)1 : NULL);
	if (tree_is_start(&plugin.tree, vaddr))
		watch_execution(insn, on_enter, at);
}

static void x86_64_watch(struct qemu_plugin_insn *insn, const struct tree_insn *x, uint8_t classes)
{
	const uint8_t *bytes = x->bytes;
	bool is_sysret = x->len == 3 && bytes[0] == 0x48 && bytes[1] == 0x0f && bytes[2] == 0x07;

	if (is_sysret)
		watch_execution(insn, on_sysret, NULL);
	else if (classes & 1u << COUNTS_CALLS)
		watch_access(insn, on_call);
	else if (classes == (1u << COUNTS_LOADS | 1u << COUNTS_BRANCHES) &&
		 (bytes[x->len - 1] == 0xc3 || bytes[0] == 0xc2))
		watch_access(insn, on_return);
}

void tree_watch(struct qemu_plugin_insn *insn, const struct tree_insn *x)
{
	uint8_t classes = plugin.arch->classes(x->bytes, x->len, true);

	if (x->index == 0)
		watch_entries(insn, x->place, qemu_plugin_insn_vaddr(insn));
	if (x->d->kind == INSN_IRET)
		watch_execution(insn, on_iret, NULL);
	else if (plugin.arch == &plugin_x86_64)
		x86_64_watch(insn, x, classes);
	else if (classes & 1u << COUNTS_CALLS)
		watch_execution(insn, on_link, NULL);
	else if (x->d->kind == INSN_RETURN)
		watch_execution(insn, on_ret, x->begins_span ? (void *)1 : NULL);
}

void tree_watch_abort(uint64_t vaddr)
{
	if (plugin.tree_out && followed(0))
		tree_take_attempt(&plugin.tree, plugin.slot, vaddr);
}
