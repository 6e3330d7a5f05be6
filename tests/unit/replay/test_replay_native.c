// SPDX-License-Identifier: GPL-2.0-or-later
/* Calls made by hand, on this processor; and what must not pass for them. */
#include "replay/native.h"

#include "tests/unit/replay_capture.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8, R9 };

static struct replay_options options(void)
{
	struct replay_options o = REPLAY_OPTIONS;

	o.child = REPLAY_CHILD;
	o.warm = 5;
	o.cold = 2;
	o.limit_seconds = 60;
	return o;
}

static void a_call_is_made_and_timed(void **state)
{
	_cleanup_replay_result_ struct replay_result r = { 0 };
	const struct replay_options o = options();
	struct made m;
	struct err e = { 0 };

	(void)state;
	made_begin(&m, 0);
	CODE(&m, 0xb8, 0x2a, 0, 0, 0); /* mov $42, %eax */
	CODE(&m, 0xc3);
	made_returned(&m, 42);
	if (replay_native(&m.c, &o, &r, &e) < 0)
		fail_msg("%s", e.text);
	assert_int_equal(r.steps, 2);
	assert_true(r.whole);
	assert_int_equal(r.n_differences, 0);
	assert_int_equal(r.n_warm, 5);
	assert_int_equal(r.n_cold, 2);
	assert_true(r.ghz > 0.1 && r.ghz < 20);
	assert_true(r.harness_ticks > 0);
	assert_int_equal(r.n_pages, MADE_RAM / PAGE_BYTES);
	made_end(&m);
}

/* Adds up what pointers of every kind lead to, 95 in all, and stores that and a pointer. */
static void make_sum(struct made *m, int percpu_in_image)
{
	uint32_t away;
	uint8_t by_rip[] = { 0x65, 0x48, 0x03, 0x0d, 0, 0, 0, 0 };
	const uint64_t percpu = percpu_in_image ? MADE_DATA : 0;

	m->c.before.gpr[RDI] = MADE_HEAP;
	CODE(m, 0x48, 0x8b, 0x07);			   /* mov (%rdi), %rax */
	CODE(m, 0x48, 0x8b, 0x08);			   /* mov (%rax), %rcx */
	CODE(m, 0x48, 0x8b, 0x57, 0x08);		   /* mov 8(%rdi), %rdx */
	CODE(m, 0x48, 0x03, 0x0a);			   /* add (%rdx), %rcx */
	CODE(m, 0x48, 0x8b, 0x34, 0x25, 8, 1, 0x20, 0x81); /* mov MADE_DATA+0x108, %rsi */
	CODE(m, 0x48, 0x01, 0xf1);			   /* add %rsi, %rcx */
	if (percpu_in_image)				   /* add %gs:0x10, %rcx */
		CODE(m, 0x65, 0x48, 0x03, 0x0c, 0x25, 0x10, 0, 0x20, 0x81);
	else
		CODE(m, 0x65, 0x48, 0x03, 0x0c, 0x25, 0x10, 0, 0, 0);
	away = (uint32_t)(percpu + 0x18 - (m->code_at + sizeof(by_rip)));
	memcpy(by_rip + 4, &away, 4); /* add %gs:0x18(%rip), %rcx */
	made_code(m, 1, by_rip, sizeof(by_rip));
	CODE(m, 0x49, 0xb8, 0, 1, 0, 0, 0, 0xc9, 0xff, 0xff); /* movabs MADE_VMALLOC+0x100, %r8 */
	CODE(m, 0x49, 0x03, 0x08);			      /* add (%r8), %rcx */
	CODE(m, 0x49, 0xc7, 0xc1, 0x10, 1, 0x20, 0x81);	      /* mov $MADE_DATA+0x110, %r9 */
	CODE(m, 0x49, 0x03, 0x09);			      /* add (%r9), %rcx */
	CODE(m, 0x48, 0x89, 0x4f, 0x10);		      /* mov %rcx, 0x10(%rdi) */
	CODE(m, 0x48, 0x89, 0x47, 0x18);		      /* mov %rax, 0x18(%rdi) */
	CODE(m, 0x48, 0x89, 0xc8);			      /* mov %rcx, %rax */
	CODE(m, 0xc3);
	made_word(m, MADE_HEAP, MADE_VMEMMAP + 0x40);
	made_word(m, MADE_HEAP + 8, MADE_DATA + 0x100);
	made_word(m, MADE_VMEMMAP + 0x40, 5);
	made_word(m, MADE_DATA + 0x100, 7);
	made_word(m, MADE_DATA + 0x108, 11);
	made_word(m, MADE_PERCPU + 0x10, 13);
	made_word(m, MADE_PERCPU + 0x18, 17);
	made_word(m, MADE_VMALLOC + 0x100, 19);
	made_word(m, MADE_DATA + 0x110, 23);
	made_after(m, MADE_HEAP + 0x10, 95);
	made_after(m, MADE_HEAP + 0x18, MADE_VMEMMAP + 0x40);
	made_touched(m, MADE_HEAP, 1, 0);
	made_touched(m, MADE_HEAP + 8, 1, 0);
	made_touched(m, MADE_HEAP + 0x10, 0, 1);
	made_touched(m, MADE_HEAP + 0x18, 0, 1);
	made_touched(m, MADE_VMEMMAP + 0x40, 1, 0);
	made_touched(m, MADE_DATA + 0x100, 1, 0);
	made_touched(m, MADE_DATA + 0x108, 1, 0);
	made_touched(m, MADE_PERCPU + 0x10, 1, 0);
	made_touched(m, MADE_PERCPU + 0x18, 1, 0);
	made_touched(m, MADE_VMALLOC + 0x100, 1, 0);
	made_touched(m, MADE_DATA + 0x110, 1, 0);
	made_returned(m, 95);
	m->c.after.gpr[RCX] = 95;
	m->c.after.gpr[RDX] = MADE_DATA + 0x100;
	m->c.after.gpr[RSI] = 11;
	m->c.after.gpr[R8] = MADE_VMALLOC + 0x100;
	m->c.after.gpr[R9] = MADE_DATA + 0x110;
}

