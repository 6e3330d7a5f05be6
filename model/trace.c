// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/trace.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define INSN_WORDS 3u

static bool is_access(uint64_t word)
{
	return trace_kind(word) == TRACE_LOAD || trace_kind(word) == TRACE_STORE;
}

/* What a first pass through the words finds: whether they are a trace, and how much there is. */
struct survey {
	const uint64_t *words;
	size_t n, at;
	size_t blocks, insns, windows;
	bool open;
	uint32_t block; /* that executes, if has_block */
	bool has_block;
	const uint64_t **starts; /* of the blocks; owned */
	size_t cap;
};

static int bad(const struct survey *s, struct err *e, const char *what)
{
	return err_unmeasured(e, EPROTO, "the trace is damaged at word %zu: %s", s->at, what);
}

static int survey_block(struct survey *s, uint64_t word, struct err *e)
{
	unsigned n = word >> 32 & 0xffff;

	if (!n || n > TRACE_BLOCK_INSNS || n * INSN_WORDS > s->n - s->at - 1)
		return bad(s, e, "a block of an impossible length");
	if ((uint32_t)word != s->blocks)
		return bad(s, e, "a block out of turn");
	for (unsigned i = 0; i < n; i++) {
		uint64_t len = s->words[s->at + 3 + (size_t)i * INSN_WORDS] >> 56;

		if (len < 1 || len > 15)
			return bad(s, e, "an instruction of an impossible length");
	}
	if (s->blocks == s->cap) {
		size_t cap = s->cap ? 2 * s->cap : 256;
		const uint64_t **grown = realloc(s->starts, cap * sizeof(*grown));

		if (!grown)
			return err_oom(e);
		s->starts = grown;
		s->cap = cap;
	}
	s->starts[s->blocks++] = &s->words[s->at];
	s->insns += n;
	s->at += (size_t)n * INSN_WORDS;
	return 0;
}

static int survey_record(struct survey *s, uint64_t word, struct err *e)
{
	switch (trace_kind(word)) {
	case TRACE_BLOCK:
		return survey_block(s, word, e);
	case TRACE_EXEC:
		s->block = (uint32_t)word;
		s->has_block = true;
		return s->open && s->block < s->blocks
			       ? 0
			       : bad(s, e, "a block that was not told of, or outside of a window");
	case TRACE_LOAD:
	case TRACE_STORE:
		if (!s->open || !s->has_block ||
		    trace_index(word) >= (s->starts[s->block][0] >> 32 & 0xffff))
			return bad(s, e, "an access of no instruction");
		return 0;
	case TRACE_OPEN:
		if (s->open)
			return bad(s, e, "a window in a window");
		s->open = true;
		s->has_block = false;
		s->windows++;
		return 0;
	case TRACE_CLOSE:
		if (!s->open)
			return bad(s, e, "a window's end without its beginning");
		s->open = false;
		return 0;
	default:
		return bad(s, e, "no such record");
	}
}

static int survey(struct survey *s, bool *full, struct err *e)
{
	int r = 0;

	if (s->n < 2 || s->words[0] != (TRACE_MAGIC | TRACE_VERSION << 32))
		return bad(s, e, "it has another format");
	for (s->at = 1; r == 0 && s->at + 1 < s->n; s->at++)
		r = survey_record(s, s->words[s->at], e);
	if (r < 0)
		return r;
	s->at = s->n - 1;
	if (trace_kind(s->words[s->at]) != TRACE_END ||
	    (s->words[s->at] & TRACE_WORDS_MASK) != s->at || s->open)
		return bad(s, e, "it ends too early");
	*full = s->words[s->at] & TRACE_FULL;
	return 0;
}

static void decode(const struct survey *s, trace_function_fn function, void *arg, struct trace *out)
{
	for (size_t b = 0; b < s->blocks; b++) {
		const uint64_t *word = s->starts[b];
		struct trace_block *block = &out->blocks[out->n_blocks++];

		*block = (struct trace_block){ .first = (uint32_t)out->n_insns,
					       .n_insns = word[0] >> 32 & 0xffff,
					       .flags = word[0] >> 48 & 0xfff };
		for (unsigned i = 0; i < block->n_insns; i++) {
			const uint64_t *w = word + 1 + (size_t)i * INSN_WORDS;
			struct model_insn *insn = &out->insns[out->n_insns++];
			uint8_t bytes[16];

			memcpy(bytes, w + 1, sizeof(bytes));
			model_decode_x86_64(bytes, bytes[15], w[0], insn);
			insn->function = function ? function(arg, w[0]) : 0;
		}
	}
}

static void find_windows(const struct survey *s, struct trace *out)
{
	struct trace_window *w = out->windows - 1;

	for (size_t at = 1; at + 1 < s->n; at++) {
		uint64_t word = s->words[at];

		if (trace_kind(word) == TRACE_BLOCK)
			at += (word >> 32 & 0xffff) * INSN_WORDS;
		else if (trace_kind(word) == TRACE_OPEN)
			*++w = (struct trace_window){ .slot = word & TRACE_SLOT_MASK,
						      .start = at + 1 };
		else if (trace_kind(word) == TRACE_CLOSE)
			w->end = at;
	}
}

