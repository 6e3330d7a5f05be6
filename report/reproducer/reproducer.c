// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/reproducer/reproducer.h"

#include "report/reproducer/reproducer_main.h"
#include "report/reproducer/reproducer_maps.h"
#include "report/reproducer/reproducer_vectors.h"
#include "scenario/describe.h"
#include "scenario/op_words.h"

#include <errno.h>
#include <string.h>

#define TITLE_COLUMNS 16
#define SUMMANDS_MAX 3 /* longer sums are not read */

/* A line for each operation; what stands within another, indented. */
static void say_op_lines(struct text *t, const char *title, size_t from, size_t n, unsigned depth)
{
	for (size_t i = from; i < from + n; i += 1 + t->s->ops[i].n_body) {
		_cleanup_buf_ struct buf words = { 0 }, prefix = { 0 };

		describe_op(t->s, &t->s->ops[i], &words);
		buf_printf(&prefix, " *   %-*s%*s", TITLE_COLUMNS, i == from ? title : "",
			   (int)(2 * depth), "");
		buf_keep(t->out, buf_error(&words));
		buf_keep(t->out, buf_error(&prefix));
		say_comment(t, buf_str(&prefix), buf_str(&words));
		say_op_lines(t, "", i + 1, t->s->ops[i].n_body, depth + 1);
	}
}

static void say_measured(struct text *t)
{
	const struct scenario *s = t->s;

	say(t,
	    " *\n * What is done, and timed each by itself; told are the medians of all rounds, in "
	    "ns per %s:\n *\n",
	    scenario_item_name(s));
	say_op_lines(t, "(once)", 0, s->n_prepare, 0);
	for (size_t i = 0; i < s->n_segments; i++) {
		const struct plan_segment *g = &s->segments[i];
		size_t at = scenario_segment_ops(s, i);

		say_op_lines(t, "(not timed)", at, g->n_before, 0);
		say_op_lines(t, g->name, at + g->n_before, g->n_ops, 0);
		if (g->flags & PLAN_SEGMENT_THREADS)
			say(t, " *   %-*sby a thread on every CPU, %s\n", TITLE_COLUMNS, "",
			    g->flags & PLAN_SEGMENT_OWN ? "each on its own slice"
							: "all on the same range");
		say_op_lines(t, "(not timed)", at + g->n_before + g->n_ops, g->n_after, 0);
	}
}

static void say_words(struct text *t, const char *title, char *const *words, size_t n)
{
	_cleanup_buf_ struct buf line = { 0 };

	buf_puts(&line, title);
	for (size_t i = 0; i < n; i++)
		buf_printf(&line, "%s %s", i ? "," : "", words[i]);
	buf_keep(t->out, buf_error(&line));
	if (n)
		say_comment(t, " * ", buf_str(&line));
}

static void say_needs(struct text *t)
{
	_cleanup_buf_ struct buf needs = { 0 }, line = { 0 };

	scenario_needs(t->s, ", ", &needs);
	buf_printf(&line, "It needs: %s", buf_str(&needs));
	buf_keep(t->out, buf_error(&needs));
	buf_keep(t->out, buf_error(&line));
	if (needs.len)
		say_comment(t, " * ", buf_str(&line));
}

static void say_origin(struct text *t, const struct reproducer_request *q)
{
	_cleanup_buf_ struct buf line = { 0 };

	buf_printf(&line, "Written by slowpath %s: slowpath reproducer %s", q->version,
		   q->scenario->name);
	for (size_t i = 0; i < q->n_settings; i++)
		buf_printf(&line, " --set %s=%s", q->settings[i].key, q->settings[i].value);
	buf_keep(t->out, buf_error(&line));
	say_comment(t, " * ", buf_str(&line));
	say(t, " * Scenario: sha256 %s\n", q->scenario->sha256.text);
}

static void say_head(struct text *t, const struct reproducer_request *q)
{
	_cleanup_buf_ struct buf title = { 0 };

	buf_printf(&title, "%s: %s", t->s->name, t->s->help);
	buf_keep(t->out, buf_error(&title));
	say(t, "// SPDX-License-Identifier: GPL-2.0-or-later\n/*\n");
	say_comment(t, " * ", buf_str(&title));
	say(t, " *\n *   cc -O2 -Wall -Wextra -o reproducer reproducer.c && ./reproducer\n");
	say_measured(t);
	say(t, " *\n");
	say_words(t, "Kernel functions that this is meant to reach:", t->s->source, t->s->n_source);
	say_needs(t);
	say_origin(t, q);
	say(t, " */\n#define _GNU_SOURCE\n");
}

