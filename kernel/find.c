// SPDX-License-Identifier: GPL-2.0-or-later
/* A kernel of the store by whatever people call it. */
#include "kernel/build/build.h"
#include "kernel/deb/debian.h"
#include "kernel/near.h"
#include "kernel/store/handle.h"
#include "kernel/name/spec.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool answers_to(const struct kernel *k, const char *what)
{
	size_t len = strlen(what);

	return !strcmp(k->spec, what) || !strcmp(k->release, what) ||
	       (len >= KERNEL_ID_MIN && !strncmp(k->id, what, len));
}

/* The kernel of @list that bears the name @what, else the one that answers to it otherwise. */
static int find_in(struct kernel_list *list, const char *what, struct kernel ***out)
{
	struct kernel **hit = NULL;
	int r = 0;

	for (size_t i = 0; i < list->count; i++) {
		struct kernel *k = list->items[i];

		if (k->name && !strcmp(k->name, what)) {
			*out = &list->items[i];
			return 0;
		}
		if (!answers_to(k, what))
			continue;
		/* One path, built again and again: the last build is meant. */
		if (hit && strcmp((*hit)->id, k->id) != 0 && strcmp((*hit)->spec, k->spec) != 0)
			r = -EINVAL;
		hit = &list->items[i];
	}
	*out = hit;
	return r;
}

/* By what the spec means; *out is NULL if the store has not got it. */
static int stored(struct kernel_store *st, const struct spec *spec, struct kernel **out,
		  struct err *e)
{
	if (spec->kind == SPEC_DEBIAN)
		return debian_stored(st, spec, NULL, out, e);
	if (spec->kind == SPEC_GIT)
		return build_stored(st, spec->path, spec->revision, out, e);
	return 0;
}

int kernel_find(struct kernel_store *st, const char *what, struct kernel **out, struct err *e)
{
	_cleanup_kernel_list_ struct kernel_list list = { 0 };
	_cleanup_free_ char *path = strchr(what, '/') ? realpath(what, NULL) : NULL;
	_cleanup_spec_ struct spec spec = { 0 };
	_cleanup_buf_ struct buf near = { 0 };
	struct kernel **hit = NULL;
	int r = kernel_list(st, &list, e);

	*out = NULL;
	if (r < 0)
		return r;
	if (find_in(&list, path ? path : what, &hit) < 0)
		return err_set(e, EINVAL,
			       "kernel '%s': several builds answer to it; say which by its id",
			       what);
	if (hit)
		*out = steal(hit);
	else if (spec_parse(what, &spec, NULL) == 0)
		r = stored(st, &spec, out, e);
	if (r < 0 || *out)
		return r;
	if (kernel_near(st, what, false, &near) < 0)
		return err_oom(e);
	return err_set(e, ENOENT,
		       "kernel '%s': not in the store%s ('slowpath kernel list' shows what is)",
		       what, buf_str(&near));
}
