// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * modules/index.json:
 *
 *   { "schema": "slowpath/modules/1", "package": "linux-modules-7.3.4+deb13-cloud-amd64",
 *     "modules": [ { "name": "zram", "sha256": "64 hex digits", "depends": ["lz4hc_compress"] } ] }
 *
 * A package's modules are of one kernel, as each says itself; that is checked when they come, and
 * their hashes whenever they are used.
 */
#include "kernel/modules.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/json.h"
#include "kernel/deb/apt.h"
#include "kernel/image/deb.h"
#include "kernel/store/handle.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SCHEMA "slowpath/modules/1"
#define INDEX_MAX (1u << 20)

static const char *const drivers[] = { "brd", "zram", "xfs", NULL };
static const char *const options[] = { "CONFIG_BLK_DEV_RAM", "CONFIG_ZRAM", "CONFIG_XFS_FS" };

/* The drivers, and what any kernel's need. */
static const char *const kept[] = { "brd",
				    "zram",
				    "xfs",
				    "zsmalloc",
				    "lz4_compress",
				    "lz4hc_compress",
				    "842_compress",
				    "842_decompress",
				    "zstd_compress",
				    "libcrc32c",
				    "crc32c_generic",
				    "lzo_compress",
				    "lzo_decompress",
				    NULL };

static const char *option_of(const char *driver)
{
	for (size_t i = 0; drivers[i]; i++) {
		if (!strcmp(drivers[i], driver))
			return options[i];
	}
	return NULL;
}

const char *const *kernel_drivers(void)
{
	return drivers;
}

void kernel_modules_free(struct kernel_modules *m)
{
	for (size_t i = 0; i < m->count; i++)
		free(m->items[i].path);
	*m = (struct kernel_modules){ .count = 0 };
}

/* From 6.19 on the image is a package of its own. */
static char *package_of(const struct kernel *k)
{
	static const char *const images[] = { "linux-binary-unsigned-", "linux-binary-" };

	for (size_t i = 0; i < ARRAY_SIZE(images); i++) {
		if (!strncmp(k->package, images[i], strlen(images[i])))
			return str_printf("linux-modules-%s", k->package + strlen(images[i]));
	}
	return strdup(k->package);
}

static json_t *describe(const struct module_info *m, const char *sha256)
{
	json_t *depends = json_array();

	for (unsigned i = 0; depends && i < m->n_depends; i++) {
		if (json_array_append_new(depends, json_string(m->depends[i])) < 0)
			json_decref(steal(&depends));
	}
	return json_pack("{s:s,s:s,s:o}", "name", m->name, "sha256", sha256, "depends", depends);
}

static int add_module(const struct kernel *k, const char *dir, const char *name, json_t *list,
		      struct err *e)
{
	_cleanup_free_ char *path = str_printf("%s/%s.ko", dir, name);
	_cleanup_buf_ struct buf bytes = { 0 };
	struct module_info m;
	int r;

	if (!path)
		return err_oom(e);
	if (!file_exists(path))
		return 0;
	r = file_read(path, MODULE_BYTES_MAX, &bytes, e);
	if (r == 0)
		r = module_read(bytes.data, bytes.len, &m, e);
	if (r < 0)
		return err_wrap(e, "module %s", name);
	if (strcmp(m.release, k->release) != 0)
		return err_unmeasured(e, EBADMSG, "module %s is of kernel %s, not %s", name,
				      m.release, k->release);
	snprintf(m.name, sizeof(m.name), "%s", name);
	return json_array_append_new(list, describe(&m, hash_bytes(bytes.data, bytes.len).text)) < 0
		       ? err_oom(e)
		       : 0;
}

static int write_index(const struct kernel *k, const char *dir, const char *package, struct err *e)
{
	_cleanup_free_ char *path = str_printf("%s/index.json", dir), *text = NULL;
	_cleanup_json_ json_t *list = json_array(), *root = NULL;
	int r = 0;

	for (const char *const *name = kept; list && r == 0 && *name; name++)
		r = add_module(k, dir, *name, list, e);
	if (r < 0)
		return r;
	root = json_pack("{s:s,s:s,s:O}", "schema", SCHEMA, "package", package, "modules", list);
	text = root ? json_dumps(root, JSON_INDENT(1)) : NULL;
	return path && text ? file_write_atomic(path, text, strlen(text), e) : err_oom(e);
}

/* Puts a finished folder in the entry's place for modules; somebody else's is as good. */
static int publish(const struct kernel_store *st, const char *from, const char *to, struct err *e)
{
	_cleanup_close_ int lock = staging_lock_store(st->kernels, e);
	int r;

	if (lock < 0)
		return lock;
	r = dir_publish(from, to, e);
	if (r == -EEXIST)
		err_clear(e);
	return r == -EEXIST ? 0 : r;
}

static int unpack(struct kernel_store *st, const struct kernel *k, const char *deb,
		  const struct staging *w, const char *package, const char *to, struct err *e)
{
	size_t found = 0;
	int r = module_extract(deb, kept, w->files, &found, e);

	if (r == 0 && !found)
		r = err_unmeasured(e, ENOENT, "%s has no modules in it", package);
	if (r == 0)
		r = write_index(k, w->files, package, e);
	return r < 0 ? r : publish(st, w->files, to, e);
}

