// SPDX-License-Identifier: GPL-2.0-or-later
/* The plugin's counts, summed per function. */
#include "lab/counts/profile.h"
#include "base/buf.h"
#include "proto/counts.h"
#include "proto/crc32.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

static const char kallsyms[] = "ffffffff81001000 T alpha\n"
			       "ffffffff81002000 t beta\n"
			       "ffffffff81003000 t alpha.cold\n"
			       "ffffffff81004000 T gamma\n"
			       "ffffffff81005000 T _raw_spin_lock\n"
			       "ffffffff81006000 T memcpy_orig\n"
			       "ffffffff81007000 T native_smp_send_reschedule\n"
			       "ffffffff81008000 T __switch_to_asm\n";
#define ALPHA 0xffffffff81001000
#define BETA 0xffffffff81002000
#define COLD 0xffffffff81003000
#define LOCK_CODE 0xffffffff81005000
#define COPY_CODE 0xffffffff81006000
#define IPI_CODE 0xffffffff81007000
#define SWITCH_CODE 0xffffffff81008000
#define BEYOND 0xffffffffa0000000
#define BEFORE 0xffff888000000000

static struct symbols *symbols;

static int read_symbols(void **state)
{
	struct err e = { 0 };

	(void)state;
	return symbols_parse(kallsyms, strlen(kallsyms), &symbols, &e);
}

static int free_symbols(void **state)
{
	(void)state;
	symbols_free(symbols);
	return 0;
}

/* What all records point into: the first may be a REP string by itself, of 8 bytes an iteration. */
static const struct counts_insn some_insns[] = { { 0, 0, 8 }, { 3, 0, 0 }, { 4, 0, 0 }, { 5, 0, 0 },
						 { 6, 0, 0 }, { 7, 0, 0 }, { 8, 0, 0 } };

static void file_of(const struct counts_record *records, size_t n, struct buf *out)
{
	struct counts_header h = { .magic = COUNTS_MAGIC,
				   .version = COUNTS_VERSION,
				   .api = 1,
				   .n_records = n,
				   .n_insns = ARRAY_SIZE(some_insns) };

	h.crc = crc32_update(0, h.halted, COUNTS_HEADER_SUMMED);
	h.crc = crc32_update(h.crc, records, n * sizeof(*records));
	h.crc = crc32_update(h.crc, some_insns, sizeof(some_insns));
	out->len = 0;
	buf_add(out, &h, sizeof(h));
	buf_add(out, records, n * sizeof(*records));
	buf_add(out, some_insns, sizeof(some_insns));
}

static int read_records(const struct counts_record *records, size_t n, struct profile *out,
			struct err *e)
{
	_cleanup_buf_ struct buf b = { 0 };

	file_of(records, n, &b);
	return profile_read(b.data, b.len, symbols, false, out, e);
}

static const struct profile_function *function(const struct profile *p, const char *name)
{
	for (size_t i = 0; i < p->count; i++) {
		if (!strcmp(p->functions[i].name, name))
			return &p->functions[i];
	}
	fail_msg("no function %s", name);
	return NULL;
}

static void instructions_are_summed(void **state)
{
	static const struct counts_record records[] = {
		{ .vaddr = ALPHA, .insns = 3, .slot = 2, .executions = 10 },
		{ .vaddr = ALPHA + 8, .insns = 2, .slot = 2, .executions = 9 },
		{ .vaddr = COLD, .insns = 5, .slot = 2, .executions = 1 },
		{ .vaddr = COLD + 0x20, .insns = 1, .slot = 3, .executions = 100 },
		{ .vaddr = BETA + 1, .insns = 7, .slot = 2, .executions = 1 },
		{ .vaddr = 0x401000, .insns = 4, .slot = 2, .executions = 2 },
		{ .vaddr = 0x7fffffffffff, .insns = 1, .slot = 2, .executions = 1 },
		{ .vaddr = BEYOND, .insns = 6, .slot = 2, .executions = 2 },
		{ .vaddr = BEFORE, .insns = 1, .slot = 2, .executions = 1 },
	};
	struct profile p;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(read_records(records, 9, &p, &e), 0);
	assert_int_equal(p.plugin_api, 1);
	assert_int_equal(p.count, 3);
	assert_string_equal(p.functions[0].name, "[user]");
	assert_string_equal(p.functions[1].name, "alpha");
	assert_string_equal(p.functions[2].name, "beta");
	assert_int_equal(function(&p, "alpha")->insns[2], 30 + 18 + 5);
	assert_int_equal(function(&p, "alpha")->insns[3], 100);
	assert_int_equal(function(&p, "beta")->insns[2], 7);
	assert_int_equal(function(&p, "[user]")->insns[2], 9);
	assert_int_equal(p.slots[2].unattributed, 13);
	assert_int_equal(p.slots[2].task, 53 + 7 + 9 + 13);
	assert_int_equal(p.slots[3].task, 100);
	assert_int_equal(profile_clock_insns(&p, 2), 82);
	profile_free(&p);
	assert_null(p.functions);
}

