/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The helper functions of a reproducer, report/reproducer/NAME.c.in, in the order they come in. */
#ifndef REPORT_REPRODUCER_REPRODUCER_PARTS_H
#define REPORT_REPRODUCER_REPRODUCER_PARTS_H

#include <stdint.h>

enum part {
	PART_STOP,
	PART_DONE,
	PART_POSSIBLE,
	PART_HAS_TO_FAIL,
	PART_MAP_AT,
	PART_MEMFD,
	PART_TMPFS,
	PART_TOUCH_READ,
	PART_TOUCH_WRITE,
	PART_TOUCH_READ_RANDOM,
	PART_TOUCH_WRITE_RANDOM,
	PART_SHUFFLE,
	PART_CHILD,
	PART_CHILD_WORK,
	PART_CHILD_KILL,
	PART_CHILD_WAIT,
	PART_UFFD,
	PART_UFFD_REGISTER,
	PART_UFFD_UNREGISTER,
	PART_UFFD_WP,
	PART_UFFD_FILL,
	PART_SCAN,
	PART_VMSPLICE,
	PART_URING,
	PART_BREAK,
	PART_FILES,
	PART_DESCRIPTORS,
	PART_BPF,
	PART_THREADS,
	PART_SLICES,
	PART_CLOCK, /* from here on: what is around the operations */
	PART_MEDIAN,
	PART_STATE,
	PART_COUNT_VMAS,
	PART_FOLIOS,
	PART_ON_NODE,
	PART_PIN,
	PART_READ_SETTING,
	PART_SETTING_IS,
	PART_NEED_SETTING,
	PART_NEED_HUGEPAGES,
	PART_MUST_NOT_BE,
	PART_NEED_CPUS,
	PART_NEED_NODES,
	PART_NEED_SWAP,
	PART_OPTIONS,
	PARTS
};

#define PART_BIT(part) (1ull << (part))

struct text;
struct scenario;

/* PART_BIT of all that this scenario takes, with what these take themselves. */
uint64_t parts_needed(const struct scenario *s);
/* The includes that the parts of @t and its operations take. */
void say_includes(struct text *t);
/* What of the constants that it uses headers may be too old for. */
void say_missing_constants(struct text *t);
/* The parts from @first to @last (not included) that @t needs. */
void say_parts(struct text *t, enum part first, enum part last);

#endif
