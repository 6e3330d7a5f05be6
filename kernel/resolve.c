// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/build/build.h"
#include "kernel/deb/debian.h"
#include "kernel/deb/fetch.h"
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
		       "no such name in the store and no such file%s ('slowpath kernel list' and "
		       "'slowpath kernel search' show what there is)",
		       buf_str(&near));
}

static int resolve(struct kernel_store *st, const struct spec *s, const char *peer,
		   const struct notes *notes, struct kernel **out, struct err *e)
{
	switch (s->kind) {
	case SPEC_DEBIAN:
		return debian_resolve(st, s, peer, notes, out, e);
	case SPEC_PATH:
		return fetch_path(st, s->path, notes, out, e);
	case SPEC_WORD:
		return resolve_word(st, s->path, notes, out, e);
	case SPEC_GIT:
		return build_kernel(st,
				    &(struct build_request){ .dir = s->path, .rev = s->revision },
				    notes->fn, notes->arg, out, NULL, e);
	}
	return err_set(e, EINVAL, "unknown kind of spec");
}

static int resolve_parsed(struct kernel_store *st, const char *text, const struct spec *s,
			  const char *peer, const struct notes *notes, struct kernel **out,
			  struct err *e)
{
	int r;

	*out = NULL;
	r = resolve(st, s, peer, notes, out, e);
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
	struct notes notes = { fn, arg };
	int r = spec_parse(spec, &s, e);

	*out = NULL;
	return r < 0 ? r : resolve_parsed(st, spec, &s, peer_compiler, &notes, out, e);
}

int kernel_resolve_pair(struct kernel_store *st, const char *old_spec, const char *new_spec,
			kernel_note_fn fn, void *arg, struct kernel **out_old,
			struct kernel **out_new, struct err *e)
{
	_cleanup_spec_ struct spec old = { 0 }, new = { 0 };
	_cleanup_kernel_ struct kernel *k_old = NULL, *k_new = NULL;
	_cleanup_free_ char *common = NULL;
	struct notes notes = { fn, arg };
	int r;

	*out_old = *out_new = NULL;
	r = spec_parse(old_spec, &old, e);
	if (r == 0)
		r = spec_parse(new_spec, &new, e);
	if (r < 0)
		return r;
	/* The side that leaves no choice comes first, and is the other's peer. */
	if (old.kind == SPEC_DEBIAN && new.kind != SPEC_DEBIAN)
		r = resolve_parsed(st, new_spec, &new, NULL, &notes, &k_new, e);
	else if (old.kind == SPEC_DEBIAN)
		common = debian_common_compiler(st, &old, &new, &notes);
	if (r == 0)
		r = resolve_parsed(st, old_spec, &old, k_new ? k_new->compiler : common, &notes,
				   &k_old, e);
	if (r == 0 && !k_new)
		r = resolve_parsed(st, new_spec, &new, k_old->compiler, &notes, &k_new, e);
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
