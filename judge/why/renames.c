// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/why/renames.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/*
 * Chosen on 16 comparisons over 6.12 to 7.3, 6.12 to 6.16 and 6.16 to 6.17, by eye. Of pairs whose
 * neighbours agree at all, those that are right were at .59 or more, but for what was rewritten
 * (.46); those that are wrong at .48 or less.
 */
#define SURE_MIN 0.52
#define CODE_MIN 0.30	     /* of the code, whatever else there is */
#define REWRITTEN_CODE 0.15  /* less will do where these agree: */
#define REWRITTEN_NAMES 0.60 /* the names' words, */
#define REWRITTEN_CALLS 0.90 /* the calls, */
#define REWRITTEN_SURE 0.44  /* and all together */
#define MARGIN 0.08	     /* to the next best of either function */
#define CALLS_MIN 0.5	     /* smaller one over larger one */
#define INSNS_MIN 0.25
#define SMALLEST 1e-4 /* of what an iteration costs */
/* How far off a caller's growth may be from what it took up, as a share of that. */
#define TAKEN_UP 0.25
#define TAKEN_UP_CALLS 0.9

/* The smaller over the larger; NAN: one is not known, or nothing can be said. */
static double near(double a, double b)
{
	double low = a < b ? a : b, high = a < b ? b : a;

	if (isnan(a) || isnan(b) || high <= 0)
		return NAN;
	return low < 0 ? 0 : low / high;
}

static bool nothing(double insns, double calls)
{
	return insns == 0 && (calls == 0 || isnan(calls));
}

void renames_candidates(const struct comparison *c, struct rename_candidates *out)
{
	double least = SMALLEST * fabs(c->metrics[0].old_one.value);

	*out = (struct rename_candidates){ 0 };
	for (size_t i = 0; i < c->n_functions; i++) {
		const struct function_delta *f = &c->functions[i];
		unsigned side = nothing(f->old_insns, f->old_calls);
		double insns = side ? f->new_insns : f->old_insns;

		if ((!side && !nothing(f->new_insns, f->new_calls)) || insns < least ||
		    f->name[0] == '[' || f->renamed_from || out->count[side] == RENAMES_MAX)
			continue;
		out->of[side][out->count[side]++] = f;
	}
}

bool renames_possible(const struct function_delta *old_one, const struct function_delta *new_one)
{
	/* A comparison with what is not known is false. */
	return !(near(old_one->old_calls, new_one->new_calls) < CALLS_MIN) &&
	       near(old_one->old_insns, new_one->new_insns) >= INSNS_MIN;
}

/* The next word of a name; words are parted by underscores. 0: there is none. */
static size_t word(const char **at)
{
	while (**at == '_')
		(*at)++;
	return strcspn(*at, "_");
}

static size_t letters(const char *name)
{
	size_t n = 0;

	for (; *name; name++)
		n += *name != '_';
	return n;
}

/* The share of letters that stand in words that both names have. */
static double names_alike(const char *a, const char *b)
{
	size_t all = letters(a) + letters(b), both = 0, len;

	for (const char *p = a; (len = word(&p)); p += len) {
		size_t other;

		for (const char *q = b; (other = word(&q)); q += other) {
			if (other == len && !memcmp(p, q, len)) {
				both += 2 * len;
				break;
			}
		}
	}
	/* A word that only one of them has twice counts twice. */
	return all ? fmin((double)both / (double)all, 1) : 0;
}

struct pair {
	const struct function_delta *old_one, *new_one;
	double code, names, calls, sure;
	bool enough;
};

static void weigh(double what, double weight, double *sum, double *weights)
{
	if (isnan(what))
		return;
	*sum += weight * what;
	*weights += weight;
}

