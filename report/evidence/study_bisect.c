// SPDX-License-Identifier: GPL-2.0-or-later
/* A bisection: the values of its commits and the proof of its culprits follow from the rows. */
#include "bisect/proof.h"
#include "stats/stats.h"
#include "report/words/number.h"
#include "report/evidence/study_kind.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A build of exactly this commit, nothing reverted; or with @revert taken out. */
static bool is_of(const struct record_run *run, const char *commit, const char *revert)
{
	const char *at = strrchr(run->kernel_spec, '@');
	size_t n = strlen(commit);

	if (!at || !n || strncmp(at + 1, commit, n) != 0)
		return false;
	at += 1 + n;
	if (revert && *revert) {
		n = strlen(revert);
		if (*at != '-' || strncmp(at + 1, revert, n) != 0)
			return false;
		at += 1 + n;
	}
	return !*at || *at == '#'; /* the config, one for all */
}

/* A run of the search, not of a proof; NULL: there is none. */
static const struct record_run *find_single(const struct record *r, const char *commit)
{
	for (size_t i = 0; i < r->n_runs; i++) {
		if (record_run_ok(&r->runs[i]) && !strcmp(r->runs[i].side, "kernel") &&
		    is_of(&r->runs[i], commit, NULL))
			return &r->runs[i];
	}
	return NULL;
}

/* Two builds that were measured against each other. */
struct two {
	const char *older, *newer;
	const char *revert; /* taken out of the newer; NULL: nothing is */
	const char *what;   /* "the commit against its parent", of this culprit */
};

/* Two runs of one block that were measured against each other, from a row on. */
static bool find_pair(const struct record *r, size_t *from, const struct two *of,
		      const struct record_run *out[2])
{
	for (size_t i = *from; i < r->n_runs; i++) {
		const struct record_run *o = &r->runs[i];

		if (!record_run_ok(o) || strcmp(o->side, "old") != 0 || !is_of(o, of->older, NULL))
			continue;
		for (size_t k = 0; k < r->n_runs; k++) {
			const struct record_run *n = &r->runs[k];

			if (n->block != o->block || !record_run_ok(n) ||
			    strcmp(n->side, "new") != 0 || !is_of(n, of->newer, of->revert))
				continue;
			out[0] = o;
			out[1] = n;
			*from = i + 1;
			return true;
		}
	}
	return false;
}

/* Of times. */
static const char *mode_of(const struct record_run *row)
{
	return !strcmp(row->accelerator, accel_name(ACCEL_KVM)) ? "timed" : "emulated";
}

/* What a timed row took; 0: it cannot be told. */
static double time_of(const struct evidence *x, const struct record_run *row)
{
	struct run run = evidence_run(row);
	double ns = 0;

	return reading_deciding_ns(x->study.scenario, &run, &ns, NULL) < 0 ? 0 : ns;
}

/* Of a commit by times: the median of its rows. */
static int check_median(const struct evidence *x, const char *commit, const json_t *have,
			struct err *e)
{
	const struct record *r = x->record;
	_cleanup_free_ double *ns = calloc(r->n_runs + 1, sizeof(*ns));
	size_t n = 0;

	if (!ns)
		return err_oom(e);
	for (size_t i = 0; i < r->n_runs; i++) {
		if (record_run_ok(&r->runs[i]) && !strcmp(r->runs[i].side, "kernel") &&
		    is_of(&r->runs[i], commit, NULL))
			ns[n++] = time_of(x, &r->runs[i]);
	}
	if (!n)
		return err_set(e, EINVAL, "raw/result.json: no row is of commit %.12s", commit);
	return study_expect(commit, "value", have, stats_median_select(ns, n), e);
}

/* The value of a commit by its own row; *exact is false from the first that is not. */
static int check_value(const struct evidence *x, const char *commit, const json_t *have,
		       bool *exact, struct err *e)
{
	const struct record_run *row = find_single(x->record, commit);
	struct reading reading;
	struct run run;
	int r;

	if (!row)
		return err_set(e, EINVAL, "raw/result.json: no row is of commit %.12s", commit);
	run = evidence_run(row);
	r = reading_deciding(x->study.scenario, &run, (unsigned)row->cpus, &reading, e);
	*exact = *exact && r == 0 && reading.exact;
	return r < 0 ? r : study_expect(commit, "value", have, reading.value, e);
}

/* Of counts, *exact: whether all values are. */
static int check_series(const struct evidence *x, const struct record_run *reference, bool *exact,
			struct err *e)
{
	const json_t *one;
	size_t i;

	*exact = true;

	json_array_foreach(json_object_get(x->study.document, "series"), i, one)
	{
		const json_t *value = json_object_get(one, "value");
		const char *same_as = study_text(one, "same_as");
		int r;

		if (!json_is_number(value))
			continue;
		if (!record_run_counted(reference))
			r = check_median(x, study_text(one, "commit"), value, e);
		else
			r = check_value(x, *same_as ? same_as : study_text(one, "commit"), value,
					exact, e);
		if (r < 0)
			return r;
	}
	return 0;
}

