// SPDX-License-Identifier: GPL-2.0-or-later
/* What a word means now. */
#include "kernel/build/build.h"
#include "kernel/name/spec.h"
#include "kernel/store/handle.h"
#include "kernel/store/title.h"

#include "base/buf.h"
#include "base/file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The top of the kernel's git tree that the caller stands in; malloc'ed, NULL if it is none. */
static char *tree_here(void)
{
	static const char *const parts[] = { "Makefile", "Kconfig", "arch/x86" };
	_cleanup_git_ struct git_tree t = { 0 };

	if (git_open(".", &t, NULL) < 0)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		_cleanup_free_ char *path = str_printf("%s/%s", t.dir, parts[i]);

		if (t.bare ? !git_has(&t, "HEAD", parts[i]) : !path || !file_exists(path))
			return NULL;
	}
	return steal(&t.dir);
}

bool kernel_tree_is_here(void)
{
	_cleanup_free_ char *dir = tree_here();

	return dir != NULL;
}

/* Whether the word means something without git, and what; NULL: it does not. */
static const char *meaning(struct kernel_store *st, const struct spec *s)
{
	_cleanup_kernel_ struct kernel *k = NULL;

	if (file_exists(s->path))
		return "file";
	/* Of several builds that answer to it one has to be chosen, which is said later. */
	if (s->kind == SPEC_WORD && kernel_find(st, s->path, &k, NULL) != -ENOENT)
		return "kernel of the store";
	return NULL;
}

/* A word that is no spec: *out stays NULL if it is no revision either. */
static void pin_word(struct kernel_store *st, const struct spec *s, const struct notes *notes,
		     char **out)
{
	const char *is = meaning(st, s);
	_cleanup_free_ char *dir = tree_here(), *spec = NULL;
	_cleanup_git_commit_ struct git_commit c = { 0 };

	if (!dir || build_pin(st, dir, s->path, &spec, &c, NULL) < 0)
		return;
	if (is) {
		note(notes, "'%s' is a %s; the commit %.*s would be 'git:.@%s'", s->path, is,
		     GIT_SHORT, c.id, s->path);
		return;
	}
	note(notes, "'%s' is the commit %.*s (\"%s\") of %s", s->path, GIT_SHORT, c.id, c.subject,
	     dir);
	*out = steal(&spec);
}

/* A spec as the store has it, which says more than a revision. */
static bool is_of_store(const struct spec *s)
{
	const struct kernel_commit c = kernel_commit_of(s->revision ? s->revision : "");

	return c.config[0] || c.reverted[0];
}

int kernel_pin(struct kernel_store *st, const char *text, kernel_note_fn fn, void *arg, char **out,
	       struct err *e)
{
	const struct notes notes = { fn, arg };
	_cleanup_spec_ struct spec s = { 0 };
	int r = spec_parse(text, &s, e);

	*out = NULL;
	if (r == 0)
		r = spec_for_arch(text, st->arch, out, e);
	if (r < 0 || *out)
		return r;
	if (r == 0 && s.kind == SPEC_GIT && !is_of_store(&s))
		r = build_pin(st, s.path, s.revision, out, NULL, e);
	else if (r == 0 && (s.kind == SPEC_WORD || s.kind == SPEC_PATH))
		pin_word(st, &s, &notes, out);
	if (r == 0 && !*out && !(*out = strdup(text)))
		r = err_oom(e);
	return r < 0 ? err_wrap(e, "kernel '%s'", text) : 0;
}
