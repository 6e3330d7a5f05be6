// SPDX-License-Identifier: GPL-2.0-or-later
/* A function that one side inlines and the other does not, and its lines. */
#include "judge/why/line_deltas.h"

#include "report/views/mechanism/lines.h"
#include "tests/unit/fake_run.h"
#include "tests/unit/find_code.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

#define BYTES_MAX 512

static struct scenario_list library;

/* A side executes some of its code; every byte is as good as an instruction, and loads. */
struct side {
	struct run run;
	struct profile_span spans[4 * MARKER_PHASES];
	struct counts_insn insns[BYTES_MAX];
	struct line_costs costs;
	unsigned total; /* instructions an iteration and page, without the user's */
};

static void execute(struct side *s, const char *path, const char *name, unsigned times)
{
	struct code code = find_code(path, name);
	struct profile *p = &s->run.profile;
	uint16_t insns = (uint16_t)(code.end - code.start);

	assert_in_range(insns, 1, BYTES_MAX);
	for (unsigned phase = 0; phase < MARKER_PHASES; phase++)
		p->spans[p->n_spans++] = (struct profile_span){
			.vaddr = code.start,
			.executions = (uint64_t)times * FAKE_PAGES * fake_iterations(phase) + 9,
			.repeated = 7,
			.rep_iterations = 3,
			.insns = insns,
			.slot = (uint8_t)(phase * MARKER_SEGMENTS + 1),
		};
	fake_slots(&s->run, 1, task, times * insns);
	fake_slots(&s->run, 1, costs[COST_LOADS], times * insns);
	s->total += times * insns;
}

static void make_side(struct side *s, const char *path, const char *const *names, size_t n)
{
	struct profile *p = &s->run.profile;

	p->vector = true;
	p->spans = s->spans;
	p->insns = s->insns;
	for (uint16_t i = 0; i < BYTES_MAX; i++)
		s->insns[i] = (struct counts_insn){ .offset = i, .classes = 1u << COUNTS_LOADS };
	for (size_t i = 0; i < n; i++)
		execute(s, path, names[i], 2);
}

static void read_side(struct side *s, const char *path)
{
	static const char kallsyms[] = "0000000000000001 T nothing\n";
	_cleanup_(symbols_free_p) struct symbols *symbols = NULL;
	_cleanup_lines_ struct lines *lines = NULL;
	struct err e = { 0 };

	assert_int_equal(symbols_parse(kallsyms, strlen(kallsyms), &symbols, &e), 0);
	assert_int_equal(lines_open(NULL, path, &lines, &e), 0);
	if (line_costs_read(&s->run.profile, lines, symbols, &s->costs, &e) < 0)
		fail_msg("%s", e.text);
}

static void make(struct side sides[2], struct line_deltas *out)
{
	static const char *const names[] = { "outer", "leaf" };
	struct err e = { 0 };

	make_side(&sides[0], LINES_BUILT "built", names, 1);
	make_side(&sides[1], LINES_BUILT "other", names, 2);
	read_side(&sides[0], LINES_BUILT "built");
	read_side(&sides[1], LINES_BUILT "other");
	assert_int_equal(line_deltas_make(library.items[0],
					  MARKER_PAIRS * FAKE_PAGES * FAKE_ITERATIONS,
					  &sides[0].costs, &sides[1].costs, out, &e),
			 0);
}

static void drop(struct side sides[2])
{
	line_costs_free(&sides[0].costs);
	line_costs_free(&sides[1].costs);
}

static const struct line_function *find(const struct line_deltas *d, const char *name)
{
	for (size_t i = 0; i < d->n_functions; i++) {
		if (!strcmp(d->functions[i].name, name))
			return &d->functions[i];
	}
	fail_msg("no function %s", name);
	return NULL;
}

static void functions_add_up_to_all_that_was_executed(void **state)
{
	_cleanup_line_deltas_ struct line_deltas d = { 0 };
	struct side sides[2] = { 0 };
	double sums[2] = { 0 }, of_lines[2] = { 0 };

	(void)state;
	make(sides, &d);
	assert_int_equal(d.n_functions, 3);
	for (size_t i = 0; i < d.n_functions; i++) {
		const struct line_function *f = &d.functions[i];

		sums[0] += f->rows[0].old_side.costs[COST_INSNS];
		sums[1] += f->rows[0].new_side.costs[COST_LOADS];
		assert_float_equal(f->rows[0].old_side.costs[COST_INSNS],
				   f->rows[2].old_side.costs[COST_INSNS], 1e-12);
		assert_float_equal(f->rows[1].old_side.costs[COST_INSNS], 0, 1e-12);
		for (size_t k = 0; k < f->n_lines; k++) {
			of_lines[0] += f->lines[k].costs.old_side.costs[COST_INSNS];
			of_lines[1] += f->lines[k].costs.new_side.costs[COST_INSNS];
		}
	}
	for (unsigned i = 0; i < 2; i++) {
		assert_float_equal(sums[i], sides[i].total, 1e-9);
		assert_float_equal(of_lines[i], sides[i].total, 1e-9);
		assert_float_equal(d.without_line[i], 0, 1e-9);
	}
	drop(sides);
}

