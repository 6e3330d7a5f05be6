// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/build/build.h"
#include "kernel/deb/debian.h"
#include "kernel/deb/fetch.h"
#include "kernel/foresee.h"
#include "kernel/store/title.h"
#include "kernel/near.h"

#include "base/buf.h"
#include "base/file.h"

#include <errno.h>
#include <string.h>

/* A NAME, else a file, else whatever kernel_find() knows (an id, a release). */
static int resolve_word(struct kernel_store *st, const char *word, const struct notes *notes,
			struct kernel **out, struct err *e)
{
	_cleanup_kernel_ struct kernel *k = NULL;
	_cleanup_buf_ struct buf near = { 0 };
	struct err why = { 0 };
	int r = kernel_find(st, word, &k, &why);
	bool named = r == 0 && k->name && !strcmp(k->name, word);

	if (!named && file_exists(word))
		return fetch_path(st, word, notes, out, e);
	if (named && file_exists(word))
		note(notes, "'%s' is a kernel of the store; the file would be './%s'", word, word);
	if (r == 0) {
		*out = steal(&k);
		return 0;
	}
	if (r != -ENOENT)
		return err_set(e, -r, "%s", why.text);
	if (spec_version_length(word, NULL))
		return err_set(e, ENOENT, "no such name and no such file; Debian's is 'debian:%s'",
			       word);
	if (kernel_near(st, word, true, &near) < 0)
		return err_oom(e);
	return err_set(e, ENOENT,
		       "no such name in the store and no such file%s%s ('slowpath kernel list' and "
		       "'slowpath kernel search' show what there is)",
		       kernel_tree_is_here() ? ", and no commit of the tree here" : "",
		       buf_str(&near));
}

/*
 * A spec as the store has it may say more than a revision does: the config, or what was reverted.
 * That build is meant, and no other.
 */
static int resolve_git(struct kernel_store *st, const char *text, const struct spec *s,
		       const struct notes *notes, struct kernel **out, struct err *e)
{
	const struct build_request q = { .dir = s->path, .rev = s->revision };
	const struct kernel_commit c = kernel_commit_of(s->revision ? s->revision : "");

	if (st->arch && st->arch != arch_default())
		return err_set(e, ENOTSUP, "git: specs are built for %s, and --arch says %s",
			       arch_default()->name, st->arch->name);
	if (!c.config[0] && !c.reverted[0])
		return build_kernel(st, &q, notes->fn, notes->arg, out, NULL, e);
	if (kernel_find(st, text, out, NULL) == 0)
		return 0;
	return err_set(e, ENOENT, "not in the store; 'git:%s@%.*s' builds the commit%s%s", s->path,
		       GIT_SHORT, c.id, c.config[0] ? " with the config of --config" : "",
		       c.reverted[0] ? ", and 'slowpath bisect' reverts one" : "");
}

static int resolve(struct kernel_store *st, const char *text, const struct spec *s,
		   const char *peer, const struct notes *notes, struct kernel **out, struct err *e)
{
	switch (s->kind) {
	case SPEC_DEBIAN:
		return debian_resolve(st, s, peer, notes, out, e);
	case SPEC_PATH:
		return fetch_path(st, s->path, notes, out, e);
	case SPEC_WORD:
		return resolve_word(st, s->path, notes, out, e);
	case SPEC_GIT:
		return resolve_git(st, text, s, notes, out, e);
	}
	return err_set(e, EINVAL, "unknown kind of spec");
}

static int resolve_parsed(struct kernel_store *st, const char *text, const struct spec *s,
			  const char *peer, const struct notes *notes, struct kernel **out,
			  struct err *e)
{
	int r;

