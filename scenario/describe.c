// SPDX-License-Identifier: GPL-2.0-or-later
#include "scenario/describe.h"

#include "scenario/op_words.h"
#include "scenario/program.h"
#include "scenario/words.h"

#include <string.h>
#include <sys/mman.h>

void describe_bytes(uint64_t bytes, struct buf *out)
{
	static const char units[] = "GMK";

	for (unsigned i = 0; i < 3; i++) {
		unsigned shift = 30 - 10 * i;

		if (bytes && bytes % (1ull << shift) == 0) {
			buf_printf(out, "%llu%c", (unsigned long long)bytes >> shift, units[i]);
			return;
		}
	}
	buf_printf(out, "%llu", (unsigned long long)bytes);
}

void describe_map(const struct scenario *s, size_t index, struct buf *out)
{
	const struct plan_map *m = &s->maps[index];

	buf_printf(out, "%s  %s, ", s->map_names[index], words_name(&words_kinds, m->kind));
	describe_bytes(m->bytes, out);
	if (m->advice)
		buf_printf(out, ", %s", words_name(&words_advices, m->advice));
	if (m->prot != (PROT_READ | PROT_WRITE))
		buf_printf(out, ", %s", words_name(&words_protections, m->prot));
	if (m->flags & PLAN_MAP_POPULATE)
		buf_puts(out, ", populated");
	if (m->flags & PLAN_MAP_UNMAPPED)
		buf_puts(out, ", not mapped at first");
	if (m->flags & PLAN_MAP_ANYWHERE)
		buf_puts(out, ", anywhere");
	if (m->flags & PLAN_MAP_TMPFS)
		buf_puts(out, ", on a tmpfs");
	if (m->flags & PLAN_MAP_SPARSE)
		buf_puts(out, ", a hole");
}

/* What is said before the name of the map, and behind it. */
static void main_words(const struct plan_op *op, const struct op_word *w, const char *map,
		       struct buf *out)
{
	buf_puts(out, w->name);
	if (op->code == PLAN_OP_REPEAT)
		buf_printf(out, " %llu times", (unsigned long long)op->arg);
	if (op->code == PLAN_OP_MIGRATE_PAGES)
		buf_printf(out, " from node %llu to node %llu", (unsigned long long)op->arg,
			   (unsigned long long)op->arg2);
	if (map)
		buf_printf(out, " %s", map);
	if (op_is_touch(op))
		buf_printf(out, ": %s", words_name(&words_accesses, op->code));
	if (w->required & OP_KEY_TO_PROT)
		buf_printf(out, " to %s", words_name(&words_protections, op->arg));
	if (w->required & OP_KEY_ADVICE)
		buf_printf(out, ": %s", words_name(&words_advices, op->arg));
	if (w->required & OP_KEY_FADVICE)
		buf_printf(out, ": %s", words_name(&words_fadvices, op->arg));
	if (w->required & OP_KEY_FALLOCATE)
		buf_printf(out, ": %s", words_name(&words_fallocates, op->arg));
	if (w->required & OP_KEY_WHAT)
		buf_printf(out, ": %s", words_name(&words_caches, op->arg));
	if (w->required & OP_KEY_TO_SIZE) {
		buf_puts(out, " to ");
		describe_bytes(op->arg, out);
	}
	if (w->required & OP_KEY_HOW)
		buf_printf(out, ": %s", words_name(&words_syncs, op->arg));
	if (w->required & OP_KEY_POLICY)
		buf_printf(out, ": %s", words_name(&words_policies, op->arg));
	if (w->required & OP_KEY_MATCH)
		buf_printf(out, " for %s", words_name(&words_pages, op->arg));
	if (op->code == PLAN_OP_SLEEP)
		buf_printf(out, " %llu ms", (unsigned long long)op->arg / 1000000u);
	if (op->code == PLAN_OP_UNTIL)
		buf_printf(out, " %s %s %llu, looking every %llu ms",
			   words_name(&words_waits, op->arg2),
			   op->flags & PLAN_OP_ADVANCED ? "has advanced by" : "is at least",
			   (unsigned long long)op->arg, (unsigned long long)op->seed / 1000000u);
	if (w->required & (OP_KEY_AMOUNT | OP_KEY_LIMIT)) {
		buf_puts(out, w->required & OP_KEY_AMOUNT ? " " : " to ");
		if (op->arg)
			describe_bytes(op->arg, out);
		else
			buf_puts(out, "max");
	}
	if (op->code == PLAN_OP_MOVE_PAGES)
		buf_printf(out, " to node %llu", (unsigned long long)op->arg);
}

