// SPDX-License-Identifier: GPL-2.0-or-later
/* Any bytes as the constants of a processor; on what is one, a tiny trace takes its time. */
#include "base/cleanup.h"
#include "model/estimate.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CODE 0xffffffff81000000ull
#define LINES 32u

/* What it loads from, stores to, locks, waits for and jumps back over. */
static const struct {
	const char *bytes;
	unsigned len, kind; /* TRACE_LOAD, TRACE_STORE, or 0: no access */
} insns[] = {
	{ "\x48\x8b\x00", 3, TRACE_LOAD },  /* mov (%rax),%rax */
	{ "\x48\x89\x01", 3, TRACE_STORE }, /* mov %rax,(%rcx) */
	{ "\x48\x87\x07", 3, TRACE_STORE }, /* xchg %rax,(%rdi) */
	{ "\x48\xf7\xf1", 3, 0 },	    /* div %rcx */
	{ "\x48\x0f\xaf\xc1", 4, 0 },	    /* imul %rcx,%rax */
	{ "\x0f\xae\xe8", 3, 0 },	    /* lfence */
	{ "\x75\xeb", 2, 0 },		    /* jne */
};

struct words {
	uint64_t at[4 + 3 * ARRAY_SIZE(insns) + 2 * (2 + LINES * (1 + ARRAY_SIZE(insns)))];
	size_t n;
};

static void put(struct words *w, unsigned kind, uint64_t rest)
{
	w->at[w->n++] = (uint64_t)kind << 60 | rest;
}

static void put_window(struct words *w)
{
	put(w, TRACE_OPEN, MARKER_SEGMENTS);
	for (uint64_t line = 0; line < LINES; line++) {
		put(w, TRACE_EXEC, 0);
		for (uint64_t i = 0; i < ARRAY_SIZE(insns); i++) {
			if (insns[i].kind)
				put(w, insns[i].kind, i << 50 | 0x100000 | line * TRACE_LINE_BYTES);
		}
	}
	put(w, TRACE_CLOSE, 0);
}

static void make(struct words *w)
{
	uint64_t vaddr = CODE;

	w->at[w->n++] = TRACE_MAGIC | TRACE_VERSION << 32;
	put(w, TRACE_BLOCK, (uint64_t)ARRAY_SIZE(insns) << 32);
	for (size_t i = 0; i < ARRAY_SIZE(insns); i++) {
		uint8_t bytes[16] = { 0 };

		memcpy(bytes, insns[i].bytes, insns[i].len);
		bytes[15] = (uint8_t)insns[i].len;
		w->at[w->n++] = vaddr;
		memcpy(&w->at[w->n], bytes, sizeof(bytes));
		w->n += 2;
		vaddr += insns[i].len;
	}
	put_window(w);
	put_window(w);
	put(w, TRACE_END, w->n);
}

/* Whatever was accepted divides by nothing that is 0, and gives a time that is one. */
static void take_time(const struct model *m)
{
	struct words w = { .n = 0 };
	struct estimate x = { 0 };
	struct trace t = { 0 };
	struct err e = { 0 };

	make(&w);
	if (trace_open(w.at, w.n, NULL, NULL, &t, &e) < 0)
		abort();
	if (estimate_make(m, &t, 1, &x, &e) == 0) {
		if (!x.segments[0].there || x.n_variants != model_variants())
			abort();
		for (unsigned v = 0; v < x.n_variants; v++) {
			if (!(x.segments[0].cycles[v] > 0 && x.segments[0].cycles[v] < 1e9))
				abort();
		}
	}
	estimate_free(&x);
	trace_free(&t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err e = { 0 };
	struct model m;

	if (model_read("fuzz", data, size, &m, &e) == 0)
		take_time(&m);
	return 0;
}