static void calls_are_entries(void **state)
{
	static const struct counts_record records[] = {
		{ .vaddr = ALPHA, .insns = 3, .executions = 10 },
		{ .vaddr = ALPHA, .insns = 4, .executions = 1, .context = COUNTS_INTERRUPT },
		{ .vaddr = ALPHA + 1, .insns = 3, .executions = 1000 },
		{ .vaddr = COLD, .insns = 5, .executions = 1000 }, /* not where it is entered */
		/* The second instruction is repeated: that is no entry. */
		{ .vaddr = BETA, .insns = 2, .executions = 7, .retries = 2 },
		/* The first is: entered five times. */
		{ .vaddr = BETA, .insns = 1, .executions = 7, .retries = 2, .slot = 1 },
		{ .vaddr = BETA, .insns = 1, .executions = 9, .rep_iterations = 6, .slot = 2 },
		{ .vaddr = 0x401000, .insns = 4, .executions = 2 },
	};
	struct profile p;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(read_records(records, 8, &p, &e), 0);
	assert_int_equal(function(&p, "alpha")->calls[0], 10);
	assert_int_equal(function(&p, "beta")->calls[0], 7);
	assert_int_equal(function(&p, "beta")->calls[1], 5);
	assert_int_equal(function(&p, "beta")->calls[2], 3);
	assert_int_equal(function(&p, "[user]")->calls[0], 0);
	profile_free(&p);
}

static void repeats_stand_apart(void **state)
{
	static const struct counts_record records[] = {
		{ .vaddr = ALPHA, .insns = 3, .executions = 10, .retries = 4 },
		{ .vaddr = BETA, .insns = 1, .executions = 513, .rep_iterations = 512 },
		{ .vaddr = BETA + 8,
		  .insns = 1,
		  .executions = 12,
		  .retries = 2,
		  .rep_iterations = 10 },
	};
	struct profile p;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(read_records(records, 3, &p, &e), 0);
	assert_int_equal(function(&p, "alpha")->insns[0], 26);
	assert_int_equal(function(&p, "beta")->insns[0], 1);
	assert_int_equal(p.slots[0].retries, 6);
	assert_int_equal(p.slots[0].rep_iterations, 522);
	assert_int_equal(p.slots[0].task, 27);
	/* What -icount's clock saw: everything but the retries, which its clock takes back. */
	assert_int_equal(profile_clock_insns(&p, 0), 27 + 522);
	profile_free(&p);
}

static void contexts_stand_apart(void **state)
{
	static const struct counts_record records[] = {
		{ .vaddr = ALPHA, .insns = 3, .executions = 10, .context = COUNTS_INTERRUPT },
		{ .vaddr = ALPHA, .insns = 2, .executions = 10, .context = COUNTS_OTHER },
		{ .vaddr = 0x401000, .insns = 2, .executions = 1, .context = COUNTS_OTHER },
		{ .vaddr = BETA,
		  .insns = 1,
		  .executions = 8,
		  .rep_iterations = 7,
		  .context = COUNTS_INTERRUPT },
	};
	struct profile p;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(read_records(records, 4, &p, &e), 0);
	assert_int_equal(p.count, 0);
	assert_int_equal(p.slots[0].task, 0);
	assert_int_equal(p.slots[0].interrupts, 31);
	assert_int_equal(p.slots[0].others, 22);
	assert_int_equal(profile_clock_insns(&p, 0), 31 + 22 + 7);
	profile_free(&p);
}

