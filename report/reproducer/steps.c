// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/reproducer/steps.h"

#include "report/words/plain.h"
#include "report/reproducer/reproducer_maps.h"
#include "report/reproducer/reproducer_ops.h"
#include "report/reproducer/reproducer_vectors.h"
#include "report/words/wrap.h"
#include "scenario/describe.h"
#include "scenario/op_words.h"
#include "scenario/words.h"

#include <string.h>
#include <sys/mman.h>

#define TITLE_COLUMNS 14
#define SIZE_BYTES 32
#define PLACE_BYTES 128

struct steps {
	struct text t; /* for its names; nothing is written to it */
	steps_fn fn;
	void *arg;
};

/* "64 MiB" */
static const char *size_words(uint64_t bytes, char out[SIZE_BYTES])
{
	static const char *const units[] = { "GiB", "MiB", "KiB" };

	for (unsigned i = 0; i < ARRAY_SIZE(units); i++) {
		unsigned shift = 30 - 10 * i;

		if (bytes && bytes % (1ull << shift) == 0) {
			snprintf(out, SIZE_BYTES, "%llu %s", (unsigned long long)bytes >> shift,
				 units[i]);
			return out;
		}
	}
	snprintf(out, SIZE_BYTES, "%llu", (unsigned long long)bytes);
	return out;
}

/* "area + 4 KiB" */
static const char *place(const struct steps *s, uint32_t map, uint64_t offset,
			 char out[PLACE_BYTES])
{
	char size[SIZE_BYTES];

	snprintf(out, PLACE_BYTES, "%s%s%s", s->t.maps[map], offset ? " + " : "",
		 offset ? size_words(offset, size) : "");
	return out;
}

/* @at: NULL where the kernel chooses, or is told only by the scenario's set-up. */
static void mmap_text(const struct steps *s, uint32_t map, const char *at, const char *bytes,
		      const char *offset, struct buf *out)
{
	const struct plan_map *m = &s->t.s->maps[map];
	bool anywhere = !at || m->flags & PLAN_MAP_ANYWHERE;

	buf_printf(out, "mmap(%s, %s, %s, %s%s%s, %s%s, %s)", anywhere ? "NULL" : at, bytes,
		   prot_text(m->prot), map_kind_flags(m->kind),
		   m->flags & PLAN_MAP_POPULATE ? " | MAP_POPULATE" : "",
		   anywhere ? "" : " | MAP_FIXED_NOREPLACE",
		   map_has_file(m) ? s->t.maps[map] : "-1", map_has_file(m) ? "_fd" : "", offset);
}

static int give(const struct steps *s, const char *title, unsigned depth, const struct buf *text)
{
	return buf_error(text) ? buf_error(text) : s->fn(s->arg, title, depth, buf_str(text));
}

static const char *file_text(const struct plan_map *m)
{
	switch (m->kind) {
	case PLAN_MAP_MEMFD_PRIVATE:
	case PLAN_MAP_MEMFD_SHARED:
		return "memfd_create(...)";
	case PLAN_MAP_TMPFS_PRIVATE:
	case PLAN_MAP_TMPFS_SHARED:
		return "open(a file of a tmpfs, O_RDWR)";
	}
	return m->flags & PLAN_MAP_TMPFS ? "open(a file of a tmpfs, O_RDWR)"
					 : "open(a file of the disk, O_RDWR)";
}

/* Whatever there is of it before the first operation. */
static int give_map(const struct steps *s, uint32_t map, const char *title)
{
	const struct plan_map *m = &s->t.s->maps[map];
	const char *name = s->t.maps[map];
	_cleanup_buf_ struct buf text = { 0 }, advice = { 0 };
	char size[SIZE_BYTES], word[ADVICE_BYTES];
	int r;

	size_words(m->bytes, size);
	if (map_has_file(m) && m->flags & PLAN_MAP_UNMAPPED) {
		buf_printf(&text, "%s_fd = %s; /* of %s%s */", name, file_text(m), size,
			   m->flags & PLAN_MAP_SPARSE ? ", a hole" : "");
		return give(s, title, 0, &text);
	}
	if (m->kind == PLAN_MAP_PLACE || m->flags & PLAN_MAP_UNMAPPED) {
		buf_printf(&text, "%s: a place of %s where nothing is mapped at first", name, size);
		return give(s, title, 0, &text);
	}
	if (map_has_file(m))
		buf_printf(&text, "%s_fd = %s; ", name, file_text(m));
	buf_printf(&text, "%s = ", name);
	mmap_text(s, map, NULL, size, "0", &text);
	buf_puts(&text, ";");
	r = give(s, title, 0, &text);
	if (r || !m->advice)
		return r;
	buf_printf(&advice, "madvise(%s, %s, %s);", name, size, advice_text(m->advice, word));
	return give(s, "", 0, &advice);
}

