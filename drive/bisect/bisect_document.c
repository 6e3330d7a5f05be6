// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/bisect/bisect_document.h"

#include "base/buf.h"
#include "base/clock.h"
#include "drive/bisect/bisection_journal.h"
#include "drive/bisect/bisection_proof.h"
#include "report/words/plain.h"

#include <math.h>
#include <string.h>

static json_t *number(double x)
{
	return isfinite(x) ? json_real(x) : json_null();
}

static json_t *commit_entry(const struct bisection *b, const char *id)
{
	_cleanup_free_ char *key = str_printf("commit:%s", id);

	return key ? (json_t *)journal_find(b->journal, key) : NULL;
}

/* By counts it stands in the journal's entry, by times it is the median of its runs; or NULL. */
static json_t *value_json(const struct bisection *b, const char *id, const json_t *entry)
{
	const char *failed;
	double ns;

	if (!b->o.timed)
		return json_incref(json_object_get(entry, "value"));
	return bisection_runs_of(b, id, &ns, &failed) ? json_real(ns) : NULL;
}

static json_t *end_json(const struct bisection *b, const struct git_commit *c)
{
	json_t *value = value_json(b, c->id, commit_entry(b, c->id));

	return json_pack("{s:s,s:o,s:o?}", "commit", c->id, "subject", plain_json(c->subject),
			 "value", value);
}

static json_t *looked_at(const struct bisection *b, const char *id, const json_t *entry)
{
	const char *failed;
	double ns;
	json_t *o = json_pack(
		"{s:s,s:o?,s:O?,s:s?}", "commit", id, "value", value_json(b, id, entry), "same_as",
		json_object_get(entry, "same_as"), "skipped", bisection_skipped(b, id));

	if (o && b->o.timed)
		json_object_set_new(o, "runs",
				    json_integer(bisection_runs_of(b, id, &ns, &failed)));
	return o;
}

/* Of those that were looked at: what was measured, or why it was not. */
static json_t *series_json(const struct bisection *b)
{
	const json_t *entries = journal_entries(b->journal);
	json_t *series = json_array();

	for (size_t i = 0; series && i < json_array_size(entries); i++) {
		const json_t *entry = json_array_get(entries, i);
		const char *key = json_string_value(json_object_get(entry, "key"));

		if (!strncmp(key, "commit:", 7))
			json_array_append_new(series, looked_at(b, key + 7, entry));
	}
	return series;
}

/* How many commits were looked at, and in which way. */
struct tally {
	unsigned tested, built, skipped, unchanged;
};

static struct tally count(const struct bisection *b)
{
	const json_t *entries = journal_entries(b->journal);
	struct tally t = { 0 };

	for (size_t i = 0; i < json_array_size(entries); i++) {
		const json_t *entry = json_array_get(entries, i);
		const char *key = json_string_value(json_object_get(entry, "key"));

		t.built += (unsigned)json_integer_value(json_object_get(entry, "built"));
		if (strncmp(key, "commit:", 7) != 0)
			continue;
		if (bisection_skipped(b, key + 7))
			t.skipped++;
		else if (json_object_get(entry, "same_as"))
			t.unchanged++;
		else
			t.tested++;
	}
	return t;
}

static struct proof_pair pair_of(const json_t *entry)
{
	return (struct proof_pair){
		.measured = json_is_number(json_object_get(entry, "new")),
		.differs = json_is_true(json_object_get(entry, "confirmed")),
		.old_value = json_number_value(json_object_get(entry, "old")),
		.new_value = json_number_value(json_object_get(entry, "new")),
		.by_part = json_is_true(json_object_get(entry, "part")),
		.parted = json_is_number(json_object_get(entry, "new_part")),
		.old_part = json_number_value(json_object_get(entry, "old_part")),
		.new_part = json_number_value(json_object_get(entry, "new_part")),
	};
}

