/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A captured call made by hand: page tables, memory, code, and what an emulator would have left. */
#ifndef TESTS_UNIT_REPLAY_CAPTURE_H
#define TESTS_UNIT_REPLAY_CAPTURE_H

#include "replay/call/capture.h"

#define MADE_RAM (16ull << 20)
#define MADE_DIRECT 0xffff888000000000ull
#define MADE_VMALLOC 0xffffc90000000000ull /* four pages, of which MADE_STACK is the last */
#define MADE_VMEMMAP 0xffffea0000000000ull /* one large page */
#define MADE_IMAGE 0xffffffff81000000ull   /* 2 MiB of code */
#define MADE_DATA 0xffffffff81200000ull	   /* 2 MiB behind it */
#define MADE_USER 0x400000ull		   /* one page */
#define MADE_PERCPU (MADE_DIRECT + 0xa00000)
#define MADE_HEAP (MADE_DIRECT + 0xc00000) /* nothing else is there */
#define MADE_SP (MADE_VMALLOC + 0x3e00)
#define MADE_RETURN (MADE_IMAGE + 0x1000)

struct made {
	struct capture c;
	uint64_t code_at; /* where made_code() goes on */
};

/* @percpu_in_image: as kernels from 6.15 on have it. */
void made_begin(struct made *m, int percpu_in_image);
void made_end(struct made *m);
/* One instruction behind the one before, executed @times. */
void made_code(struct made *m, uint64_t times, const void *bytes, size_t n);
#define CODE(m, ...) \
	made_code(m, 1, (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }))
/* A word before the call, and after it as well. */
void made_word(struct made *m, uint64_t va, uint64_t value);
void made_after(struct made *m, uint64_t va, uint64_t value);
/* The page table that maps the image. */
uint64_t made_image_table(const struct made *m);
uint64_t made_physical(uint64_t va);
void made_touched(struct made *m, uint64_t va, uint64_t loads, uint64_t stores);
/* Sets what registers are after a call that changed none: the caller's rsp. */
void made_returned(struct made *m, uint64_t rax);

#endif
