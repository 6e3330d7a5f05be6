// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/reproducer/reproducer_vectors.h"

#include "proto/plan_files.h"
#include "report/reproducer/reproducer_parts.h"

#include <stdio.h>

#define PLUS_BYTES (TEXT_SIZE_BYTES + 4)

uint64_t op_strides(const struct plan_op *op)
{
	return (op->bytes - 1) / op->stride + 1;
}

uint64_t process_pieces(const struct plan_op *op)
{
	return op->each ? (op->bytes - op->each) / op->stride + 1 : 1;
}

uint64_t mincore_bytes(const struct scenario *s)
{
	uint64_t most = 0;

	for (size_t i = 0; i < s->n_ops; i++) {
		uint64_t bytes = s->ops[i].each ? s->ops[i].each : s->ops[i].bytes;

		if (s->ops[i].code == PLAN_OP_MINCORE && bytes > most)
			most = bytes;
	}
	return most;
}

static bool has_iovec(const struct plan_op *op)
{
	return op->code == PLAN_OP_PROCESS_MADVISE || op->code == PLAN_OP_URING_REGISTER;
}

static bool uses(const struct scenario *s, uint32_t code)
{
	for (size_t i = 0; i < s->n_ops; i++) {
		if (s->ops[i].code == code)
			return true;
	}
	return false;
}

static void say_variables(struct text *t)
{
	const struct scenario *s = t->s;
	size_t before = t->out->len;

	for (size_t i = 0; i < s->n_ops; i++) {
		const struct plan_op *op = &s->ops[i];
		unsigned long long n;

		if (op->code == PLAN_OP_READ_FILE || op->code == PLAN_OP_WRITE_FILE)
			say(t, "static int file_%zu;\n", i);
		if (op->map == PLAN_NO_MAP)
			continue;
		n = op_strides(op);
		if (op->seed)
			say(t, "static uint32_t order_%zu[%llu];\n", i, n);
		if (op->code == PLAN_OP_MOVE_PAGES)
			say(t,
			    "static void *pages_%zu[%llu];\n"
			    "static int nodes_%zu[%llu], status_%zu[%llu];\n",
			    i, n, i, n, i, n);
		if (has_iovec(op))
			say(t, "static struct iovec vector_%zu[%llu];\n", i,
			    (unsigned long long)process_pieces(op));
	}
	if (mincore_bytes(s))
		say(t, "static unsigned char resident[%llu];\n",
		    (unsigned long long)mincore_bytes(s) / 4096);
	if (uses(s, PLAN_OP_PROCESS_MADVISE))
		say(t, "static int own_fd;\n");
	if (uses(s, PLAN_OP_PKEY_MPROTECT))
		say(t, "static int own_key;\n");
	say(t, "%s", t->out->len > before ? "\n" : "");
}

/* " + (1UL << 20)", or nothing. */
static const char *plus_text(uint64_t offset, char out[PLUS_BYTES])
{
	char size[TEXT_SIZE_BYTES];

	snprintf(out, PLUS_BYTES, "%s%s", offset ? " + " : "",
		 offset ? size_text(offset, size) : "");
	return out;
}

static void say_move(struct text *t, size_t index)
{
	const struct plan_op *op = &t->s->ops[index];
	char offset[PLUS_BYTES], stride[TEXT_SIZE_BYTES];

	say_wrapped(t, 1, "for (size_t i = 0; i < %llu; i++) {",
		    (unsigned long long)op_strides(op));
	say_wrapped(t, 2, "pages_%zu[i] = %s_start%s + i * %s;", index, t->maps[op->map],
		    plus_text(op->offset, offset), size_text(op->stride, stride));
	say_wrapped(t, 2, "nodes_%zu[i] = %llu;", index, (unsigned long long)op->arg);
	say_wrapped(t, 1, "}");
	say_wrapped(t, 1, "memset(status_%zu, 1, sizeof(status_%zu));", index, index);
}

static void say_iovec(struct text *t, size_t index)
{
	const struct plan_op *op = &t->s->ops[index];
	char offset[PLUS_BYTES], stride[TEXT_SIZE_BYTES], each[TEXT_SIZE_BYTES];

	say_wrapped(t, 1, "for (size_t i = 0; i < %llu; i++)",
		    (unsigned long long)process_pieces(op));
	say_wrapped(t, 2, "vector_%zu[i] = (struct iovec){ %s_start%s + i * %s, %s };", index,
		    t->maps[op->map], plus_text(op->offset, offset), size_text(op->stride, stride),
		    size_text(op->each ? op->each : op->bytes, each));
}