/* Names stand behind all else, and records name them by number. */
static int read_tasks(const struct counts_record *records, size_t n,
		      const char names[][COUNTS_TASK_BYTES], unsigned n_names, bool all_tasks,
		      struct profile *out, struct err *e)
{
	_cleanup_buf_ struct buf b = { 0 };
	struct counts_header h;

	file_of(records, n, &b);
	buf_add(&b, names, n_names * sizeof(*names));
	memcpy(&h, b.data, sizeof(h));
	h.n_tasks = n_names;
	h.crc = crc32_update(0, h.halted, COUNTS_HEADER_SUMMED);
	h.crc = crc32_update(h.crc, b.data + sizeof(h), b.len - sizeof(h));
	memcpy(b.data, &h, sizeof(h));
	return profile_read(b.data, b.len, symbols, all_tasks, out, e);
}

static void other_tasks_have_names(void **state)
{
	static const char names[][COUNTS_TASK_BYTES] = { "[interrupts]", "kworker", "ksmd" };
	static const struct counts_record records[] = {
		{ .vaddr = ALPHA, .insns = 3, .executions = 10, .context = COUNTS_OTHER + 3 },
		{ .vaddr = ALPHA,
		  .insns = 3,
		  .slot = 1,
		  .executions = 2,
		  .context = COUNTS_OTHER + 3 },
		{ .vaddr = 0x401000, .insns = 2, .executions = 1, .context = COUNTS_OTHER + 2 },
		{ .vaddr = BETA, .insns = 1, .executions = 4, .context = COUNTS_OTHER },
	};
	struct profile p;
	struct err e = { 0 };
	uint64_t insns[MARKER_SLOTS];

	(void)state;
	for (unsigned all = 0; all < 2; all++) {
		assert_int_equal(read_tasks(records, 4, names, 3, all, &p, &e), 0);
		assert_int_equal(p.slots[0].others, all ? 0 : 36);
		assert_int_equal(p.slots[0].task, all ? 36 : 0);
		/* By name, and without the one that executed nothing. */
		assert_int_equal(p.n_tasks, 3);
		assert_string_equal(p.tasks[0].name, "");
		assert_string_equal(p.tasks[1].name, "ksmd");
		assert_string_equal(p.tasks[2].functions[0].name, "[user]");
		profile_task_insns(profile_task(&p, "ksmd"), insns);
		assert_int_equal(insns[0], 30);
		assert_int_equal(insns[1], 6);
		assert_int_equal(p.tasks[1].functions[0].calls[0], 10);
		assert_null(profile_task(&p, "[interrupts]"));
		assert_true(profile_tasks_possible(&p, 0));
		p.slots[0].others++;
		assert_int_equal(profile_tasks_possible(&p, 0), false);
		profile_free(&p);
	}
}

static void names_of_tasks_are_checked(void **state)
{
	static const char twice[][COUNTS_TASK_BYTES] = { "ksmd", "ksmd" },
			  empty[][COUNTS_TASK_BYTES] = { "" },
			  control[][COUNTS_TASK_BYTES] = { "a\tb" },
			  long_one[][COUNTS_TASK_BYTES] = { "0123456789abcdef" };
	static const struct counts_record beyond = {
		.vaddr = ALPHA, .insns = 1, .executions = 1, .context = COUNTS_OTHER + 2
	};
	struct profile p;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(read_tasks(NULL, 0, twice, 2, false, &p, &e), -EPROTO);
	assert_int_equal(read_tasks(NULL, 0, empty, 1, false, &p, &e), -EPROTO);
	assert_int_equal(read_tasks(NULL, 0, control, 1, false, &p, &e), -EPROTO);
	assert_int_equal(read_tasks(NULL, 0, long_one, 1, false, &p, &e), -EPROTO);
	assert_int_equal(read_tasks(&beyond, 1, twice, 1, false, &p, &e), -EPROTO);
	assert_null(p.functions);
}

