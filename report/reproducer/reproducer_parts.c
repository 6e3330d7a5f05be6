// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/reproducer/reproducer_parts.h"

#include "report/part_bpf.h"
#include "report/part_break.h"
#include "report/part_child.h"
#include "report/part_child_kill.h"
#include "report/part_child_wait.h"
#include "report/part_child_work.h"
#include "report/part_clock.h"
#include "report/part_count_vmas.h"
#include "report/part_descriptors.h"
#include "report/part_done.h"
#include "report/part_files.h"
#include "report/part_folios.h"
#include "report/part_has_to_fail.h"
#include "report/part_map_at.h"
#include "report/part_median.h"
#include "report/part_memfd.h"
#include "report/part_must_not_be.h"
#include "report/part_need_cpus.h"
#include "report/part_need_hugepages.h"
#include "report/part_need_nodes.h"
#include "report/part_need_setting.h"
#include "report/part_need_swap.h"
#include "report/part_on_node.h"
#include "report/part_options.h"
#include "report/part_pin.h"
#include "report/part_possible.h"
#include "report/part_read_setting.h"
#include "report/part_scan.h"
#include "report/part_setting_is.h"
#include "report/part_shuffle.h"
#include "report/part_slices.h"
#include "report/part_state.h"
#include "report/part_stop.h"
#include "report/part_threads.h"
#include "report/part_tmpfs.h"
#include "report/part_touch_read.h"
#include "report/part_touch_read_random.h"
#include "report/part_touch_write.h"
#include "report/part_touch_write_random.h"
#include "report/part_uffd.h"
#include "report/part_uffd_fill.h"
#include "report/part_uffd_register.h"
#include "report/part_uffd_unregister.h"
#include "report/part_uffd_wp.h"
#include "report/part_uring.h"
#include "report/part_vmsplice.h"
#include "report/reproducer/reproducer_ops.h"
#include "report/reproducer/reproducer_thp.h"

#include <string.h>
#include <sys/mman.h>

#define BIT(part) PART_BIT(PART_##part)

static const struct {
	const char *text; /* report/reproducer/NAME.c.in */
	uint64_t takes;
} parts[PARTS] = {
	[PART_STOP] = { part_stop, 0 },
	[PART_DONE] = { part_done, 0 },
	[PART_POSSIBLE] = { part_possible, 0 },
	[PART_HAS_TO_FAIL] = { part_has_to_fail, 0 },
	[PART_READ_SETTING] = { part_read_setting, 0 },
	[PART_SETTING_IS] = { part_setting_is, 0 },
	[PART_NEED_SETTING] = { part_need_setting, BIT(SETTING_IS) | BIT(READ_SETTING) },
	[PART_NEED_HUGEPAGES] = { part_need_hugepages, BIT(READ_SETTING) },
	[PART_MUST_NOT_BE] = { part_must_not_be, BIT(SETTING_IS) | BIT(READ_SETTING) },
	[PART_NEED_CPUS] = { part_need_cpus, 0 },
	[PART_NEED_NODES] = { part_need_nodes, 0 },
	[PART_NEED_SWAP] = { part_need_swap, 0 },
	[PART_MAP_AT] = { part_map_at, 0 },
	[PART_MEMFD] = { part_memfd, 0 },
	[PART_TMPFS] = { part_tmpfs, 0 },
	[PART_TOUCH_READ] = { part_touch_read, 0 },
	[PART_TOUCH_WRITE] = { part_touch_write, 0 },
	[PART_TOUCH_READ_RANDOM] = { part_touch_read_random, BIT(SHUFFLE) },
	[PART_TOUCH_WRITE_RANDOM] = { part_touch_write_random, BIT(SHUFFLE) },
	[PART_SHUFFLE] = { part_shuffle, 0 },
	[PART_CHILD] = { part_child, 0 },
	[PART_CHILD_WORK] = { part_child_work, 0 },
	[PART_CHILD_KILL] = { part_child_kill, 0 },
	[PART_CHILD_WAIT] = { part_child_wait, 0 },
	[PART_UFFD] = { part_uffd, BIT(POSSIBLE) },
	[PART_UFFD_REGISTER] = { part_uffd_register, BIT(UFFD) },
	[PART_UFFD_UNREGISTER] = { part_uffd_unregister, BIT(UFFD) },
	[PART_UFFD_WP] = { part_uffd_wp, BIT(UFFD) },
	[PART_UFFD_FILL] = { part_uffd_fill, BIT(UFFD) },
	[PART_SCAN] = { part_scan, BIT(POSSIBLE) },
	[PART_VMSPLICE] = { part_vmsplice, BIT(POSSIBLE) },
	[PART_URING] = { part_uring, BIT(POSSIBLE) },
	[PART_BREAK] = { part_break, 0 },
	[PART_FILES] = { part_files, 0 },
	[PART_DESCRIPTORS] = { part_descriptors, BIT(POSSIBLE) },
	[PART_BPF] = { part_bpf, BIT(POSSIBLE) },
	[PART_THREADS] = { part_threads, 0 },
	[PART_SLICES] = { part_slices, BIT(THREADS) },
	[PART_CLOCK] = { part_clock, 0 },
	[PART_MEDIAN] = { part_median, 0 },
	[PART_STATE] = { part_state, 0 },
	[PART_COUNT_VMAS] = { part_count_vmas, 0 },
	[PART_FOLIOS] = { part_folios, 0 },
	[PART_ON_NODE] = { part_on_node, 0 },
	[PART_PIN] = { part_pin, 0 },
	[PART_OPTIONS] = { part_options, 0 },
};

