// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/git.h"

#include "base/cleanup.h"
#include "base/proc.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#define OUTPUT_MAX (256U << 20)
#define WORDS_MAX 64

/* Of the caller's git, as in a hook or under "git bisect run", nothing is meant for ours. */
static const char *const environment[] = {
	"GIT_DIR",
	"GIT_WORK_TREE",
	"GIT_INDEX_FILE",
	"GIT_COMMON_DIR",
	"GIT_NAMESPACE",
	"GIT_OBJECT_DIRECTORY",
	"GIT_ALTERNATE_OBJECT_DIRECTORIES",
	"GIT_EXTERNAL_DIFF",
	"GIT_OPTIONAL_LOCKS=0",
	"GIT_NO_REPLACE_OBJECTS=1",
	"GIT_TERMINAL_PROMPT=0",
	"LC_ALL=C",
	NULL,
};

/* The line that says why: git's first "fatal:" or "error:", else its last. */
static const char *reason(struct buf *complaints)
{
	char *save = NULL, *last = NULL;

	if (!complaints->data)
		return "no reason given";
	for (char *l = strtok_r(complaints->data, "\n", &save); l;
	     l = strtok_r(NULL, "\n", &save)) {
		if (!strncmp(l, "fatal: ", 7) || !strncmp(l, "error: ", 7))
			return l + 7;
		last = l;
	}
	return last ? last : "no reason given";
}

int git_run(const char *dir, const char *const *words, bool strict, struct buf *out, struct err *e)
{
	const char *argv[WORDS_MAX + 4] = { "git", "-C", dir };
	const struct proc_opts o = { .argv = argv, .env = environment };
	_cleanup_buf_ struct buf complaints = { 0 }, ignored = { 0 };
	size_t n = 3;
	int r;

	while (*words && n < WORDS_MAX + 3)
		argv[n++] = *words++;
	r = proc_capture(&o, OUTPUT_MAX, out ? out : &ignored, &complaints, e);
	if (r == -ENOENT)
		return err_set(e, EOPNOTSUPP, "git is missing: install the package git");
	if (r > 0 && strict) {
		for (n = 3; argv[n] && !strcmp(argv[n], "-c"); n += 2)
			;
		return err_set(e, EIO, "git %s: %s", argv[n], reason(&complaints));
	}
	return r;
}

/* The next line of *@text, which moves behind it; malloc'ed. NULL if there is none. */
static char *next_line(const char **text)
{
	size_t len = strcspn(*text, "\n");
	char *line;

	if (!**text)
		return NULL;
	line = strndup(*text, len);
	*text += len + ((*text)[len] == '\n');
	return line;
}

static int find_top(struct git_tree *t, struct err *e)
{
	static const char *const ask[] = { "rev-parse", "--show-toplevel", NULL };
	_cleanup_buf_ struct buf top = { 0 };
	const char *text;
	int r = t->bare ? 0 : git_run(t->dir, ask, true, &top, e);

	if (r < 0 || t->bare)
		return r;
	text = buf_str(&top);
	free(t->dir);
	t->dir = next_line(&text);
	return t->dir ? 0 : err_oom(e);
}

int git_open(const char *dir, struct git_tree *out, struct err *e)
{
	static const char *const ask[] = {
		"rev-parse", "--path-format=absolute", "--git-common-dir",     "--git-path",
		"objects",   "--show-object-format",   "--is-bare-repository", NULL
	};
	_cleanup_git_ struct git_tree t = { .dir = realpath(dir, NULL) };
	_cleanup_buf_ struct buf answer = { 0 };
	_cleanup_free_ char *bare = NULL;
	const char *text;
	struct stat st;
	int r;

	*out = (struct git_tree){ 0 };
	if (!t.dir)
		return err_set(e, errno, "%s: %s", dir, strerror(errno));
	if (stat(t.dir, &st) < 0 || !S_ISDIR(st.st_mode))
		return err_set(e, ENOTDIR, "%s: not a folder", dir);
	r = git_run(t.dir, ask, true, &answer, e);
	if (r < 0)
		return err_wrap(e, "%s", dir);
	text = buf_str(&answer);
	t.common = next_line(&text);
	t.objects = next_line(&text);
	t.format = next_line(&text);
	bare = next_line(&text);
	if (!t.common || !t.objects || !t.format || !bare)
		return err_set(e, EBADMSG, "%s: git says nothing about it; is it 2.31 or newer?",
			       dir);
	t.bare = !strcmp(bare, "true");
	r = find_top(&t, e);
	if (r < 0)
		return err_wrap(e, "%s", dir);
	*out = t;
	t = (struct git_tree){ 0 };
	return 0;
}

void git_close(struct git_tree *t)
{
	free(t->dir);
	free(t->common);
	free(t->objects);
	free(t->format);
	*t = (struct git_tree){ 0 };
}

int git_find_commit(const struct git_tree *t, const char *rev, struct git_commit *out,
		    struct err *e)
{
	_cleanup_free_ char *name = str_printf("%s^{commit}", rev), *id = NULL;
	const char *parse[] = { "rev-parse", "--verify", "--end-of-options", name, NULL };
	_cleanup_buf_ struct buf parsed = { 0 }, subject = { 0 };
	const char *text;
	int r;

	*out = (struct git_commit){ 0 };
	if (!name)
		return err_oom(e);
	r = git_run(t->dir, parse, true, &parsed, e);
	if (r == -EIO)
		return err_set(e, ENOENT, "%s has no commit '%s'", t->dir, rev);
	if (r < 0)
		return r;
	text = buf_str(&parsed);
	id = next_line(&text);
	if (!id)
		return err_oom(e);
	r = git_run(t->dir, (const char *[]){ "log", "-1", "--format=%s", id, NULL }, true,
		    &subject, e);
	if (r < 0)
		return r;
	text = buf_str(&subject);
	out->subject = *text ? next_line(&text) : strdup("");
	out->id = steal(&id);
	if (out->subject)
		return 0;
	git_commit_free(out);
	return err_oom(e);
}

void git_commit_free(struct git_commit *c)
{
	free(c->id);
	free(c->subject);
	*c = (struct git_commit){ 0 };
}

bool git_has(const struct git_tree *t, const char *commit, const char *path)
{
	_cleanup_free_ char *name = str_printf("%s:%s", commit, path);

	return name && git_run(t->dir, (const char *[]){ "cat-file", "-e", name, NULL }, false,
			       NULL, NULL) == 0;
}

bool git_is_dirty(const struct git_tree *t)
{
	static const char *const ask[] = { "-c",	  "core.fsmonitor=false", "status",
					   "--porcelain", "--untracked-files=no", NULL };
	_cleanup_buf_ struct buf changes = { 0 };

	return !t->bare && git_run(t->dir, ask, false, &changes, NULL) == 0 && changes.len > 0;
}
