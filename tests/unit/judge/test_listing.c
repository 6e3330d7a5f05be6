// SPDX-License-Identifier: GPL-2.0-or-later
/* A function of two kernels side by side. */
#include "judge/why/listing.h"

#include "base/cleanup.h"
#include "tests/unit/fake_run.h"
#include "tests/unit/unit.h"

#include <string.h>

static const char kallsyms[] = "ffffffff81000000 T walk\n"
			       "ffffffff81000100 T other\n"
			       "ffffffff81002000 T walk_moved\n";

#define OLD_START 0xffffffff81000000ull
#define NEW_START 0xffffffff81002000ull

static const char old_listing[] =
	"\nx:     file format binary\n\nffffffff81000000 <.data>:\n"
	"ffffffff81000000:\te8 00 00 00 00 \tcall   0xffffffff81000100\n"
	"ffffffff81000005:\t48 8b 05 00 00 00 00 \tmov    0x1234(%rip),%rax        # 0xffffffff82\n"
	"ffffffff8100000c:\t74 02 \tje     0xffffffff81000010\n"
	"ffffffff8100000e:\t66 90 \txchg   %ax,%ax\n"
	"ffffffff81000010:\t48 89 43 08 \tmov    %rax,0x8(%rbx)\n"
	"ffffffff81000014:\tc3 \tret\n";

/* The same at another place, without the padding. */
static const char moved_listing[] =
	"ffffffff81002000:\te8 00 00 00 00 \tcall   0xffffffff81000100\n"
	"ffffffff81002005:\t48 8b 05 00 00 00 00 \tmov    0x9999(%rip),%rax        # 0xffffffff83\n"
	"ffffffff8100200c:\t74 00 \tje     0xffffffff8100200e\n"
	"ffffffff8100200e:\t48 89 43 08 \tmov    %rax,0x8(%rbx)\n"
	"ffffffff81002012:\tc3 \tret\n";

static const char longer_listing[] =
	"ffffffff81002000:\te8 00 00 00 00 \tcall   0xffffffff81000100\n"
	"ffffffff81002005:\t48 8b 05 00 00 00 00 \tmov    0x9999(%rip),%rax        # 0xffffffff83\n"
	"ffffffff8100200c:\t74 04 \tje     0xffffffff81002012\n"
	"ffffffff8100200e:\t48 89 43 10 \tmov    %rax,0x10(%rbx)\n"
	"ffffffff81002012:\t48 89 43 08 \tmov    %rax,0x8(%rbx)\n"
	"ffffffff81002016:\tc3 \tret\n";

struct fixture {
	struct scenario_list library;
	struct symbols *symbols;
	struct disasm code[2];
	struct run runs[2];
	struct profile_span spans[2][2 * MARKER_PHASES];
	struct listing listing;
};

static void read_code(struct fixture *f, unsigned side, uint64_t start, uint64_t end,
		      const char *listing)
{
	struct err e = { 0 };

	f->code[side] = (struct disasm){ .start = start, .end = end, .crc = side + 1 };
	assert_int_equal(disasm_parse(listing, strlen(listing), f->symbols, &f->code[side], &e), 0);
}

/* Where in the listings the first three instructions stand, and two others from their address on.
 */
static struct counts_insn insns[] = { { 0, 0 }, { 5, 0 }, { 0xc, 0 }, { 0, 0 }, { 4, 0 } };

/* The first three, and two from an address, each @times an iteration and page. */
static void execute(struct fixture *f, unsigned side, uint64_t times, uint64_t vaddr)
{
	struct profile *p = &f->runs[side].profile;

	p->vector = true;
	p->spans = f->spans[side];
	p->insns = insns;
	for (unsigned phase = 0; phase < MARKER_PHASES; phase++) {
		uint64_t n = times * FAKE_PAGES * fake_iterations(phase);
		uint8_t slot = (uint8_t)(phase * MARKER_SEGMENTS);

		p->spans[p->n_spans++] = (struct profile_span){ .vaddr = f->code[side].start,
								.executions = n + 5,
								.repeated = 5,
								.insns = 3,
								.slot = slot };
		p->spans[p->n_spans++] = (struct profile_span){
			.vaddr = vaddr, .executions = n, .first = 3, .insns = 2, .slot = slot
		};
	}
}

