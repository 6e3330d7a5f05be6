// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The capturing plugin: of one call of a kernel function, all that it began with, did and left
 * (proto/capture.h). A plugin of its own, so that counting costs nothing more for it.
 *
 *	-plugin slowpath-capture-v1.so,out=counts,places=FILE,functions=ADDRESS[+ADDRESS...],
 *		ram=BYTES[,segment=N][,page_fault=ADDRESS]
 *
 * The words that it shares with the counting plugin are taken; out= is not written.
 *
 * The first window of each segment is looked at (without segment=, of all). Then the function and
 * the segment that have executed most together are chosen, and one of the calls by what it executes
 * (calls.h). In the windows after that the call is captured, or the next like it where something
 * disturbs it. As the machine executes the same each time, a call that was short stays short.
 *
 * In all that, the guest's timers are held: a tick falls into any call that takes longer than the
 * time between two. They fire when the call has returned, as late timers do on any machine.
 */
#include "plugin/api.h"
#include "plugin/arch/arch.h"
#include "plugin/capture/calls.h"
#include "plugin/capture/machine.h"
#include "plugin/capture/seen.h"
#include "plugin/context.h"
#include "plugin/memory.h"
#include "plugin/translate.h"
#include "proto/crc32.h"
#include "proto/marker.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KERNEL_HALF (1ull << 63)
#define ATTEMPTS_MAX 16 /* each writes all memory once */
#define NEARLY_ALL 20	/* a share of so many missing */

unsigned qemu_plugin_mem_size_shift(qemu_plugin_meminfo_t info);

QEMU_PLUGIN_EXPORT int qemu_plugin_version = PLUGIN_API;

enum stage {
	LOOKING,   /* for the first window, and in it */
	WAITING,   /* for the chosen call */
	RECORDING, /* in it */
	DONE,
};

/* A function, and its call that goes on if it is @inside. */
struct candidate {
	uint64_t va;
	bool inside;
	uint64_t return_va, return_sp;
	struct call call;
	struct calls calls[MARKER_SEGMENTS];
};

static struct {
	struct places places;
	uint64_t ram_bytes;
	int only; /* segment; -1: any */
	enum stage stage;
	bool window;	  /* is open */
	unsigned segment; /* its own, or where no window is open that of the last */
	unsigned looked;  /* at these segments, bits */
	uint64_t window_insns[MARKER_SEGMENTS];
	/* Once one is chosen, it is the only one. */
	struct candidate *candidates;
	unsigned n_candidates;
	struct candidate all[CAPTURE_FUNCTIONS_MAX];
	unsigned n_all, chosen_segment;
	uint64_t ordinal; /* of the chosen one's next call in the window */
	struct seen seen;
	const struct site *last;
	int64_t *held; /* the clock's word, while timers are held */
	struct capture_header header;
} plugin = { .only = -1, .candidates = plugin.all };

static void say(const char *what)
{
	fprintf(stderr, "slowpath-plugin: cannot write the capture: %s: %s\n", what,
		strerror(errno));
}

/* A file whose checksum is of all that was written to it. */
struct out {
	FILE *file;
	uint32_t crc;
};

static void put(struct out *o, const void *data, size_t len)
{
	o->crc = crc32_update(o->crc, data, len);
	fwrite(data, 1, len, o->file);
}

static void put_functions(struct out *o)
{
	for (unsigned i = 0; i < plugin.n_all * MARKER_SEGMENTS; i++) {
		const struct candidate *c = &plugin.all[i / MARKER_SEGMENTS];
		unsigned segment = i % MARKER_SEGMENTS;
		const struct calls *calls = &c->calls[segment];
		const struct capture_function f = { .va = c->va,
						    .calls = calls->all,
						    .insns = calls->insns,
						    .least_insns = calls->least,
						    .most_insns = calls->most,
						    .window_insns = plugin.window_insns[segment],
						    .segment = segment,
						    .flags = calls->flags };

		if (plugin.looked >> segment & 1)
			put(o, &f, sizeof(f));
	}
}

static void put_seen(struct out *o)
{
	for (size_t i = 0; i < plugin.seen.n_executed; i++)
		put(o, &plugin.seen.executed[i]->insn, sizeof(struct executed));
	put(o, plugin.seen.accesses, plugin.seen.n_accesses * sizeof(struct access));
}

