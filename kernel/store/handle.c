// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/store/handle.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/proc.h"
#include "kernel/store/configure.h"
#include "kernel/store/meta.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ID_DIGITS "0123456789abcdef"

int kernel_store_open(const char *data_dir, const char *cache_dir, struct kernel_store **out,
		      struct err *e)
{
	_cleanup_kernel_store_ struct kernel_store *st = calloc(1, sizeof(*st));

	if (!st)
		return err_oom(e);
	st->kernels = str_printf("%s/kernels", data_dir);
	st->cache = strdup(cache_dir);
	if (!st->kernels || !st->cache)
		return err_oom(e);
	for (size_t i = 0; arch_at(i); i++) {
		const struct arch *arch = arch_at(i);
		bool usual = arch == arch_default();

		st->apt[i].arch = arch;
		st->apt[i].path = str_printf("%s/apt%s%s", cache_dir, usual ? "" : "-",
					     usual ? "" : arch->name);
		if (!st->apt[i].path)
			return err_oom(e);
	}
	staging_sweep(st->kernels);
	*out = steal(&st);
	return 0;
}

void kernel_store_close(struct kernel_store *st)
{
	if (!st)
		return;
	free(st->kernels);
	free(st->cache);
	for (size_t i = 0; i < ARCH_MAX; i++)
		free(st->apt[i].path);
	build_config_free(&st->config);
	free(st->compiler);
	for (size_t i = 0; i < st->n_warned; i++)
		free(st->warned[i]);
	free(st->warned);
	free(st);
}

const struct apt_root *store_apt(const struct kernel_store *st, const struct arch *arch)
{
	size_t i = 0;

	while (i + 1 < ARCH_MAX && st->apt[i].arch != arch)
		i++;
	return &st->apt[i];
}

void kernel_store_set_arch(struct kernel_store *st, const struct arch *arch)
{
	st->arch = arch;
}

int kernel_store_name_arch(struct kernel_store *st, const char *name, struct err *e)
{
	const struct arch *arch = name ? arch_named(name) : NULL;

	if (name && !arch)
		return err_set(e, EINVAL, "--arch %.40s: it can be one of %s", name, arch_names());
	kernel_store_set_arch(st, arch);
	return 0;
}

void kernel_store_set_warn(struct kernel_store *st, kernel_note_fn fn, void *arg)
{
	st->warn = fn;
	st->warn_arg = arg;
}

void kernel_store_set_watch(struct kernel_store *st, kernel_watch_fn fn, void *arg)
{
	st->watch = fn;
	st->watch_arg = arg;
}

void store_watch(const struct kernel_store *st, const struct kernel_watch *w)
{
	if (st->watch)
		st->watch(st->watch_arg, w);
}

void kernel_store_set_cancel(struct kernel_store *st, const atomic_int *cancel)
{
	st->cancel = cancel;
}

void store_set_config(struct kernel_store *st, struct build_config *config)
{
	build_config_free(&st->config);
	st->config = *config;
	*config = (struct build_config){ 0 };
}

int store_config(struct kernel_store *st, const struct build_config **out, struct err *e)
{
	int r = st->config.name ? 0 : build_config_minimal(&st->config, e);

	*out = &st->config;
	return r;
}

const char *kernel_store_config_hash(const struct kernel_store *st)
{
	return st->config.name ? st->config.sha.text : NULL;
}

void kernel_store_set_jobs(struct kernel_store *st, unsigned jobs)
{
	st->jobs = jobs;
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
	for (size_t i = 0; i < list->n_damaged; i++) {
		free(list->damaged[i].id);
		free(list->damaged[i].dir);
		free(list->damaged[i].why);
	}
	free(list->damaged);
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

static int push_damaged(struct kernel_list *list, const char *id, const char *dir, const char *why)
{
	struct kernel_damage d = { .id = strdup(id), .dir = strdup(dir), .why = strdup(why) };
	struct kernel_damage *grown =
		realloc(list->damaged, (list->n_damaged + 1) * sizeof(*list->damaged));

	if (grown)
		list->damaged = grown;
	if (!grown || !d.id || !d.dir || !d.why) {
		free(d.id);
		free(d.dir);
		free(d.why);
		return -ENOMEM;
	}
	list->damaged[list->n_damaged++] = d;
	return 0;
}

/* Each is told of once, however often the store is listed. */
static int tell_of(struct kernel_store *st, const char *id, const char *why)
{
	const struct notes notes = { st->warn, st->warn_arg };
	char **grown, *copy;

	for (size_t i = 0; i < st->n_warned; i++) {
		if (!strcmp(st->warned[i], id))
			return 0;
	}
	grown = realloc(st->warned, (st->n_warned + 1) * sizeof(*grown));
	if (grown)
		st->warned = grown;
	copy = grown ? strdup(id) : NULL;
	if (!copy)
		return -ENOMEM;
	st->warned[st->n_warned++] = copy;
	note(&notes,
	     "a damaged kernel of the store is passed over: %s ('slowpath kernel remove %.*s' "
	     "removes it)",
	     why, KERNEL_ID_SHOWN, id);
	return 0;
}

/* -ENOENT: removed while we looked. */
static int read_entry(const char *dir, struct kernel_list *list, struct err *e)
{
	_cleanup_json_ json_t *root = NULL;
	int r = meta_load(dir, &root, e);

	/* A folder without meta.json is none that was removed: those go by one rename. */
	if (r == -ENOENT && file_exists(dir))
		return err_set(e, EBADMSG, "%s has no meta.json", dir);
	for (size_t i = 0; r == 0 && i < meta_sources(root); i++) {
		_cleanup_kernel_ struct kernel *k = meta_kernel(dir, root, i);

		if (k && file_size(k->vmlinux_path) <= 0)
			return err_set(e, EBADMSG, "%s has no vmlinux", dir);
		if (!k || list_push(list, k) < 0)
			return err_oom(e);
		(void)steal(&k);
	}
	return r;
}

static int list_entry(struct kernel_store *st, const char *id, struct kernel_list *list,
		      struct err *e)
{
	_cleanup_free_ char *dir = str_printf("%s/%s", st->kernels, id);
	struct err why = { 0 };
	size_t before = list->count;
	int r;

	if (!dir)
		return err_oom(e);
	r = read_entry(dir, list, &why);
	if (r == 0 || r == -ENOENT)
		return 0;
	while (list->count > before)
		kernel_free(list->items[--list->count]);
	if (r == -ENOMEM || push_damaged(list, id, dir, why.text) < 0 ||
	    tell_of(st, id, why.text) < 0)
		return err_oom(e);
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
		if (is_id(d->d_name))
			r = list_entry(st, d->d_name, out, e);
	}
	closedir(dir);
	if (r < 0)
		kernel_list_free(out);
	else if (out->count)
		qsort(out->items, out->count, sizeof(struct kernel *), by_age);
	return r;
}