/* A proof by counts. */
static void take_counts(const struct evidence_case *c, struct proof_pair *out)
{
	*out = proof_pair_of(&c->comparison);
}

/* What the document says of the part has to be what the rows say. */
static int check_part(const char *commit, const json_t *c, const struct proof_pair *parent,
		      struct err *e)
{
	const json_t *part = json_object_get(c, "exact_part");
	int r;

	if (!strcmp(study_text(c, "part"), "exact") != parent->by_part)
		return err_set(e, EINVAL,
			       "raw/result.json: %.12s: by the rows it differs %s the part that is "
			       "exact",
			       commit, parent->by_part ? "in" : "not only in");
	if (!parent->by_part)
		return 0;
	r = study_expect(commit, "exact part, old", json_object_get(part, "old"), parent->old_part,
			 e);
	if (r == 0)
		r = study_expect(commit, "exact part, new", json_object_get(part, "new"),
				 parent->new_part, e);
	return r < 0 ? r
		     : study_expect(commit, "exact part, delta", json_object_get(part, "delta"),
				    parent->new_part - parent->old_part, e);
}

/* In which direction the search saw it go: of what decides. */
static bool is_slower(const json_t *c)
{
	const json_t *of = json_object_get(c, "exact_part");

	of = json_is_object(of) ? of : c;
	return study_number(of, "new") > study_number(of, "old");
}

/* A proof by times, of all blocks of the two. */
static int take_blocks(const struct evidence *x, const struct two *of, struct evidence_case *c,
		       struct proof_pair *out, struct err *e)
{
	const struct record *r = x->record;
	_cleanup_free_ double *room = calloc(2 * r->n_runs + 1, sizeof(*room));
	const struct record_run *rows[2];
	struct proof_blocks j;
	size_t n = 0, from = 0;

	if (!room)
		return err_oom(e);
	while (find_pair(r, &from, of, rows)) {
		room[n] = time_of(x, rows[0]);
		room[r->n_runs + n] = time_of(x, rows[1]);
		n += room[n] > 0 && room[r->n_runs + n] > 0;
	}
	if (proof_judge_blocks(room, room + r->n_runs, n, study_number(r->command, "threshold"),
			       &j) < 0)
		return err_oom(e);
	*out = j.pair;
	c->verdict = j.verdict;
	c->mode = mode_of(c->old_run);
	c->unit = "ns";
	c->old_value = j.pair.old_value;
	c->new_value = j.pair.new_value;
	c->ratio = j.pair.new_value / j.pair.old_value;
	c->blocks = (unsigned)j.n;
	snprintf(c->metric, sizeof(c->metric), "iteration_ns_per_%s", c->item);
	snprintf(c->reason, sizeof(c->reason), "%s", j.reason);
	return 0;
}

/* One proof as a case, if it was made; @out: what it measured. */
static int add_proof(struct evidence *x, const struct two *of, struct proof_pair *out,
		     struct err *e)
{
	const struct record_run *rows[2];
	struct evidence_case *c;
	size_t from = 0;

	if (!find_pair(x->record, &from, of, rows))
		return 0;
	c = evidence_add_pair(x, x->study.scenario, rows[0], rows[1], e);
	if (!c)
		return e->code;
	snprintf(c->what, sizeof(c->what), "%s", of->what);
	if (!record_run_counted(rows[0]))
		return take_blocks(x, of, c, out, e);
	take_counts(c, out);
	return 0;
}

static int check_culprit(struct evidence *x, const json_t *c, struct err *e)
{
	const char *commit = study_text(c, "commit");
	const char *bad = study_text(json_object_get(x->study.document, "bad"), "commit");
	double suspects = study_number(c, "suspects");
	struct proof_pair parent = { 0 }, revert = { 0 };
	char against_parent[80], reverted[80];
	enum proof_status status;
	double won_back;
	size_t first = x->n_cases;
	int r;

	snprintf(against_parent, sizeof(against_parent), "%.12s against its parent", commit);
	snprintf(reverted, sizeof(reverted), "the bad end with %.12s reverted, against itself",
		 commit);
	if (!(suspects >= 1 && suspects < 1e6))
		return err_set(e, EINVAL, "raw/result.json: a culprit lacks its suspects");
	r = add_proof(x, &(struct two){ study_text(c, "parent"), commit, NULL, against_parent },
		      &parent, e);
	if (r == 0 && parent.measured) {
		r = study_expect(commit, "old", json_object_get(c, "old"), parent.old_value, e);
		if (r == 0)
			r = study_expect(commit, "new", json_object_get(c, "new"), parent.new_value,
					 e);
		if (r == 0)
			r = study_expect(commit, "ratio", json_object_get(c, "ratio"),
					 parent.new_value / parent.old_value, e);
		if (r == 0)
			r = check_part(commit, c, &parent, e);
	}
	if (r == 0)
		r = add_proof(x, &(struct two){ bad, bad, commit, reverted }, &revert, e);
	if (r < 0)
		return r;
	status = proof_judge(is_slower(c), &parent, (size_t)suspects, &revert, &won_back);
	if (strcmp(proof_status_name(status), study_text(c, "status")) != 0)
		return err_set(
			e, EINVAL,
			"raw/result.json: %.12s: '%.20s' stands there, '%s' follows from the "
			"rows",
			commit, study_text(c, "status"), proof_status_name(status));
	/* A revert is another build; without one, times are of one. */
	for (size_t i = first; i < x->n_cases && status != PROOF_PROVEN; i++) {
		if (!record_run_counted(x->cases[i].old_run))
			x->cases[i].verdict = study_of_one_build(x->cases[i].verdict);
	}
	return study_expect(commit, "won_back", json_object_get(c, "won_back"), won_back, e);
}

