// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/measure/code_facts.h"

#include "judge/why/groups.h"
#include "judge/why/renames.h"
#include "symbols/code.h"
#include "symbols/code_calls.h"
#include "symbols/disasm.h"
#include "symbols/text.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Below, two functions are as alike as any two. */
#define ALIKE_MIN 0.1
/* The candidates of both sides; those of OLD come first. */
#define FUNCTIONS_MAX (2 * RENAMES_MAX)
#define STRETCHES_MAX (8 * FUNCTIONS_MAX)

/* A candidate as this kernel has it: its own, or by the name of the other's. */
struct looked_at {
	long function; /* index in the symbols; -1: it has none of the name */
	unsigned whole, entries;
	struct code code;
};

struct side {
	const struct symbols *symbols;
	struct text text;
	bool *executed;	   /* by function; owned */
	struct buf calls;  /* struct code_call, of those */
	uint32_t *numbers; /* by function: which of looked_at, from 1; owned */
	struct looked_at at[FUNCTIONS_MAX];
	struct disasm stretches[STRETCHES_MAX];
	uint32_t owners[STRETCHES_MAX]; /* which of looked_at */
	size_t n_stretches;
};

static void side_free(struct side *s)
{
	for (size_t i = 0; i < s->n_stretches; i++)
		disasm_free(&s->stretches[i]);
	for (size_t i = 0; i < FUNCTIONS_MAX; i++)
		code_free(&s->at[i].code);
	text_free(&s->text);
	buf_free(&s->calls);
	free(s->executed);
	free(s->numbers);
}

/* The comparison's rows that this side executed, by its symbols. */
static void mark_executed(struct side *s, const struct comparison *c, unsigned side)
{
	for (size_t i = 0; i < c->n_functions; i++) {
		const struct function_delta *f = &c->functions[i];
		long at = symbols_index(s->symbols, f->name);

		if (at >= 0 && (side ? f->new_insns : f->old_insns) != 0)
			s->executed[at] = true;
	}
}

static void number(struct side *s, const struct rename_candidates *c)
{
	for (unsigned of = 0; of < 2; of++) {
		for (size_t i = 0; i < c->count[of]; i++) {
			size_t n = of * c->count[0] + i;

			s->at[n].function = symbols_index(s->symbols, c->of[of][i]->name);
			if (s->at[n].function >= 0)
				s->numbers[s->at[n].function] = (uint32_t)n + 1;
		}
	}
}

static int take_stretch(void *arg, const struct symbols_stretch *at, struct err *e)
{
	struct side *s = arg;
	uint32_t n = s->numbers[at->function];

	(void)e;
	if (!n || s->n_stretches == STRETCHES_MAX)
		return 0;
	s->at[n - 1].whole += at->whole;
	s->at[n - 1].entries += at->entry;
	s->owners[s->n_stretches] = n - 1;
	s->stretches[s->n_stretches++] = (struct disasm){ .start = at->start, .end = at->end };
	return 0;
}

static int read_code(struct side *s, size_t n, struct err *e)
{
	int r = symbols_each(s->symbols, take_stretch, s, e);

	if (r == 0 && s->n_stretches)
		r = disasm_read_all(&s->text, s->symbols, s->stretches, s->n_stretches, e);
	for (size_t i = 0; r == 0 && i < s->n_stretches; i++)
		r = code_add(&s->at[s->owners[i]].code, &s->stretches[i], e);
	for (size_t i = 0; r == 0 && i < n; i++)
		code_done(&s->at[i].code);
	return r;
}

static int read_side(struct side *s, const struct kernel *k, const struct run *run,
		     const struct comparison *c, const struct rename_candidates *candidates,
		     unsigned side, struct err *e)
{
	size_t n = symbols_functions(run->symbols);
	uint64_t anywhere;
	int r;

	s->symbols = run->symbols;
	s->executed = calloc(n, sizeof(*s->executed));
	s->numbers = calloc(n, sizeof(*s->numbers));
	if (!s->executed || !s->numbers)
		return err_oom(e);
	mark_executed(s, c, side);
	number(s, candidates);
	anywhere = symbols_address(s->symbols, kernel_arch(k)->text_symbol);
	r = text_open(k->vmlinux_path, anywhere, &s->text, e);
	if (r == 0)
		r = code_calls(&s->text, s->symbols, s->executed, &s->calls, e);
	if (r == 0)
		r = read_code(s, candidates->count[0] + candidates->count[1], e);
	return r;
}

/* Names by which several functions go say nothing: which of them was executed is not known. */
static bool is_one(const struct looked_at *f)
{
	return f->function >= 0 && f->whole <= 1 && (f->whole || f->entries <= 1);
}

static bool says_nothing(const char *name)
{
	return !strcmp(name, "__fentry__") || !strcmp(name, "__x86_return_thunk");
}

/* Names of a function's callees, or of those that call it, @max at most. */
static size_t neighbours(const struct side *s, long function, bool callers, const char **out,
			 size_t max)
{
	const struct code_call *calls = (const struct code_call *)(const void *)s->calls.data;
	size_t n = 0;

	for (size_t i = 0; i < s->calls.len / sizeof(*calls) && n < max; i++) {
		long here = callers ? calls[i].callee : calls[i].caller;
		const char *name =
			symbols_name(s->symbols, callers ? calls[i].caller : calls[i].callee);

		if (here == function && !says_nothing(name))
			out[n++] = name;
	}
	return n;
}

