// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/git/git_call.h"

#include "base/cleanup.h"
#include "base/proc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define OUTPUT_MAX (256U << 20)
#define WORDS_MAX 64
#define ENV_MAX 64

/*
 * Of the caller's git, as in a hook or under "git bisect run", nothing is meant for ours; and what
 * git does without being asked, such as to fetch what is missing, it does not do.
 */
static const char *const environment[] = {
	"GIT_DIR",
	"GIT_WORK_TREE",
	"GIT_INDEX_FILE",
	"GIT_COMMON_DIR",
	"GIT_NAMESPACE",
	"GIT_OBJECT_DIRECTORY",
	"GIT_ALTERNATE_OBJECT_DIRECTORIES",
	"GIT_SHALLOW_FILE",
	"GIT_GRAFT_FILE",
	"GIT_ATTR_SOURCE",
	"GIT_CONFIG",
	"GIT_CONFIG_PARAMETERS",
	"GIT_CONFIG_COUNT",
	"GIT_EXTERNAL_DIFF",
	"GIT_SSH",
	"GIT_SSH_COMMAND",
	"GIT_PROXY_COMMAND",
	"GIT_ASKPASS",
	"SSH_ASKPASS",
	"GIT_TEMPLATE_DIR",
	"GIT_PAGER=cat",
	"GIT_EDITOR=false",
	"GIT_ALLOW_PROTOCOL=none",
	"GIT_NO_LAZY_FETCH=1",
	"GIT_ATTR_NOSYSTEM=1",
	"GIT_OPTIONAL_LOCKS=0",
	"GIT_NO_REPLACE_OBJECTS=1",
	"GIT_TERMINAL_PROMPT=0",
	"LC_ALL=C",
};
/* Nobody's configuration but that of a repository of ours. */
static const char *const no_config[] = {
	"GIT_CONFIG_NOSYSTEM=1",
	"GIT_CONFIG_SYSTEM=/dev/null",
	"GIT_CONFIG_GLOBAL=/dev/null",
};
/* What could make files other than the commit says, or take time and disk for nothing. */
static const char *const settings[] = {
	"core.hooksPath=/dev/null",
	"core.fsmonitor=false",
	"core.attributesFile=/dev/null",
	"core.autocrlf=false",
	"core.sparseCheckout=false",
	"protocol.allow=never",
	"submodule.recurse=false",
	"gc.auto=0",
	"maintenance.auto=false",
	"advice.detachedHead=false",
	/* Whose a repository is matters for its configuration, which is not read. */
	"safe.directory=*",
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

static void fill_env(const struct git_call *c, const char **env)
{
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(environment); i++)
		env[n++] = environment[i];
	for (size_t i = 0; !c->configured && i < ARRAY_SIZE(no_config); i++)
		env[n++] = no_config[i];
	/* Behind those that take the same variables out. */
	for (size_t i = 0; c->view && i < ARRAY_SIZE(c->view->env) && c->view->env[i]; i++)
		env[n++] = c->view->env[i];
	env[n] = NULL;
}

static size_t fill_words(const struct git_call *c, const char **argv)
{
	size_t n = 0;

	argv[n++] = "git";
	argv[n++] = "-C";
	argv[n++] = c->dir;
	argv[n++] = "--no-pager";
	for (size_t i = 0; !c->configured && i < ARRAY_SIZE(settings); i++) {
		argv[n++] = "-c";
		argv[n++] = settings[i];
	}
	for (size_t i = 0; c->view && i < ARRAY_SIZE(c->view->settings); i++) {
		if (!c->view->settings[i])
			continue;
		argv[n++] = "-c";
		argv[n++] = c->view->settings[i];
	}
	return n;
}

int git_call(const struct git_call *c, const char *const *words, bool strict, struct buf *out,
	     struct err *e)
{
	const char *argv[WORDS_MAX + 2 * (ARRAY_SIZE(settings) + GIT_VIEW_SETTINGS) + 5] = { NULL },
										      *env[ENV_MAX];
	/* Only in a repository of ours git starts others: it fetches from one to the other. */
	const struct proc_opts o = {
		.argv = argv, .env = env, .in_path = c->in_path, .lone = c->view || c->configured
	};
	_cleanup_buf_ struct buf complaints = { 0 }, ignored = { 0 };
	size_t n = fill_words(c, argv), first = n;
	int r;

	fill_env(c, env);
	while (*words && n < first + WORDS_MAX)
		argv[n++] = *words++;
	if (*words)
		return err_set(e, E2BIG, "git %s: more than %d words", argv[first], WORDS_MAX);
	r = proc_capture(&o, OUTPUT_MAX, out ? out : &ignored, &complaints, e);
	if (r == -ENOENT)
		return err_set(e, EOPNOTSUPP, "git is missing: install the package git");
	if (r > 0 && strict)
		return err_set(e, EIO, "git %s: %s", argv[first], reason(&complaints));
	return r;
}

char *git_next_line(const char **text)
{
	size_t len = strcspn(*text, "\n");
	char *line;

	if (!**text)
		return NULL;
	line = strndup(*text, len);
	*text += len + ((*text)[len] == '\n');
	return line;
}

/*
 * Asks git itself where things are: which is safe, as rev-parse looks for the repository and at no
 * object, ref or index. The user's own configuration says whose repositories are to be trusted.
 */
int git_locate(const char *dir, struct git_place *out, char **top, struct err *e)
{
	static const char *const ask[] = { "rev-parse",
					   "--path-format=absolute",
					   "--git-dir",
					   "--git-common-dir",
					   "--git-path",
					   "objects",
					   "--show-object-format",
					   "--is-inside-work-tree",
					   "--show-cdup",
					   NULL };
	const struct git_call c = { .dir = dir, .configured = true };
	_cleanup_git_place_ struct git_place p = { 0 };
	_cleanup_buf_ struct buf answer = { 0 };
	_cleanup_free_ char *inside = NULL, *up = NULL, *path = NULL;
	const char *text;
	int r = git_call(&c, ask, true, &answer, e);

	*top = NULL;
	if (r < 0)
		return r;
	text = buf_str(&answer);
	p.git_dir = git_next_line(&text);
	p.common = git_next_line(&text);
	p.objects = git_next_line(&text);
	p.format = git_next_line(&text);
	inside = git_next_line(&text);
	up = git_next_line(&text);
	if (!p.git_dir || !p.common || !p.objects || !p.format || !inside)
		return err_set(e, EBADMSG, "git says nothing about it; is it 2.31 or newer?");
	if (up && !strcmp(inside, "true")) {
		path = str_printf("%s/%s", dir, up);
		*top = path ? realpath(path, NULL) : NULL;
		if (!*top)
			return err_errno(e, errno, "%s", dir);
	}
	*out = p;
	p = (struct git_place){ 0 };
	return 0;
}
