// SPDX-License-Identifier: GPL-2.0-or-later
/* From traces that are written here to windows, instructions and cycles. */
#include "tests/unit/unit.h"

#include "model/estimate.h"

#include <stdlib.h>
#include <string.h>

#define KERNEL 0xffffffff81000000ull
#define DATA 0xffff888000100000ull
#define ROUNDS 2000u

struct writer {
	uint64_t *words;
	size_t n;
	uint32_t blocks;
};

static void put(struct writer *w, uint64_t word)
{
	/* At each power of two, the room for twice as many. */
	if (!(w->n & (w->n - 1)))
		w->words = realloc(w->words, (w->n ? 2 * w->n : 1) * sizeof(*w->words));
	assert_non_null(w->words);
	w->words[w->n++] = word;
}

static void begin(struct writer *w)
{
	*w = (struct writer){ 0 };
	put(w, TRACE_MAGIC | TRACE_VERSION << 32);
}

static void end(struct writer *w)
{
	put(w, (uint64_t)TRACE_END << 60 | w->n);
}

/* Instructions behind one another, as "LENGTH bytes" each; the block's number. */
static uint32_t block(struct writer *w, uint64_t vaddr, unsigned flags, unsigned n,
		      const char *const *codes, const unsigned *lengths)
{
	put(w, (uint64_t)TRACE_BLOCK << 60 | (uint64_t)flags << 48 | (uint64_t)n << 32 | w->blocks);
	for (unsigned i = 0; i < n; i++) {
		uint8_t bytes[16] = { 0 };
		uint64_t halves[2];

		memcpy(bytes, codes[i], lengths[i]);
		bytes[15] = (uint8_t)lengths[i];
		memcpy(halves, bytes, sizeof(bytes));
		put(w, vaddr);
		put(w, halves[0]);
		put(w, halves[1]);
		vaddr += lengths[i];
	}
	return w->blocks++;
}

static void run(struct writer *w, uint32_t id)
{
	put(w, (uint64_t)TRACE_EXEC << 60 | id);
}

static void touch(struct writer *w, unsigned kind, unsigned index, uint64_t vaddr)
{
	put(w, (uint64_t)kind << 60 | (uint64_t)index << 50 | (vaddr >> 63) << 48 |
		       (vaddr & 0xffffffffffffull));
}

static void window(struct writer *w, unsigned slot)
{
	put(w, (uint64_t)TRACE_OPEN << 60 | slot);
}

static void close_window(struct writer *w)
{
	put(w, (uint64_t)TRACE_CLOSE << 60);
}

static void model(struct model *m)
{
	struct err e = { 0 };

	assert_int_equal(model_load("models/golden-cove.yaml", m, &e), 0);
}

/* Cycles of a window of ROUNDS of a block, whose instructions access what @address has. */
static double cycles(unsigned n, const char *const *codes, const unsigned *lengths,
		     const unsigned *kinds, uint64_t stride, const struct model *m)
{
	struct estimate x;
	struct err e = { 0 };
	struct trace t;
	struct writer w;
	double out;
	uint32_t id;

	begin(&w);
	id = block(&w, KERNEL, 0, n, codes, lengths);
	for (unsigned k = 0; k < 2; k++) {
		window(&w, 8);
		for (unsigned i = 0; i < ROUNDS; i++) {
			run(&w, id);
			for (unsigned c = 0; kinds && c < n; c++) {
				if (kinds[c])
					touch(&w, kinds[c], c, DATA + i * stride);
			}
		}
		close_window(&w);
	}
	end(&w);
	assert_int_equal(trace_open(w.words, w.n, NULL, NULL, &t, &e), 0);
	assert_int_equal(estimate_make(m, &t, 1, &x, &e), 0);
	assert_true(x.segments[0].there);
	assert_int_equal(x.segments[0].counts.insns, (uint64_t)ROUNDS * n);
	out = x.segments[0].cycles[0] / ROUNDS;
	estimate_free(&x);
	trace_free(&t);
	free(w.words);
	return out;
}

#define ADD_RAX "\x48\x83\xc0\x01"
#define ADD_RCX "\x48\x83\xc1\x01"
#define ADD_RDX "\x48\x83\xc2\x01"
#define JUMP_BACK                                                                      \
	"\xeb\xee" /* to the block's first instruction, as long as 16 bytes are before \
		    */