/* As a database and a bundle give them: by task and function, once each. */
static void counts_of_tasks_come_in_order(void **state)
{
	struct profile p = { 0 };

	(void)state;
	assert_int_equal(profile_add_task_count(&p, "", "alpha", 0, 1, 0), 0);
	assert_int_equal(profile_add_task_count(&p, "ksmd", "", 3, 7, 0), 0);
	assert_int_equal(profile_add_task_count(&p, "ksmd", "alpha", 3, 5, 1), 0);
	assert_int_equal(profile_add_task_count(&p, "ksmd", "alpha", 4, 5, 1), 0);
	assert_int_equal(profile_add_task_count(&p, "ksmd", "beta", 3, 5, 1), 0);
	assert_int_equal(profile_add_task_count(&p, "ksmd", "alpha", 5, 5, 1), -EINVAL);
	assert_int_equal(profile_add_task_count(&p, "ksmd", "", 5, 5, 0), -EINVAL);
	assert_int_equal(profile_add_task_count(&p, "jbd2", "alpha", 5, 5, 0), -EINVAL);
	assert_int_equal(profile_add_task_count(&p, "0123456789abcdef", "a", 0, 1, 0), -EINVAL);
	assert_int_equal(profile_add_task_count(&p, "kworker", "a", 0, UINT64_MAX, 0), -EINVAL);
	assert_int_equal(p.tasks[1].count, 2);
	assert_int_equal(p.tasks[1].unattributed[3], 7);
	assert_int_equal(p.tasks[1].functions[0].insns[4], 5);
	profile_free(&p);
}

static void no_records_are_a_profile(void **state)
{
	struct profile p;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(read_records(NULL, 0, &p, &e), 0);
	assert_int_equal(p.count, 0);
	profile_free(&p);
}

static void impossible_records_are_refused(void **state)
{
	static const struct counts_record records[] = {
		{ .vaddr = ALPHA, .insns = 0, .executions = 1 },
		{ .vaddr = ALPHA, .insns = 1, .executions = 1, .slot = MARKER_SLOTS },
		{ .vaddr = ALPHA, .insns = 1, .executions = 1, .context = 3 },
		{ .vaddr = ALPHA, .insns = 1, .executions = 1, .retries = 2 },
		{ .vaddr = ALPHA, .insns = 1, .executions = 1, .rep_iterations = 2 },
		{ .vaddr = ALPHA, .insns = 1, .executions = 2, .retries = 1, .rep_iterations = 2 },
		{ .vaddr = ALPHA, .insns = 1, .executions = UINT64_MAX },
		{ .vaddr = ALPHA, .insns = 2, .executions = (1ull << 55) + 1 },
		{ .vaddr = ALPHA, .insns = 1, .executions = 2, .retries = UINT64_MAX },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(records); i++) {
		struct profile p;
		struct err e = { 0 };

		if (read_records(&records[i], 1, &p, &e) != -EPROTO || !e.text[0])
			fail_msg("record %zu: %s", i, e.text);
		assert_null(p.functions);
	}
}

/* Each possible by itself, together more than a run can hold. */
static void sums_do_not_overflow(void **state)
{
	static const unsigned contexts[] = { COUNTS_TASK, COUNTS_INTERRUPT, COUNTS_OTHER };
	struct counts_record records[300];

	(void)state;
	for (size_t k = 0; k < ARRAY_SIZE(contexts); k++) {
		struct profile p;
		struct err e = { 0 };

		for (size_t i = 0; i < ARRAY_SIZE(records); i++)
			records[i] = (struct counts_record){ .vaddr = ALPHA,
							     .insns = 1,
							     .context = (uint8_t)contexts[k],
							     .executions = 1ull << 56 };
		assert_int_equal(read_records(records, ARRAY_SIZE(records), &p, &e), -EPROTO);
		for (size_t i = 0; i < ARRAY_SIZE(records); i++)
			records[i].rep_iterations = records[i].executions;
		assert_int_equal(read_records(records, ARRAY_SIZE(records), &p, &e), -EPROTO);
	}
}