/* What is to be said of the proof beside its numbers. */
static char *reason(const struct culprit *c, enum proof_status status, const json_t *parent,
		    const json_t *revert, double won_back)
{
	const char *failed = json_string_value(json_object_get(parent, "failed"));

	const char *where = json_is_true(json_object_get(parent, "part"))
				    ? " in the functions that are exact"
				    : "";

	if (status == PROOF_PROVEN)
		return str_printf("differs from its parent%s, and its revert wins back %.0f %% of "
				  "the change%s",
				  where, 100 * won_back, *where ? " there" : "");
	if (failed)
		return str_printf("it could not be measured against its parent: %s", failed);
	if (status == PROOF_NOT_CONFIRMED && isfinite(won_back))
		return str_printf("reverting it on the bad end wins back %.0f %% only%s",
				  100 * won_back, where);
	if (status == PROOF_NOT_CONFIRMED)
		return str_printf("measured again against its parent: %s",
				  json_string_value(json_object_get(parent, "reason")));
	if (c->suspects > 1)
		return str_printf("it may be any of %zu commits: those before it cannot be built "
				  "or measured",
				  c->suspects);
	if (json_object_get(revert, "refused"))
		return str_printf("differs from its parent; its revert is not judged: %s",
				  json_string_value(json_object_get(revert, "refused")));
	if (json_is_number(json_object_get(revert, "new")))
		return str_printf("differs from its parent%s; what is exact of its revert is not "
				  "known",
				  where);
	failed = json_string_value(json_object_get(revert, "failed"));
	return str_printf(
		"differs from its parent%s; without it the bad end cannot be measured: %s", where,
		failed ? failed : "unknown");
}

/* By what it differs from its parent, where that is not the whole. */
static void add_part(const struct culprit *c, const struct proof_pair *parent, json_t *doc)
{
	const bool part = parent->measured ? parent->by_part : c->by_part;

	json_object_set_new(doc, "part", part ? json_string("exact") : json_null());
	json_object_set_new(doc, "exact_part",
			    part && parent->measured
				    ? json_pack("{s:o,s:o,s:o}", "old", number(parent->old_part),
						"new", number(parent->new_part), "delta",
						number(parent->new_part - parent->old_part))
				    : json_null());
}

static json_t *culprit_json(const struct bisection *b, const struct culprit *c,
			    enum proof_status status, const struct proof_pair *parent,
			    double won_back, const char *why, struct err *e)
{
	_cleanup_git_commit_ struct git_commit commit = { 0 };
	_cleanup_free_ char *fixes = NULL;
	double old_value = parent->measured ? parent->old_value : c->old_value;
	double new_value = parent->measured ? parent->new_value : c->new_value;
	json_t *doc;

	if (git_find_commit(&b->tree, c->first_bad, &commit, e) < 0)
		return NULL;
	fixes = str_printf("Fixes: %.*s (\"%s\")", GIT_SHORT, commit.id, commit.subject);
	doc = json_pack("{s:s,s:s,s:o,s:o,s:s,s:s,s:s,s:s,s:s?,s:b,s:I,s:o,s:o}", "commit",
			commit.id, "subject", commit.subject, "ratio",
			number(old_value > 0 ? new_value / old_value : NAN), "won_back",
			number(won_back), "status", proof_status_name(status), "reason", why,
			"fixes", fixes ? fixes : "", "parent",
			c->suspects == 1 ? c->parent : c->last_good, "merged_by", c->merged_by,
			"merge", c->merge, "suspects", (json_int_t)c->suspects, "old",
			number(old_value), "new", number(new_value));
	if (!doc) {
		err_oom(e);
		return NULL;
	}
	if (b->o.timed)
		json_object_set_new(doc, "probability", json_real(c->probability));
	else
		add_part(c, parent, doc);
	return doc;
}

static int prove(struct bisection *b, const struct culprit *c, enum proof_status *status,
		 json_t **out, struct err *e)
{
	/* The interval of the ratio, if it was told by blocks. */
	static const char *const by_blocks[] = { "low", "high", "p", "blocks" };
	const json_t *parent = NULL, *revert = NULL;
	_cleanup_free_ char *why = NULL;
	struct proof_pair p, v = { 0 };
	double won_back;
	int r = bisection_against_parent(b, c, &parent, e);

	if (r < 0)
		return r;
	p = pair_of(parent);
	*status = proof_judge(c->slower, &p, c->suspects, &v, &won_back);
	if (*status == PROOF_LIKELY && c->suspects == 1) {
		r = bisection_reverted(b, c, &revert, e);
		if (r < 0)
			return r;
		v = pair_of(revert);
		*status = proof_judge(c->slower, &p, c->suspects, &v, &won_back);
	}
	why = reason(c, *status, parent, revert, won_back);
	if (!why)
		return err_oom(e);
	*out = culprit_json(b, c, *status, &p, won_back, why, e);
	for (size_t i = 0; *out && i < ARRAY_SIZE(by_blocks); i++) {
		if (json_object_get(parent, by_blocks[i]))
			json_object_set(*out, by_blocks[i], json_object_get(parent, by_blocks[i]));
	}
	return *out ? 0 : e->code;
}