static struct pair rate(const struct function_delta *old_one, const struct function_delta *new_one,
			const struct code_fact *fact)
{
	struct pair p = { .old_one = old_one, .new_one = new_one, .code = fact->code };
	double sum = 0, weights = 0;

	p.names = names_alike(old_one->name, new_one->name);
	p.calls = near(old_one->old_calls, new_one->new_calls);
	weigh(p.code, 4, &sum, &weights);
	weigh(p.names, 2, &sum, &weights);
	weigh(fact->callees, 1, &sum, &weights);
	weigh(fact->callers, 1, &sum, &weights);
	weigh(p.calls, 1, &sum, &weights);
	weigh(near(old_one->old_insns, new_one->new_insns), 1, &sum, &weights);
	p.sure = sum / weights;
	/* Comparisons with what is not known are false. */
	p.enough = (fact->callees > 0 || fact->callers > 0) &&
		   ((p.code >= CODE_MIN && p.sure >= SURE_MIN) ||
		    (p.code >= REWRITTEN_CODE && p.names >= REWRITTEN_NAMES &&
		     p.calls >= REWRITTEN_CALLS && p.sure >= REWRITTEN_SURE));
	return p;
}

/* Is there, in the other kernel, a function of its own name that is more like it? */
static bool goes_on(const struct code_facts *facts, const char *name, double code)
{
	const struct code_fact *own = code_facts_find(facts, CODE_ALIKE, name, name);

	return own && own->code >= code;
}

static int surest_first(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;
	int order;

	if (x->sure != y->sure)
		return x->sure > y->sure ? -1 : 1;
	order = strcmp(x->old_one->name, y->old_one->name);
	return order ? order : strcmp(x->new_one->name, y->new_one->name);
}

/* All that the facts know of, those that are sure enough and those that may stand against them. */
static size_t rate_all(const struct rename_candidates *c, const struct code_facts *facts,
		       struct pair *out)
{
	size_t n = 0;

	for (size_t i = 0; i < c->count[0]; i++) {
		for (size_t k = 0; k < c->count[1]; k++) {
			const struct function_delta *o = c->of[0][i], *w = c->of[1][k];
			const struct code_fact *f =
				code_facts_find(facts, CODE_ALIKE, o->name, w->name);

			if (!f || isnan(f->code) || !renames_possible(o, w) ||
			    goes_on(facts, o->name, f->code) || goes_on(facts, w->name, f->code))
				continue;
			out[n++] = rate(o, w, f);
		}
	}
	qsort(out, n, sizeof(*out), surest_first);
	return n;
}

static bool shares(const struct pair *a, const struct pair *b)
{
	return a->old_one == b->old_one || a->new_one == b->new_one;
}

/* Has one of its functions been taken? */
static bool is_ruled_out(const struct pair *taken, size_t n, const struct pair *p)
{
	for (size_t i = 0; i < n; i++) {
		if (shares(&taken[i], p))
			return true;
	}
	return false;
}

/*
 * Pairs that are taken move to the front. One that was taken before rules out the others of its
 * functions; one that is surer and was not taken, or nearly as sure, leaves them apart.
 */
static size_t choose(struct pair *pairs, size_t n)
{
	size_t taken = 0;

	for (size_t i = 0; i < n; i++) {
		bool good = pairs[i].enough && !is_ruled_out(pairs, taken, &pairs[i]);
		struct pair one = pairs[i];

		for (size_t k = taken; good && k < n && pairs[k].sure > one.sure - MARGIN; k++)
			good = k == i || !shares(&pairs[k], &one) ||
			       is_ruled_out(pairs, taken, &pairs[k]);
		if (!good)
			continue;
		/* Those between stay in their order. */
		memmove(&pairs[taken + 1], &pairs[taken], (i - taken) * sizeof(one));
		pairs[taken++] = one;
	}
	return taken;
}

/* OLD's row goes, and NEW's becomes both. */
static void fold(struct comparison *c, const struct pair *pairs, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		struct function_delta *o = &c->functions[pairs[i].old_one - c->functions];
		struct function_delta *w = &c->functions[pairs[i].new_one - c->functions];

		w->renamed_from = o->name;
		w->sure = pairs[i].sure;
		w->old_insns = o->old_insns;
		w->old_calls = o->old_calls;
		o->name = NULL;
	}
	for (size_t i = 0; i < c->n_functions; i++) {
		if (c->functions[i].name)
			c->functions[kept++] = c->functions[i];
	}
	c->n_functions = kept;
	comparison_sort(c);
}

static double insns_on(const struct function_delta *f, unsigned side)
{
	return side ? f->new_insns : f->old_insns;
}

static double calls_on(const struct function_delta *f, unsigned side)
{
	return side ? f->new_calls : f->old_calls;
}