static void range_words(const struct scenario *s, const struct plan_op *op, struct buf *out)
{
	if (op->map == PLAN_NO_MAP)
		return;
	if (op->bytes != s->maps[op->map].bytes) {
		buf_puts(out, ", ");
		describe_bytes(op->bytes, out);
		if (op->offset) {
			buf_puts(out, " from ");
			describe_bytes(op->offset, out);
		}
	}
	if (op->each) {
		buf_puts(out, ", ");
		describe_bytes(op->each, out);
		buf_puts(out, " at a time");
	}
	if (op->stride != (op->each ? op->each : 4096)) {
		buf_puts(out, ", every ");
		describe_bytes(op->stride, out);
	}
}

static void other_words(const struct plan_op *op, struct buf *out)
{
	static const struct {
		uint32_t flag;
		const char *what;
	} flags[] = {
		{ PLAN_OP_ONFAULT, ", on fault" },
		{ PLAN_OP_ASYNC, ", resolved by the kernel" },
		{ PLAN_OP_PROTECT, ", and protect it" },
		{ PLAN_OP_MOVE, ", moving pages" },
	};

	if (op->seed && op_is_touch(op))
		buf_printf(out, ", in random order (seed %llu)", (unsigned long long)op->seed);
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		if (op->flags & flags[i].flag)
			buf_puts(out, flags[i].what);
	}
	if (op->code == PLAN_OP_MBIND)
		for (unsigned node = 0; node < PLAN_MAX_NODES; node++)
			if (op->arg2 >> node & 1)
				buf_printf(out, ", node %u", node);
	if (op->fails)
		buf_printf(out, ", which fails with %s", words_name(&words_errors, op->fails));
}

/* "run PATH WORDS" of a foreign program. */
static void program_words(const struct program *p, struct buf *out)
{
	const char *word = p->words.data;

	buf_printf(out, "run %s", p->path);
	for (unsigned i = 0; i < p->n_words + p->n_environment; i++) {
		if (i == p->n_words)
			buf_puts(out, ", with");
		if (i)
			buf_printf(out, " %s", word);
		word += strlen(word) + 1;
	}
	word = p->files.data;
	for (unsigned i = 0; i < p->n_files; i++, word += strlen(word) + 1)
		buf_printf(out, "%s %s", i ? "" : ", files", word);
	if (p->stdin_path)
		buf_printf(out, ", stdin %s", p->stdin_path);
	if (p->cgroup)
		buf_puts(out, ", in a cgroup of its own");
}

void describe_op(const struct scenario *s, const struct plan_op *op, struct buf *out)
{
	const struct op_word *w = op_word(op->code);

	if (op->code == PLAN_OP_PROGRAM) {
		program_words(s->program, out);
		return;
	}
	main_words(op, w, op->map == PLAN_NO_MAP ? NULL : s->map_names[op->map], out);

	if (op->map2 != PLAN_NO_MAP)
		buf_printf(out, " to %s", s->map_names[op->map2]);
	range_words(s, op, out);
	if (op->code == PLAN_OP_MREMAP && op->arg) {
		buf_puts(out, ", to ");
		describe_bytes(op->arg, out);
	}
	other_words(op, out);
}

/* A line for each operation; what stands within another, indented. */
static void op_lines(const struct scenario *s, const char *title, size_t from, size_t n, int depth,
		     struct buf *out)
{
	for (size_t i = from; i < from + n; i += 1 + s->ops[i].n_body) {
		const struct plan_op *op = &s->ops[i];

		buf_printf(out, "  %-14s %*s", i == from ? title : "", 2 * depth, "");
		describe_op(s, op, out);
		buf_puts(out, op->n_body ? ":\n" : "\n");
		op_lines(s, "", i + 1, op->n_body, depth + 1, out);
	}
}

static void segment_lines(const struct scenario *s, size_t index, struct buf *out)
{
	const struct plan_segment *g = &s->segments[index];
	size_t at = scenario_segment_ops(s, index);

	op_lines(s, "  (before)", at, g->n_before, 0, out);
	op_lines(s, g->name, at + g->n_before, g->n_ops, 0, out);
	if (g->flags & PLAN_SEGMENT_SPIN)
		buf_printf(out, "  %-14s something runs while it sleeps\n", "");
	if (g->flags & PLAN_SEGMENT_THREADS)
		buf_printf(out, "  %-14s by a thread on every CPU, %s\n", "",
			   g->flags & PLAN_SEGMENT_OWN ? "each on its own slice"
						       : "all on the same range");
	op_lines(s, "  (after)", at + g->n_before + g->n_ops, g->n_after, 0, out);
}

void describe_steps(const struct scenario *s, struct buf *out)
{
	for (size_t i = 0; i < s->n_maps; i++) {
		buf_printf(out, "  %-14s ", i ? "" : "maps");
		describe_map(s, i, out);
		buf_puts(out, "\n");
	}
	op_lines(s, "prepare", 0, s->n_prepare, 0, out);
	for (size_t i = 0; i < s->n_segments; i++)
		segment_lines(s, i, out);
}