static int prove_all(struct bisection *b, const struct culprits *found, json_t *list,
		     enum proof_status *weakest, struct err *e)
{
	*weakest = found->count ? PROOF_PROVEN : PROOF_NOT_CONFIRMED;
	for (size_t i = 0; i < found->count; i++) {
		enum proof_status status;
		json_t *one = NULL;
		int r = prove(b, &found->items[i], &status, &one, e);

		if (r < 0)
			return r;
		if (json_array_append_new(list, one) < 0)
			return err_oom(e);
		if (status > *weakest)
			*weakest = status;
	}
	return 0;
}

/* What only a search by times has. */
static void add_times(const struct bisection *b, json_t *document)
{
	const struct noisy_commits *x = &b->noisy;
	const struct calibration *c = &x->calibration;
	char reason[160] = "the ends load the same";

	if (x->ends == NOISY_ENDS_ALIKE)
		snprintf(reason, sizeof(reason),
			 "the ends do not differ beyond the noise; a difference of %.2g %% could "
			 "have been seen",
			 100 * noisy_commits_detectable(x));
	if (x->ends != NOISY_ENDS_DIFFER)
		json_object_set_new(document, "reason", json_string(reason));

	json_object_set_new(document, "runs", json_integer((json_int_t)x->runs));
	json_object_set_new(document, "calibration",
			    json_pack("{s:I,s:o,s:o,s:o,s:o,s:b}", "runs",
				      (json_int_t)x->calibration_runs, "good", number(exp(c->good)),
				      "bad", number(exp(c->bad)), "sd", number(c->sd), "p",
				      number(c->p), "drifts", c->drifts));
}

/* What only a search by counts has: what it could not tell. */
static void add_undecided(const struct bisection *b, json_t *document)
{
	json_object_set_new(document, "undecided", json_integer((json_int_t)b->undecided));
	if (b->undecided_ends[0])
		json_object_set_new(document, "reason", json_string(b->undecided_ends));
}

int bisect_document(struct bisection *b, const struct culprits *found, uint64_t start_ns,
		    enum proof_status *status, json_t **out, struct err *e)
{
	json_t *list = json_array();
	struct tally t;
	int r = list ? 0 : err_oom(e);

	*status = b->undecided_ends[0] ? PROOF_UNDECIDED : PROOF_NO_DIFFERENCE;
	if (r == 0 && found)
		r = prove_all(b, found, list, status, e);
	if (r < 0) {
		json_decref(list);
		return r;
	}
	t = count(b);
	*out = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:o,s:o,s:o,s:I,s:I,s:I,s:I,s:I,s:o,"
			 "s:{s:f,s:f,s:f}}",
			 "schema", "slowpath/bisect/1", "id", b->id, "status",
			 proof_status_name(*status), "mode", bisection_mode(b), "scenario",
			 b->scenario->name, "metric", b->metric, "tree", b->tree.dir, "good",
			 end_json(b, &b->good), "bad", end_json(b, &b->bad), "culprits", list,
			 "commits", (json_int_t)(found ? found->commits : b->chain.count - 1),
			 "tested", (json_int_t)t.tested, "built", (json_int_t)t.built, "skipped",
			 (json_int_t)t.skipped, "unchanged", (json_int_t)t.unchanged, "series",
			 series_json(b), "seconds", "total", (double)(clock_ns() - start_ns) / 1e9,
			 "build", b->build_s, "measure", b->measure_s);
	if (!*out)
		return err_oom(e);
	if (b->o.timed)
		add_times(b, *out);
	else
		add_undecided(b, *out);
	return 0;
}