/* The access to, or the call on, one piece; "" for what is neither. */
static void piece_text(const struct steps *s, size_t index, const char *from, const char *bytes,
		       const char *offset, struct buf *out)
{
	const struct plan_op *op = &s->t.s->ops[index];

	if (op->code == PLAN_OP_MMAP)
		mmap_text(s, op->map, from, bytes,
			  map_has_file(&s->t.s->maps[op->map]) ? offset : "0", out);
	else
		op_call_text(&s->t, index, from, bytes, out);
}

/* "for (at = 0; at < 64 MiB; at += 4 KiB) ": of every piece of a range. */
static void loop_text(const struct plan_op *op, uint64_t each, struct buf *out)
{
	char first[SIZE_BYTES], last[SIZE_BYTES], stride[SIZE_BYTES], piece[SIZE_BYTES];

	/* Where the stride does not divide the range, the last piece has to lie within. */
	bool whole = op->stride >= each && op->bytes % op->stride == 0;

	buf_printf(out, "for (at = %s; at%s%s %s %s; at += %s) ", size_words(op->offset, first),
		   whole ? "" : " + ", whole ? "" : size_words(each, piece),
		   whole ? "<" : "<=", size_words(op->offset + op->bytes, last),
		   size_words(op->stride, stride));
}

static void touch_text(const struct steps *s, const struct plan_op *op, struct buf *out)
{
	const char *name = s->t.maps[op->map];

	loop_text(op, 1, out);
	if (op->code == PLAN_OP_TOUCH_WRITE)
		buf_printf(out, "%s[at] = 1;", name);
	else
		buf_printf(out, "(void)%s[at];", name);
	if (op->seed)
		buf_puts(out, " /* in a random order */");
}

static void range_text(const struct steps *s, size_t index, struct buf *out)
{
	const struct plan_op *op = &s->t.s->ops[index];
	char from[PLACE_BYTES], size[SIZE_BYTES], offset[SIZE_BYTES], other[SIZE_BYTES];
	bool pieces = op->each && op->each != op->bytes;

	if (op->code == PLAN_OP_MREMAP) {
		op_mremap_text(place(s, op->map, op->offset, from), size_words(op->bytes, size),
			       size_words(op->arg ? op->arg : op->bytes, other),
			       op->map2 == PLAN_NO_MAP ? NULL : s->t.maps[op->map2], out);
		return;
	}
	if (!pieces) {
		piece_text(s, index, place(s, op->map, op->offset, from),
			   size_words(op->bytes, size), size_words(op->offset, offset), out);
		return;
	}
	snprintf(from, sizeof(from), "%s + at", s->t.maps[op->map]);
	loop_text(op, op->each, out);
	piece_text(s, index, from, size_words(op->each, size), "at", out);
}

/* What has no range, or takes more than one statement to be prepared. */
static void other_text(const struct plan_op *op, unsigned depth, struct buf *out)
{
	const char i = (char)('i' + depth % 8); /* another one for every loop */

	switch (op->code) {
	case PLAN_OP_FORK:
		buf_puts(out, "child = fork();");
		return;
	case PLAN_OP_KILL:
		buf_puts(out, "kill(child, SIGKILL);");
		return;
	case PLAN_OP_WAIT:
		buf_puts(out, "waitpid(child, NULL, 0);");
		return;
	case PLAN_OP_MRELEASE:
		buf_puts(out, "process_mrelease(pidfd, 0);");
		return;
	case PLAN_OP_REPEAT:
		buf_printf(out, "for (%c = 0; %c < %llu; %c++) {", i, i,
			   (unsigned long long)op->arg, i);
		return;
	case PLAN_OP_MOVE_PAGES:
		buf_printf(out, "move_pages(0, %llu, pages, nodes, status, MPOL_MF_MOVE); ",
			   (unsigned long long)op_strides(op));
		return;
	case PLAN_OP_MIGRATE_PAGES:
		buf_puts(out, "migrate_pages(0, maxnode, old_nodes, new_nodes); ");
		return;
	case PLAN_OP_PROCESS_MADVISE:
		buf_printf(out, "process_madvise(pidfd, vector, %llu, advice, 0); ",
			   (unsigned long long)process_pieces(op));
		return;
	}
}