	*out = NULL;
	r = resolve(st, text, s, peer, notes, out, e);
	if (r == 0 && st->arch && kernel_arch(*out) != st->arch) {
		r = err_set(e, EINVAL, "it is for %s, and --arch says %s", kernel_arch(*out)->name,
			    st->arch->name);
		kernel_free(*out);
		*out = NULL;
	}
	if (r < 0)
		return err_wrap(e, "kernel '%s'", text);
	/* What needs a config reads it here and there; it is small, and looked at once for all. */
	r = kernel_verify(*out, KERNEL_FILE_CONFIG, e);
	if (r < 0) {
		kernel_free(*out);
		*out = NULL;
	}
	return r;
}

int kernel_resolve(struct kernel_store *st, const char *spec, const char *peer_compiler,
		   kernel_note_fn fn, void *arg, struct kernel **out, struct err *e)
{
	_cleanup_spec_ struct spec s = { 0 };
	_cleanup_free_ char *pinned = NULL;
	struct notes notes = { fn, arg };
	int r = kernel_pin(st, spec, fn, arg, &pinned, e);

	*out = NULL;
	if (r == 0)
		r = spec_parse(pinned, &s, e);
	return r < 0 ? r : resolve_parsed(st, pinned, &s, peer_compiler, &notes, out, e);
}

int kernel_resolve_pair(struct kernel_store *st, const char *old_spec, const char *new_spec,
			kernel_note_fn fn, void *arg, struct kernel **out_old,
			struct kernel **out_new, struct err *e)
{
	_cleanup_spec_ struct spec old = { 0 }, new = { 0 };
	_cleanup_kernel_ struct kernel *k_old = NULL, *k_new = NULL;
	_cleanup_free_ char *common = NULL, *old_pinned = NULL, *new_pinned = NULL;
	struct notes notes = { fn, arg };
	const struct arch *arch;
	int r;

	*out_old = *out_new = NULL;
	/* Both before either is built: that takes time, in which a tree may be worked on. */
	r = kernel_pin(st, old_spec, fn, arg, &old_pinned, e);
	if (r == 0)
		r = kernel_pin(st, new_spec, fn, arg, &new_pinned, e);
	if (r == 0)
		r = spec_parse(old_pinned, &old, e);
	if (r == 0)
		r = spec_parse(new_pinned, &new, e);
	if (r == 0)
		r = kernel_foresee_arch(st, (char *const[]){ old_pinned, new_pinned }, 2, &arch, e);
	if (r < 0)
		return r;
	/* The side that leaves no choice comes first, and is the other's peer. */
	if (old.kind == SPEC_DEBIAN && new.kind != SPEC_DEBIAN)
		r = resolve_parsed(st, new_pinned, &new, NULL, &notes, &k_new, e);
	else if (old.kind == SPEC_DEBIAN)
		common = debian_common_compiler(st, &old, &new, &notes);
	if (r == 0)
		r = resolve_parsed(st, old_pinned, &old, k_new ? k_new->compiler : common, &notes,
				   &k_old, e);
	if (r == 0 && !k_new)
		r = resolve_parsed(st, new_pinned, &new, k_old->compiler, &notes, &k_new, e);
	if (r < 0)
		return r;
	*out_old = steal(&k_old);
	*out_new = steal(&k_new);
	return 0;
}

int kernel_add(struct kernel_store *st, const char *spec, const char *name, kernel_note_fn fn,
	       void *arg, struct kernel **out, struct err *e)
{
	_cleanup_kernel_ struct kernel *k = NULL;
	struct notes notes = { fn, arg };
	bool moved;
	int r;

	*out = NULL;
	if (name && !spec_name_valid(name))
		return err_set(e, EINVAL,
			       "name '%s': a name is a letter, then at most 63 letters, digits or "
			       "any of . _ -",
			       name);
	r = kernel_resolve(st, spec, NULL, fn, arg, &k, e);
	if (r == 0 && name) {
		r = store_rename(st, k, name, &moved, e);
		if (r == 0 && moved)
			note(&notes, "the name '%s' was another kernel's until now", name);
	}
	if (r == 0)
		*out = steal(&k);
	return r;
}
