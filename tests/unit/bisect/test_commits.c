// SPDX-License-Identifier: GPL-2.0-or-later
/* Chains of commits, and the search over them; a commit's cost is what its tree's files say. */
#include "base/cleanup.h"
#include "bisect/exact_commits.h"
#include "tests/unit/git_repository.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define THRESHOLD 0.01

struct place {
	char *dir;
	struct git_tree tree;
	unsigned asked;
};

static void open_place(struct place *p, const char *script)
{
	*p = (struct place){ .dir = git_repository(script) };
	assert_int_equal(git_open(p->dir, &p->tree, NULL), 0);
}

static void close_place(struct place *p)
{
	git_close(&p->tree);
	git_repository_remove(p->dir);
}

#define _cleanup_place_ __attribute__((cleanup(close_place)))

/* "a b c": the subjects of a chain. */
static char *names(struct place *p, const struct history *h)
{
	struct buf out = { 0 };

	for (size_t i = 0; i < h->count; i++) {
		_cleanup_free_ char *name = git_repository_name(&p->tree, h->ids[i]);

		buf_printf(&out, "%s%s%s", out.len ? " " : "", name, h->merge[i] ? "*" : "");
	}
	return buf_steal(&out);
}

static int chain(struct place *p, const char *good, const char *bad, struct history *h,
		 struct err *e)
{
	_cleanup_free_ char *a = git_repository_id(&p->tree, good);
	_cleanup_free_ char *z = git_repository_id(&p->tree, bad);

	return history_chain(&p->tree, a, z, h, e);
}

static void assert_chain(struct place *p, const char *good, const char *bad,
			 const char *const *paths, const char *expected)
{
	_cleanup_history_ struct history h = { 0 };
	_cleanup_free_ char *have = NULL;
	struct err e = { 0 };

	if (chain(p, good, bad, &h, &e) < 0)
		fail_msg("%s", e.text);
	if (paths)
		assert_int_equal(history_limit(&p->tree, &h, paths, NULL), 0);
	have = names(p, &h);
	assert_string_equal(have, expected);
}

#define BRANCHES                                                                  \
	"c a; c b mm/x\n"                                                         \
	"git checkout -q -b topic; c t1; c t2 mm/y; c t3; git checkout -q main\n" \
	"c d; m M topic; c e mm/x; c f\n"

static void chains_follow_first_parents(void **state)
{
	_cleanup_place_ struct place p;
	const char *const mm[] = { "mm/", NULL }, *const none[] = { "fs", NULL };

	(void)state;
	open_place(&p, BRANCHES);
	assert_chain(&p, "a", "f", NULL, "a b d M* e f");
	assert_chain(&p, "b", "d", NULL, "b d");
	/* From a branch's own commit the way is through the branch. */
	assert_chain(&p, "t1", "f", NULL, "t1 t2 t3 M* e f");
	/* The merge brought mm/y to the main line; d touched nothing there. */
	assert_chain(&p, "a", "f", mm, "a b M* e f");
	assert_chain(&p, "t1", "f", mm, "t1 t2 e f");
	assert_chain(&p, "a", "f", none, "a f");
}

static void what_no_chain_leads_to_is_refused(void **state)
{
	static const struct {
		const char *good, *bad, *text;
	} cases[] = {
		{ "f", "a", "swapped" },
		{ "d", "t3", "part at" },
		{ "a", "a", "same commit" },
		{ "a", "u", "unrelated" },
	};
	_cleanup_place_ struct place p;

	(void)state;
	open_place(&p, BRANCHES "git checkout -q --orphan other; c u\n");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_history_ struct history h = { 0 };
		struct err e = { 0 };

		assert_int_equal(chain(&p, cases[i].good, cases[i].bad, &h, &e), -EINVAL);
		assert_non_null(strstr(e.text, cases[i].text));
		assert_int_equal(h.count, 0);
	}
}