static int fetch(struct kernel_store *st, const struct kernel *k, const char *to,
		 const struct notes *notes, struct err *e)
{
	_cleanup_staging_ struct staging w = STAGING_NONE;
	_cleanup_free_ char *package = NULL, *deb = NULL, *what = NULL;
	struct kernel_watch watch = { .kind = KERNEL_WATCH_BYTES };
	int r;

	if (!k->package)
		return err_unmeasured(e, ENOENT,
				      "its modules are not at hand: those of a debian: kernel are "
				      "fetched, others need the driver built in");
	package = package_of(k);
	what = str_printf("downloading the modules of %s", k->release);
	if (!package || !what)
		return err_oom(e);
	r = staging_open(st->kernels, &w, e);
	if (r < 0)
		return r;
	note(notes, "downloading %s %s, for its modules", package, k->package_version);
	watch.what = what;
	watch.path = w.dir;
	store_watch(st, &watch);
	r = apt_download(store_apt(st, kernel_arch(k)), package, k->package_version, w.dir, &deb,
			 e);
	store_watch(st, NULL);
	if (r == -ENOENT)
		return err_unmeasured(e, ENOENT,
				      "Debian's archive has not got its modules (%s %s) any more",
				      package, k->package_version);
	return r < 0 ? r : unpack(st, k, deb, &w, package, to, e);
}

static int load_index(const char *dir, json_t **out, struct err *e)
{
	_cleanup_free_ char *path = str_printf("%s/index.json", dir);
	_cleanup_buf_ struct buf text = { 0 };
	const char *schema;
	json_error_t why;
	int r = path ? file_read(path, INDEX_MAX, &text, e) : err_oom(e);

	if (r < 0)
		return r;
	*out = json_loadb(buf_str(&text), text.len, 0, &why);
	schema = json_string_value(json_object_get(*out, "schema"));
	if (!schema || strcmp(schema, SCHEMA) != 0)
		return err_set(e, EUCLEAN, "%s is damaged: remove %s", path, dir);
	return 0;
}

static json_t *find(json_t *index, const char *name)
{
	json_t *m;
	size_t i;

	json_array_foreach(json_object_get(index, "modules"), i, m)
	{
		const char *have = json_string_value(json_object_get(m, "name"));

		if (have && module_name_equal(have, name))
			return m;
	}
	return NULL;
}

static bool is_there(const struct kernel_modules *out, const char *name)
{
	for (size_t i = 0; i < out->count; i++) {
		if (module_name_equal(out->items[i].name, name))
			return true;
	}
	return false;
}

static int check_file(const char *dir, const char *name, const char *sha256,
		      struct kernel_module *out, struct err *e)
{
	struct hash_hex hex;
	int64_t bytes;
	int r;

	out->path = str_printf("%s/%s.ko", dir, name);
	if (!out->path)
		return err_oom(e);
	r = hash_file(out->path, &hex, e);
	if (r < 0)
		return r;
	bytes = file_size(out->path);
	if (!sha256 || strcmp(hex.text, sha256) != 0 || bytes < 0)
		return err_set(e, EUCLEAN,
			       "%s is not what was stored; remove %s, and it is fetched again",
			       out->path, dir);
	out->bytes = (uint64_t)bytes;
	snprintf(out->name, sizeof(out->name), "%s", name);
	return 0;
}

/* Adds @name behind all that it needs. Few needs are deep; a circle is cut by @depth. */
static int add(json_t *index, const char *dir, const char *name, unsigned depth,
	       struct kernel_modules *out, struct err *e)
{
	json_t *m = find(index, name), *need;
	const char *own, *sha256;
	size_t i;
	int r = 0;

	if (is_there(out, name))
		return 0;
	if (!m || !(own = json_string_value(json_object_get(m, "name"))))
		return err_unmeasured(e, ENOENT, "there is no module %s for it", name);
	sha256 = json_string_value(json_object_get(m, "sha256"));
	json_array_foreach(json_object_get(m, "depends"), i, need)
	{
		const char *other = json_string_value(need);

		if (r == 0 && (!other || depth == KERNEL_MODULES_MAX))
			r = err_set(e, EUCLEAN, "%s/index.json is damaged: remove %s", dir, dir);
		if (r == 0)
			r = add(index, dir, other, depth + 1, out, e);
	}
	if (r < 0)
		return r;
	if (out->count == KERNEL_MODULES_MAX)
		return err_set(e, E2BIG, "more than %d modules", KERNEL_MODULES_MAX);
	/* Counted first, so that what was allocated is freed in any case. */
	out->count++;
	return check_file(dir, own, sha256, &out->items[out->count - 1], e);
}

static int find_modules(struct kernel_store *st, const struct kernel *k, const char *driver,
			const struct notes *notes, struct kernel_modules *out, struct err *e)
{
	_cleanup_free_ char *dir = str_printf("%s/modules", k->dir);
	_cleanup_json_ json_t *index = NULL;
	int r = dir ? 0 : err_oom(e);

	if (r == 0 && !file_exists(dir))
		r = fetch(st, k, dir, notes, e);
	if (r == 0)
		r = load_index(dir, &index, e);
	return r < 0 ? r : add(index, dir, driver, 0, out, e);
}

int kernel_modules(struct kernel_store *st, const struct kernel *k, const char *driver,
		   kernel_note_fn note_fn, void *note_arg, struct kernel_modules *out,
		   struct err *e)
{
	const struct notes notes = { note_fn, note_arg };
	const char *option = option_of(driver);
	int r;

	if (!option)
		return err_set(e, EINVAL, "no driver '%s' is known", driver);
	switch (kernel_config_has(k, option)) {
	case KERNEL_CONFIG_Y:
		return 0;
	case KERNEL_CONFIG_N:
		return err_unmeasured(e, ENOENT, "kernel %s has no %s (%s is not set)", k->spec,
				      driver, option);
	case KERNEL_CONFIG_M:
	case KERNEL_CONFIG_UNKNOWN:
		break;
	}
	r = find_modules(st, k, driver, &notes, out, e);
	return r < 0 ? err_wrap(e, "kernel %s needs module %s", k->spec, driver) : 0;
}