/* "call" with all that stands in the header, and what was seen if that is @whole. */
static void write_call(bool whole)
{
	const size_t unsummed = offsetof(struct capture_header, flags);
	struct capture_header *h = &plugin.header;
	struct out o = { .file = fopen(CAPTURE_CALL ".part", "we") };
	bool bad;

	h->magic = CAPTURE_MAGIC;
	h->version = CAPTURE_VERSION;
	h->segment = plugin.chosen_segment;
	h->n_functions = plugin.n_all * (unsigned)__builtin_popcount(plugin.looked);
	h->n_executed = whole ? (uint32_t)plugin.seen.n_executed : 0;
	h->n_accesses = whole ? (uint32_t)plugin.seen.n_accesses : 0;
	if (!o.file) {
		say(CAPTURE_CALL);
		return;
	}
	fwrite(h, 1, unsummed, o.file);
	put(&o, (const uint8_t *)h + unsummed, sizeof(*h) - unsummed);
	put_functions(&o);
	if (whole)
		put_seen(&o);
	h->crc = o.crc;
	rewind(o.file);
	fwrite(h, 1, unsummed, o.file);
	bad = ferror(o.file) != 0;
	if (fclose(o.file) || bad || rename(CAPTURE_CALL ".part", CAPTURE_CALL) < 0)
		say(CAPTURE_CALL);
}

static void finish(uint32_t flags, bool whole)
{
	plugin.header.flags = flags;
	plugin.stage = DONE;
	plugin.n_candidates = 0;
	write_call(whole);
}

/* The chosen call is about to begin. */
static void begin_capture(const struct candidate *c)
{
	struct capture_header *h = &plugin.header;

	h->attempts++;
	h->ordinal = plugin.ordinal - 1;
	h->ram_bytes = plugin.ram_bytes;
	h->return_va = c->return_va;
	seen_clear(&plugin.seen);
	if (!machine_registers(&h->before) ||
	    machine_write_ram(CAPTURE_RAM_BEFORE, plugin.ram_bytes) < 0) {
		say(CAPTURE_RAM_BEFORE);
		finish(CAPTURE_UNWRITTEN, false);
		return;
	}
	h->before.rip = c->va;
	machine_hold_timers(&plugin.held); /* without it, some calls are short enough */
	plugin.stage = RECORDING;
}

/* What has been captured so far is no good. */
static void drop_capture(uint32_t flags)
{
	machine_free_timers(&plugin.held);
	plugin.stage = WAITING;
	plugin.header.flags |= flags;
	if (plugin.header.attempts == ATTEMPTS_MAX)
		finish(plugin.header.flags, false);
}

static void end_capture(const struct candidate *c)
{
	struct capture_header *h = &plugin.header;

	machine_free_timers(&plugin.held);
	h->insns = c->call.insns;
	if (plugin.seen.full) {
		finish(CAPTURE_FULL, false);
		return;
	}
	if (!machine_registers(&h->after) ||
	    machine_write_ram(CAPTURE_RAM_AFTER, plugin.ram_bytes) < 0) {
		say(CAPTURE_RAM_AFTER);
		finish(CAPTURE_UNWRITTEN, false);
		return;
	}
	h->after.rip = c->return_va;
	seen_sort(&plugin.seen);
	finish(0, true);
}

static void on_entry(struct candidate *c)
{
	uint64_t sp = machine_stack_pointer();

	if (!memory_read(sp, &c->return_va, sizeof(c->return_va)))
		return;
	c->return_sp = sp + sizeof(c->return_va);
	c->call = (struct call){ 0 };
	c->inside = true;
	plugin.ordinal++;
	if (plugin.stage == WAITING &&
	    calls_fits(&c->calls[plugin.chosen_segment], plugin.ordinal - 1))
		begin_capture(c);
}

static void on_return(struct candidate *c)
{
	c->inside = false;
	if (plugin.stage == LOOKING)
		calls_add(&c->calls[plugin.segment], &c->call);
	else if (plugin.stage == RECORDING)
		end_capture(c);
}

static void follow(struct candidate *c, const struct site *site)
{
	if (c->inside && site->insn.va == c->return_va && machine_stack_pointer() == c->return_sp)
		on_return(c);
	if (!c->inside && site->insn.va == c->va && plugin.stage != DONE) {
		on_entry(c);
		return;
	}
	if (!c->inside || !site->flags)
		return;
	c->call.flags |= site->flags;
	if (plugin.stage == RECORDING)
		drop_capture(site->flags);
}

/* A block begins; @udata: its first instruction's site. */
static void on_block(unsigned vcpu, void *udata)
{
	(void)vcpu;
	/* Who sleeps waits for a timer, perhaps. */
	if (plugin.window && ((const struct site *)udata)->flags & CAPTURE_SWITCH)
		machine_free_timers(&plugin.held);
	for (unsigned i = 0; plugin.window && i < plugin.n_candidates; i++)
		follow(&plugin.candidates[i], udata);
}