int trace_open(const uint64_t *words, size_t n, trace_function_fn function, void *arg,
	       struct trace *out, struct err *e)
{
	struct survey s = { .words = words, .n = n };
	int r;

	*out = (struct trace){ .words = words };
	r = survey(&s, &out->full, e);
	if (r == 0) {
		out->blocks = calloc(s.blocks + 1, sizeof(*out->blocks));
		out->insns = calloc(s.insns + 1, sizeof(*out->insns));
		out->windows = calloc(s.windows + 1, sizeof(*out->windows));
		if (!out->blocks || !out->insns || !out->windows)
			r = err_oom(e);
	}
	if (r == 0) {
		out->n_windows = s.windows;
		decode(&s, function, arg, out);
		find_windows(&s, out);
	}
	free(s.starts);
	return r;
}

void trace_free(struct trace *t)
{
	free(t->blocks);
	free(t->insns);
	free(t->windows);
	*t = (struct trace){ 0 };
}

void trace_walk_start(const struct trace *t, const struct trace_window *w, struct trace_walk *out)
{
	*out = (struct trace_walk){ .t = t, .at = w->start, .end = w->end };
}

/* The next EXEC from @at on; the window's end if there is none. */
static size_t next_exec(const struct trace_walk *w, size_t at)
{
	while (at < w->end && trace_kind(w->t->words[at]) != TRACE_EXEC) {
		if (trace_kind(w->t->words[at]) == TRACE_BLOCK)
			at += (w->t->words[at] >> 32 & 0xffff) * INSN_WORDS;
		at++;
	}
	return at;
}

static const struct trace_block *block_at(const struct trace_walk *w, size_t at)
{
	return at < w->end ? &w->t->blocks[(uint32_t)w->t->words[at]] : NULL;
}

static uint64_t block_vaddr(const struct trace_walk *w, const struct trace_block *b)
{
	return b ? w->t->insns[b->first].vaddr : 0;
}

/*
 * How many instructions of the block execute, by what follows. Beside an exception it is QEMU 7.2
 * that leaves the last one out: one across two pages, which becomes a block of its own.
 */
static unsigned executed(const struct trace_walk *w, size_t accesses_end,
			 const struct trace_block *next)
{
	const struct trace_block *b = w->block;
	const struct model_insn *last = &w->t->insns[b->first + b->n_insns - 1];

	if (next && next->flags & TRACE_EXCEPTION)
		return accesses_end > w->access ? trace_index(w->t->words[accesses_end - 1]) + 1u
						: 0;
	if (next && b->n_insns > 1 && block_vaddr(w, next) == last->vaddr &&
	    !(last[-1].flags & INSN_BRANCHES) && !(last->flags & INSN_BRANCHES))
		return b->n_insns - 1u;
	return b->n_insns;
}

static void note(struct trace_walk *w, unsigned flags)
{
	w->exceptions += (flags & TRACE_EXCEPTION) != 0;
	w->page_faults += (flags & TRACE_PAGE_FAULT) != 0;
	w->system_calls += (flags & TRACE_SYSTEM_CALL) != 0;
}

/* Enters the block that w->at tells of; whether the task executes it. */
static bool enter(struct trace_walk *w)
{
	const struct trace_block *next;
	size_t accesses_end;
	bool counts;

	w->block = block_at(w, w->at);
	w->access = accesses_end = w->at + 1;
	while (accesses_end < w->end && is_access(w->t->words[accesses_end]))
		accesses_end++;
	w->at = next_exec(w, accesses_end);
	next = block_at(w, w->at);
	w->n = executed(w, accesses_end, next);
	w->index = 0;
	if (w->block->flags & TRACE_INTERRUPT) {
		w->depth++;
		w->interrupts += w->depth == 1;
	} else if (w->depth && w->block->flags & TRACE_EXCEPTION) {
		w->depth++;
	}
	counts = !w->depth;
	w->switches += (w->block->flags & TRACE_SWITCH) != 0;
	if (counts)
		note(w, w->block->flags);
	else if (w->n) {
		const struct model_insn *last = &w->t->insns[w->block->first + w->n - 1];

		w->depth -= last->class == CLASS_SERIAL && last->serial == SERIAL_IRET;
	}
	return counts && w->n;
}

bool trace_walk_next(struct trace_walk *w, struct trace_step *out)
{
	if (w->index == w->n) {
		w->at = next_exec(w, w->at);
		do {
			if (w->at >= w->end) {
				w->cut = w->depth > 0;
				return false;
			}
		} while (!enter(w));
	}
	*out = (struct trace_step){ .insn = &w->t->insns[w->block->first + w->index],
				    .accesses = &w->t->words[w->access] };
	while (w->access < w->end && is_access(w->t->words[w->access]) &&
	       trace_index(w->t->words[w->access]) <= w->index) {
		w->access++;
		out->n_accesses++;
	}
	w->index++;
	out->next = w->index < w->n ? out->insn[1].vaddr : block_vaddr(w, block_at(w, w->at));
	return true;
}