static void the_file_must_hold_together(void **state)
{
	static const struct counts_record record = { .vaddr = ALPHA, .insns = 1, .executions = 1 };
	_cleanup_buf_ struct buf b = { 0 };
	struct counts_header h;
	struct profile p;
	struct err e = { 0 };

	(void)state;
	file_of(&record, 1, &b);
	for (size_t len = 0; len < b.len; len++)
		assert_int_equal(profile_read(b.data, len, symbols, false, &p, &e), -EPROTO);
	for (size_t i = offsetof(struct counts_header, crc); i < b.len; i++) {
		b.data[i] ^= 4;
		assert_int_equal(profile_read(b.data, b.len, symbols, false, &p, &e), -EPROTO);
		b.data[i] ^= 4;
	}
	memcpy(&h, b.data, sizeof(h));
#define LIE(member, value, code)                                                                \
	do {                                                                                    \
		struct counts_header lie = h;                                                   \
		lie.member = (value);                                                           \
		memcpy(b.data, &lie, sizeof(lie));                                              \
		assert_int_equal(profile_read(b.data, b.len, symbols, false, &p, &e), -(code)); \
		assert_null(p.functions);                                                       \
	} while (0)
	LIE(magic, 0, EPROTO);
	LIE(version, COUNTS_VERSION + 1, EPROTO);
	LIE(n_records, 0, EPROTO);
	LIE(n_records, 2, EPROTO);
	LIE(n_records, (1ull << 61) + 1, EPROTO); /* times 40 it is 40 again */
	LIE(crc, h.crc + 1, EPROTO);
	LIE(flags, COUNTS_OVERFLOW, ENOMEM);
#undef LIE
	memcpy(b.data, &h, sizeof(h));
	buf_add(&b, "", 1);
	assert_int_equal(profile_read(b.data, b.len, symbols, false, &p, &e), -EPROTO);
}

/* Ticks of slots, and none where it was not measured. */
static void halted_time_is_taken(void **state)
{
	struct counts_header h = {
		.magic = COUNTS_MAGIC, .version = COUNTS_VERSION, .api = 1, .flags = COUNTS_HALTED
	};
	struct profile p;
	struct err e = { 0 };

	(void)state;
	h.halted[3] = 1000000007;
	h.crc = crc32_update(0, h.halted, COUNTS_HEADER_SUMMED);
	assert_int_equal(profile_read(&h, sizeof(h), symbols, false, &p, &e), 0);
	assert_true(p.halted_known);
	assert_int_equal(p.slots[3].halted, 1000000007);
	assert_int_equal(p.slots[2].halted, 0);
	assert_int_equal(profile_clock_insns(&p, 3), 0); /* it is no instructions */
	profile_free(&p);
	h.flags = 0;
	assert_int_equal(profile_read(&h, sizeof(h), symbols, false, &p, &e), -EPROTO);
	h.flags = COUNTS_HALTED;
	h.halted[3] = UINT64_MAX;
	h.crc = crc32_update(0, h.halted, COUNTS_HEADER_SUMMED);
	assert_int_equal(profile_read(&h, sizeof(h), symbols, false, &p, &e), -EPROTO);
}

static int read_insns(const struct counts_record *record, const struct counts_insn *insns,
		      uint32_t n_insns, struct profile *out, struct err *e)
{
	_cleanup_buf_ struct buf body = { 0 }, file = { 0 };
	struct counts_header h = { .magic = COUNTS_MAGIC,
				   .version = COUNTS_VERSION,
				   .api = 1,
				   .n_records = 1,
				   .n_insns = n_insns };

	buf_add(&body, record, sizeof(*record));
	buf_add(&body, insns, n_insns * sizeof(*insns));
	h.crc = crc32_update(0, h.halted, COUNTS_HEADER_SUMMED);
	h.crc = crc32_update(h.crc, body.data, body.len);
	buf_add(&file, &h, sizeof(h));
	buf_add(&file, body.data, body.len);
	return profile_read(file.data, file.len, symbols, false, out, e);
}

#define LOAD (1u << COUNTS_LOADS)
#define STORE (1u << COUNTS_STORES)
#define BRANCH (1u << COUNTS_BRANCHES)