/* In the scenario's words, for what the statement cannot say. */
static void add_words(const struct steps *s, const struct plan_op *op, struct buf *out)
{
	_cleanup_buf_ struct buf words = { 0 };

	describe_op(s->t.s, op, &words);
	buf_puts(out, "/* ");
	plain_line(out, buf_str(&words), 200);
	buf_puts(out, " */");
	buf_keep(out, buf_error(&words));
}

static void op_text(const struct steps *s, size_t index, unsigned depth, struct buf *out)
{
	const struct plan_op *op = &s->t.s->ops[index];

	if (op_is_touch(op)) {
		touch_text(s, op, out);
		return;
	}
	if (op_is_of_file(op)) {
		add_words(s, op, out);
		return;
	}
	other_text(op, depth, out);
	if (out->len) {
		if (out->data[out->len - 1] == ' ')
			add_words(s, op, out);
		return;
	}
	if (op->map == PLAN_NO_MAP) {
		add_words(s, op, out);
		return;
	}
	range_text(s, index, out);
	if (!out->len) {
		add_words(s, op, out);
		return;
	}
	buf_puts(out, ";");
	if (op->fails)
		buf_printf(out, " /* fails with %s */", words_name(&words_errors, op->fails));
}

static int give_ops(const struct steps *s, const char *title, size_t from, size_t n, unsigned depth)
{
	int r = 0;

	for (size_t i = from; i < from + n && r == 0; i += 1 + s->t.s->ops[i].n_body) {
		const struct plan_op *op = &s->t.s->ops[i];
		_cleanup_buf_ struct buf text = { 0 };
		bool child = op->code == PLAN_OP_FORK && op->n_body;

		op_text(s, i, depth, &text);
		if (child)
			buf_puts(&text, " if (child == 0) {");
		r = give(s, i == from ? title : "", depth, &text);
		if (r || !op->n_body)
			continue;
		r = give_ops(s, "", i + 1, op->n_body, depth + 1);
		r = r ? r : s->fn(s->arg, "", depth, "}");
	}
	return r;
}

static int give_segment(const struct steps *s, size_t index)
{
	const struct plan_segment *g = &s->t.s->segments[index];
	size_t at = scenario_segment_ops(s->t.s, index);
	int r = give_ops(s, "(not counted)", at, g->n_before, 0);

	r = r ? r : give_ops(s, g->name, at + g->n_before, g->n_ops, 0);
	if (r == 0 && (g->flags & PLAN_SEGMENT_THREADS))
		r = s->fn(s->arg, "", 0,
			  g->flags & PLAN_SEGMENT_OWN
				  ? "/* by a thread on every CPU, each on its own slice */"
				  : "/* by a thread on every CPU, all on the same range */");
	return r ? r : give_ops(s, "(not counted)", at + g->n_before + g->n_ops, g->n_after, 0);
}

int steps_each(const struct scenario *scenario, steps_fn fn, void *arg)
{
	struct steps s = { .t = { .s = scenario }, .fn = fn, .arg = arg };
	int r = 0;

	text_make_names(&s.t);
	for (uint32_t i = 0; i < scenario->n_maps && r == 0; i++)
		r = give_map(&s, i, i ? "" : "(maps)");
	r = r ? r : give_ops(&s, "(once)", 0, scenario->n_prepare, 0);
	for (size_t i = 0; i < scenario->n_segments && r == 0; i++)
		r = give_segment(&s, i);
	return r;
}

struct lines {
	struct buf *out;
	const char *indent;
	bool wrapped;
};

static int add_line(void *arg, const char *title, unsigned depth, const char *statement)
{
	const struct lines *l = arg;
	_cleanup_buf_ struct buf first = { 0 };

	buf_printf(&first, "%s%-*s %*s", l->indent, TITLE_COLUMNS, title, (int)(2 * depth), "");
	if (l->wrapped) {
		wrap_text(l->out, buf_str(&first), statement);
	} else {
		buf_puts(l->out, buf_str(&first));
		plain_line(l->out, statement, 1000);
		buf_puts(l->out, "\n");
	}
	buf_keep(l->out, buf_error(&first));
	return buf_error(l->out);
}

void steps_text(const struct scenario *s, const char *indent, struct buf *out)
{
	buf_keep(out, steps_each(s, add_line, &(struct lines){ out, indent, false }));
}

void steps_wrapped(const struct scenario *s, struct buf *out)
{
	buf_keep(out, steps_each(s, add_line, &(struct lines){ out, "  ", true }));
}
