// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/reproducer/reproducer_main.h"

#include "report/reproducer/reproducer_ops.h"
#include "report/reproducer/reproducer_thp.h"
#include "report/reproducer/reproducer_vectors.h"
#include "scenario/describe.h"

#include <stdio.h>

static bool has_needs(const struct scenario *s)
{
	return s->nodes > 1 || s->cpus > 1 || s->swap != SWAP_ANY || s->n_settings ||
	       thp_words_unwanted(s);
}

static void say_function(struct text *t, const char *name, const char *arguments, size_t from,
			 size_t n, bool own)
{
	say(t, "static void %s(%s)\n{\n", name, arguments);
	say_ops(t, from, n, 1, own);
	say(t, "}\n\n");
}

static void say_segment(struct text *t, size_t index)
{
	const struct plan_segment *g = &t->s->segments[index];
	size_t at = scenario_segment_ops(t->s, index);
	bool own = g->flags & PLAN_SEGMENT_OWN;
	char name[TEXT_NAME_BYTES + 8];

	if (g->n_before) {
		snprintf(name, sizeof(name), "before_%s", t->segments[index]);
		say_function(t, name, "void", at, g->n_before, false);
	}
	snprintf(name, sizeof(name), "do_%s", t->segments[index]);
	say_function(t, name,
		     own			       ? "unsigned thread"
		     : g->flags & PLAN_SEGMENT_THREADS ? "unsigned thread __attribute__((unused))"
						       : "void",
		     at + g->n_before, g->n_ops, own);
	if (g->n_after) {
		snprintf(name, sizeof(name), "after_%s", t->segments[index]);
		say_function(t, name, "void", at + g->n_before + g->n_ops, g->n_after, false);
	}
}

void say_segments(struct text *t)
{
	if (t->s->n_prepare)
		say_function(t, "prepare", "void", 0, t->s->n_prepare, false);
	for (size_t i = 0; i < t->s->n_segments; i++)
		say_segment(t, i);
}

void say_is_ours(struct text *t)
{
	say(t, "/* Whether a VMA lies within the maps. */\n"
	       "static int is_ours(uintptr_t start, uintptr_t end)\n{\n");
	for (size_t i = 0; i < t->s->n_maps; i++) {
		say_wrapped(
			t, 1,
			"if (start < (uintptr_t)%s_start + %s_BYTES && end > (uintptr_t)%s_start)",
			t->maps[i], t->sizes[i], t->maps[i]);
		say_wrapped(t, 2, "return 1;");
	}
	say(t, "\treturn 0;\n}\n\n");
}

void say_check_needs(struct text *t)
{
	if (!has_needs(t->s))
		return;
	say(t, "static void check_needs(%s)\n{\n", t->s->n_settings ? "int set" : "void");
	if (t->s->cpus > 1)
		say_wrapped(t, 1, "need_cpus(%u);", t->s->cpus);
	if (t->s->nodes > 1)
		say_wrapped(t, 1, "need_nodes(%u);", t->s->nodes);
	if (t->s->swap != SWAP_ANY)
		say_wrapped(t, 1, "need_swap(%d);", t->s->swap == SWAP_YES);
	say_settings(t);
	say(t, "}\n\n");
}

static void say_expected(struct text *t, const char *name, uint64_t expected, bool all)
{
	if (all)
		say_wrapped(t, 1, "say_state(\"%s\", s.%s, PAGES, &result);", name, name);
	else if (expected == SCENARIO_ANY)
		say_wrapped(t, 1, "say_state(\"%s\", s.%s, -1, &result);", name, name);
	else
		say_wrapped(t, 1, "say_state(\"%s\", s.%s, %llu, &result);", name, name,
			    (unsigned long long)expected);
}