/* The last instruction alone is repeated: what it does is not counted again. */
static void classes_are_multiplied(void **state)
{
	static const struct counts_record record = {
		.vaddr = ALPHA, .insns = 3, .first = 1, .executions = 10, .retries = 3
	};
	static const struct counts_insn insns[] = { { 0, 0x3f, 0 },
						    { 0, STORE | BRANCH, 0 },
						    { 4, LOAD | BRANCH, 0 },
						    { 5, LOAD | BRANCH, 0 } };
	struct profile p;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(read_insns(&record, insns, 4, &p, &e), 0);
	assert_int_equal(profile_cost(function(&p, "alpha"), COST_INSNS)[0], 27);
	assert_int_equal(profile_cost(function(&p, "alpha"), COST_LOADS)[0], 17);
	assert_int_equal(profile_cost(function(&p, "alpha"), COST_STORES)[0], 10);
	assert_int_equal(profile_cost(function(&p, "alpha"), COST_ATOMICS)[0], 0);
	assert_int_equal(profile_cost(function(&p, "alpha"), COST_BRANCHES)[0], 27);
	assert_int_equal(profile_slot_cost(&p, 0, COST_BRANCHES), 27);
	assert_int_equal(p.n_spans, 1);
	assert_int_equal(p.spans[0].repeated, 3);
	assert_int_equal(p.spans[0].rep_iterations, 0);
	assert_int_equal(p.insns[p.spans[0].first + 1].offset, 4);
	profile_free(&p);
}

static void impossible_instructions_are_refused(void **state)
{
	static const struct counts_record record = { .vaddr = ALPHA, .insns = 3, .executions = 1 },
					  beyond = { .vaddr = ALPHA,
						     .insns = 3,
						     .executions = 1,
						     .first = 1 };
	static const struct counts_insn good[] = { { 0, LOAD, 8 }, { 2, 0, 0 }, { 3, 0, 0 } },
					same_place[] = { { 0, 0, 0 }, { 2, 0, 0 }, { 2, 0, 0 } },
					not_first[] = { { 1, 0, 0 }, { 2, 0, 0 }, { 3, 0, 0 } },
					no_class[] = { { 0, 0, 0 }, { 2, 0, 0 }, { 3, 0x40, 0 } },
					too_wide[] = { { 0, 0, 16 }, { 2, 0, 0 }, { 3, 0, 0 } },
					odd[] = { { 0, 0, 3 }, { 2, 0, 0 }, { 3, 0, 0 } };
	static const struct counts_record many = { .vaddr = ALPHA,
						   .insns = 2,
						   .executions = 9,
						   .rep_iterations = 8 },
					  no_string = { .vaddr = ALPHA,
							.insns = 1,
							.executions = 9,
							.rep_iterations = 8,
							.first = 1 };
	struct profile p;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(read_insns(&record, same_place, 3, &p, &e), -EPROTO);
	assert_int_equal(read_insns(&record, not_first, 3, &p, &e), -EPROTO);
	assert_int_equal(read_insns(&record, no_class, 3, &p, &e), -EPROTO);
	assert_int_equal(read_insns(&record, too_wide, 3, &p, &e), -EPROTO);
	assert_int_equal(read_insns(&record, odd, 3, &p, &e), -EPROTO);
	assert_int_equal(read_insns(&many, good, 3, &p, &e), -EPROTO);
	assert_int_equal(read_insns(&no_string, good, 3, &p, &e), -EPROTO);
	assert_int_equal(read_insns(&beyond, good, 3, &p, &e), -EPROTO);
	assert_int_equal(read_insns(&record, good, 2, &p, &e), -EPROTO);
	assert_int_equal(read_insns(&record, good, 0, &p, &e), -EPROTO);
	assert_null(p.functions);
	assert_int_equal(read_insns(&record, good, 3, &p, &e), 0);
	profile_free(&p);
}

