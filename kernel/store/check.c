// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether the files of the store are still what was stored. */
#include "base/buf.h"
#include "base/file.h"
#include "base/hash.h"
#include "kernel/store/handle.h"
#include "kernel/store/import.h"
#include "kernel/store/meta.h"
#include "kernel/image/vmlinux.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	size_t path, sha256; /* in struct kernel */
} files[] = {
	[KERNEL_FILE_VMLINUX] = { "vmlinux", offsetof(struct kernel, vmlinux_path),
				  /* The name of its folder: the one hash that meta.json cannot
				     lose. */
				  offsetof(struct kernel, id) },
	[KERNEL_FILE_BZIMAGE] = { "bzImage", offsetof(struct kernel, bzimage_path),
				  offsetof(struct kernel, bzimage_sha256) },
	[KERNEL_FILE_CONFIG] = { "config", offsetof(struct kernel, config_path),
				 offsetof(struct kernel, config_sha256) },
};

static const char *member(const struct kernel *k, size_t offset)
{
	return *(char *const *)((const char *)k + offset);
}

/* 0 and *why NULL: the file is what was stored. */
static int look(const struct kernel *k, enum kernel_file file, char **why)
{
	const char *path = member(k, files[file].path), *want = member(k, files[file].sha256);
	struct hash_hex hex;
	struct err e = { 0 };

	*why = NULL;
	if (!path)
		return 0;
	if (!want)
		*why = str_printf("no hash of it was kept");
	else if (hash_file(path, &hex, &e) < 0)
		*why = strdup(e.text);
	else if (strcmp(hex.text, want) != 0)
		*why = str_printf("its SHA-256 is %.*s..., and was %.*s... when it was stored",
				  KERNEL_ID_SHOWN, hex.text, KERNEL_ID_SHOWN, want);
	else
		return 0;
	return *why ? 0 : -ENOMEM;
}

int kernel_verify(const struct kernel *k, enum kernel_file file, struct err *e)
{
	_cleanup_free_ char *why = NULL;

	if (look(k, file, &why) < 0)
		return err_oom(e);
	if (!why)
		return 0;
	return err_set(
		e, EUCLEAN,
		"kernel %s: its %s in the store is damaged: %s; 'slowpath kernel check' looks "
		"at all of them, 'slowpath kernel remove %.*s' and then 'slowpath kernel add "
		"%s' mend it",
		k->spec, files[file].name, why, KERNEL_ID_SHOWN, k->id, k->spec);
}

int kernel_boot_file(const struct kernel *k, enum kernel_file *file, const char **path,
		     struct err *e)
{
	*file = k->pvh || kernel_arch(k)->raw_image ? KERNEL_FILE_VMLINUX : KERNEL_FILE_BZIMAGE;
	*path = member(k, files[*file].path);
	if (*path)
		return 0;
	return err_unmeasured(e, ENOTSUP,
			      "QEMU cannot boot this vmlinux: it needs CONFIG_PVH, or give the "
			      "bzImage");
}

/* @why, which may be NULL, is taken over. */
static void add(struct kernel_checked *c, const char *file, char *why)
{
	c->files[c->n_files++] = (struct kernel_fault){ file, why };
}

/* Whether meta.json says of the build what the vmlinux says, whose hash is known to be right. */
static int look_at_facts(const struct kernel *k, char **why)
{
	_cleanup_vmlinux_ struct vmlinux facts = { 0 };
	struct err e = { 0 };
	const char *what = NULL;

	*why = NULL;
	if (import_facts(k->vmlinux_path, &facts, &e) < 0) {
		*why = strdup(e.text);
		return *why ? 0 : -ENOMEM;
	}
	if (strcmp(k->vmlinux_sha256, k->id) != 0)
		what = "vmlinux_sha256";
	else if (strcmp(facts.release, k->release) != 0)
		what = "release";
	else if (strcmp(facts.version, k->version) != 0)
		what = "version";
	else if (strcmp(facts.compiler, k->compiler) != 0)
		what = "compiler";
	else if (facts.pvh != k->pvh)
		what = "pvh";
	else if (facts.arch != kernel_arch(k))
		what = "arch";
	if (what)
		*why = str_printf("its %s is not what the vmlinux says", what);
	return what && !*why ? -ENOMEM : 0;
}