static void every_kind_of_address_is_moved(void **state)
{
	(void)state;
	for (int in_image = 0; in_image < 2; in_image++) {
		_cleanup_replay_result_ struct replay_result r = { 0 };
		const struct replay_options o = options();
		struct made m;
		struct err e = { 0 };

		made_begin(&m, in_image);
		make_sum(&m, in_image);
		if (replay_native(&m.c, &o, &r, &e) < 0)
			fail_msg("%s", e.text);
		assert_int_equal(r.n_differences, 0);
		assert_int_equal(r.scratch, 0);
		assert_int_equal(r.n_pointers, 3); /* with the address of the return */
		assert_int_equal(r.n_operands, 4);
		assert_int_equal(r.steps, 16);
		assert_int_equal(r.n_changed, 2); /* the heap's page, and the stack's */
		made_end(&m);
	}
}

/* One byte of what the emulator left is another, in memory that the call has nothing to do with. */
static void a_wrong_byte_is_found_in_every_class(void **state)
{
	static const struct {
		uint64_t va, pa;
		enum layout_class class;
		bool refused;
	} places[] = {
		{ MADE_HEAP + 0x5008, 0, LAYOUT_DATA, false },
		{ 0, 0x2008, LAYOUT_TABLE, true },
		{ MADE_VMALLOC + 0x2008, 0, LAYOUT_STACK, false },
		{ MADE_IMAGE + 0x4008, 0, LAYOUT_CODE, true },
		{ MADE_DATA + 0x4008, 0, LAYOUT_IMAGE, false },
		{ MADE_VMEMMAP + 0x4008, 0, LAYOUT_VMEMMAP, false },
		{ MADE_USER + 0x8, 0, LAYOUT_USER, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		for (uint64_t byte = 0; byte < 8; byte += 7) {
			_cleanup_replay_result_ struct replay_result r = { 0 };
			const struct replay_options o = options();
			const uint64_t pa =
				places[i].va ? made_physical(places[i].va) : places[i].pa;
			struct made m;
			struct err e = { 0 };
			int s;

			made_begin(&m, 0);
			make_sum(&m, 0);
			m.c.ram_after[pa + byte] ^= 0x10;
			s = replay_native(&m.c, &o, &r, &e);
			assert_int_equal(s, places[i].refused ? -EPROTO : 0);
			assert_int_equal(r.n_differences, 1);
			assert_int_equal(r.differences[0].pa, pa);
			assert_int_equal(r.differences[0].class, places[i].class);
			if (places[i].va && places[i].class != LAYOUT_USER)
				assert_int_equal(r.differences[0].va, places[i].va);
			if (s < 0)
				assert_non_null(strstr(e.text, layout_class_name(places[i].class)));
			made_end(&m);
		}
	}
}

static void a_wrong_result_is_found(void **state)
{
	static const unsigned kept[] = { RAX, RBX, RSP, RBP, 12, 15 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(kept); i++) {
		_cleanup_replay_result_ struct replay_result r = { 0 };
		const struct replay_options o = options();
		struct made m;
		struct err e = { 0 };

		made_begin(&m, 0);
		make_sum(&m, 0);
		m.c.after.gpr[kept[i]] ^= 1ull << 40;
		assert_int_equal(replay_native(&m.c, &o, &r, &e), -EPROTO);
		assert_non_null(strstr(e.text, "after the call, r"));
		made_end(&m);
	}
}

/* A word that is loaded and looks like an address, but is used as a number. */
static void a_number_that_was_moved_is_found(void **state)
{
	_cleanup_replay_result_ struct replay_result r = { 0 };
	const struct replay_options o = options();
	struct made m;
	struct err e = { 0 };

	(void)state;
	made_begin(&m, 0);
	m.c.before.gpr[RDI] = MADE_HEAP;
	CODE(&m, 0x48, 0x8b, 0x07);	  /* mov (%rdi), %rax */
	CODE(&m, 0x48, 0xc1, 0xe8, 0x20); /* shr $32, %rax */
	CODE(&m, 0xc3);
	made_word(&m, MADE_HEAP, MADE_DIRECT + 0x77);
	made_touched(&m, MADE_HEAP, 1, 0);
	made_returned(&m, 0xffff8880);
	assert_int_equal(replay_native(&m.c, &o, &r, &e), -EPROTO);
	assert_non_null(strstr(e.text, "rax is 0, and 0xffff8880 in the emulator"));
	made_end(&m);
}

/* A number over a part of an address that was stored there. */
static void pieces_of_addresses_are_told(void **state)
{
	_cleanup_replay_result_ struct replay_result r = { 0 };
	const struct replay_options o = options();
	struct made m;
	struct err e = { 0 };

	(void)state;
	made_begin(&m, 0);
	m.c.before.gpr[RDI] = MADE_HEAP;
	m.c.before.gpr[RSI] = MADE_DATA + 0x30;
	CODE(&m, 0x48, 0x89, 0x3f);		/* mov %rdi, (%rdi) */
	CODE(&m, 0xc7, 0x07, 1, 0, 0, 0);	/* movl $1, (%rdi) */
	CODE(&m, 0x48, 0x89, 0x77, 0x08);	/* mov %rsi, 8(%rdi) */
	CODE(&m, 0xc7, 0x47, 0x0c, 2, 0, 0, 0); /* movl $2, 12(%rdi) */
	CODE(&m, 0xc7, 0x47, 0x10, 3, 0, 0, 0); /* movl $3, 16(%rdi) */
	CODE(&m, 0x48, 0x89, 0x7f, 0x18);	/* mov %rdi, 24(%rdi) */
	CODE(&m, 0xc6, 0x47, 0x1f, 0);		/* movb $0, 31(%rdi) */
	CODE(&m, 0xc3);
	made_after(&m, MADE_HEAP + 24, MADE_HEAP << 8 >> 8);
	made_touched(&m, MADE_HEAP + 24, 0, 2);
	made_after(&m, MADE_HEAP, (MADE_HEAP >> 32 << 32) | 1);
	made_after(&m, MADE_HEAP + 8, 2ull << 32 | (uint32_t)(MADE_DATA + 0x30));
	made_after(&m, MADE_HEAP + 16, 1ull << 32 | 3);
	made_touched(&m, MADE_HEAP, 0, 2);
	made_touched(&m, MADE_HEAP + 8, 0, 2);
	made_touched(&m, MADE_HEAP + 16, 0, 1);
	made_returned(&m, 0);
	if (replay_native(&m.c, &o, &r, &e) < 0)
		fail_msg("%s", e.text);
	assert_int_equal(r.n_differences, 4);
	assert_true(r.differences[0].half);
	assert_true(r.differences[1].half);
	assert_false(r.differences[2].half);
	assert_true(r.differences[3].half);
	made_end(&m);
}

static void too_many_words_that_differ_are_refused(void **state)
{
	(void)state;
	for (unsigned n = REPLAY_DIFFERENCES_MAX; n <= REPLAY_DIFFERENCES_MAX + 1; n++) {
		_cleanup_replay_result_ struct replay_result r = { 0 };
		const struct replay_options o = options();
		struct made m;
		struct err e = { 0 };
		int s;

		made_begin(&m, 0);
		make_sum(&m, 0);
		for (unsigned i = 0; i < n; i++)
			made_after(&m, MADE_HEAP + 0x6000 + i * 16, 1);
		s = replay_native(&m.c, &o, &r, &e);
		assert_int_equal(s, n > REPLAY_DIFFERENCES_MAX ? -EPROTO : 0);
		assert_int_equal(r.n_differences, n);
		made_end(&m);
	}
}

/* Leads to code that the captured call did not execute. */
static int stray(struct made *m, const uint8_t *bytes, size_t n, bool watch,
		 struct replay_result *r, struct err *e)
{
	struct replay_options o = options();

	o.watch = watch;
	o.limit_seconds = 1;
	made_begin(m, 0);
	m->c.before.gpr[RBX] = MADE_IMAGE + 0x800;
	CODE(m, 0xff, 0xe3); /* jmp *%rbx */
	memcpy(m->c.ram_before + made_physical(MADE_IMAGE + 0x800), bytes, n);
	memcpy(m->c.ram_after + made_physical(MADE_IMAGE + 0x800), bytes, n);
	made_returned(m, 0);
	return replay_native(&m->c, &o, r, e);
}

#define STRAY(words, errno_of_it, ...)                                                \
	do {                                                                          \
		_cleanup_replay_result_ struct replay_result r_ = { 0 };              \
		static const uint8_t bytes_[] = { __VA_ARGS__ };                      \
		struct made m_;                                                       \
		struct err e_ = { 0 };                                                \
                                                                                      \
		assert_int_equal(stray(&m_, bytes_, sizeof(bytes_), false, &r_, &e_), \
				 -(errno_of_it));                                     \
		if (!strstr(e_.text, words))                                          \
			fail_msg("%s", e_.text);                                      \
		assert_int_equal(e_.status, ERR_UNMEASURED);                          \
		made_end(&m_);                                                        \
	} while (0)

static void code_gone_astray_is_caught(void **state)
{
	(void)state;
	/* getpid(); ret */
	STRAY("a system call", EPROTO, 0xb8, 0x27, 0, 0, 0, 0x0f, 0x05, 0xc3);
	/* int $0x80 */
	STRAY("a system call", EPROTO, 0xb8, 0x14, 0, 0, 0, 0xcd, 0x80, 0xc3);
	/* write(2, ...) */
	STRAY("a system call", EPROTO, 0xb8, 1, 0, 0, 0, 0xbf, 2, 0, 0, 0, 0x0f, 0x05, 0xc3);
	/* kill(-1, 0) and fork() */
	STRAY("a system call", EPROTO, 0xb8, 0x3e, 0, 0, 0, 0x31, 0xf6, 0x0f, 0x05, 0xc3);
	STRAY("a system call", EPROTO, 0xb8, 0x39, 0, 0, 0, 0x0f, 0x05, 0xc3);
	/* exit_group(0) is its to call; it proves nothing */
	STRAY("the child ended: exit status 0", EPROTO, 0xb8, 0xe7, 0, 0, 0, 0x31, 0xff, 0x0f,
	      0x05);
	/* jmp . */
	STRAY("did not return within 1 second", ETIMEDOUT, 0xeb, 0xfe);
	/* ud2; int3; hlt; div by zero; cli */
	STRAY("an instruction that is none at 0xffffffff81000800", EPROTO, 0x0f, 0x0b);
	STRAY("a trap at 0xffffffff8100080", EPROTO, 0xcc);
	STRAY("a fault at 0xffffffff81000800", EPROTO, 0xf4);
	STRAY("a fault at 0xffffffff81000800", EPROTO, 0xfa);
	STRAY("a division error at 0xffffffff81000802", EPROTO, 0x31, 0xc9, 0xf7, 0xf1);
	/* mov %rax, 0x3450000; and a store to the child's stack that was, and to the vdso's range
	 */
	STRAY("it reached for 0x3450000", EPROTO, 0x48, 0x89, 0x04, 0x25, 0, 0, 0x45, 0x3);
	STRAY("it reached for 0x7ffff7ff0000", EPROTO, 0x48, 0xb9, 0, 0, 0xff, 0xf7, 0xff, 0x7f, 0,
	      0, 0x48, 0x89, 0x01);
	/* xor %eax, %eax; ret: all is well but that nobody has executed it before */
	STRAY("other instructions than in the emulator: 2 more", EPROTO, 0x31, 0xc0, 0xc3);
}

static void code_gone_astray_is_caught_at_once(void **state)
{
	static const uint8_t calls_getpid[] = { 0xb8, 0x27, 0, 0, 0, 0x0f, 0x05, 0xc3 };
	_cleanup_replay_result_ struct replay_result r = { 0 };
	struct made m;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(stray(&m, calls_getpid, sizeof(calls_getpid), true, &r, &e), -EPROTO);
	assert_string_equal(e.text,
			    "it executed 0xffffffff81000800, which it did not in the emulator");
	assert_int_equal(r.refused_at, MADE_IMAGE + 0x800);
	made_end(&m);
}

/* A loop that goes round once less than it did in the emulator, and leaves the same. */
static void what_was_executed_is_counted(void **state)
{
	(void)state;
	for (uint64_t times = 3; times <= 4; times++) {
		for (int watch = 0; watch < 2; watch++) {
			_cleanup_replay_result_ struct replay_result r = { 0 };
			struct replay_options o = options();
			struct made m;
			struct err e = { 0 };
			int s;

			o.watch = watch;
			o.steps_max = watch ? 0 : 1000;
			made_begin(&m, 0);
			CODE(&m, 0xb9, 3, 0, 0, 0);	     /* mov $3, %ecx */
			made_code(&m, times, "\xff\xc9", 2); /* 1: dec %ecx */
			made_code(&m, times, "\x75\xfc", 2); /* jnz 1b */
			CODE(&m, 0xc3);
			made_returned(&m, 0);
			s = replay_native(&m.c, &o, &r, &e);
			assert_int_equal(s, times == 3 ? 0 : -EPROTO);
			if (times == 3)
				assert_int_equal(watch ? r.n_watched : r.steps, watch ? 4 : 8);
			else
				assert_int_equal(r.refused_at, MADE_IMAGE + 5);
			made_end(&m);
		}
	}
}

static void what_is_privileged_is_named(void **state)
{
	static const struct {
		uint8_t bytes[8];
		size_t n;
		const char *says; /* NULL: it is replaced */
	} of[] = {
		{ { 0xfa }, 1, NULL },		   /* cli */
		{ { 0xfb }, 1, NULL },		   /* sti */
		{ { 0x0f, 0x01, 0x3f }, 3, NULL }, /* invlpg (%rdi) */
		{ { 0x0f, 0x22, 0xd8 }, 3, NULL }, /* mov %rax, %cr3 */
		{ { 0x0f, 0x01, 0xcb }, 3, NULL }, /* stac */
		{ { 0xf4 }, 1, "hlt at 0xffffffff81000000" },
		{ { 0x0f, 0x30 }, 2, "wrmsr at 0xffffffff81000000" },
		{ { 0x0f, 0x01, 0xf8 }, 3, "swapgs at" },
		{ { 0x48, 0xcf }, 2, "iret at" },
		{ { 0xee }, 1, "out at" },
		{ { 0x0f, 0x0b }, 2, "ud2 at" },
		{ { 0x0f, 0x05 }, 2, "syscall at" },
		{ { 0x0f, 0xa2 }, 2, "cpuid at" },
		{ { 0x0f, 0x20, 0xc0 }, 3, "mov from a control register at" },
		{ { 0x64, 0x48, 0x8b, 0x07 }, 4, "an access by fs at" },
		{ { 0xc5, 0xf8, 0x77 }, 3, "an unknown instruction at" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(of); i++) {
		_cleanup_replay_result_ struct replay_result r = { 0 };
		const struct replay_options o = options();
		struct made m;
		struct err e = { 0 };
		int s;

		made_begin(&m, 0);
		made_code(&m, 3, of[i].bytes, of[i].n);
		CODE(&m, 0xc3);
		m.c.executed[0].times = 1;
		made_returned(&m, 0);
		s = replay_native(&m.c, &o, &r, &e);
		if (of[i].says) {
			assert_int_equal(s, -ENOTSUP);
			assert_int_equal(r.refused_at, MADE_IMAGE);
			if (!strstr(e.text, of[i].says))
				fail_msg("%s", e.text);
		} else if (s < 0) {
			fail_msg("%s", e.text);
		} else {
			assert_int_equal(r.n_replaced, 1);
			assert_int_equal(r.replaced[0].va, MADE_IMAGE);
		}
		made_end(&m);
	}
}

/* User memory is where it was, and what stands in it is nobody's address. */
static void user_memory_is_read(void **state)
{
	_cleanup_replay_result_ struct replay_result r = { 0 };
	const struct replay_options o = options();
	struct made m;
	struct err e = { 0 };

	(void)state;
	made_begin(&m, 0);
	m.c.before.gpr[RDI] = MADE_USER;
	CODE(&m, 0x0f, 0x01, 0xcb); /* stac */
	CODE(&m, 0x48, 0x8b, 0x07); /* mov (%rdi), %rax */
	CODE(&m, 0xc3);
	made_word(&m, MADE_USER, MADE_DATA + 8);
	made_touched(&m, MADE_USER, 1, 0);
	made_returned(&m, MADE_DATA + 8);
	if (replay_native(&m.c, &o, &r, &e) < 0)
		fail_msg("%s", e.text);
	assert_int_equal(r.n_differences, 0);
	assert_int_equal(r.n_replaced, 1);
	made_end(&m);
}

static void lock_is_put_back(void **state)
{
	(void)state;
	for (int locks = 0; locks < 2; locks++) {
		_cleanup_replay_result_ struct replay_result r = { 0 };
		struct replay_options o = options();
		struct made m;
		struct err e = { 0 };

		o.locks = locks;
		made_begin(&m, 0);
		m.c.before.gpr[RDI] = MADE_HEAP;
		CODE(&m, 0x3e, 0x48, 0xff, 0x07); /* ds incq (%rdi) */
		CODE(&m, 0x3e, 0x48, 0x8b, 0x07); /* ds mov (%rdi), %rax */
		CODE(&m, 0xc3);
		made_word(&m, MADE_HEAP, 4);
		made_after(&m, MADE_HEAP, 5);
		made_touched(&m, MADE_HEAP, 2, 1);
		made_returned(&m, 5);
		if (replay_native(&m.c, &o, &r, &e) < 0)
			fail_msg("%s", e.text);
		assert_int_equal(r.n_locks, locks);
		made_end(&m);
	}
}

/* As a slab's list of free objects is in a hardened kernel. */
static uint64_t encoded(uint64_t object, uint64_t key, uint64_t at)
{
	return object ^ key ^ __builtin_bswap64(at);
}

static void encoded_addresses_are_encoded_anew(void **state)
{
	const uint64_t key = 0x9c3a55e10f7721d8, object = MADE_HEAP + 0x100,
		       next = MADE_HEAP + 0x200;

	(void)state;
	for (int wrong = 0; wrong < 2; wrong++) {
		_cleanup_replay_result_ struct replay_result r = { 0 };
		const struct replay_options o = options();
		struct made m;
		struct err e = { 0 };
		int s;

		made_begin(&m, 0);
		m.c.before.gpr[RDI] = MADE_HEAP;
		m.c.before.gpr[RSI] = object;
		CODE(&m, 0x48, 0x8b, 0x0e);	  /* mov (%rsi), %rcx */
		CODE(&m, 0x48, 0x33, 0x0f);	  /* xor (%rdi), %rcx */
		CODE(&m, 0x48, 0x89, 0xf2);	  /* mov %rsi, %rdx */
		CODE(&m, 0x48, 0x0f, 0xca);	  /* bswap %rdx */
		CODE(&m, 0x48, 0x31, 0xd1);	  /* xor %rdx, %rcx */
		CODE(&m, 0x48, 0x8b, 0x01);	  /* mov (%rcx), %rax */
		CODE(&m, 0x48, 0x8d, 0x56, 0x08); /* lea 8(%rsi), %rdx */
		CODE(&m, 0x48, 0x0f, 0xca);	  /* bswap %rdx */
		CODE(&m, 0x48, 0x31, 0xca);	  /* xor %rcx, %rdx */
		CODE(&m, 0x48, 0x33, 0x17);	  /* xor (%rdi), %rdx */
		CODE(&m, 0x48, 0x89, 0x56, 0x08); /* mov %rdx, 8(%rsi) */
		CODE(&m, 0xc3);
		made_word(&m, MADE_HEAP, key);
		made_word(&m, object, encoded(next, key, object));
		made_word(&m, next, 77);
		made_after(&m, object + 8, encoded(next + wrong * 8, key, object + 8));
		made_touched(&m, MADE_HEAP, 2, 0);
		made_touched(&m, object, 1, 0);
		made_touched(&m, object + 8, 0, 1);
		made_touched(&m, next, 1, 0);
		made_returned(&m, 77);
		m.c.after.gpr[RCX] = next;
		m.c.after.gpr[RDX] = encoded(next, key, object + 8);
		s = replay_native(&m.c, &o, &r, &e);
		if (s < 0)
			fail_msg("%s", e.text);
		assert_int_equal(r.n_encoded, 1);
		assert_int_equal(r.n_differences, wrong);
		made_end(&m);
	}
}

static void what_cannot_be_laid_out_is_refused(void **state)
{
	static const char *const says[] = { "page tables of four levels",
					    "gs has the base",
					    "touches 0xffffc90000005000, where no memory is",
					    "something else ran",
					    "code that is not what was executed at",
					    "which is no memory",
					    "page tables of more than",
					    "no kernel image is found" };
	const struct replay_options o = options();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(says); i++) {
		_cleanup_replay_result_ struct replay_result r = { 0 };
		struct made m;
		struct err e = { 0 };

		made_begin(&m, 0);
		CODE(&m, 0xc3);
		made_returned(&m, 0);
		if (i == 0)
			m.c.before.cr4 |= 1 << 12;
		else if (i == 1)
			m.c.before.gs_base = 0x1000;
		else if (i == 2)
			made_touched(&m, MADE_VMALLOC + 0x5000, 1, 0);
		else if (i == 3)
			m.c.disturbed = true;
		else if (i == 4)
			m.c.executed[0].bytes[0] = 0x90;
		else if (i == 5)
			m.c.before.cr3 = MADE_RAM;
		else if (i == 6) /* a table of which each entry leads to itself */
			for (uint64_t at = 0; at < PAGE_BYTES; at += 8)
				made_word(&m, MADE_DIRECT + 0x200000 + at, 0x200067);
		else /* the table of the image's gigabyte is empty */
			memset(m.c.ram_before + made_image_table(&m), 0, PAGE_BYTES);
		if (i == 6)
			made_word(&m, MADE_DIRECT + m.c.before.cr3 + 300 * 8, 0x200067);
		assert_true(replay_native(&m.c, &o, &r, &e) < 0);
		if (!strstr(e.text, says[i]))
			fail_msg("%s", e.text);
		assert_int_equal(e.status, ERR_UNMEASURED);
		made_end(&m);
	}
}

static void a_processor_that_cannot_be_had_is_refused(void **state)
{
	_cleanup_replay_result_ struct replay_result r = { 0 };
	struct replay_options o = options();
	struct made m;
	struct err e = { 0 };

	(void)state;
	made_begin(&m, 0);
	CODE(&m, 0xc3);
	made_returned(&m, 0);
	o.cpu = 1 << 20; /* Linux has no kernel for so many */
	assert_int_equal(replay_native(&m.c, &o, &r, &e), -EINVAL);
	assert_string_equal(e.text, "this process may not use CPU 1048576");
	made_end(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_call_is_made_and_timed),
		cmocka_unit_test(every_kind_of_address_is_moved),
		cmocka_unit_test(a_wrong_byte_is_found_in_every_class),
		cmocka_unit_test(a_wrong_result_is_found),
		cmocka_unit_test(a_number_that_was_moved_is_found),
		cmocka_unit_test(pieces_of_addresses_are_told),
		cmocka_unit_test(too_many_words_that_differ_are_refused),
		cmocka_unit_test(code_gone_astray_is_caught),
		cmocka_unit_test(code_gone_astray_is_caught_at_once),
		cmocka_unit_test(what_was_executed_is_counted),
		cmocka_unit_test(what_is_privileged_is_named),
		cmocka_unit_test(user_memory_is_read),
		cmocka_unit_test(lock_is_put_back),
		cmocka_unit_test(encoded_addresses_are_encoded_anew),
		cmocka_unit_test(what_cannot_be_laid_out_is_refused),
		cmocka_unit_test(a_processor_that_cannot_be_had_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
