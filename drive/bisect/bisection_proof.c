// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/bisect/bisection_proof.h"

#include "base/buf.h"
#include "base/clock.h"
#include "bisect/proof.h"
#include "drive/bisect/bisection_journal.h"
#include "drive/bisect/bisection_timed.h"
#include "drive/measure/pair_run.h"
#include "judge/counts/comparison.h"

#include <string.h>

/* Another tick phase than that of the search. */
#define PROOF_REST_NS 137317u

static json_t *pair_entry(const struct comparison *c)
{
	const struct proof_pair p = proof_pair_of(c);
	json_t *entry = json_pack("{s:f,s:f,s:b,s:b,s:s}", "old", p.old_value, "new", p.new_value,
				  "part", p.by_part, "confirmed", p.differs, "reason", c->reason);

	if (entry && p.parted) {
		json_object_set_new(entry, "old_part", json_real(p.old_part));
		json_object_set_new(entry, "new_part", json_real(p.new_part));
	}
	return entry;
}

/* Two kernels against each other, booted anew, with ticks elsewhere. */
static int measure_pair(struct bisection *b, struct kernel *const kernels[2], json_t **out,
			struct err *e)
{
	_cleanup_comparison_ struct comparison c = { 0 };
	struct pair_side sides[2] = { 0 };
	const uint64_t start_ns = clock_ns();
	int r;

	for (unsigned i = 0; i < 2; i++) {
		sides[i].request = bisection_request(b, kernels[i], i);
		sides[i].request.fresh = true;
		sides[i].request.extra_rest_ns = PROOF_REST_NS;
	}
	r = pair_run(b->s, b->id, b->block++, sides, 2, e);
	if (r == 0)
		r = compare_runs(b->scenario, &sides[0].run, &sides[1].run, b->o.cpus,
				 b->o.threshold, &c, e);
	if (r == 0) {
		*out = pair_entry(&c);
		r = *out ? 0 : err_oom(e);
	}
	b->measure_s += (double)(clock_ns() - start_ns) / 1e9;
	pair_free(sides);
	return r;
}

/* @older against @newer; @revert: against itself without that. */
static int look_at_pair(struct bisection *b, const char *key, const char *older, const char *newer,
			const char *revert, json_t **out, struct err *e)
{
	_cleanup_kernel_ struct kernel *a = NULL, *z = NULL;
	int r = bisection_build(b, older, NULL, &a, e);
	struct kernel *pair[2];

	*out = NULL;
	if (r == 0)
		r = bisection_build(b, newer, revert, &z, e);
	pair[0] = a;
	pair[1] = z;
	if (r == 0)
		r = b->o.timed ? bisection_time_pair(b, key, pair, out, e)
			       : measure_pair(b, pair, out, e);
	if (r < 0 && bisection_skips(e)) {
		*out = json_pack("{s:s}", "failed", e->text);
		r = *out ? 0 : err_oom(e);
		err_clear(e);
	}
	return r;
}

static int pair(struct bisection *b, const char *kind, const struct culprit *c, const char *older,
		const char *newer, const char *revert, const json_t **out, struct err *e)
{
	_cleanup_free_ char *key = str_printf("%s:%s", kind, c->first_bad);
	const unsigned built = b->built;
	json_t *fresh = NULL;
	int r;

	if (!key)
		return err_oom(e);
	*out = journal_find(b->journal, key);
	if (*out)
		return 0;
	r = look_at_pair(b, key, older, newer, revert, &fresh, e);
	if (r == 0) {
		json_object_set_new(fresh, "built", json_integer(b->built - built));
		r = journal_add(b->journal, key, fresh, e);
	}
	*out = journal_find(b->journal, key);
	return r;
}

int bisection_against_parent(struct bisection *b, const struct culprit *c, const json_t **out,
			     struct err *e)
{
	return pair(b, "parent", c, c->suspects == 1 ? c->parent : c->last_good, c->first_bad, NULL,
		    out, e);
}

/* What reverting mends is a claim about a fix, and such are not made by an emulator's times. */
static int refuse_revert(struct bisection *b, const struct culprit *c, const json_t **out,
			 struct err *e)
{
	_cleanup_free_ char *key = str_printf("revert:%s", c->first_bad);
	int r = 0;

	if (!key)
		return err_oom(e);
	if (!journal_find(b->journal, key))
		r = journal_add(b->journal, key,
				json_pack("{s:s}", "refused",
					  "emulated timing does not judge what mends a "
					  "regression, as it favours other code than hardware "
					  "does"),
				e);
	*out = journal_find(b->journal, key);
	return r;
}

int bisection_reverted(struct bisection *b, const struct culprit *c, const json_t **out,
		       struct err *e)
{
	if (!strcmp(bisection_mode(b), "emulated"))
		return refuse_revert(b, c, out, e);
	return pair(b, "revert", c, b->bad.id, b->bad.id, c->first_bad, out, e);
}
