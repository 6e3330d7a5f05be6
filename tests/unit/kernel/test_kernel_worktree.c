// SPDX-License-Identifier: GPL-2.0-or-later
/* A work tree becomes a tree object: what is in it, and that the repository stays as it is. */
#include "kernel/git/worktree.h"

#include "base/cleanup.h"
#include "base/file.h"
#include "base/proc.h"
#include "tests/unit/git_repository.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A repository, and a folder of ours that borrows its objects. */
struct place {
	char *dir, *objects;
	struct git_tree tree;
};

static void sh(const struct place *p, const char *script, struct buf *out)
{
	_cleanup_free_ char *whole =
		str_printf("set -e\nexport GIT_CONFIG_GLOBAL=/dev/null GIT_OBJECT_DIRECTORY=%s "
			   "LC_ALL=C\n%s",
			   p->objects, script);
	const char *const argv[] = { "sh", "-c", whole, NULL };
	const struct proc_opts o = { .argv = argv, .cwd = p->dir };
	_cleanup_buf_ struct buf complaints = { 0 }, ignored = { 0 };

	if (proc_capture(&o, 1 << 20, out ? out : &ignored, &complaints, NULL) != 0)
		fail_msg("%s", buf_str(&complaints));
}

static void place_open(struct place *p, const char *script)
{
	_cleanup_free_ char *info = NULL, *alternates = NULL, *line = NULL;
	struct err e = { 0 };

	*p = (struct place){ .dir = git_repository(script) };
	assert_int_equal(git_open(p->dir, &p->tree, &e), 0);
	assert_int_equal(dir_temp("/tmp", "slowpath-objects-", &p->objects, NULL), 0);
	info = str_printf("%s/info", p->objects);
	alternates = str_printf("%s/info/alternates", p->objects);
	line = str_printf("%s\n", p->tree.objects);
	assert_int_equal(dir_make(info, NULL), 0);
	assert_int_equal(file_write(alternates, line, strlen(line), NULL), 0);
}

static void place_close(struct place *p)
{
	git_close(&p->tree);
	dir_remove(p->objects, NULL);
	free(p->objects);
	git_repository_remove(p->dir);
}

/* "MODE NAME=CONTENT" of all files of the snapshot, and how many differ from HEAD. */
static void check(const struct place *p, size_t changed, const char *want)
{
	_cleanup_git_snapshot_ struct git_snapshot g = { 0 };
	_cleanup_free_ char *list = NULL;
	_cleanup_buf_ struct buf got = { 0 };
	struct err e = { 0 };

	if (git_snapshot(&p->tree, p->objects, &g, &e) < 0)
		fail_msg("%s", e.text);
	list = str_printf("git ls-tree -r %s | while IFS='\t' read -r meta name; do\n"
			  "set -- $meta\n"
			  "test $2 = commit && echo \"$1 $name\" && continue\n"
			  "echo \"$1 $name=$(git cat-file blob $3 | tr '\\n' ,)\"\ndone",
			  g.tree);
	sh(p, list, &got);
	assert_string_equal(buf_str(&got), want);
	assert_int_equal(g.changed, changed);
}

static void refused(const struct place *p, const char *text)
{
	_cleanup_git_snapshot_ struct git_snapshot g = { 0 };
	struct err e = { 0 };

	assert_int_equal(git_snapshot(&p->tree, p->objects, &g, &e), -EBUSY);
	if (!strstr(e.text, text))
		fail_msg("%s", e.text);
}

/* What is written anew is marked as used where it lies: git takes the times of objects for that. */
#define STATE                                                                               \
	"find . -path ./.git/objects -prune -o '(' -type f -o -type l ')' -print | sort | " \
	"xargs -d '\\n' stat -c '%n %s %y %i'\n"                                            \
	"find .git -type f | sort | xargs -d '\\n' sha256sum"

/* All that may not change: files, their times, and what git keeps. */
static char *state_of(const struct place *p)
{
	_cleanup_buf_ struct buf out = { 0 };

	sh(p, STATE, &out);
	return buf_steal(&out);
}

static void what_lies_there_is_taken(void **state)
{
	_cleanup_free_ char *before = NULL, *after = NULL;
	struct place p;

	(void)state;
	place_open(&p, "c one; c two; c three d/three; c four\nprintf '*.o\\n' > .gitignore\n"
		       "c ignores .gitignore\n");
	sh(&p,
	   "echo changed > one; rm two; echo staged > s; git add s; echo more >> s\n"
	   "echo new > 'd/a b'; echo object > x.o; mkdir -p e; ln -s /etc/passwd e/link\n"
	   "chmod +x four; git rm -q --cached d/three",
	   NULL);
	before = state_of(&p);
	check(&p, 6,
	      "100644 .gitignore=*.o,ignores,\n100644 d/a b=new,\n100644 d/three=three,\n"
	      "120000 e/link=/etc/passwd\n100755 four=four,\n100644 one=changed,\n"
	      "100644 s=staged,more,\n");
	after = state_of(&p);
	assert_string_equal(before, after);
	place_close(&p);
}