static void dependent(void **state)
{
	const char *const chain[] = { ADD_RAX, ADD_RAX, ADD_RAX, ADD_RAX, JUMP_BACK };
	const char *const apart[] = { ADD_RAX, ADD_RCX, ADD_RDX, "\x48\x83\xc3\x01", JUMP_BACK };
	const unsigned lengths[] = { 4, 4, 4, 4, 2 };
	struct model m;

	(void)state;
	model(&m);
	assert_near(cycles(5, chain, lengths, NULL, 0, &m), 4, 0.1);
	/* Only the jump and what is written in the last round hold these up. */
	assert_near(cycles(5, apart, lengths, NULL, 0, &m), 1.2, 0.35);
}

static void memory(void **state)
{
	/* mov (%rax),%rax: the next load waits for it */
	const char *const chase[] = { "\x48\x8b\x00", "\xeb\xfb" };
	const unsigned lengths[] = { 3, 2 }, kinds[] = { TRACE_LOAD, 0 };
	struct model m;
	double near, far;

	(void)state;
	model(&m);
	near = cycles(2, chase, lengths, kinds, 0, &m);
	assert_near(near, m.l1d_cycles, 0.2);
	m.prefetch = 0;
	/* A line each, of 125 KiB: all in the L2 cache the second time. */
	far = cycles(2, chase, lengths, kinds, 64, &m);
	assert_near(far, m.l2_cycles, 1);
	/* What is fetched ahead is nearer. */
	m.prefetch = 1;
	assert_true(cycles(2, chase, lengths, kinds, 64, &m) < far / 2);
}

static void locked(void **state)
{
	const char *const codes[] = { "\x48\x87\x07", "\xeb\xfb" };
	const unsigned lengths[] = { 3, 2 };
	const unsigned both[] = { TRACE_STORE, 0 };
	struct model m;

	(void)state;
	model(&m);
	assert_near(cycles(2, codes, lengths, both, 0, &m), m.atomic_cycles, 1.5);
}

static void serialising(void **state)
{
	const char *const codes[] = { "\x0f\x01\xcb", "\xeb\xfb" };
	const unsigned lengths[] = { 3, 2 };
	struct model m;

	(void)state;
	model(&m);
	assert_true(cycles(2, codes, lengths, NULL, 0, &m) >= m.serial_cycles[SERIAL_STAC]);
}

/* jne over a nop, as a coin says: its mispredictions cost what the model has for one. */
static double branches(unsigned pattern, const struct model *m)
{
	static const char *const jump[] = { "\x75\x01" }, *const skipped[] = { "\x90" },
				 *const back[] = { "\xeb\xfb" };
	static const unsigned two[] = { 2 }, one[] = { 1 };
	uint64_t coin = 88172645463325252ull;
	uint32_t ids[3];
	struct estimate x;
	struct err e = { 0 };
	struct trace t;
	struct writer w;
	double out;

	begin(&w);
	ids[0] = block(&w, KERNEL, 0, 1, jump, two);
	ids[1] = block(&w, KERNEL + 2, 0, 1, skipped, one);
	ids[2] = block(&w, KERNEL + 3, 0, 1, back, two);
	for (unsigned k = 0; k < 2; k++) {
		window(&w, 8);
		for (unsigned i = 0; i < ROUNDS; i++) {
			bool falls = pattern ? i % pattern == 0 : coin >> 40 & 1;

			coin ^= coin << 13;
			coin ^= coin >> 7;
			coin ^= coin << 17;
			run(&w, ids[0]);
			if (falls)
				run(&w, ids[1]);
			run(&w, ids[2]);
		}
		close_window(&w);
	}
	end(&w);
	assert_int_equal(trace_open(w.words, w.n, NULL, NULL, &t, &e), 0);
	assert_int_equal(estimate_make(m, &t, 1, &x, &e), 0);
	out = x.segments[0].cycles[0] / ROUNDS;
	estimate_free(&x);
	trace_free(&t);
	free(w.words);
	return out;
}

static void predicted(void **state)
{
	struct model m;

	(void)state;
	model(&m);
	assert_true(branches(4, &m) < 4);
	/* Half of them are wrong. */
	assert_near(branches(0, &m), m.mispredict_cycles / 2.0 + 2, 4);
}

