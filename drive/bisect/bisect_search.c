// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/bisect/bisect_search.h"

#include "bisect/exact_search.h"
#include "drive/bisect/bisect_document.h"
#include "drive/bisect/bisection_journal.h"
#include "drive/bisect/bisection_timed.h"

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
	struct exact_search two = { 0 };
	bool differ;
	int r = measure_end(b, "good", &b->good, &good, e);

	if (r == 0)
		r = measure_end(b, "bad", &b->bad, &bad, e);
	if (r == 0)
		r = exact_search_init(&two, 2, b->o.threshold, e);
	if (r < 0)
		return r;
	exact_search_measured(&two, 0, &good.reading);
	exact_search_measured(&two, 1, &bad.reading);
	differ = exact_search_differ(&two, 0, 1);
	exact_search_free(&two);
	if (differ && bad.reading.value < good.reading.value)
		return err_set(e, EINVAL,
			       "good and bad are swapped: bad (%.*s, %.3f) is faster than good "
			       "(%.*s, %.3f)",
			       GIT_SHORT, b->bad.id, bad.reading.value, GIT_SHORT, b->good.id,
			       good.reading.value);
	return differ;
}

static int search_exact(struct bisection *b, struct culprits *found, bool *differ, struct err *e)
{
	struct exact_commits exact = { .threshold = b->o.threshold,
				       .measure = bisection_measure,
				       .arg = b };
	const struct commit_search s = {
		.tree = &b->tree, .paths = b->o.paths, .search = exact_commits_search, .arg = &exact
	};
	int r = compare_ends(b, e);

	*differ = r > 0;
	return r > 0 ? commits_search(&s, &b->chain, found, e) : r;
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