static int make(struct evidence *x, struct err *e)
{
	const json_t *d = x->study.document, *one;
	const struct record_run *reference =
		find_single(x->record, study_text(json_object_get(d, "good"), "commit"));
	const char *mode;
	bool exact;
	size_t i;
	int r = reference ? 0 : err_set(e, EINVAL, "no row is of the good end");

	if (r == 0)
		r = check_series(x, reference, &exact, e);
	if (r == 0) {
		mode = record_run_counted(reference) ? reading_exactness(exact)
						     : mode_of(reference);
		if (strcmp(study_text(d, "mode"), mode) != 0)
			r = err_set(e, EINVAL, "raw/result.json: the rows are %s", mode);
	}

	json_array_foreach(json_object_get(d, "culprits"), i, one)
	{
		if (r == 0)
			r = check_culprit(x, one, e);
	}
	x->verdict = x->n_cases ? x->cases[0].verdict : VERDICT_EQUIVALENT;
	x->concluded = r == 0 && x->n_cases;
	return r;
}

static void put_against(const json_t *c, struct buf *out)
{
	const json_t *part = json_object_get(c, "exact_part");

	buf_printf(out, "), %s: against its parent %.12s, ", study_text(c, "status"),
		   study_text(c, "parent"));
	if (json_is_object(part))
		buf_printf(out, "%.3f instead of %.3f in the functions that are exact",
			   study_number(part, "new"), study_number(part, "old"));
	else
		buf_printf(out, "%.3f instead of %.3f, ratio %.4f", study_number(c, "new"),
			   study_number(c, "old"), study_number(c, "ratio"));
}

static int lines(const struct evidence *x, phrase_fn fn, void *arg)
{
	const json_t *d = x->study.document, *one;
	size_t i;
	_cleanup_buf_ struct buf first = { 0 };
	int r = buf_printf(
		&first,
		"Bisection over %.0f commits: %s. %.0f measured, %.0f skipped, %.0f with "
		"the image of another.",
		study_number(d, "commits"), study_text(d, "status"), study_number(d, "tested"),
		study_number(d, "skipped"), study_number(d, "unchanged"));

	r = r ? r : fn(arg, buf_str(&first));
	json_array_foreach(json_object_get(d, "culprits"), i, one)
	{
		double won_back = study_number(one, "won_back");
		_cleanup_buf_ struct buf text = { 0 };

		if (r)
			return r;
		buf_printf(&text, "%.12s (", study_text(one, "commit"));
		buf_puts(&text, study_text(one, "subject"));
		put_against(one, &text);
		if (isfinite(won_back))
			buf_printf(&text,
				   "; with it reverted, the bad end wins back %.1f %% of that",
				   100 * won_back);
		buf_puts(&text, " (");
		buf_puts(&text, study_text(one, "reason"));
		buf_puts(&text, ").");
		if (!strcmp(study_text(one, "status"), "proven")) {
			buf_printf(&text, " Fixes: %.12s (\"", study_text(one, "commit"));
			buf_puts(&text, study_text(one, "subject"));
			buf_puts(&text, "\")");
		}
		r = buf_error(&text);
		r = r ? r : fn(arg, buf_str(&text));
	}
	return r;
}

static int tables(const struct evidence *x, struct study_tables *out)
{
	static const char *const heads[] = { "commit", "value", "same image as", "skipped" };
	struct study_table *t =
		study_table(out, "Commits that were looked at", ARRAY_SIZE(heads), heads);
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(x->study.document, "series"), i, one)
	{
		double value = study_number(one, "value");

		study_cell(t, "%.12s", study_text(one, "commit"));
		if (isfinite(value))
			study_cell(t, "%s", number_of(value).text);
		else
			study_cell(t, "-");
		study_cell(t, "%.12s", study_text(one, "same_as"));
		study_cell(t, "%.200s", study_text(one, "skipped"));
	}
	return 0;
}

static const char *const unproven[] = {
	"raw/result.json: the history (parents, merges, subjects), which images are equal, and why "
	"commits were skipped",
	NULL
};

const struct study_kind study_bisect = {
	.command = "bisect", .make = make, .lines = lines, .tables = tables, .unproven = unproven
};
