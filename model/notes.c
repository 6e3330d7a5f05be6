// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/notes.h"

#include <stdlib.h>

/*
 * A window of more instructions than PARTS parts have is looked at in so many, each in its own
 * share of the window and not always at the same place of it: work that comes back every 512 pages
 * must not be seen always or never.
 */
#define PARTS 24u
#define PART_STEPS 12000u
#define PART_SWING 2000u /* of which these are not measured */
#define WHOLE_MAX (PARTS * PART_STEPS)
#define USER_END (1ull << 47)

void notes_free(struct notes *n)
{
	free(n->steps);
	free(n->accesses);
	free(n->parts);
	*n = (struct notes){ 0 };
}

static int grow(void **at, size_t *cap, size_t n, size_t size, struct err *e)
{
	void *grown;

	if (n < *cap)
		return 0;
	grown = realloc(*at, (*cap ? 2 * *cap : 1024) * size);
	if (!grown)
		return err_oom(e);
	*at = grown;
	*cap = *cap ? 2 * *cap : 1024;
	return 0;
}

static int note_access(struct notes *n, struct access_note a, struct err *e)
{
	int r = grow((void **)&n->accesses, &n->cap_accesses, n->n_accesses, sizeof(*n->accesses),
		     e);

	if (r == 0)
		n->accesses[n->n_accesses++] = a;
	return r;
}

static bool is_flush(const struct model_insn *i)
{
	return i->class == CLASS_SERIAL &&
	       (i->serial == SERIAL_INVLPG || i->serial == SERIAL_WRITE_CR3);
}

void window_count(const struct trace *t, const struct trace_window *w, struct window_counts *out,
		  uint64_t *functions, size_t n)
{
	struct trace_walk walk;
	struct trace_step s;

	*out = (struct window_counts){ 0 };
	trace_walk_start(t, w, &walk);
	while (trace_walk_next(&walk, &s)) {
		out->insns++;
		out->user_insns += !(s.insn->flags & INSN_KERNEL);
		out->atomics += s.insn->flags & INSN_ATOMIC && s.n_accesses;
		out->serial += s.insn->class == CLASS_SERIAL;
		out->halts += s.insn->class == CLASS_SERIAL && s.insn->serial == SERIAL_HALT;
		out->flushes += is_flush(s.insn);
		for (unsigned i = 0; s.insn->flags & INSN_KERNEL && i < s.n_accesses; i++)
			out->user_accesses += trace_address(s.accesses[i]) < USER_END;
		if (functions && s.insn->function < n)
			functions[s.insn->function]++;
	}
	out->interrupts = walk.interrupts;
	out->exceptions = walk.exceptions;
	out->page_faults = walk.page_faults;
	out->system_calls = walk.system_calls;
	out->switches = walk.switches;
	out->cut = walk.cut;
}

/* One instruction in caches and predictors; noted if @n is not NULL. */
static int step(const struct trace *t, const struct trace_step *s, struct caches *c,
		struct branches *b, struct notes *n, struct err *e)
{
	const struct model_insn *insn = s->insn;
	struct step_note note = { .insn = (uint32_t)(insn - t->insns) };
	size_t before = n ? n->n_accesses : 0;
	int r = 0;

	note.code = (uint8_t)caches_code(c, insn->vaddr);
	for (unsigned i = 0; r == 0 && i < s->n_accesses; i++) {
		uint64_t vaddr = trace_address(s->accesses[i]);
		bool is_store = trace_kind(s->accesses[i]) == TRACE_STORE;
		struct data_access d = caches_data(c, insn->vaddr, vaddr, is_store);

		if (!n)
			continue;
		r = note_access(n,
				(struct access_note){ vaddr, is_store ? ACCESS_STORE : ACCESS_LOAD,
						      (uint8_t)d.level, (uint8_t)d.tlb },
				e);
		for (unsigned k = 0; r == 0 && k < c->n_prefetches; k++)
			r = note_access(
				n,
				(struct access_note){ c->prefetches[k].line * TRACE_LINE_BYTES,
						      ACCESS_PREFETCH,
						      (uint8_t)c->prefetches[k].from, 0 },
				e);
	}
	if (insn->flags & INSN_BRANCHES && s->next) {
		if (s->next != insn->vaddr + insn->len)
			note.flags |= NOTE_TAKEN;
		if (!branches_predicted(b, insn, s->next))
			note.flags |= NOTE_MISPREDICTED;
	}
	if (insn->class == CLASS_SERIAL && insn->serial == SERIAL_WRITE_CR3)
		caches_flush_user(c);
	if (!n || r < 0)
		return r;
	note.n_accesses = (uint32_t)(n->n_accesses - before);
	r = grow((void **)&n->steps, &n->cap_steps, n->n_steps, sizeof(*n->steps), e);
	if (r == 0)
		n->steps[n->n_steps++] = note;
	return r;
}

void window_warm(const struct trace *t, const struct trace_window *w, struct caches *c,
		 struct branches *b)
{
	struct trace_walk walk;
	struct trace_step s;

	trace_walk_start(t, w, &walk);
	while (trace_walk_next(&walk, &s))
		step(t, &s, c, b, NULL, NULL);
}

/* Where part @i begins, of a window of @insns. */
static uint64_t part_start(uint64_t insns, unsigned i)
{
	uint64_t share = insns / PARTS;
	/* The golden ratio's multiples are spread evenly. */
	uint64_t draw = (uint64_t)(i + 1) * 0x9e3779b97f4a7c15ull >> 32;

	return share * i + ((share - PART_STEPS) * draw >> 32);
}

static int begin_part(struct notes *n, size_t swing, struct err *e)
{
	int r = grow((void **)&n->parts, &n->cap_parts, n->n_parts, sizeof(*n->parts), e);

	if (r == 0)
		n->parts[n->n_parts++] = (struct part_note){ .first_step = n->n_steps,
							     .measured = swing,
							     .first_access = n->n_accesses };
	return r;
}

static void end_part(struct notes *n)
{
	struct part_note *p = &n->parts[n->n_parts - 1];

	p->n_steps = n->n_steps - p->first_step;
	if (p->measured > p->n_steps)
		p->measured = p->n_steps;
	n->n_measured += p->n_steps - p->measured;
}

int window_note(const struct trace *t, const struct trace_window *w, uint64_t insns,
		struct caches *c, struct branches *b, struct notes *out, struct err *e)
{
	bool whole = insns <= WHOLE_MAX, within = false;
	unsigned part = 0;
	uint64_t at = 0, from = whole ? 0 : part_start(insns, 0), until = 0;
	struct trace_walk walk;
	struct trace_step s;
	int r = 0;

	*out = (struct notes){ 0 };
	trace_walk_start(t, w, &walk);
	for (; r == 0 && trace_walk_next(&walk, &s); at++) {
		if (within && at == until) {
			end_part(out);
			within = false;
			from = ++part < PARTS ? part_start(insns, part) : UINT64_MAX;
		}
		if (!within && at == from) {
			r = begin_part(out, whole ? 0 : PART_SWING, e);
			within = r == 0;
			until = whole ? UINT64_MAX : at + PART_STEPS;
		}
		if (r == 0)
			r = step(t, &s, c, b, within ? out : NULL, e);
	}
	if (within)
		end_part(out);
	return r;
}