/* What every present page has to be like. */
static void say_of_all(struct text *t)
{
	_cleanup_buf_ struct buf folio = { 0 };
	uint64_t bytes = t->s->expect.folio_bytes;
	char size[TEXT_SIZE_BYTES];

	if (bytes != SCENARIO_ANY) {
		describe_bytes(bytes, &folio);
		buf_keep(t->out, buf_error(&folio));
		for (size_t i = 0; i < t->s->n_maps; i++)
			say_wrapped(t, 1, "count_folios(&in_folios, %s, %s_start, %s_BYTES);",
				    size_text(bytes, size), t->maps[i], t->sizes[i]);
		say_wrapped(t, 1,
			    "say_state(\"folio_pages_%s\", in_folios, s.present_pages, &result);",
			    buf_str(&folio));
	}
	if (t->s->expect.node != SCENARIO_ANY)
		say_wrapped(t, 1,
			    "say_state(\"node_pages_%llu\", count_on_node(%llu), s.present_pages, "
			    "&result);",
			    (unsigned long long)t->s->expect.node,
			    (unsigned long long)t->s->expect.node);
}

void say_check_state(struct text *t)
{
	const struct scenario_expect *x = &t->s->expect;
	unsigned all = t->s->expect_all;

	say(t,
	    "/* What is not as expected must not be measured: it is other work. */\n"
	    "static void check_state(void)\n{\n"
	    "\tstruct state s = { -1, 0, -1, -1, 0 };\n"
	    "\tenum state_result result = PASS;\n"
	    "%s\n"
	    "\tread_smaps(&s);\n",
	    x->folio_bytes == SCENARIO_ANY ? "" : "\tlong in_folios = 0;\n");
	for (size_t i = 0; i < t->s->n_maps; i++)
		say_wrapped(t, 1, "read_pagemap(&s, %s_start, %s_BYTES);", t->maps[i], t->sizes[i]);
	say_expected(t, "vmas", x->vmas, all & 1);
	say_expected(t, "present_pages", x->present_pages, all & 2);
	say_expected(t, "dirty_pages", x->dirty_pages, all & 4);
	say_expected(t, "pmd_mapped_pages", x->pmd_mapped_pages, all & 8);
	say_expected(t, "swapped_pages", x->swapped_pages, all & 16);
	say_of_all(t);
	say(t, "\tprintf(\"state=%%s\\n\", result == PASS ? \"pass\" : result == FAIL ? \"fail\" : "
	       "\"unknown\");\n"
	       "\tif (result == FAIL)\n"
	       "\t\tstop(FAILED, \"the state is not as expected: nothing is measured\");\n"
	       "}\n\n");
}

static void say_iterate_segment(struct text *t, size_t index)
{
	const struct plan_segment *g = &t->s->segments[index];
	bool threads = g->flags & PLAN_SEGMENT_THREADS;
	const char *name = t->segments[index];

	say(t, "\n");
	if (g->n_before)
		say_wrapped(t, 1, "before_%s();", name);
	if (threads)
		say_wrapped(t, 1, "make_threads_ready(do_%s);", name);
	if (!index) {
		say_wrapped(t, 1, "if (look)");
		say_wrapped(t, 2, "check_state();");
	}
	say_wrapped(t, 1, "start = nanoseconds();");
	if (threads)
		say_wrapped(t, 1, "run_threads();");
	else
		say_wrapped(t, 1, "do_%s();", name);
	say_wrapped(t, 1, "%s_ns[round] = nanoseconds() - start;", name);
	if (t->s->vmas_after[index] != SCENARIO_ANY) {
		say_wrapped(t, 1, "if (look)");
		say_wrapped(t, 2,
			    "printf(\"vmas_after_%s=%%ld\\nvmas_after_%s_expected=%llu\\n\", "
			    "count_vmas());",
			    name, name, (unsigned long long)t->s->vmas_after[index]);
	}
	if (g->n_after)
		say_wrapped(t, 1, "after_%s();", name);
}

void say_iterate(struct text *t)
{
	_cleanup_buf_ struct buf sum = { 0 };

	buf_puts(&sum, "iteration_ns[round] =");
	say(t, "/* One iteration; @look: at the state, before anything is measured. */\n"
	       "static void iterate(unsigned round, int look)\n{\n"
	       "\tuint64_t start;\n");
	for (size_t i = 0; i < t->s->n_segments; i++) {
		say_iterate_segment(t, i);
		buf_printf(&sum, "%s %s_ns[round]", i ? " +" : "", t->segments[i]);
	}
	buf_keep(t->out, buf_error(&sum));
	say(t, "\n");
	say_wrapped(t, 1, "%s;", buf_str(&sum));
	say(t, "}\n\n");
}