static void make(struct fixture *f, const char *new_listing, uint64_t new_end)
{
	struct err e = { 0 };

	fake_scenario(&f->library);
	assert_int_equal(symbols_parse(kallsyms, strlen(kallsyms), &f->symbols, &e), 0);
	read_code(f, 0, OLD_START, OLD_START + 0x15, old_listing);
	read_code(f, 1, NEW_START, new_end, new_listing);
	execute(f, 0, 2, OLD_START + 0x10);
	execute(f, 1, 3, NEW_START + 0x0e);
	fake_finish(&f->runs[0]);
	fake_finish(&f->runs[1]);
	if (listing_make(f->library.items[0], &f->code[0], &f->runs[0], &f->code[1], &f->runs[1],
			 &f->listing, &e) < 0)
		fail_msg("%s", e.text);
}

static void drop(struct fixture *f)
{
	listing_free(&f->listing);
	disasm_free(&f->code[0]);
	disasm_free(&f->code[1]);
	symbols_free(f->symbols);
	scenario_list_free(&f->library);
}

static void addresses_become_names(void **state)
{
	struct fixture f = { 0 };

	(void)state;
	make(&f, moved_listing, NEW_START + 0x13);
	assert_int_equal(f.code[0].count, 6);
	assert_string_equal(f.code[0].insns[0].text, "call   other");
	assert_string_equal(f.code[0].insns[1].text, "mov    DATA(%rip),%rax");
	assert_string_equal(f.code[0].insns[2].text, "je     .");
	assert_int_equal(f.code[0].insns[2].target, OLD_START + 0x10);
	assert_true(f.code[0].insns[3].is_nop);
	assert_string_equal(f.code[0].insns[4].text, "mov    %rax,0x8(%rbx)");
	drop(&f);
}

static void layout_alone_is_told(void **state)
{
	struct fixture f = { 0 };

	(void)state;
	make(&f, moved_listing, NEW_START + 0x13);
	assert_int_equal(f.listing.difference, LISTING_LAYOUT);
	assert_int_equal(f.listing.count, 5);
	for (size_t i = 0; i < f.listing.count; i++) {
		assert_non_null(f.listing.rows[i].old_insn);
		assert_non_null(f.listing.rows[i].new_insn);
		assert_float_equal(f.listing.rows[i].old_executed, 2, 1e-9);
		assert_float_equal(f.listing.rows[i].new_executed, 3, 1e-9);
	}
	assert_float_equal(f.listing.unplaced_old, 0, 1e-9);
	drop(&f);
}

static void an_instruction_more_is_code(void **state)
{
	struct fixture f = { 0 };

	(void)state;
	make(&f, longer_listing, NEW_START + 0x17);
	assert_int_equal(f.listing.difference, LISTING_CODE);
	assert_int_equal(f.listing.count, 6);
	assert_null(f.listing.rows[3].old_insn);
	assert_string_equal(f.listing.rows[3].new_insn->text, "mov    %rax,0x10(%rbx)");
	assert_float_equal(f.listing.rows[3].new_executed, 3, 1e-9);
	assert_float_equal(f.listing.rows[5].old_executed, 2, 1e-9);
	assert_float_equal(f.listing.rows[5].new_executed, 0, 1e-9);
	drop(&f);
}

/* The kernel put other instructions there: one begins where nothing was linked. */
static void what_was_patched_in_is_unplaced(void **state)
{
	struct fixture f = { 0 };

	(void)state;
	insns[1].offset = 6;
	make(&f, moved_listing, NEW_START + 0x13);
	insns[1].offset = 5;
	assert_float_equal(f.listing.unplaced_old, 2, 1e-9);
	assert_float_equal(f.listing.unplaced_new, 3, 1e-9);
	assert_float_equal(f.listing.rows[1].old_executed, 0, 1e-9);
	assert_float_equal(f.listing.rows[2].old_executed, 2, 1e-9);
	drop(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_become_names),
		cmocka_unit_test(layout_alone_is_told),
		cmocka_unit_test(an_instruction_more_is_code),
		cmocka_unit_test(what_was_patched_in_is_unplaced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