static void a_function_is_compared_with_its_twin(void **state)
{
	_cleanup_line_deltas_ struct line_deltas d = { 0 };
	const struct line_function *leaf;
	struct side sides[2] = { 0 };
	bool both = false;

	(void)state;
	make(sides, &d);
	leaf = find(&d, "leaf");
	assert_true(leaf->inlined[0] > 0);
	assert_float_equal(leaf->inlined[0], leaf->rows[0].old_side.costs[COST_INSNS], 1e-9);
	assert_float_equal(leaf->inlined[1], 0, 1e-9);
	assert_true(leaf->rows[0].new_side.costs[COST_INSNS] > 0);
	for (size_t i = 0; i < leaf->n_lines; i++) {
		const struct line_delta *l = &leaf->lines[i];

		assert_string_equal(l->file, "mm/leaf.h");
		if (!l->line[0] || !l->line[1])
			continue;
		both = true;
		assert_int_equal(l->line[0], l->line[1]);
		assert_int_equal(l->n_parts, 2);
		for (size_t k = 0; k < 2; k++)
			assert_string_equal(l->parts[k].into,
					    l->parts[k].insns[0] > 0 ? "middle < outer" : "");
	}
	assert_true(both);
	assert_float_equal(find(&d, "outer")->inlined[0], 0, 1e-9);
	drop(sides);
}

static void the_text_says_who_inlines(void **state)
{
	_cleanup_line_deltas_ struct line_deltas d = { 0 };
	_cleanup_buf_ struct buf text = { 0 }, none = { 0 };
	struct lines_view v = { .deltas = &d };
	struct side sides[2] = { 0 };

	(void)state;
	make(sides, &d);
	lines_text(&v, 12, &text_style_plain, &text);
	assert_int_equal(buf_error(&text), 0);
	assert_non_null(strstr(buf_str(&text), "\n  leaf "));
	assert_non_null(strstr(buf_str(&text), "  inlined -> out of line\n"));
	assert_non_null(strstr(buf_str(&text), "\n    mm/leaf.h:"));
	assert_non_null(strstr(buf_str(&text), "  inlined more on one side "));
	v = (struct lines_view){ .missing = { NULL, "nothing in\x1b[31m it" } };
	lines_text(&v, 12, &text_style_plain, &none);
	assert_int_equal(buf_error(&none), 0);
	assert_string_equal(buf_str(&none), "\n  no lines: NEW has none: nothing in?[31m it\n");
	drop(sides);
}

/* What the segments say and no span has is not passed over. */
static void what_is_on_no_line_is_an_error(void **state)
{
	static const char *const names[] = { "outer" };
	_cleanup_(symbols_free_p) struct symbols *symbols = NULL;
	_cleanup_lines_ struct lines *lines = NULL;
	struct side side = { 0 };
	struct err e = { 0 };

	(void)state;
	make_side(&side, LINES_BUILT "built", names, 1);
	fake_slots(&side.run, 1, costs[COST_STORES], 1);
	assert_int_equal(symbols_parse("0000000000000001 T x\n", 21, &symbols, &e), 0);
	assert_int_equal(lines_open(NULL, LINES_BUILT "built", &lines, &e), 0);
	assert_int_equal(line_costs_read(&side.run.profile, lines, symbols, &side.costs, &e),
			 -EPROTO);
	assert_non_null(strstr(e.text, "stores"));
	side.run.profile.vector = false;
	assert_int_equal(line_costs_read(&side.run.profile, lines, symbols, &side.costs, &e),
			 -EINVAL);
	line_costs_free(&side.costs);
}

static int read_library(void **state)
{
	(void)state;
	fake_scenario(&library);
	return 0;
}

static int free_library(void **state)
{
	(void)state;
	scenario_list_free(&library);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(functions_add_up_to_all_that_was_executed),
		cmocka_unit_test(a_function_is_compared_with_its_twin),
		cmocka_unit_test(the_text_says_who_inlines),
		cmocka_unit_test(what_is_on_no_line_is_an_error),
	};

	return cmocka_run_group_tests(tests, read_library, free_library);
}
