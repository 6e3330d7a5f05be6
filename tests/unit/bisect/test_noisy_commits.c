// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a search by times asks for over real chains of commits, where runs are made up: a commit
 * takes what its tree's files say, and a little noise that follows from the number of the run.
 */
#include "base/cleanup.h"
#include "bisect/noisy_commits.h"
#include "tests/unit/git_repository.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RUNS_MAX 4000
#define COMMITS_MAX 32

/* "+N" takes N more than 100, "same" loads as if it took nothing more; "broken", "dies". */
struct files {
	char commit[41];
	double value;
	bool broken, dies;
	char names[200];
};

struct place {
	char *dir;
	struct git_tree tree;
	struct noisy_commits noisy;
	struct files files[COMMITS_MAX]; /* of the commits that were asked for */
	unsigned commits, images, runs;
	char asked[RUNS_MAX][41]; /* the commit of every run */
	double answered[RUNS_MAX];
	unsigned fails_every;	  /* of runs, one fails; 0: none */
	const struct place *like; /* its answers are given again, as long as they last */
};

static struct files read_files(struct place *p, const char *commit)
{
	struct files f = { .value = 100 };
	_cleanup_buf_ struct buf text = { 0 };
	char *save = NULL;

	assert_int_equal(git_run(p->dir, (const char *[]){ "ls-tree", "--name-only", commit, NULL },
				 true, &text, NULL),
			 0);
	for (char *l = strtok_r(text.data, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
		f.value += l[0] == '+' ? strtod(l, NULL) : 0;
		f.broken |= !strcmp(l, "broken");
		f.dies |= !strcmp(l, "dies");
		/* Comments change no image. */
		if (strncmp(l, "comment", 7) != 0)
			strncat(f.names, l, sizeof(f.names) - strlen(f.names) - 1);
	}
	snprintf(f.commit, sizeof(f.commit), "%s", commit);
	return f;
}

/* A commit is run by the hundred, and what git says of it stays as it is. */
static const struct files *files_of(struct place *p, const char *commit)
{
	for (unsigned i = 0; i < p->commits; i++)
		if (!strcmp(p->files[i].commit, commit))
			return &p->files[i];
	assert_true(p->commits < COMMITS_MAX);
	p->files[p->commits] = read_files(p, commit);
	return &p->files[p->commits++];
}

static int image(void *arg, const char *commit, struct hash_hex *out, struct err *e)
{
	struct place *p = arg;
	const struct files *f = files_of(p, commit);

	(void)e;
	p->images++;
	if (f->broken)
		return 0;
	*out = hash_bytes(f->names, strlen(f->names));
	return 1;
}

/* Of a uniform sequence that repeats late, in +-1. */
static double noise(unsigned i)
{
	return 2 * fmod(i * 0.6180339887498949, 1) - 1;
}

static int run(void *arg, const char *commit, double *out, struct err *e)
{
	struct place *p = arg;
	const struct files *f = files_of(p, commit);
	const unsigned n = p->runs++;

	(void)e;
	assert_true(p->runs < RUNS_MAX && !f->broken);
	snprintf(p->asked[n], sizeof(p->asked[n]), "%s", commit);
	if (p->like && n < p->like->runs) {
		assert_string_equal(commit, p->like->asked[n]);
		*out = p->like->answered[n];
	} else {
		bool fails = f->dies || (p->fails_every && n % p->fails_every == 0 && n);

		*out = fails ? 0 : f->value * (1 + 0.02 * noise(n));
	}
	p->answered[n] = *out;
	return *out > 0;
}

static void open_place(struct place *p, const char *script)
{
	*p = (struct place){ .dir = git_repository(script) };
	assert_int_equal(git_open(p->dir, &p->tree, NULL), 0);
	p->noisy.options.smallest = log(1.01);
	p->noisy.image = image;
	p->noisy.run = run;
	p->noisy.arg = p;
}

static void close_place(struct place *p)
{
	noisy_commits_free(&p->noisy);
	git_close(&p->tree);
	git_repository_remove(p->dir);
}

#define _cleanup_place_ __attribute__((cleanup(close_place)))

static int find(struct place *p, const char *good, const char *bad, struct culprits *found,
		struct err *e)
{
	const struct commit_search s = { .tree = &p->tree,
					 .search = noisy_commits_search,
					 .arg = &p->noisy };
	_cleanup_free_ char *a = git_repository_id(&p->tree, good);
	_cleanup_free_ char *z = git_repository_id(&p->tree, bad);
	_cleanup_history_ struct history h = { 0 };