/* An exception cuts a block short; an interrupt is left out, to its end; a switch is noted. */
static void events(void **state)
{
	static const char *const work[] = { ADD_RAX, "\x48\x8b\x00", ADD_RCX },
				 *const stub[] = { "\x50", ADD_RDX },
				 *const leave[] = { "\x48\xcf" };
	static const unsigned lengths[] = { 4, 3, 4 }, stub_lengths[] = { 1, 4 },
			      leave_lengths[] = { 2 };
	struct window_counts c;
	struct err e = { 0 };
	struct trace t;
	struct writer w;
	uint32_t ids[5];

	(void)state;
	begin(&w);
	ids[0] = block(&w, KERNEL, 0, 3, work, lengths);
	ids[1] = block(&w, KERNEL + 0x100, TRACE_EXCEPTION | TRACE_PAGE_FAULT, 2, stub,
		       stub_lengths);
	ids[2] = block(&w, KERNEL + 0x200, TRACE_INTERRUPT, 2, stub, stub_lengths);
	ids[3] = block(&w, KERNEL + 0x300, 0, 1, leave, leave_lengths);
	ids[4] = block(&w, KERNEL + 0x400, TRACE_SWITCH, 1, leave, leave_lengths);
	window(&w, 8);
	run(&w, ids[0]); /* whole: 3 */
	touch(&w, TRACE_LOAD, 1, DATA);
	run(&w, ids[0]); /* its load faults, and what was before is not told apart: 0 */
	run(&w, ids[1]); /* 2 */
	touch(&w, TRACE_STORE, 0, DATA);
	run(&w, ids[3]); /* 1 */
	run(&w, ids[2]); /* an interrupt, within it an exception: none of this */
	run(&w, ids[1]);
	run(&w, ids[3]);
	run(&w, ids[3]);
	run(&w, ids[0]); /* 3 */
	touch(&w, TRACE_LOAD, 1, 0x7f0000001000);
	close_window(&w);
	window(&w, 16);
	run(&w, ids[4]);
	run(&w, ids[2]);
	close_window(&w);
	end(&w);
	assert_int_equal(trace_open(w.words, w.n, NULL, NULL, &t, &e), 0);
	assert_int_equal(t.n_windows, 2);
	window_count(&t, &t.windows[0], &c, NULL, 0);
	assert_int_equal(c.insns, 9);
	assert_int_equal(c.page_faults, 1);
	assert_int_equal(c.interrupts, 1);
	assert_int_equal(c.user_accesses, 1);
	assert_int_equal(c.switches, 0);
	assert_false(c.cut);
	window_count(&t, &t.windows[1], &c, NULL, 0);
	assert_int_equal(c.switches, 1);
	assert_true(c.cut);
	trace_free(&t);
	free(w.words);
}

static void damaged(void **state)
{
	struct err e = { 0 };
	struct writer w;
	struct trace t;

	(void)state;
	begin(&w);
	window(&w, 8);
	close_window(&w);
	end(&w);
	assert_int_equal(trace_open(w.words, w.n, NULL, NULL, &t, &e), 0);
	trace_free(&t);
	for (size_t n = 0; n < w.n; n++) {
		assert_int_not_equal(trace_open(w.words, n, NULL, NULL, &t, &e), 0);
		trace_free(&t);
	}
	for (size_t at = 0; at < w.n; at++) {
		uint64_t kept = w.words[at];

		w.words[at] ^= 1ull << 62 | 1;
		assert_int_not_equal(trace_open(w.words, w.n, NULL, NULL, &t, &e), 0);
		assert_non_null(strstr(e.text, "the trace is damaged at word"));
		trace_free(&t);
		w.words[at] = kept;
	}
	free(w.words);
}

/* Of a long window parts are looked at: the same as of the whole, where all of it is alike. */
static void sampled(void **state)
{
	static const char *const codes[] = { ADD_RAX, ADD_RAX, ADD_RAX, "\xeb\xf2" };
	static const unsigned lengths[] = { 4, 4, 4, 2 };
	struct estimate x;
	struct err e = { 0 };
	struct model m;
	struct trace t;
	struct writer w;
	uint32_t id;

	(void)state;
	model(&m);
	begin(&w);
	id = block(&w, KERNEL, 0, 4, codes, lengths);
	for (unsigned k = 0; k < 2; k++) {
		window(&w, 8);
		for (unsigned i = 0; i < 250000; i++)
			run(&w, id);
		close_window(&w);
	}
	end(&w);
	assert_int_equal(trace_open(w.words, w.n, NULL, NULL, &t, &e), 0);
	assert_int_equal(estimate_make(&m, &t, 1, &x, &e), 0);
	assert_int_equal(x.segments[0].counts.insns, 1000000);
	assert_near(x.segments[0].cycles[0] / 250000, 3, 0.05);
	assert_near(x.segments[0].function_cycles[0], x.segments[0].cycles[0], 1);
	estimate_free(&x);
	trace_free(&t);
	free(w.words);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dependent), cmocka_unit_test(memory),
		cmocka_unit_test(locked),    cmocka_unit_test(serialising),
		cmocka_unit_test(predicted), cmocka_unit_test(events),
		cmocka_unit_test(damaged),   cmocka_unit_test(sampled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