static void a_clean_tree_is_heads(void **state)
{
	_cleanup_git_snapshot_ struct git_snapshot g = { 0 };
	_cleanup_buf_ struct buf want = { 0 };
	struct place p;

	(void)state;
	place_open(&p, "c one; c two d/two");
	sh(&p, "touch one; git rev-parse HEAD^{tree}", &want);
	assert_int_equal(git_snapshot(&p.tree, p.objects, &g, NULL), 0);
	assert_int_equal(g.changed, 0);
	assert_string_equal(g.head.subject, "two");
	assert_memory_equal(g.tree, want.data, strlen(g.tree));
	/* Of a folder within it is the same. */
	check(&p, 0, "100644 d/two=two,\n100644 one=one,\n");
	place_close(&p);
}

/* A file changed in the tick of the clock in which it was added has the size and times of before.
 */
static void a_change_within_one_tick_is_seen(void **state)
{
	struct place p;

	(void)state;
	place_open(&p, "c one\n");
	sh(&p,
	   "echo one > one; touch -d '2026-01-01 00:00:00 UTC' one; git add one\n"
	   "touch -d '2026-01-01 00:00:00 UTC' .git/index\n"
	   "echo two > one; touch -d '2026-01-01 00:00:00 UTC' one",
	   NULL);
	check(&p, 1, "100644 one=two,\n");
	place_close(&p);
}

static void what_git_was_told_not_to_look_at_is_looked_at(void **state)
{
	struct place p;

	(void)state;
	place_open(&p, "c one; c two; c three\n");
	sh(&p,
	   "git update-index --assume-unchanged one; git update-index --skip-worktree two three\n"
	   "echo 1 > one; echo 2 > two; rm three",
	   NULL);
	/* A sparse checkout has not got three; that is no change. */
	check(&p, 2, "100644 one=1,\n100644 three=three,\n100644 two=2,\n");
	place_close(&p);
}

static void folders_files_and_links_take_each_others_place(void **state)
{
	struct place p;

	(void)state;
	place_open(&p, "c a; c b b/x; c c c/y; c d\n");
	sh(&p,
	   "rm a; mkdir a; echo in > a/in; rm -r b; echo file > b\n"
	   "mv c elsewhere; ln -s elsewhere c; rm d; ln -s a d",
	   NULL);
	check(&p, 8,
	      "100644 a/in=in,\n100644 b=file,\n120000 c=elsewhere\n120000 d=a\n"
	      "100644 elsewhere/y=c,\n");
	place_close(&p);
}

static void a_repository_within_is_not_entered(void **state)
{
	struct place p;

	(void)state;
	place_open(&p, "c one\n");
	sh(&p,
	   "unset GIT_OBJECT_DIRECTORY; git init -q within; cd within; echo x > x; git add x\n"
	   "git -c user.name=A -c user.email=a@example.org commit -q -m x; cd ..; echo new > new",
	   NULL);
	check(&p, 1, "100644 new=new,\n100644 one=one,\n");
	place_close(&p);
}

static void conflicts_are_refused_by_name(void **state)
{
	struct place p;

	(void)state;
	place_open(&p, "c base f; git checkout -q -b side; c theirs f; git checkout -q main\n"
		       "c ours f; git merge -q side >/dev/null || true\n");
	refused(&p, "in the middle of a merge, with conflicts in f;");
	/* Added as it is, with the marks in it. */
	sh(&p, "git add f", NULL);
	refused(&p, "in the middle of a merge, with conflicts in f;");
	sh(&p, "printf 'base\\nours\\ntheirs\\n' > f; git add f", NULL);
	check(&p, 1, "100644 f=base,ours,theirs,\n");
	sh(&p, "git merge --abort; git -c user.name=A -c user.email=a rebase -q side || true",
	   NULL);
	refused(&p, "in the middle of a rebase, with conflicts in f;");
	place_close(&p);
}

static void what_the_user_ignores_is_ignored(void **state)
{
	struct place p;

	(void)state;
	place_open(&p, "c one\n");
	sh(&p,
	   "echo '*.orig' > .git/my-ignore; git config core.excludesFile \"$PWD/.git/my-ignore\"\n"
	   "mkdir -p .git/info; echo tags > .git/info/exclude; echo x > tags; echo x > one.orig",
	   NULL);
	check(&p, 0, "100644 one=one,\n");
	place_close(&p);
}

static void a_split_index_is_left_alone(void **state)
{
	_cleanup_free_ char *before = NULL, *after = NULL;
	struct place p;

	(void)state;
	place_open(&p, "c one; c two; git update-index --split-index\n"
		       "touch -d '2026-01-01 00:00:00 UTC' .git/sharedindex.*\n");
	sh(&p, "echo changed > one", NULL);
	before = state_of(&p);
	check(&p, 1, "100644 one=changed,\n100644 two=two,\n");
	after = state_of(&p);
	assert_string_equal(before, after);
	place_close(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_lies_there_is_taken),
		cmocka_unit_test(a_clean_tree_is_heads),
		cmocka_unit_test(a_change_within_one_tick_is_seen),
		cmocka_unit_test(what_git_was_told_not_to_look_at_is_looked_at),
		cmocka_unit_test(folders_files_and_links_take_each_others_place),
		cmocka_unit_test(a_repository_within_is_not_entered),
		cmocka_unit_test(conflicts_are_refused_by_name),
		cmocka_unit_test(what_the_user_ignores_is_ignored),
		cmocka_unit_test(a_split_index_is_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