static void branches_of_a_merge_are_chains(void **state)
{
	_cleanup_place_ struct place p;
	_cleanup_free_ char *merge = NULL, *parent = NULL, *beside = NULL;
	_cleanup_history_ struct history h = { 0 }, more = { 0 };

	(void)state;
	open_place(&p, BRANCHES);
	merge = git_repository_id(&p.tree, "M");
	parent = git_repository_id(&p.tree, "d");
	assert_int_equal(history_beside(&p.tree, merge, parent, 0, &h, NULL), 0);
	beside = names(&p, &h);
	assert_string_equal(beside, "b t1 t2 t3");
	assert_int_equal(history_beside(&p.tree, merge, parent, 1, &more, NULL), -ENOENT);
}

/*
 * A file "+N" anywhere adds N to 100, "broken" makes it impossible to measure; so a commit costs
 * what its tree says, whatever the order.
 */
static int measure(void *arg, const char *commit, struct commit_value *out, struct err *e)
{
	struct place *p = arg;
	_cleanup_buf_ struct buf files = { 0 };
	char *save = NULL;

	(void)e;
	p->asked++;
	*out = (struct commit_value){ .known = true, .reading.value = 100 };
	assert_int_equal(git_run(p->dir, (const char *[]){ "ls-tree", "--name-only", commit, NULL },
				 true, &files, NULL),
			 0);
	for (char *l = strtok_r(files.data, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
		if (l[0] == '+')
			out->reading.value += strtod(l, NULL);
		if (!strncmp(l, "broken", 6))
			out->known = false;
	}
	return 0;
}

/* "PARENT:CULPRIT old new suspects", one a line, "*" for a merge, "(M)" for what merged it. */
static void assert_found(const char *script, const char *good, const char *bad,
			 const char *const *paths, const char *expected)
{
	_cleanup_culprits_ struct culprits found = { 0 };
	_cleanup_history_ struct history h = { 0 };
	_cleanup_buf_ struct buf have = { 0 };
	_cleanup_place_ struct place p;
	struct exact_commits exact = { .threshold = THRESHOLD, .measure = measure, .arg = &p };
	struct commit_search s = { .paths = paths, .search = exact_commits_search, .arg = &exact };

	open_place(&p, script);
	s.tree = &p.tree;
	assert_int_equal(chain(&p, good, bad, &h, NULL), 0);
	assert_int_equal(commits_search(&s, &h, &found, NULL), 0);
	for (size_t i = 0; i < found.count; i++) {
		const struct culprit *c = &found.items[i];
		_cleanup_free_ char *parent = git_repository_name(&p.tree, c->parent);
		_cleanup_free_ char *name = git_repository_name(&p.tree, c->first_bad);
		_cleanup_free_ char *by =
			c->merged_by ? git_repository_name(&p.tree, c->merged_by) : NULL;

		buf_printf(&have, "%s:%s%s %g %g %zu%s%s%s\n", parent, name, c->merge ? "*" : "",
			   c->old_value, c->new_value, c->suspects, by ? " (" : "", by ? by : "",
			   by ? ")" : "");
	}
	assert_string_equal(buf_str(&have), expected);
}

static void steps_are_commits(void **state)
{
	(void)state;
	assert_found("c a; c b; c s +50; c d; c e", "a", "e", NULL, "b:s 100 150 1\n");
	assert_found("c a; c b; c s +50; c d; c t +20; c e; c u +0", "a", "e", NULL,
		     "b:s 100 150 1\nd:t 150 170 1\n");
	assert_found("c a; c s +50; c b; c d; git rm -q +50; c r; c e; c t +60", "a", "t", NULL,
		     "a:s 100 150 1\nd:r 150 100 1\ne:t 100 160 1\n");
}

static void what_is_skipped_is_suspected(void **state)
{
	(void)state;
	assert_found("c a; c x broken; c s +50; c y; git rm -q broken; c z; c e", "a", "e", NULL,
		     "y:z 100 150 4\n");
	assert_found("c a; c x broken; git rm -q broken; c y; c s +50; c e", "a", "e", NULL,
		     "y:s 100 150 1\n");
}

static void merges_are_entered(void **state)
{
	(void)state;
	assert_found("c a; git checkout -q -b topic; c t; c s +50; c u; git checkout -q main; c d\n"
		     "m M topic; c e",
		     "a", "e", NULL, "t:s 100 150 1 (M)\n");
	/* The merge itself: neither side has it. */
	assert_found("c a; git checkout -q -b topic; c t; git checkout -q main; c d\n"
		     "git merge -q --no-commit --no-ff topic; c M +50; c e",
		     "a", "e", NULL, "d:M* 100 150 1\n");
	/* Within a merge within a merge, beside one that brought nothing of it. */
	assert_found(
		"c a; git checkout -q -b inner; c i; c s +50; git checkout -q -b outer a; c o\n"
		"m I inner; git checkout -q -b calm a; c k; git checkout -q main; c d\n"
		"git merge -q -m M calm outer; c e",
		"a", "e", NULL, "i:s 100 150 1 (I)\n");
}

/* Its value varies by more than anything that a commit does. */
static int measure_vaguely(void *arg, const char *commit, struct commit_value *out, struct err *e)
{
	int r = measure(arg, commit, out, e);

	out->reading.spread = 100;
	return r;
}

/* All of what commits do is exact. */
static bool exact_part(void *arg, const char *older, const char *newer, bool *slower)
{
	struct commit_value a, b;

	measure(arg, older, &a, NULL);
	measure(arg, newer, &b, NULL);
	*slower = b.reading.value > a.reading.value;
	return b.reading.value != a.reading.value;
}

static void parts_name_commits(void **state)
{
	_cleanup_culprits_ struct culprits found = { 0 }, none = { 0 };
	_cleanup_history_ struct history h = { 0 };
	_cleanup_free_ char *name = NULL;
	_cleanup_place_ struct place p;
	struct exact_commits exact = {
		.threshold = THRESHOLD, .measure = measure_vaguely, .part = exact_part, .arg = &p
	};
	struct commit_search s = { .search = exact_commits_search, .arg = &exact };

	(void)state;
	open_place(&p, "c a; c b; c d +50; c e; git rm -q +50; c s; c f");
	s.tree = &p.tree;
	assert_int_equal(chain(&p, "a", "e", &h, NULL), 0);
	assert_int_equal(commits_search(&s, &h, &found, NULL), 0);
	assert_int_equal(found.count, 1);
	name = git_repository_name(&p.tree, found.items[0].first_bad);
	assert_string_equal(name, "d");
	assert_true(found.items[0].by_part && found.items[0].slower);
	/* Without a part the ends are not told apart, and that is counted. */
	exact.part = NULL;
	exact.undecided = 0;
	assert_int_equal(commits_search(&s, &h, &none, NULL), 0);
	assert_int_equal(none.count, 0);
	assert_int_equal(exact.undecided, 1);
}

static void paths_exclude_commits(void **state)
{
	const char *const mm[] = { "mm", NULL };

	(void)state;
	assert_found("c a; c b; c d; mkdir -p mm; touch +50; c s mm/x; c e; c f", "a", "f", mm,
		     "d:s 100 150 1\n");
	/* The change lies elsewhere: the end is named, and its parent will tell. */
	assert_found("c a; c b mm/x; c s +50; c e", "a", "e", mm, "s:e 100 150 1\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chains_follow_first_parents),
		cmocka_unit_test(what_no_chain_leads_to_is_refused),
		cmocka_unit_test(branches_of_a_merge_are_chains),
		cmocka_unit_test(steps_are_commits),
		cmocka_unit_test(what_is_skipped_is_suspected),
		cmocka_unit_test(merges_are_entered),
		cmocka_unit_test(parts_name_commits),
		cmocka_unit_test(paths_exclude_commits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
