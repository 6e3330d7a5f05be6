/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One call of a kernel function: what it began with, what it did, what it left (proto/capture.h).
 */
#ifndef REPLAY_CALL_CAPTURE_H
#define REPLAY_CALL_CAPTURE_H

#include "base/err.h"
#include "proto/capture.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct symbols;

struct capture {
	uint64_t function_va, return_va; /* entry; where it returned to */
	struct cpu_regs before, after;
	/* The guest's physical memory at entry and at return: private maps of files. */
	uint8_t *ram_before, *ram_after;
	uint64_t ram_bytes;
	struct executed *executed; /* by address */
	size_t n_executed;
	struct access *accesses; /* by address */
	size_t n_accesses;
	uint64_t insns; /* executed in between, calls included */
	uint64_t items; /* pages or calls that this call did; 0: not known yet */
	bool disturbed; /* an interrupt or a switch fell in: there is nothing to replay */
	struct capture_header header;
	struct capture_function *functions; /* that were looked for */
	size_t n_functions;
	struct symbols *symbols; /* of the kernel; owned */
};

/*
 * Opens the capture in the folder @dir. -EBADMSG: it is none, or damaged; -ENOENT: there is none.
 * One that is @disturbed has no memory and no instructions.
 */
int capture_open(const char *dir, struct capture *out, struct err *e);
/* The file "call" alone, for capture_open() and for tests. */
int capture_parse(const void *data, size_t len, struct capture *out, struct err *e);
void capture_close(struct capture *c);
#define _cleanup_capture_ __attribute__((cleanup(capture_close)))
/* Of the function, "?" if its address is nobody's; valid as long as the capture. */
const char *capture_function_name(const struct capture *c);
/* What kept a call from being captured, by its flags, in words. */
const char *capture_why(uint32_t flags);

#endif