static void on_insn(unsigned vcpu, void *udata)
{
	struct site *site = udata;
	bool again = site->repeats && plugin.last == site;

	(void)vcpu;
	if (!plugin.window)
		return;
	plugin.last = site;
	plugin.window_insns[plugin.segment] +=
		plugin.stage == LOOKING && site->insn.va >= KERNEL_HALF && !again;
	for (unsigned i = 0; i < plugin.n_candidates; i++)
		plugin.candidates[i].call.insns += plugin.candidates[i].inside && !again;
	if (plugin.stage == RECORDING)
		seen_executed(&plugin.seen, site);
}

static void on_access(unsigned vcpu, qemu_plugin_meminfo_t info, uint64_t vaddr, void *udata)
{
	(void)vcpu;
	(void)udata;
	if (plugin.stage == RECORDING)
		seen_access(&plugin.seen, vaddr, (size_t)1 << qemu_plugin_mem_size_shift(info),
			    qemu_plugin_mem_is_store(info));
}

/* Of all functions in a segment. */
static uint64_t most_insns(unsigned segment)
{
	uint64_t most = 0;

	for (unsigned i = 0; i < plugin.n_all; i++) {
		if (plugin.all[i].calls[segment].insns > most)
			most = plugin.all[i].calls[segment].insns;
	}
	return most;
}

static bool is_nearly(uint64_t insns, uint64_t most)
{
	return insns && insns >= most - most / NEARLY_ALL;
}

/*
 * The first windows have been seen. The first segment in which nearly as much is executed as in
 * any; and of the functions that execute nearly all there the innermost, as it has the least around
 * the work itself.
 */
static struct candidate *choose_function(void)
{
	struct candidate *best = NULL;
	uint64_t most = 0, least = 0;

	for (unsigned i = 0; i < MARKER_SEGMENTS; i++)
		most = most_insns(i) > most ? most_insns(i) : most;
	for (unsigned i = MARKER_SEGMENTS; i-- > 0;) {
		if (is_nearly(most_insns(i), most))
			plugin.chosen_segment = i;
	}
	most = most_insns(plugin.chosen_segment);
	for (unsigned i = 0; i < plugin.n_all; i++) {
		uint64_t insns = plugin.all[i].calls[plugin.chosen_segment].insns;

		if (!is_nearly(insns, most) || (best && insns > least))
			continue;
		least = insns;
		best = &plugin.all[i];
	}
	return best;
}

static void choose(void)
{
	struct candidate *best = choose_function();

	if (!best || !calls_choose(&best->calls[plugin.chosen_segment])) {
		finish(plugin.header.flags | CAPTURE_NEVER, false);
		return;
	}
	plugin.header.function_va = best->va;
	plugin.header.flags = 0;
	plugin.candidates = best;
	plugin.n_candidates = 1;
	plugin.stage = WAITING;
}

static void open_window(unsigned slot)
{
	unsigned segment = slot % MARKER_SEGMENTS;

	if (plugin.stage == DONE || slot >= MARKER_SLOTS ||
	    slot / MARKER_SEGMENTS == MARKER_PHASE_EMPTY ||
	    (plugin.only >= 0 && segment != (unsigned)plugin.only))
		return;
	if (plugin.stage == LOOKING && plugin.looked >> segment & 1)
		choose();
	plugin.segment = segment;
	plugin.looked |= plugin.stage == LOOKING ? 1u << segment : 0;
	plugin.window = plugin.stage == LOOKING ||
			(plugin.stage == WAITING && segment == plugin.chosen_segment);
	plugin.ordinal = 0;
	/* What an interrupt executes would count as the call's that it falls into. */
	if (plugin.window && plugin.stage == LOOKING)
		machine_hold_timers(&plugin.held);
}

static void close_window(void)
{
	if (!plugin.window)
		return;
	plugin.window = false;
	if (plugin.stage == LOOKING)
		machine_free_timers(&plugin.held);
	if (plugin.stage == RECORDING)
		drop_capture(CAPTURE_OPEN);
	for (unsigned i = 0; i < plugin.n_candidates; i++) {
		if (plugin.candidates[i].inside)
			plugin.header.flags |= CAPTURE_OPEN;
		plugin.candidates[i].inside = false;
	}
}