/* In the order in which they come; 0: always. */
static const struct {
	const char *name;
	uint64_t of;
} includes[] = {
	{ "errno.h", 0 },
	{ "fcntl.h", 0 },
	{ "limits.h", BIT(THREADS) | BIT(FILES) },
	{ "linux/bpf.h", BIT(BPF) },
	{ "linux/futex.h", BIT(THREADS) },
	{ "linux/io_uring.h", BIT(URING) },
	{ "linux/magic.h", BIT(TMPFS) },
	{ "linux/userfaultfd.h", BIT(UFFD) },
	{ "malloc.h", BIT(BREAK) },
	{ "pthread.h", BIT(THREADS) },
	{ "sched.h", 0 },
	{ "signal.h", BIT(CHILD) },
	{ "stdarg.h", 0 },
	{ "stdatomic.h", BIT(THREADS) },
	{ "stdint.h", 0 },
	{ "stdio.h", 0 },
	{ "stdlib.h", 0 },
	{ "string.h", 0 },
	{ "sys/ioctl.h", BIT(UFFD) | BIT(SCAN) },
	{ "sys/mman.h", 0 },
	{ "sys/resource.h", 0 },
	{ "sys/sysinfo.h", BIT(NEED_SWAP) },
	{ "sys/utsname.h", 0 },
	{ "sys/vfs.h", BIT(TMPFS) },
	{ "sys/wait.h", BIT(CHILD) },
	{ "time.h", 0 },
	{ "unistd.h", 0 },
};

static uint64_t of_other_op(const struct plan_op *op)
{
	switch (op->code) {
	case PLAN_OP_UFFD_COPY:
	case PLAN_OP_UFFD_ZERO:
	case PLAN_OP_UFFD_CONTINUE:
	case PLAN_OP_UFFD_MOVE:
		return BIT(UFFD_FILL);
	case PLAN_OP_VMSPLICE:
		return BIT(VMSPLICE);
	case PLAN_OP_URING_REGISTER:
	case PLAN_OP_URING_UNREGISTER:
		return BIT(URING);
	case PLAN_OP_BRK:
		return BIT(BREAK);
	case PLAN_OP_READ_FILE:
	case PLAN_OP_WRITE_FILE:
		return BIT(FILES);
	case PLAN_OP_OPEN:
	case PLAN_OP_CLOSE:
	case PLAN_OP_PIPE:
	case PLAN_OP_PIPE_WRITE:
	case PLAN_OP_PIPE_READ:
	case PLAN_OP_PIPE_CLOSE:
		return BIT(DESCRIPTORS);
	case PLAN_OP_BPF_CREATE:
	case PLAN_OP_BPF_CLOSE:
		return BIT(BPF);
	}
	return 0;
}