/* What a caller may have inlined on the side that has no such function. */
struct claim {
	struct function_delta *caller;
	const struct function_delta *callees[FUNCTION_TAKEN_UP_MAX];
	size_t n;
};

/* Does @side's code have @caller call @callee, once each time? */
static bool calls_it(const struct code_facts *facts, const struct function_delta *caller,
		     const struct function_delta *callee, unsigned side)
{
	const char *name = caller->renamed_from && !side ? caller->renamed_from : caller->name;

	return code_facts_find(facts, side ? CODE_NEW_CALLS : CODE_OLD_CALLS, name, callee->name) &&
	       near(calls_on(callee, side), calls_on(caller, side)) >= TAKEN_UP_CALLS;
}

static bool grew_by(const struct function_delta *caller, unsigned side, double insns)
{
	double growth = insns_on(caller, !side) - insns_on(caller, side);

	return fabs(growth - insns) <= TAKEN_UP * insns;
}

/* All of its callees that are gone, if it grew by all of them; else the only one that fits. */
static void make_claim(struct claim *out, const struct rename_candidates *gone,
		       const struct code_facts *facts, unsigned side)
{
	const struct function_delta *fits = NULL;
	double sum = 0;
	size_t n = 0, n_fits = 0;

	for (size_t i = 0; i < gone->count[side]; i++) {
		const struct function_delta *callee = gone->of[side][i];

		if (!calls_it(facts, out->caller, callee, side))
			continue;
		if (n < FUNCTION_TAKEN_UP_MAX)
			out->callees[n] = callee;
		n++;
		sum += insns_on(callee, side);
		if (grew_by(out->caller, side, insns_on(callee, side))) {
			fits = callee;
			n_fits++;
		}
	}
	if (n && n <= FUNCTION_TAKEN_UP_MAX && grew_by(out->caller, side, sum)) {
		out->n = n;
	} else if (n_fits == 1) {
		out->callees[0] = fits;
		out->n = 1;
	}
}

/* Several callers may have inlined it: then its calls are of them all, and none is told. */
static bool claimed_again(const struct claim *claims, size_t n, const struct claim *by,
			  const struct function_delta *callee)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; &claims[i] != by && k < claims[i].n; k++) {
			if (claims[i].callees[k] == callee)
				return true;
		}
	}
	return false;
}

static bool on_both(const struct function_delta *f)
{
	return !nothing(f->old_insns, f->old_calls) && !nothing(f->new_insns, f->new_calls) &&
	       near(f->old_calls, f->new_calls) >= TAKEN_UP_CALLS;
}

static int find_taken(struct comparison *c, const struct code_facts *facts, struct err *e)
{
	struct claim *claims = calloc(c->n_functions + 1, sizeof(*claims));
	struct rename_candidates gone;

	if (!claims)
		return err_oom(e);
	renames_candidates(c, &gone);
	for (unsigned side = 0; side < 2; side++) {
		size_t n = 0;

		for (size_t i = 0; i < c->n_functions; i++) {
			if (!on_both(&c->functions[i]) || c->functions[i].n_taken_up)
				continue;
			claims[n] = (struct claim){ .caller = &c->functions[i] };
			make_claim(&claims[n], &gone, facts, side);
			n += claims[n].n > 0;
		}
		for (size_t i = 0; i < n; i++) {
			bool again = false;

			for (size_t k = 0; k < claims[i].n; k++)
				again = again ||
					claimed_again(claims, n, &claims[i], claims[i].callees[k]);
			for (size_t k = 0; !again && k < claims[i].n; k++)
				claims[i].caller->taken_up[k] = claims[i].callees[k]->name;
			claims[i].caller->n_taken_up = again ? 0 : claims[i].n;
			claims[i].caller->taken_up_side = side;
		}
	}
	free(claims);
	return 0;
}

int renames_fold(struct comparison *c, const struct code_facts *facts, struct err *e)
{
	struct rename_candidates candidates;
	struct pair *pairs;
	size_t n;

	renames_candidates(c, &candidates);
	pairs = calloc(candidates.count[0] * candidates.count[1] + 1, sizeof(*pairs));
	if (!pairs)
		return err_oom(e);
	n = rate_all(&candidates, facts, pairs);
	fold(c, pairs, choose(pairs, n));
	free(pairs);
	return find_taken(c, facts, e);
}