/* What the descriptor is to be able to do is said once: as its first user in the file wants it. */
static void say_open_uffd(struct text *t)
{
	const struct scenario *s = t->s;

	for (size_t i = 0; i < s->n_ops; i++) {
		if ((s->ops[i].code < PLAN_OP_UFFD_REGISTER ||
		     s->ops[i].code > PLAN_OP_UFFD_RESOLVE) &&
		    (s->ops[i].code < PLAN_OP_UFFD_COPY || s->ops[i].code > PLAN_OP_UFFD_MOVE))
			continue;
		say_wrapped(t, 1,
			    "open_uffd(UFFD_FEATURE_PAGEFAULT_FLAG_WP | "
			    "UFFD_FEATURE_WP_HUGETLBFS_SHMEM%s);",
			    s->ops[i].flags & PLAN_OP_ASYNC
				    ? " | UFFD_FEATURE_WP_ASYNC | UFFD_FEATURE_WP_UNPOPULATED"
				    : "");
		return;
	}
}

static void say_need_slices(struct text *t, size_t from, size_t n)
{
	for (size_t i = from; i < from + n; i++) {
		const struct plan_op *op = &t->s->ops[i];
		char bytes[TEXT_SIZE_BYTES], each[TEXT_SIZE_BYTES], stride[TEXT_SIZE_BYTES];

		if (op->map == PLAN_NO_MAP)
			continue;
		say_wrapped(t, 1, "need_slices(%s, %s, %s);", size_text(op->bytes, bytes),
			    size_text(op->each ? op->each : 4096, each),
			    size_text(op->each ? op->stride : 4096, stride));
	}
}

/* What some parts have to open first. */
static const struct {
	enum part part;
	const char *function;
} openers[] = {
	{ PART_VMSPLICE, "open_splice" },
	{ PART_URING, "open_ring" },
	{ PART_BREAK, "find_break" },
	{ PART_DESCRIPTORS, "allow_descriptors" },
};

static const char *file_path(uint64_t file)
{
	static const char *const paths[] = {
#define FILE_PATH(code, word, path, how, option) path,
		PLAN_FILES(FILE_PATH)
#undef FILE_PATH
	};

	return paths[file];
}

static void say_filling(struct text *t)
{
	const struct scenario *s = t->s;

	for (size_t i = 0; i < s->n_ops; i++) {
		const struct plan_op *op = &s->ops[i];

		if (op->seed)
			say_wrapped(t, 1, "shuffle(order_%zu, %llu, %llu);", i,
				    (unsigned long long)op_strides(op),
				    (unsigned long long)op->seed);
		if (op->code == PLAN_OP_MOVE_PAGES)
			say_move(t, i);
		if (has_iovec(op))
			say_iovec(t, i);
		if (op->code == PLAN_OP_READ_FILE || op->code == PLAN_OP_WRITE_FILE)
			say_wrapped(t, 1, "file_%zu = open_file(\"%s\", %s);", i,
				    file_path(op->arg),
				    op->code == PLAN_OP_READ_FILE ? "O_RDONLY" : "O_WRONLY");
	}
	for (size_t i = 0; i < s->n_segments; i++) {
		if (s->segments[i].flags & PLAN_SEGMENT_OWN)
			say_need_slices(t, scenario_segment_ops(s, i) + s->segments[i].n_before,
					s->segments[i].n_ops);
	}
	if (mincore_bytes(s))
		say_wrapped(t, 1, "memset(resident, 1, sizeof(resident));");
	if (uses(s, PLAN_OP_PROCESS_MADVISE)) {
		say_wrapped(t, 1, "own_fd = (int)syscall(SYS_pidfd_open, getpid(), 0U);");
		say_wrapped(t, 1, "possible(own_fd, \"pidfd_open\");");
	}
	if (uses(s, PLAN_OP_PAGEMAP_SCAN))
		say_wrapped(t, 1, "open_pagemap();");
	if (uses(s, PLAN_OP_PKEY_MPROTECT)) {
		say_wrapped(t, 1, "own_key = pkey_alloc(0, 0);");
		say_wrapped(t, 1, "possible(own_key, \"pkey_alloc\");");
	}
	for (size_t i = 0; i < ARRAY_SIZE(openers); i++) {
		if (t->parts & PART_BIT(openers[i].part))
			say_wrapped(t, 1, "%s();", openers[i].function);
	}
	say_open_uffd(t);
	if (uses(s, PLAN_OP_FORK))
		say_wrapped(t, 1, "make_child_ready();");
}

bool has_vectors(const struct text *t)
{
	_cleanup_buf_ struct buf filling = { 0 };
	struct text copy = *t;

	copy.out = &filling;
	say_filling(&copy);
	return filling.len > 0;
}

void say_vectors(struct text *t)
{
	if (!has_vectors(t))
		return;
	say_variables(t);
	say(t, "/* What there has to be beside the maps, before anything is measured. */\n"
	       "static void make_ready(void)\n{\n");
	say_filling(t);
	say(t, "}\n\n");
}
