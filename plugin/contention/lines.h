/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who touches which line in a window, and what that comes to (proto/contention.h). */
#ifndef PLUGIN_CONTENTION_LINES_H
#define PLUGIN_CONTENTION_LINES_H

#include "proto/contention.h"

#include <stdbool.h>
#include <stddef.h>

/* Of a window, and of all of them: what is behind that is not kept, and the file says so. */
#define LINES_MAX (1u << 23)
#define LINES_VCPUS_MAX 64

/* A line that was touched in the window that is open. */
struct line {
	uint64_t number;	    /* address / CONTENTION_LINE_BYTES */
	uint64_t writers, touchers; /* a bit each vCPU */
};

/* An instruction and a line (in a window), or an instruction, a region and a slot (in all). */
struct touch {
	uint64_t vaddr;
	uint64_t where;
	uint64_t loads, stores;
};

struct touches {
	struct touch *items; /* those with vaddr 0 are free */
	size_t count, room;  /* room: a power of two, or 0 */
};

struct lines {
	struct line *items; /* those with touchers 0 are free */
	size_t count, room;
	struct touches window, all;
	uint64_t windows[MARKER_SLOTS];
	uint64_t shared[MARKER_SLOTS][CONTENTION_REGIONS];
	bool full;
};

/* @vaddr: the instruction's, which is not 0. */
void lines_touch(struct lines *l, unsigned vcpu, uint64_t vaddr, uint64_t address, bool is_store);
/* The window of @slot closes: what was shared in it is added up, and the next begins. */
void lines_close(struct lines *l, unsigned slot);
/* Writes to "<path>.part" and renames; 0 or -1 with errno. */
int lines_write(struct lines *l, const char *path);
void lines_free(struct lines *l);

#endif