static void on_marker(unsigned vcpu, void *udata)
{
	uint32_t marker = (uint32_t)(uintptr_t)udata;

	(void)vcpu;
	if ((marker & MARKER_WHAT_MASK) == MARKER_CLOCK)
		return;
	close_window();
	if ((marker & MARKER_WHAT_MASK) == MARKER_OPEN)
		open_window(marker & MARKER_ARG_MASK);
	if ((marker & MARKER_WHAT_MASK) == MARKER_DUMP && plugin.stage != DONE)
		finish(plugin.header.flags | CAPTURE_NEVER, false);
}

/* What it means that a block which begins there is executed. */
static uint32_t flags_of(uint64_t vaddr)
{
	if (vaddr < KERNEL_HALF)
		return CAPTURE_USER;
	switch (places_find(&plugin.places, vaddr)) {
	case PLACE_INTERRUPT:
		return CAPTURE_INTERRUPT;
	case PLACE_EXCEPTION:
		return CAPTURE_FAULT;
	case PLACE_SWITCH:
		return CAPTURE_SWITCH;
	default:
		return 0;
	}
}

static void translate(struct qemu_plugin_tb *tb)
{
	size_t n = qemu_plugin_tb_n_insns(tb);

	for (size_t i = 0; i < n; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		uint64_t vaddr = qemu_plugin_insn_vaddr(insn);
		uint8_t bytes[16];
		size_t len = insn_bytes(insn, bytes);
		struct insn d = plugin_x86_64.decode(bytes, len, vaddr >= KERNEL_HALF);
		struct site *site = site_of(vaddr, bytes, len);

		if (d.kind == INSN_MARKER)
			qemu_plugin_register_vcpu_insn_exec_cb(insn, on_marker,
							       QEMU_PLUGIN_CB_NO_REGS,
							       (void *)(uintptr_t)d.marker);
		if (!site)
			continue;
		site->repeats = d.kind == INSN_REP_STRING;
		if (i == 0) {
			site->flags = flags_of(vaddr);
			qemu_plugin_register_vcpu_insn_exec_cb(insn, on_block,
							       QEMU_PLUGIN_CB_NO_REGS, site);
		}
		qemu_plugin_register_vcpu_insn_exec_cb(insn, on_insn, QEMU_PLUGIN_CB_NO_REGS, site);
		qemu_plugin_register_vcpu_mem_cb(insn, on_access, QEMU_PLUGIN_CB_NO_REGS,
						 QEMU_PLUGIN_MEM_RW, NULL);
	}
}

static int parse_functions(const char *text)
{
	char *end;

	do {
		if (plugin.n_all == CAPTURE_FUNCTIONS_MAX)
			return -1;
		plugin.all[plugin.n_all].va = strtoull(text, &end, 16);
		if (end == text || (*end && *end != '+'))
			return -1;
		plugin.n_candidates = ++plugin.n_all;
		text = end + 1;
	} while (*end);
	return 0;
}

static int parse_argument(const char *argument)
{
	if (!strncmp(argument, "functions=", 10))
		return parse_functions(argument + 10);
	if (!strncmp(argument, "places=", 7))
		return places_read(argument + 7, &plugin.places);
	if (!strncmp(argument, "segment=", 8))
		plugin.only = (int)strtol(argument + 8, NULL, 10);
	else if (!strncmp(argument, "ram=", 4))
		plugin.ram_bytes = strtoull(argument + 4, NULL, 10);
	else if (strncmp(argument, "out=", 4) != 0 && strncmp(argument, "page_fault=", 11) != 0)
		return -1;
	return 0;
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_plugin_info *info,
					   int argc, char **argv)
{
	const char *lacks = machine_lacks();

	if (plugin_arch_of(info->target_name) != &plugin_x86_64 || !info->system_emulation ||
	    info->system.smp_vcpus != 1) {
		fprintf(stderr, "slowpath-plugin: captures calls with one x86_64 vCPU only\n");
		return -1;
	}
	for (int i = 0; i < argc; i++) {
		if (parse_argument(argv[i]) < 0) {
			fprintf(stderr, "slowpath-plugin: bad argument %s\n", argv[i]);
			return -1;
		}
	}
	if (!plugin.n_all || !plugin.ram_bytes || !plugin.places.count) {
		fprintf(stderr, "slowpath-plugin: needs functions=, ram= and places=FILE\n");
		return -1;
	}
	if (lacks || !memory_is_told()) {
		fprintf(stderr,
			"slowpath-plugin: this QEMU exports no %s(), without which nothing is "
			"captured: one built with modules does\n",
			lacks ? lacks : "cpu_memory_rw_debug");
		return -1;
	}
#if PLUGIN_API < 7
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translate);
#else
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translate, NULL);
#endif
	return 0;
}