static uint64_t of_op(const struct plan_op *op)
{
	switch (op->code) {
	case PLAN_OP_TOUCH_READ:
		return op->seed ? BIT(TOUCH_READ_RANDOM) : BIT(TOUCH_READ);
	case PLAN_OP_TOUCH_WRITE:
		return op->seed ? BIT(TOUCH_WRITE_RANDOM) : BIT(TOUCH_WRITE);
	case PLAN_OP_MMAP:
		return BIT(MAP_AT);
	case PLAN_OP_FORK:
		return BIT(CHILD) | (op->n_body ? BIT(CHILD_WORK) : 0);
	case PLAN_OP_KILL:
		return BIT(CHILD_KILL) | BIT(CHILD);
	case PLAN_OP_MRELEASE:
		return BIT(CHILD);
	case PLAN_OP_WAIT:
		return BIT(CHILD_WAIT) | BIT(CHILD);
	case PLAN_OP_UFFD_REGISTER:
		return BIT(UFFD_REGISTER);
	case PLAN_OP_UFFD_UNREGISTER:
		return BIT(UFFD_UNREGISTER);
	case PLAN_OP_UFFD_PROTECT:
	case PLAN_OP_UFFD_RESOLVE:
		return BIT(UFFD_WP);
	case PLAN_OP_PAGEMAP_SCAN:
		return BIT(SCAN);
	case PLAN_OP_PROCESS_MADVISE:
	case PLAN_OP_PKEY_MPROTECT:
		return BIT(POSSIBLE);
	}
	return of_other_op(op);
}

static uint64_t of_map(const struct plan_map *m)
{
	uint64_t found = m->advice ? BIT(POSSIBLE) : 0;

	if (m->kind != PLAN_MAP_PLACE && !(m->flags & PLAN_MAP_UNMAPPED))
		found |= BIT(MAP_AT);
	if (m->kind == PLAN_MAP_MEMFD_PRIVATE || m->kind == PLAN_MAP_MEMFD_SHARED)
		found |= BIT(MEMFD);
	if (m->kind == PLAN_MAP_TMPFS_PRIVATE || m->kind == PLAN_MAP_TMPFS_SHARED)
		found |= BIT(TMPFS);
	return found;
}

static uint64_t of_machine(const struct scenario *s)
{
	uint64_t found = (s->cpus > 1 ? BIT(NEED_CPUS) : 0) | (s->nodes > 1 ? BIT(NEED_NODES) : 0) |
			 (s->swap != SWAP_ANY ? BIT(NEED_SWAP) : 0);

	for (size_t i = 0; i < s->n_settings; i++)
		found |= setting_is_hugepages(&s->settings[i]) ? BIT(NEED_HUGEPAGES)
							       : BIT(NEED_SETTING);
	return found | (thp_words_unwanted(s) ? BIT(MUST_NOT_BE) : 0);
}

uint64_t parts_needed(const struct scenario *s)
{
	uint64_t found = BIT(STOP) | BIT(DONE) | BIT(CLOCK) | BIT(MEDIAN) | BIT(STATE) | BIT(PIN) |
			 BIT(OPTIONS) | of_machine(s);

	for (size_t i = 0; i < s->n_maps; i++)
		found |= of_map(&s->maps[i]);
	for (size_t i = 0; i < s->n_ops; i++)
		found |= of_op(&s->ops[i]) | (s->ops[i].fails			 ? BIT(HAS_TO_FAIL)
					      : op_may_be_impossible(&s->ops[i]) ? BIT(POSSIBLE)
										 : 0);
	for (size_t i = 0; i < s->n_segments; i++) {
		found |= s->segments[i].flags & PLAN_SEGMENT_THREADS ? BIT(THREADS) : 0;
		found |= s->segments[i].flags & PLAN_SEGMENT_OWN ? BIT(SLICES) : 0;
		found |= s->vmas_after[i] != SCENARIO_ANY ? BIT(COUNT_VMAS) : 0;
	}
	found |= s->expect.folio_bytes != SCENARIO_ANY ? BIT(FOLIOS) : 0;
	found |= s->expect.node != SCENARIO_ANY ? BIT(ON_NODE) : 0;
	/* None takes one that takes another. */
	for (enum part p = 0; p < PARTS; p++)
		found |= found & PART_BIT(p) ? parts[p].takes : 0;
	return found;
}

static bool uses(const struct scenario *s, uint32_t code)
{
	for (size_t i = 0; i < s->n_ops; i++) {
		if (s->ops[i].code == code)
			return true;
	}
	return false;
}

static void say_missing(struct text *t, const char *name, unsigned long long value)
{
	say(t, "#ifndef %s\n#define %s %llu\n#endif\n", name, name, value);
}