	assert_int_equal(history_chain(&p->tree, a, z, &h, NULL), 0);
	return commits_search(&s, &h, found, e);
}

/* "PARENT:CULPRIT suspects", one a line, "*" for a merge, "(M)" for what merged it. */
static void assert_culprits(struct place *p, const char *good, const char *bad,
			    const char *expected)
{
	_cleanup_culprits_ struct culprits found = { 0 };
	_cleanup_buf_ struct buf have = { 0 };

	assert_int_equal(find(p, good, bad, &found, NULL), 0);
	for (size_t i = 0; i < found.count; i++) {
		const struct culprit *c = &found.items[i];
		_cleanup_free_ char *parent = git_repository_name(&p->tree, c->parent);
		_cleanup_free_ char *name = git_repository_name(&p->tree, c->first_bad);
		_cleanup_free_ char *by =
			c->merged_by ? git_repository_name(&p->tree, c->merged_by) : NULL;

		buf_printf(&have, "%s:%s%s %zu%s%s%s\n", parent, name, c->merge ? "*" : "",
			   c->suspects, by ? " (" : "", by ? by : "", by ? ")" : "");
		assert_true(c->probability > 0.95);
		assert_true(fabs(c->new_value / c->old_value - 1) > 0.05);
	}
	assert_string_equal(buf_str(&have), expected);
}

#define SERIES "c a; c b; c d; c f; c g; c s +20; c h; c i; c j; c k; c z\n"

static void the_culprit_is_named(void **state)
{
	_cleanup_place_ struct place p;

	(void)state;
	open_place(&p, SERIES);
	assert_culprits(&p, "a", "z", "g:s 1\n");
	assert_int_equal(p.noisy.ends, NOISY_ENDS_DIFFER);
	assert_int_equal(p.noisy.calibration_runs, 2 * CALIBRATION_RUNS);
	assert_int_equal(p.noisy.runs, p.runs);
	/* Both ends, and what a bisection of eleven needs. */
	assert_true(p.images <= 8);
}

static void two_culprits_are_two(void **state)
{
	_cleanup_place_ struct place p;

	(void)state;
	open_place(&p, "c a; c b; c s +20; c d; c f; c g; c h; c t +30; c i; c z\n");
	assert_culprits(&p, "a", "z", "b:s 1\nh:t 1\n");
}

static void nothing_between_is_built_for_ends_that_are_alike(void **state)
{
	_cleanup_place_ struct place p;

	(void)state;
	open_place(&p, "c a; c b; c s +20; git rm -q +20; c d; c z\n");
	assert_culprits(&p, "a", "z", "");
	assert_int_equal(p.noisy.ends, NOISY_ENDS_ALIKE);
	assert_int_equal(p.images, 2);
	assert_true(noisy_commits_detectable(&p.noisy) > 0.005 &&
		    noisy_commits_detectable(&p.noisy) < 0.02);
}

static void ends_that_load_the_same_are_not_run(void **state)
{
	_cleanup_place_ struct place p;

	(void)state;
	open_place(&p, "c a; c b comment1; c z comment2\n");
	assert_culprits(&p, "a", "z", "");
	assert_int_equal(p.noisy.ends, NOISY_ENDS_SAME);
	assert_int_equal(p.runs, 0);
}

static void swapped_ends_are_refused(void **state)
{
	_cleanup_culprits_ struct culprits found = { 0 };
	_cleanup_place_ struct place p;
	struct err e = { 0 };

	(void)state;
	open_place(&p, "c a +20; c b; git rm -q +20; c d; c z\n");
	assert_int_equal(find(&p, "a", "z", &found, &e), -EINVAL);
	assert_non_null(strstr(e.text, "swapped"));
	assert_int_equal(p.images, 2);
}

static void an_end_that_cannot_be_had_is_said(void **state)
{
	_cleanup_culprits_ struct culprits found = { 0 };
	_cleanup_place_ struct place p, q;

	(void)state;
	open_place(&p, "c a; c b +20; c z broken\n");
	assert_int_equal(find(&p, "a", "z", &found, NULL), 0);
	assert_int_equal(p.noisy.ends, NOISY_ENDS_FAILED);
	assert_non_null(p.noisy.failed_end);
	assert_int_equal(p.runs, 0);
	open_place(&q, "c a dies; c b +20; c z\n");
	assert_int_equal(find(&q, "a", "z", &found, NULL), 0);
	assert_int_equal(q.noisy.ends, NOISY_ENDS_FAILED);
	assert_int_equal(q.runs, 2);
}

static void what_cannot_be_had_is_suspected(void **state)
{
	_cleanup_place_ struct place p, q;

	(void)state;
	open_place(&p, "c a; c b; c x broken; c s +20; c y; git rm -q broken; c d; c f; c z\n");
	assert_culprits(&p, "a", "z", "y:d 4\n");
	open_place(&q, "c a; c b; c x dies; c s +20; c y; git rm -q dies; c d; c f; c z\n");
	assert_culprits(&q, "a", "z", "y:d 4\n");
}

static void an_accident_is_no_reason_to_skip(void **state)
{
	_cleanup_place_ struct place p;

	(void)state;
	open_place(&p, SERIES);
	p.fails_every = 7;
	assert_culprits(&p, "a", "z", "g:s 1\n");
	assert_true(p.runs > p.noisy.runs);
}

static void what_lies_between_same_images_is_no_culprit(void **state)
{
	_cleanup_place_ struct place p;
	_cleanup_free_ char *asked = NULL;

	(void)state;
	open_place(&p,
		   "c a; c b; c s +20; c d comment1; c f comment2; c g comment3; c z comment4\n");
	assert_culprits(&p, "a", "z", "b:s 1\n");
	/* Of those that load like the bad end none is run. */
	asked = git_repository_id(&p.tree, "f");
	for (unsigned i = 0; i < p.runs; i++)
		assert_string_not_equal(p.asked[i], asked);
}

static void merges_are_entered(void **state)
{
	_cleanup_place_ struct place p, q, t;

	(void)state;
	open_place(&p, "c a; git checkout -q -b topic; c t; c s +20; c u; git checkout -q main\n"
		       "c d; m M topic; c e\n");
	assert_culprits(&p, "a", "e", "t:s 1 (M)\n");
	open_place(&q, "c a; git checkout -q -b topic; c t; c u; git checkout -q main; c d\n"
		       "git merge -q --no-commit --no-ff topic; c M +20; c e\n");
	assert_culprits(&q, "a", "e", "d:M* 1\n");
	/* A branch whose last commit cannot be built is searched as far as it can be. */
	open_place(&t, "c a; git checkout -q -b topic; c t; c s +20; c u; c x broken\n"
		       "git checkout -q main; c d; git merge -q --no-commit --no-ff topic\n"
		       "git rm -q -f broken; c M; c e\n");
	assert_culprits(&t, "a", "e", "t:s 1 (M)\n");
}

static void the_same_answers_lead_the_same_way(void **state)
{
	_cleanup_free_ struct place *before = calloc(1, sizeof(*before));
	_cleanup_place_ struct place p;

	(void)state;
	assert_non_null(before);
	open_place(&p, SERIES);
	p.fails_every = 11;
	assert_culprits(&p, "a", "z", "g:s 1\n");
	*before = p;
	/* Killed 20 runs before the end. */
	before->runs -= 20;
	p.like = before;
	p.runs = 0;
	p.noisy.chains = 0;
	p.noisy.ends = NOISY_ENDS_UNKNOWN;
	assert_culprits(&p, "a", "z", "g:s 1\n");
	assert_int_equal(p.runs, before->runs + 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_culprit_is_named),
		cmocka_unit_test(two_culprits_are_two),
		cmocka_unit_test(nothing_between_is_built_for_ends_that_are_alike),
		cmocka_unit_test(ends_that_load_the_same_are_not_run),
		cmocka_unit_test(swapped_ends_are_refused),
		cmocka_unit_test(an_end_that_cannot_be_had_is_said),
		cmocka_unit_test(what_cannot_be_had_is_suspected),
		cmocka_unit_test(an_accident_is_no_reason_to_skip),
		cmocka_unit_test(what_lies_between_same_images_is_no_culprit),
		cmocka_unit_test(merges_are_entered),
		cmocka_unit_test(the_same_answers_lead_the_same_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