/* What an older slowpath did not write; a store that cannot be written serves without. */
static void add_hashes(struct kernel_store *st, const struct kernel *k)
{
	_cleanup_close_ int lock = staging_lock_store(st->kernels, NULL);
	_cleanup_json_ json_t *root = NULL;

	if (lock >= 0 && meta_load(k->dir, &root, NULL) == 0 &&
	    meta_add_hashes(root, k->bzimage_sha256) > 0)
		meta_write(k->dir, root, NULL);
}

static int check_entry(struct kernel_store *st, const struct kernel *k, struct kernel_checked *out)
{
	char *why;
	int r = 0;

	out->id = strdup(k->id);
	out->spec = strdup(k->spec);
	out->release = strdup(k->release);
	for (unsigned f = 0; r == 0 && f < ARRAY_SIZE(files); f++) {
		if (!member(k, files[f].path))
			continue;
		r = look(k, f, &why);
		if (r == 0)
			add(out, files[f].name, why);
	}
	/* Only of the right vmlinux the facts are known. */
	if (r == 0 && !out->files[0].why) {
		r = look_at_facts(k, &why);
		if (r == 0)
			add(out, "meta.json", why);
	}
	if (r == 0 && kernel_checked_ok(out))
		add_hashes(st, k);
	return r < 0 || !out->id || !out->spec || !out->release ? -ENOMEM : 0;
}

static int check_damaged(const struct kernel_damage *d, struct kernel_checked *out)
{
	char *why = strdup(d->why);

	out->id = strdup(d->id);
	add(out, strstr(d->why, "meta.json") ? "meta.json" : "vmlinux", why);
	return out->id && why ? 0 : -ENOMEM;
}

bool kernel_checked_ok(const struct kernel_checked *c)
{
	for (size_t i = 0; i < c->n_files; i++) {
		if (c->files[i].why)
			return false;
	}
	return true;
}

void kernel_checked_free(struct kernel_checked *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t f = 0; f < list[i].n_files; f++)
			free(list[i].files[f].why);
		free(list[i].id);
		free(list[i].spec);
		free(list[i].release);
	}
	free(list);
}

/* The id that @what names, of a sound entry or of a damaged one. */
static int id_of(struct kernel_store *st, const struct kernel_list *list, const char *what,
		 const char **id, struct kernel **found, struct err *e)
{
	int r = kernel_find(st, what, found, e);

	*id = r == 0 ? (*found)->id : NULL;
	for (size_t i = 0; !*id && strlen(what) >= KERNEL_ID_MIN && i < list->n_damaged; i++) {
		if (!strncmp(list->damaged[i].id, what, strlen(what)))
			*id = list->damaged[i].id;
	}
	if (!*id)
		return r;
	err_clear(e);
	return 0;
}

static bool has(const struct kernel_checked *all, size_t n, const char *id)
{
	while (n-- > 0) {
		if (!strcmp(all[n].id, id))
			return true;
	}
	return false;
}

int kernel_check(struct kernel_store *st, const char *what, struct kernel_checked **out,
		 size_t *count, struct err *e)
{
	_cleanup_kernel_list_ struct kernel_list list = { 0 };
	_cleanup_kernel_ struct kernel *found = NULL;
	const char *only = NULL;
	struct kernel_checked *all;
	size_t n = 0;
	int r = kernel_list(st, &list, e);

	*out = NULL;
	*count = 0;
	if (r == 0 && what)
		r = id_of(st, &list, what, &only, &found, e);
	if (r < 0)
		return r;
	all = calloc(list.count + list.n_damaged + 1, sizeof(*all));
	if (!all)
		return err_oom(e);
	for (size_t i = 0; r == 0 && i < list.count; i++) {
		struct kernel *k = list.items[i];

		if (!has(all, n, k->id) && (!only || !strcmp(k->id, only)))
			r = check_entry(st, k, &all[n++]);
	}
	for (size_t i = 0; r == 0 && i < list.n_damaged; i++) {
		if (!only || !strcmp(list.damaged[i].id, only))
			r = check_damaged(&list.damaged[i], &all[n++]);
	}
	if (r < 0) {
		kernel_checked_free(all, n);
		return err_oom(e);
	}
	*out = all;
	*count = n;
	return 0;
}
