// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/build.h"
#include "kernel/debian.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/proc.h"
#include "kernel/configure.h"
#include "kernel/meta.h"

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define ID_DIGITS "0123456789abcdef"
#define ID_PREFIX_MIN 7
#define DAMAGED "damaged store entry (remove its folder to mend it)"

void note(const struct notes *n, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	if (!n || !n->fn)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	n->fn(n->arg, text);
}

int kernel_store_open(const char *data_dir, const char *cache_dir, struct kernel_store **out,
		      struct err *e)
{
	_cleanup_kernel_store_ struct kernel_store *st = calloc(1, sizeof(*st));

	if (!st)
		return err_oom(e);
	st->kernels = str_printf("%s/kernels", data_dir);
	st->apt_root = str_printf("%s/apt", cache_dir);
	st->cache = strdup(cache_dir);
	if (!st->kernels || !st->apt_root || !st->cache)
		return err_oom(e);
	work_sweep(st->kernels);
	*out = steal(&st);
	return 0;
}

void kernel_store_close(struct kernel_store *st)
{
	if (!st)
		return;
	free(st->kernels);
	free(st->apt_root);
	free(st->cache);
	free(st->config);
	free(st->compiler);
	free(st);
}

void kernel_store_set_cancel(struct kernel_store *st, const atomic_int *cancel)
{
	st->cancel = cancel;
}

int kernel_store_set_config(struct kernel_store *st, const char *path, struct err *e)
{
	_cleanup_free_ char *full = file_absolute(path);
	_cleanup_build_config_ struct build_config config = { 0 };
	int r = full ? build_config_read(full, &config, e) : err_oom(e);

	if (r < 0)
		return r;
	free(st->config);
	st->config = steal(&full);
	return 0;
}

int kernel_store_set_compiler(struct kernel_store *st, const char *cc, struct err *e)
{
	_cleanup_free_ char *copy = strdup(cc), *found = proc_find(cc);

	if (!copy)
		return err_oom(e);
	if (!found)
		return err_set(e, EOPNOTSUPP, "the compiler '%s' is not there", cc);
	free(st->compiler);
	st->compiler = steal(&copy);
	return 0;
}

void kernel_list_free(struct kernel_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		kernel_free(list->items[i]);
	free(list->items);
	*list = (struct kernel_list){ 0 };
}

static bool is_id(const char *name)
{
	return strlen(name) == HASH_HEX_LEN && strspn(name, ID_DIGITS) == HASH_HEX_LEN;
}

static int list_push(struct kernel_list *list, struct kernel *k)
{
	struct kernel **grown;

	grown = realloc(list->items, (list->count + 1) * sizeof(struct kernel *));
	if (!grown)
		return -ENOMEM;
	list->items = grown;
	list->items[list->count++] = k;
	return 0;
}

static int list_entry(const char *dir, struct kernel_list *list, struct err *e)
{
	_cleanup_json_ json_t *root = NULL;
	int r = meta_load(dir, &root, e);

	if (r == -ENOENT) /* removed while we looked */
		return 0;
	if (r < 0) {
		err_wrap(e, DAMAGED);
		return r;
	}
	for (size_t i = 0; i < meta_sources(root); i++) {
		_cleanup_kernel_ struct kernel *k = meta_kernel(dir, root, i);

		if (k && file_size(k->vmlinux_path) <= 0)
			return err_set(e, ENODATA, DAMAGED ": no vmlinux in %s", dir);
		if (!k || list_push(list, k) < 0)
			return err_oom(e);
		(void)steal(&k);
	}
	return 0;
}

static int by_age(const void *a, const void *b)
{
	const struct kernel *x = *(struct kernel *const *)a, *y = *(struct kernel *const *)b;

	return strcmp(x->added ? x->added : "", y->added ? y->added : "");
}

int kernel_list(struct kernel_store *st, struct kernel_list *out, struct err *e)
{
	DIR *dir = opendir(st->kernels);
	struct dirent *d;
	int r = 0;

	*out = (struct kernel_list){ 0 };
	if (!dir)
		return errno == ENOENT ? 0 : err_errno(e, errno, "%s", st->kernels);
	while (r == 0 && (d = readdir(dir))) {
		_cleanup_free_ char *path = NULL;

		if (!is_id(d->d_name))
			continue;
		path = str_printf("%s/%s", st->kernels, d->d_name);
		r = path ? list_entry(path, out, e) : err_oom(e);
	}
	closedir(dir);
	if (r < 0)
		kernel_list_free(out);
	else if (out->count)
		qsort(out->items, out->count, sizeof(struct kernel *), by_age);
	return r;
}

static bool answers_to(const struct kernel *k, const char *what)
{
	size_t len = strlen(what);

	return !strcmp(k->spec, what) || !strcmp(k->release, what) ||
	       (len >= ID_PREFIX_MIN && !strncmp(k->id, what, len));
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
	return err_set(e, ENOENT,
		       "kernel '%s': not in the store ('slowpath kernel list' shows what is)",
		       what);
}