static void say_numbers(struct text *t)
{
	const struct scenario *s = t->s;
	const char *plus = "";
	size_t maps = 0;

	for (size_t i = 0; i < s->n_maps; i++)
		maps += s->maps[i].kind != PLAN_MAP_PLACE;
	say(t, "#define PAGE 4096UL\n");
	if (maps == 0 || maps > SUMMANDS_MAX) {
		say(t, "#define PAGES %lluUL\n", (unsigned long long)scenario_pages(s));
	} else {
		say(t, "#define PAGES (%s", maps > 1 ? "(" : "");
		for (size_t i = 0; i < s->n_maps; i++) {
			if (s->maps[i].kind == PLAN_MAP_PLACE)
				continue;
			say(t, "%s%s_BYTES", plus, t->sizes[i]);
			plus = " + ";
		}
		say(t, "%s / PAGE)\n", maps > 1 ? ")" : "");
	}
	if (s->item == ITEM_PAGE)
		say(t, "#define ITEMS (double)PAGES /* that times are divided by */\n");
	else
		say(t, "#define ITEMS %llu.0 /* calls, that times are divided by */\n",
		    (unsigned long long)scenario_items(s));
	if (s->warmup_iterations)
		say(t, "#define WARM_UP %u /* iterations */\n", s->warmup_iterations);
	say(t,
	    "#define ROUNDS %u /* at most ... */\n"
	    "#define SECONDS %g /* ... or for so long */\n"
	    "#define ROUNDS_LIMIT %u\n",
	    s->rounds_max, s->min_time_ms / 1000.0, PLAN_MAX_ROUNDS);
	if (t->parts & PART_BIT(PART_CHILD))
		say(t, "#define CHILD_MUST_WAIT %d /* a killed child must not run */\n",
		    !!(t->parts & PART_BIT(PART_CHILD_KILL)));
	say(t, "\n");
}

int reproducer_possible(const struct scenario *s, struct err *e)
{
	const char *what = s->disk_fs ? "a disk, which the guest makes and mounts" : NULL;

	if (s->program)
		return err_set(e, EINVAL, "scenario '%s' is a program, and so its own reproducer",
			       s->name);
	for (size_t i = 0; !what && i < s->n_maps; i++) {
		if (s->maps[i].kind == PLAN_MAP_FILE_PRIVATE ||
		    s->maps[i].kind == PLAN_MAP_FILE_SHARED)
			what = "a file that is written first";
	}
	for (size_t i = 0; !what && i < s->n_ops; i++) {
		if (op_is_of_file(&s->ops[i]) || s->ops[i].code == PLAN_OP_DROP_CACHES)
			what = op_word(s->ops[i].code)->name;
	}
	if (s->cgroup_depth)
		return err_set(e, EINVAL,
			       "scenario '%s' runs in a cgroup of its own, which a program on "
			       "somebody's machine does not make; there is no reproducer",
			       s->name);
	for (size_t i = 0; i < s->n_ops; i++) {
		if (op_sleeps(&s->ops[i]))
			return err_set(e, EINVAL,
				       "scenario '%s' waits for kernel threads, whose work no "
				       "program can time; there is no reproducer",
				       s->name);
	}
	return what ? err_set(e, EINVAL,
			      "scenario '%s' needs %s: there is no reproducer in C of such yet",
			      s->name, what)
		    : 0;
}

int reproducer_write(const struct reproducer_request *q, struct buf *out, struct err *e)
{
	struct text t = { .s = q->scenario, .out = out };
	int r = reproducer_possible(q->scenario, e);

	if (r < 0)
		return r;
	t.parts = parts_needed(q->scenario);
	text_make_names(&t);
	say_head(&t, q);
	say_includes(&t);
	say_numbers(&t);
	say_map_variables(&t);
	say(&t, "/* What each round took. */\nstatic uint64_t iteration_ns[ROUNDS_LIMIT];\n");
	for (size_t i = 0; i < t.s->n_segments; i++)
		say(&t, "static uint64_t %s_ns[ROUNDS_LIMIT];\n", t.segments[i]);
	say(&t, "\n");
	say_parts(&t, PART_STOP, PART_CLOCK);
	say_make_maps(&t);
	say_vectors(&t);
	say_segments(&t);
	say(&t, "/* That is all that is done. From here on: how it is checked and timed. */\n\n");
	say_is_ours(&t);
	say_parts(&t, PART_CLOCK, PARTS);
	say_check_needs(&t);
	say_check_state(&t);
	say_iterate(&t);
	say_main(&t);
	return buf_error(out) ? err_oom(e) : 0;
}
