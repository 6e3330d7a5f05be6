// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/bisect/bisect_search.h"

#include "base/clock.h"
#include "bisect/exact_commits.h"
#include "drive/bisect/bisect_document.h"
#include "drive/bisect/bisection_journal.h"
#include "drive/bisect/bisection_part.h"
#include "drive/bisect/bisection_timed.h"
#include "drive/measure/sharpen.h"
#include "judge/counts/count_verdict.h"

#include <errno.h>
#include <math.h>
#include <string.h>

/* By times, runs of a commit before another is built: those are cheap, builds are not. */
#define VISIT_RUNS 3

/* One end, which has to be measured. */
static int measure_end(struct bisection *b, const char *name, const struct git_commit *c,
		       struct commit_value *out, struct err *e)
{
	const char *why;
	int r = bisection_measure(b, c->id, out, e);

	if (r < 0 || out->known)
		return r;
	why = bisection_skipped(b, c->id);
	return err_unmeasured(e, ENODATA, "%s (%.*s) cannot be measured: %s", name, GIT_SHORT,
			      c->id, why ? why : "unknown");
}

/* 1: bad is slower; 0: there is no difference. */
static int compare_ends(struct bisection *b, struct err *e)
{
	struct commit_value good = { 0 }, bad = { 0 };
	struct reading_change change;
	bool slower;
	int r = measure_end(b, "good", &b->good, &good, e);

	if (r == 0)
		r = measure_end(b, "bad", &b->bad, &bad, e);
	if (r < 0)
		return r;
	change = reading_change(&good.reading, &bad.reading, b->o.threshold);
	slower = change.delta > 0;
	if (change.is == READING_CANNOT_TELL &&
	    !bisection_in_part(b, b->good.id, b->bad.id, &slower)) {
		struct count_verdict v = count_verdict(&good.reading, &bad.reading, b->o.threshold);

		snprintf(b->undecided_ends, sizeof(b->undecided_ends), "%s", v.reason);
	}
	if (change.is != READING_DIFFERS &&
	    (change.is != READING_CANNOT_TELL || b->undecided_ends[0]))
		return 0;
	if (slower)
		return 1;
	return err_set(e, EINVAL,
		       "good and bad are swapped: bad (%.*s, %.3f) is faster than good (%.*s, "
		       "%.3f)%s",
		       GIT_SHORT, b->bad.id, bad.reading.value, GIT_SHORT, b->good.id,
		       good.reading.value,
		       change.is == READING_DIFFERS ? "" : " in the functions that are exact");
}

/* A journal of an older build, whose commits were measured with what the scenario says. */
static bool has_measured(const struct bisection *b)
{
	const json_t *entries = journal_entries(b->journal);

	for (size_t i = 0; i < json_array_size(entries); i++) {
		const char *key =
			json_string_value(json_object_get(json_array_get(entries, i), "key"));

		if (key && !strncmp(key, "commit:", strlen("commit:")))
			return true;
	}
	return false;
}

/*
 * As many iterations as the counts of both ends need, for all commits; the runs that tell are
 * trials. An end that cannot be built or measured is told of when the search asks for it.
 */
static int find_iterations(struct bisection *b, struct err *e)
{
	const struct measuring m = { .threshold = b->o.threshold, .budget_s = b->o.budget_s };
	const json_t *known = journal_find(b->journal, "iterations");
	_cleanup_kernel_ struct kernel *good = NULL, *bad = NULL;
	struct sharpen_keep how = { .all_trials = true };
	struct pair_side sides[2] = { 0 };
	const uint64_t start_ns = clock_ns();
	int r;

	b->iterations = b->o.iterations ? b->o.iterations
					: (unsigned)json_integer_value(json_object_get(known, "n"));
	if (b->iterations || known || has_measured(b))
		return 0;
	r = bisection_build(b, b->good.id, NULL, &good, e);
	if (r == 0)
		r = bisection_build(b, b->bad.id, NULL, &bad, e);
	if (r < 0 && bisection_skips(e)) {
		err_clear(e);
		return 0;
	}
	if (r < 0)
		return r;
	sides[0].request = bisection_request(b, good, 0);
	sides[1].request = bisection_request(b, bad, 1);
	r = sharpen_pair(b->s, &m, b->id, &b->block, &how, sides, e);
	b->measure_s += (double)(clock_ns() - start_ns) / 1e9;
	for (unsigned i = 0; r == 0 && i < 2; i++) {
		if (sides[i].err.code && !bisection_skips(&sides[i].err)) {
			*e = sides[i].err;
			r = e->code;
		}
	}
	if (r == 0 && !sides[0].err.code && !sides[1].err.code)
		b->iterations = run_iterations(&sides[0].run);
	pair_free(sides);
	return r == 0 ? journal_add(b->journal, "iterations",
				    json_pack("{s:i}", "n", (int)b->iterations), e)
		      : r;
}

static int search_exact(struct bisection *b, struct culprits *found, bool *differ, struct err *e)
{
	struct exact_commits exact = { .threshold = b->o.threshold,
				       .measure = bisection_measure,
				       .part = bisection_in_part,
				       .arg = b };
	const struct commit_search s = {
		.tree = &b->tree, .paths = b->o.paths, .search = exact_commits_search, .arg = &exact
	};
	int r = find_iterations(b, e);

	if (r == 0)
		r = compare_ends(b, e);
	*differ = r > 0;
	r = r > 0 ? commits_search(&s, &b->chain, found, e) : r;
	b->undecided = exact.undecided;
	return r;
}

/* Why an end of a search by times is none. */
static int end_failed(struct bisection *b, struct err *e)
{
	const char *id = b->noisy.failed_end, *why = bisection_skipped(b, id);

	return err_unmeasured(e, ENODATA, "%s (%.*s) cannot be measured: %s",
			      strcmp(id, b->good.id) != 0 ? "bad" : "good", GIT_SHORT, id,
			      why ? why : "unknown");
}

static int search_timed(struct bisection *b, struct culprits *found, bool *differ, struct err *e)
{
	const struct commit_search s = { .tree = &b->tree,
					 .paths = b->o.paths,
					 .search = noisy_commits_search,
					 .arg = &b->noisy };
	int r;

	b->noisy.options.smallest = log1p(b->o.threshold);
	b->noisy.options.visit_runs = VISIT_RUNS;
	b->noisy.image = bisection_image;
	b->noisy.run = bisection_run;
	b->noisy.arg = b;
	snprintf(b->metric, sizeof(b->metric), "iteration_ns_per_%.20s",
		 scenario_item_name(b->scenario));
	r = commits_search(&s, &b->chain, found, e);
	if (r == 0 && b->noisy.ends == NOISY_ENDS_FAILED)
		r = end_failed(b, e);
	*differ = b->noisy.ends == NOISY_ENDS_DIFFER;
	return r;
}

int bisection_search(struct bisection *b, uint64_t start_ns, enum proof_status *status,
		     json_t **document, struct err *e)
{
	_cleanup_culprits_ struct culprits found = { 0 };
	bool differ = false;
	int r = b->o.timed ? search_timed(b, &found, &differ, e)
			   : search_exact(b, &found, &differ, e);

	if (r == 0)
		r = bisect_document(b, differ ? &found : NULL, start_ns, status, document, e);
	return r;
}