/* What the headers of a distribution may be too old for. */
void say_missing_constants(struct text *t)
{
	static const struct {
		uint64_t value;
		const char *name;
	} advices[] = {
		{ 20, "MADV_COLD" },
		{ 21, "MADV_PAGEOUT" },
		{ 22, "MADV_POPULATE_READ" },
		{ 23, "MADV_POPULATE_WRITE" },
		{ 24, "MADV_DONTNEED_LOCKED" },
		{ 25, "MADV_COLLAPSE" },
		{ 101, "MADV_SOFT_OFFLINE" },
		{ 102, "MADV_GUARD_INSTALL" },
		{ 103, "MADV_GUARD_REMOVE" },
	};
	static const struct {
		const char *name;
		uint32_t code;
		unsigned value;
	} calls[] = {
		{ "SYS_pidfd_open", PLAN_OP_KILL, 434 },
		{ "SYS_pidfd_open", PLAN_OP_PROCESS_MADVISE, 434 },
		{ "SYS_process_madvise", PLAN_OP_PROCESS_MADVISE, 440 },
		{ "SYS_process_mrelease", PLAN_OP_MRELEASE, 448 },
		{ "SYS_mseal", PLAN_OP_MSEAL, 462 },
	};

	for (size_t a = 0; a < ARRAY_SIZE(advices); a++) {
		bool used = false;

		for (size_t i = 0; i < t->s->n_ops; i++) {
			uint32_t code = t->s->ops[i].code;

			used |= (code == PLAN_OP_MADVISE || code == PLAN_OP_PROCESS_MADVISE) &&
				t->s->ops[i].arg == advices[a].value;
		}
		for (size_t i = 0; i < t->s->n_maps; i++)
			used |= t->s->maps[i].advice == advices[a].value;
		if (used)
			say_missing(t, advices[a].name, advices[a].value);
	}
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		if (uses(t->s, calls[i].code))
			say_missing(t, calls[i].name, calls[i].value);
	}
	if (t->parts & BIT(UFFD)) {
		say_missing(t, "UFFD_FEATURE_WP_UNPOPULATED", 1ull << 13);
		say_missing(t, "UFFD_FEATURE_WP_ASYNC", 1ull << 15);
	}
}

void say_includes(struct text *t)
{
	const uint64_t syscalls =
		BIT(THREADS) | BIT(CHILD) | BIT(UFFD) | BIT(URING) | BIT(BREAK) | BIT(BPF);
	const bool vectors =
		uses(t->s, PLAN_OP_PROCESS_MADVISE) || uses(t->s, PLAN_OP_PROCESS_VM_READ) ||
		uses(t->s, PLAN_OP_PROCESS_VM_WRITE) || t->parts & (BIT(VMSPLICE) | BIT(URING));
	bool nodes = uses(t->s, PLAN_OP_MBIND) || uses(t->s, PLAN_OP_MOVE_PAGES);

	for (size_t i = 0; i < ARRAY_SIZE(includes); i++) {
		if (nodes && !strcmp(includes[i].name, "linux/userfaultfd.h"))
			say(t, "#include <linux/mempolicy.h>\n");
		if (!includes[i].of || includes[i].of & t->parts)
			say(t, "#include <%s>\n", includes[i].name);
		if (!strcmp(includes[i].name, "sys/resource.h") &&
		    (t->parts & syscalls || nodes || uses(t->s, PLAN_OP_MSEAL) ||
		     uses(t->s, PLAN_OP_MIGRATE_PAGES) || uses(t->s, PLAN_OP_PROCESS_MADVISE)))
			say(t, "#include <sys/syscall.h>\n");
		if (vectors && !strcmp(includes[i].name, "sys/sysinfo.h"))
			say(t, "#include <sys/uio.h>\n");
	}
	say(t, "\n");
	say_missing_constants(t);
}

/* "@settings\tint set;" is for scenarios that have settings, "@plain..." for others. */
static void say_lines(struct text *t, const char *text)
{
	while (*text) {
		size_t n = strcspn(text, "\n"), skip = 0;
		bool wanted = true;

		if (!strncmp(text, "@settings", 9)) {
			skip = 9;
			wanted = t->s->n_settings > 0;
		} else if (!strncmp(text, "@plain", 6)) {
			skip = 6;
			wanted = !t->s->n_settings;
		}
		if (wanted)
			say(t, "%.*s\n", (int)(n - skip), text + skip);
		text += n + (text[n] == '\n');
	}
}

void say_parts(struct text *t, enum part first, enum part last)
{
	for (enum part p = first; p < last; p++) {
		if (t->parts & PART_BIT(p))
			say_lines(t, parts[p].text);
	}
}