/* The share of both functions' neighbours that both have; NAN: they have none. */
static double neighbours_alike(const struct side sides[2], const long functions[2], bool callers)
{
	const char *names[2][256];
	size_t n[2], both = 0;

	for (unsigned i = 0; i < 2; i++)
		n[i] = neighbours(&sides[i], functions[i], callers, names[i], ARRAY_SIZE(names[i]));
	for (size_t i = 0; i < n[0]; i++) {
		for (size_t k = 0; k < n[1]; k++)
			both += !strcmp(names[0][i], names[1][k]);
	}
	return n[0] + n[1] ? 2 * (double)both / (double)(n[0] + n[1]) : NAN;
}

/* As many digits as are kept. */
static double rounded(double share)
{
	return round(share * 1000) / 1000;
}

static int add_pair(struct code_facts *out, const struct side sides[2], size_t i, size_t k,
		    const char *old_name, const char *new_name, struct err *e)
{
	const struct looked_at *o = &sides[0].at[i], *n = &sides[1].at[k];
	const long functions[] = { o->function, n->function };
	struct code_fact f = { .kind = CODE_ALIKE, .callees = NAN, .callers = NAN };

	f.one = (char *)old_name;
	f.other = (char *)new_name;
	if (!is_one(o) || !is_one(n))
		return 0;
	f.code = rounded(code_alike(&o->code, &n->code));
	if (f.code < ALIKE_MIN)
		return 0;
	/* Calls are known of what was executed. */
	if (i != k) {
		f.callees = rounded(neighbours_alike(sides, functions, false));
		f.callers = rounded(neighbours_alike(sides, functions, true));
	}
	return code_facts_add(out, &f, e);
}

static int add_pairs(struct code_facts *out, const struct side sides[2],
		     const struct rename_candidates *c, struct err *e)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < c->count[0]; i++) {
		const struct function_delta *o = c->of[0][i];

		r = add_pair(out, sides, i, i, o->name, o->name, e);
		for (size_t k = 0; r == 0 && k < c->count[1]; k++) {
			const struct function_delta *n = c->of[1][k];

			if (renames_possible(o, n))
				r = add_pair(out, sides, i, c->count[0] + k, o->name, n->name, e);
		}
	}
	for (size_t k = 0; r == 0 && k < c->count[1]; k++) {
		size_t at = c->count[0] + k;

		r = add_pair(out, sides, at, at, c->of[1][k]->name, c->of[1][k]->name, e);
	}
	return r;
}

/* Who calls the candidates, on the side that has them, where the other kernel lacks them. */
static int add_callers(struct code_facts *out, const struct side sides[2], unsigned side,
		       const struct rename_candidates *c, struct err *e)
{
	const struct side *s = &sides[side];
	const struct code_call *calls = (const struct code_call *)(const void *)s->calls.data;
	int r = 0;

	for (size_t i = 0; r == 0 && i < s->calls.len / sizeof(*calls); i++) {
		uint32_t n = s->numbers[calls[i].callee];
		struct code_fact f = { .kind = side ? CODE_NEW_CALLS : CODE_OLD_CALLS,
				       .code = NAN,
				       .callees = NAN,
				       .callers = NAN };

		if (!n || (n - 1 >= c->count[0]) != side || sides[!side].at[n - 1].function >= 0)
			continue;
		f.one = (char *)symbols_name(s->symbols, calls[i].caller);
		f.other = (char *)symbols_name(s->symbols, calls[i].callee);
		r = code_facts_add(out, &f, e);
	}
	return r;
}

bool code_facts_wanted(const struct comparison *c)
{
	struct rename_candidates candidates;

	renames_candidates(c, &candidates);
	for (size_t i = 0; i < c->n_functions; i++) {
		if (groups_wants(c, &c->functions[i]))
			return true;
	}
	return candidates.count[0] || candidates.count[1];
}

int code_facts_check(const struct kernel *const kernels[2], struct err *e)
{
	int r = 0;

	for (unsigned i = 0; r == 0 && i < 2; i++) {
		const struct arch *arch = kernel_arch(kernels[i]);

		r = arch == arch_default()
			    ? kernel_verify(kernels[i], KERNEL_FILE_VMLINUX, e)
			    : err_set(e, ENOTSUP, "the code of kernels for %s is not read",
				      arch->name);
	}
	return r;
}

int code_facts_find_pairs(const struct kernel *const kernels[2], const struct run *const runs[2],
			  const struct comparison *c, struct code_facts *out, struct err *e)
{
	struct rename_candidates candidates;
	struct side *sides;
	int r = 0;

	renames_candidates(c, &candidates);
	if (!candidates.count[0] && !candidates.count[1])
		return 0;
	sides = calloc(2, sizeof(*sides));
	if (!sides)
		return err_oom(e);
	for (unsigned i = 0; r == 0 && i < 2; i++)
		r = read_side(&sides[i], kernels[i], runs[i], c, &candidates, i, e);
	if (r == 0)
		r = add_pairs(out, sides, &candidates, e);
	for (unsigned i = 0; r == 0 && i < 2; i++)
		r = add_callers(out, sides, i, &candidates, e);
	code_facts_sort(out);
	side_free(&sides[0]);
	side_free(&sides[1]);
	free(sides);
	return r;
}
