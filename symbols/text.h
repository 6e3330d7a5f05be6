/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's code as it was linked, out of its vmlinux; what it patches at boot is not in it. */
#ifndef SYMBOLS_TEXT_H
#define SYMBOLS_TEXT_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
	uint8_t *bytes; /* owned */
	uint64_t start; /* address of the first */
	size_t len;
};

/* Loads the segment that @vaddr lies in. Untrusted: -EPROTO if the file is no x86-64 ELF with it.
 */
int text_open(const char *vmlinux, uint64_t vaddr, struct text *out, struct err *e);
void text_free(struct text *t);
#define _cleanup_text_ __attribute__((cleanup(text_free)))

/* The bytes from @vaddr on, of which there are *len; NULL outside. */
const uint8_t *text_at(const struct text *t, uint64_t vaddr, size_t *len);

/*
 * Whether ftrace knows the function at @vaddr: it begins with a call of __fentry__ (at @fentry) or
 * the NOP that stands for one. Where ftrace does not, tracefs refuses kprobes too; in the kernel
 * that is so with every function that was written as inline and was not inlined. In a kernel
 * without ftrace (@fentry 0) tracefs refuses none, so there the answer is yes.
 */
bool text_is_traced(const struct text *t, uint64_t vaddr, uint64_t fentry);

/*
 * Addresses of the direct calls of @target and jumps to it, the first @max of them into @sites.
 * Returns how many there are. What only looks like one, inside another instruction, is not told
 * apart, but that four bytes fit by chance is rare.
 */
size_t text_calls(const struct text *t, uint64_t target, uint64_t *sites, size_t max);

#endif