/* Of the task: what named functions do; and whoever ran: switches. */
static void events_are_of_slots(void **state)
{
	static const struct counts_record records[] = {
		{ .vaddr = LOCK_CODE, .insns = 3, .slot = 2, .executions = 10 },
		{ .vaddr = LOCK_CODE + 3, .insns = 3, .slot = 2, .executions = 40 },
		{ .vaddr = LOCK_CODE,
		  .insns = 3,
		  .slot = 2,
		  .executions = 5,
		  .context = COUNTS_OTHER },
		{ .vaddr = IPI_CODE, .insns = 2, .slot = 2, .executions = 4 },
		{ .vaddr = COPY_CODE, .insns = 5, .slot = 2, .executions = 6 },
		{ .vaddr = ALPHA, .insns = 1, .slot = 2, .executions = 65, .rep_iterations = 64 },
		{ .vaddr = ALPHA,
		  .insns = 1,
		  .slot = 2,
		  .executions = 9,
		  .rep_iterations = 8,
		  .context = COUNTS_INTERRUPT },
		{ .vaddr = SWITCH_CODE, .insns = 1, .slot = 2, .executions = 2 },
		{ .vaddr = SWITCH_CODE,
		  .insns = 1,
		  .slot = 2,
		  .executions = 3,
		  .context = COUNTS_OTHER },
	};
	struct profile p;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(read_records(records, ARRAY_SIZE(records), &p, &e), 0);
	assert_true(p.events);
	assert_int_equal(profile_slot_cost(&p, 2, COST_LOCK_CALLS), 10);
	assert_int_equal(profile_slot_cost(&p, 2, COST_IPIS), 4);
	assert_int_equal(profile_slot_cost(&p, 2, COST_STRING_INSNS), 30);
	assert_int_equal(profile_slot_cost(&p, 2, COST_STRING_BYTES), 8 * 64);
	assert_int_equal(profile_slot_cost(&p, 2, COST_SWITCHES), 5);
	assert_int_equal(profile_slot_cost(&p, 1, COST_LOCK_CALLS), 0);
	profile_free(&p);
}

/* Where all tasks count as the measured one, their code is in the spans too. */
static void spans_are_of_all_that_counts(void **state)
{
	static const struct counts_record record = {
		.vaddr = ALPHA, .insns = 1, .executions = 7, .context = COUNTS_OTHER
	};
	static const struct counts_insn insn = { 0 };
	struct counts_header h = { .magic = COUNTS_MAGIC,
				   .version = COUNTS_VERSION,
				   .api = 1,
				   .n_records = 1,
				   .n_insns = 1 };
	struct profile p;
	struct err e = { 0 };

	(void)state;
	for (unsigned all = 0; all < 2; all++) {
		_cleanup_buf_ struct buf file = { 0 };

		h.crc = crc32_update(0, h.halted, COUNTS_HEADER_SUMMED);
		h.crc = crc32_update(h.crc, &record, sizeof(record));
		h.crc = crc32_update(h.crc, &insn, sizeof(insn));
		buf_add(&file, &h, sizeof(h));
		buf_add(&file, &record, sizeof(record));
		buf_add(&file, &insn, sizeof(insn));
		assert_int_equal(profile_read(file.data, file.len, symbols, all, &p, &e), 0);
		assert_int_equal(p.n_spans, all);
		assert_int_equal(p.slots[0].task, all ? 7 : 0);
		profile_free(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(instructions_are_summed),
		cmocka_unit_test(calls_are_entries),
		cmocka_unit_test(repeats_stand_apart),
		cmocka_unit_test(contexts_stand_apart),
		cmocka_unit_test(other_tasks_have_names),
		cmocka_unit_test(names_of_tasks_are_checked),
		cmocka_unit_test(counts_of_tasks_come_in_order),
		cmocka_unit_test(no_records_are_a_profile),
		cmocka_unit_test(impossible_records_are_refused),
		cmocka_unit_test(sums_do_not_overflow),
		cmocka_unit_test(the_file_must_hold_together),
		cmocka_unit_test(halted_time_is_taken),
		cmocka_unit_test(classes_are_multiplied),
		cmocka_unit_test(impossible_instructions_are_refused),
		cmocka_unit_test(events_are_of_slots),
		cmocka_unit_test(spans_are_of_all_that_counts),
	};

	return cmocka_run_group_tests(tests, read_symbols, free_symbols);
}