static void say_start(struct text *t)
{
	const struct scenario *s = t->s;

	say(t, "\tsetvbuf(stdout, NULL, _IOLBF, 0);\n"
	       "\tdone(uname(&kernel), \"uname\");\n");
	if (has_needs(s))
		say_wrapped(t, 1, "check_needs(%s);", s->n_settings ? "options.set" : "");
	if (t->parts & PART_BIT(PART_THREADS))
		say_wrapped(t, 1, "start_threads();");
	say(t, "\tstay_on_one_cpu();\n"
	       "\tmake_maps();\n");
	if (has_vectors(t))
		say_wrapped(t, 1, "make_ready();");
	say(t, "\t/* Their page faults come now, not within a round. */\n");
	for (size_t i = 0; i < s->n_segments; i++)
		say_wrapped(t, 1, "memset(%s_ns, 1, options.rounds * sizeof(%s_ns[0]));",
			    t->segments[i], t->segments[i]);
	say(t, "\tmemset(iteration_ns, 1, options.rounds * sizeof(iteration_ns[0]));\n\n");
	if (s->n_prepare)
		say_wrapped(t, 1, "prepare();");
	if (s->warmup_iterations)
		say(t, "\tfor (unsigned i = 0; i < WARM_UP; i++)\n"
		       "\t\titerate(0, 0);\n");
}

static void say_medians(struct text *t)
{
	for (size_t i = 0; i <= t->s->n_segments; i++) {
		_cleanup_buf_ struct buf metric = { 0 }, quoted = { 0 };
		const char *name = i ? t->s->segments[i - 1].name : "iteration";

		buf_printf(&metric, "%s_ns_per_%s", name, scenario_item_name(t->s));
		quote_text(buf_str(&metric), &quoted);
		buf_keep(t->out, buf_error(&metric));
		buf_keep(t->out, buf_error(&quoted));
		say_wrapped(t, 1, "print_median(%s, %s_ns, rounds, clock_step);", buf_str(&quoted),
			    i ? t->segments[i - 1] : "iteration");
	}
}

void say_main(struct text *t)
{
	_cleanup_buf_ struct buf name = { 0 };

	quote_text(t->s->name, &name);
	buf_keep(t->out, buf_error(&name));
	say(t, "int main(int argc, char **argv)\n{\n"
	       "\tstruct options options = read_options(argc, argv);\n"
	       "\tstruct rusage before, after;\n"
	       "\tuint64_t start, clock_step;\n"
	       "\tstruct utsname kernel;\n"
	       "\tunsigned rounds = 0;\n\n");
	say_start(t);
	say(t,
	    "\n\tprintf(\"scenario=%%s\\n\", %s);\n"
	    "\tprintf(\"scenario_sha256=%s\\n\");\n"
	    "\tprintf(\"kernel=%%s\\n\", kernel.release);\n"
	    "\titerate(0, 1);\n"
	    "\tclock_step = measure_clock_step();\n"
	    "\tgetrusage(RUSAGE_SELF, &before);\n"
	    "\tstart = nanoseconds();\n"
	    "\tdo\n"
	    "\t\titerate(rounds++, 0);\n"
	    "\twhile (rounds < options.rounds &&\n"
	    "\t       (rounds < 10 || (double)(nanoseconds() - start) < options.seconds * 1e9));\n"
	    "\tgetrusage(RUSAGE_SELF, &after);\n\n"
	    "\tprintf(\"clock_step_ns=%%llu\\n\", (unsigned long long)clock_step);\n"
	    "\tprintf(\"rounds=%%u\\n\", rounds);\n"
	    "\tprintf(\"minor_faults_per_iteration=%%.4f\\n\",\n"
	    "\t       (double)(after.ru_minflt - before.ru_minflt) / rounds);\n",
	    buf_str(&name), t->s->sha256.text);
	say_medians(t);
	say(t, "\treturn 0;\n}\n");
}
