// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * meta.json:
 *
 *   { "schema": "slowpath/kernel/1",
 *     "id": "64 hex digits", "release": "...", "version": "...", "compiler": "...",
 *     "arch": "arm64" or null, which is amd64,
 *     "vmlinux_sha256": "...", "config_sha256": "..." or null, "pvh": true, "bzimage": false,
 *     "bzimage_sha256": "..." or null, "sum": "...",
 *     "sources": [ { "spec": "...", "name": null, "image_sha256": "...", "suite": null,
 *                    "package": null, "package_version": null, "stamp": null, "subject": null,
 *                    "added": "...",
 *                    "sum": "..." } ] }
 *
 * One build can come from several sources: a bzImage, and the vmlinux that was unpacked from it.
 * Paths are not in it, so that a home can be moved.
 *
 * A "sum" is the SHA-256 of what never changes in its object, and is checked where it stands; an
 * older slowpath wrote none. A name may change, and the hashes of config and bzImage are held
 * against those files.
 */
#include "kernel/store/meta.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/hash.h"
#include "kernel/store/title.h"

#include <errno.h>
#include <string.h>

#define SCHEMA "slowpath/kernel/1"
#define META_MAX (4U << 20)

/* The string members, each in the JSON and in the struct. */
static const struct field {
	const char *key;
	size_t offset;
	bool required;
	bool of_source; /* in an element of "sources", else at the top */
	bool changes;	/* stands outside of the sum */
	bool later;	/* stands in the sum only if it is known: it was not always there */
} fields[] = {
	{ "id", offsetof(struct kernel, id), true, false },
	{ "spec", offsetof(struct kernel, spec), true, true },
	{ "name", offsetof(struct kernel, name), false, true, true },
	{ "release", offsetof(struct kernel, release), true, false },
	{ "version", offsetof(struct kernel, version), true, false },
	{ "compiler", offsetof(struct kernel, compiler), true, false },
	{ "image_sha256", offsetof(struct kernel, image_sha256), true, true },
	{ "vmlinux_sha256", offsetof(struct kernel, vmlinux_sha256), true, false },
	{ "arch", offsetof(struct kernel, arch), false, false, false, true },
	{ "config_sha256", offsetof(struct kernel, config_sha256), false, false, true },
	{ "bzimage_sha256", offsetof(struct kernel, bzimage_sha256), false, false, true },
	{ "suite", offsetof(struct kernel, suite), false, true },
	{ "package", offsetof(struct kernel, package), false, true },
	{ "package_version", offsetof(struct kernel, package_version), false, true },
	{ "stamp", offsetof(struct kernel, stamp), false, true },
	{ "subject", offsetof(struct kernel, subject), false, true },
	{ "added", offsetof(struct kernel, added), false, true },
};

static char **slot(const struct kernel *k, const struct field *f)
{
	return (char **)((char *)(uintptr_t)k + f->offset);
}

static json_t *nullable(const char *text)
{
	return text ? json_string(text) : json_null();
}

static int sum_of(json_t *object, bool of_source, struct hash_hex *out)
{
	_cleanup_buf_ struct buf text = { 0 };
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(fields); i++) {
		const char *v = json_string_value(json_object_get(object, fields[i].key));

		if (fields[i].of_source == of_source && !fields[i].changes &&
		    (v || !fields[i].later))
			r = buf_printf(&text, "%s=%s\n", fields[i].key, v ? v : "");
	}
	if (r == 0 && !of_source)
		r = buf_printf(&text, "pvh=%d\n", json_is_true(json_object_get(object, "pvh")));
	if (r == 0)
		*out = hash_bytes(buf_str(&text), text.len);
	return r;
}

static int put_sum(json_t *object, bool of_source)
{
	struct hash_hex sum;

	if (sum_of(object, of_source, &sum) < 0 ||
	    json_object_set_new(object, "sum", json_string(sum.text)) < 0)
		return -ENOMEM;
	return 0;
}

static int check_sum(json_t *object, bool of_source, const char *path, struct err *e)
{
	json_t *have = json_object_get(object, "sum");
	struct hash_hex sum;

	if (!have)
		return 0;
	if (sum_of(object, of_source, &sum) < 0)
		return err_oom(e);
	if (json_is_string(have) && !strcmp(json_string_value(have), sum.text))
		return 0;
	return err_set(e, EBADMSG, "%s does not match its checksum", path);
}

static int check_strings(json_t *object, bool of_source, const char *path, struct err *e)
{
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		json_t *v = json_object_get(object, fields[i].key);

		if (fields[i].of_source != of_source || json_is_string(v))
			continue;
		if (fields[i].required || (v && !json_is_null(v)))
			return err_set(e, EBADMSG, "%s: no string \"%s\"", path, fields[i].key);
	}
	return check_sum(object, of_source, path, e);
}

static int check(json_t *root, const char *path, struct err *e)
{
	const char *schema = json_string_value(json_object_get(root, "schema"));
	const char *arch = json_string_value(json_object_get(root, "arch"));
	json_t *sources = json_object_get(root, "sources"), *source;
	size_t i;
	int r;

	if (arch && !arch_named(arch))
		return err_set(e, EBADMSG, "%s: of the architecture %.20s, which is not one of %s",
			       path, arch, arch_names());
	if (!schema || strcmp(schema, SCHEMA))
		return err_set(e, EBADMSG, "%s: not of schema %s", path, SCHEMA);
	if (!json_array_size(sources))
		return err_set(e, EBADMSG, "%s: no \"sources\"", path);
	r = check_strings(root, false, path, e);
	json_array_foreach(sources, i, source)
	{
		if (r == 0)
			r = check_strings(source, true, path, e);
	}
	return r;
}

int meta_parse(const char *text, size_t len, const char *path, json_t **out, struct err *e)
{
	json_error_t bad;
	_cleanup_json_ json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &bad);
	int r;

	if (!root)
		return err_set(e, EBADMSG, "%s: line %d: %s", path, bad.line, bad.text);
	r = check(root, path, e);
	if (r == 0)
		*out = steal(&root);
	return r;
}

int meta_load(const char *dir, json_t **out, struct err *e)
{
	_cleanup_free_ char *path = str_printf("%s/meta.json", dir);
	_cleanup_buf_ struct buf text = { 0 };
	int r = path ? file_read(path, META_MAX, &text, e) : err_oom(e);

	return r < 0 ? r : meta_parse(buf_str(&text), text.len, path, out, e);
}

int meta_write(const char *dir, json_t *root, struct err *e)
{
	_cleanup_free_ char *path = str_printf("%s/meta.json", dir);
	_cleanup_free_ char *text = json_dumps(root, JSON_INDENT(1) | JSON_PRESERVE_ORDER);

	if (!path || !text)
		return err_oom(e);
	return file_write_atomic(path, text, strlen(text), e);
}

static int put_strings(json_t *object, const struct kernel *k, bool of_source)
{
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		if (fields[i].of_source == of_source &&
		    json_object_set_new(object, fields[i].key, nullable(*slot(k, &fields[i]))) < 0)
			return -ENOMEM;
	}
	return 0;
}

json_t *meta_new(const struct kernel *k)
{
	_cleanup_json_ json_t *root = json_object();

	if (!root || json_object_set_new(root, "schema", json_string(SCHEMA)) < 0 ||
	    put_strings(root, k, false) < 0 ||
	    json_object_set_new(root, "pvh", json_boolean(k->pvh)) < 0 ||
	    json_object_set_new(root, "bzimage", json_boolean(k->bzimage_path != NULL)) < 0 ||
	    put_sum(root, false) < 0 || json_object_set_new(root, "sources", json_array()) < 0)
		return NULL;
	return steal(&root);
}

static bool same_string(json_t *object, const char *key, const char *value)
{
	const char *have = json_string_value(json_object_get(object, key));

	return have && value && !strcmp(have, value);
}

/* Whether @source is where @k came from; one spec may have several names, each a source. */
static bool is_source(json_t *source, const struct kernel *k)
{
	return same_string(source, "spec", k->spec) &&
	       same_string(source, "image_sha256", k->image_sha256);
}

int meta_put_source(json_t *root, const struct kernel *k)
{
	json_t *sources = json_object_get(root, "sources"), *source;
	_cleanup_json_ json_t *fresh = json_object();
	size_t i;

	if (!fresh || put_strings(fresh, k, true) < 0 || put_sum(fresh, true) < 0)
		return -ENOMEM;
	json_array_foreach(sources, i, source)
	{
		json_t *name = json_object_get(source, "name");

		if (!is_source(source, k) ||
		    (k->name && json_is_string(name) && !same_string(source, "name", k->name)))
			continue;
		if (!k->name && name && json_object_set(fresh, "name", name) < 0)
			return -ENOMEM; /* which is outside of the sum */
		return json_array_set(sources, i, fresh) < 0 ? -ENOMEM : 0;
	}
	return json_array_append(sources, fresh) < 0 ? -ENOMEM : 0;
}

/* Whether another source has the spec and image of the one at @at. */
static bool has_twin(json_t *sources, size_t at)
{
	json_t *mine = json_array_get(sources, at), *other;
	size_t i;

	json_array_foreach(sources, i, other)
	{
		if (i != at &&
		    json_equal(json_object_get(mine, "spec"), json_object_get(other, "spec")) &&
		    json_equal(json_object_get(mine, "image_sha256"),
			       json_object_get(other, "image_sha256")))
			return true;
	}
	return false;
}

bool meta_drop_name(json_t *root, const char *name)
{
	json_t *sources = json_object_get(root, "sources"), *source;
	size_t i;

	json_array_foreach(sources, i, source)
	{
		if (!same_string(source, "name", name))
			continue;
		if (has_twin(sources, i))
			return json_array_remove(sources, i) == 0;
		return json_object_set_new(source, "name", json_null()) == 0;
	}
	return false;
}

static int add_sum(json_t *object, bool of_source)
{
	if (json_object_get(object, "sum"))
		return 0;
	return put_sum(object, of_source) < 0 ? -ENOMEM : 1;
}

int meta_add_hashes(json_t *root, const char *bzimage_sha256)
{
	json_t *sources = json_object_get(root, "sources"), *source;
	int added = add_sum(root, false);
	size_t i;

	if (added >= 0 && bzimage_sha256 &&
	    !json_is_string(json_object_get(root, "bzimage_sha256")))
		added = json_object_set_new(root, "bzimage_sha256", json_string(bzimage_sha256)) < 0
				? -ENOMEM
				: 1;
	json_array_foreach(sources, i, source)
	{
		int more = added < 0 ? 0 : add_sum(source, true);

		added = more < 0 ? more : added | more;
	}
	return added;
}

size_t meta_sources(json_t *root)
{
	return json_array_size(json_object_get(root, "sources"));
}

static int set_paths(struct kernel *k, const char *dir, json_t *root)
{
	bool bzimage = json_is_true(json_object_get(root, "bzimage"));

	k->dir = strdup(dir);
	k->vmlinux_path = str_printf("%s/vmlinux", dir);
	if (k->config_sha256)
		k->config_path = str_printf("%s/config", dir);
	if (bzimage)
		k->bzimage_path = str_printf("%s/bzImage", dir);
	if (!k->dir || !k->vmlinux_path || (k->config_sha256 && !k->config_path) ||
	    (bzimage && !k->bzimage_path))
		return -ENOMEM;
	return 0;
}

/* Of which no hash was kept by itself, the bzImage is the image that was given last. */
static const char *given_image(json_t *root)
{
	json_t *sources = json_object_get(root, "sources"), *source;
	const char *vmlinux = json_string_value(json_object_get(root, "vmlinux_sha256"));
	const char *image = NULL, *newest = "";
	size_t i;

	json_array_foreach(sources, i, source)
	{
		const char *added = json_string_value(json_object_get(source, "added"));
		const char *sha = json_string_value(json_object_get(source, "image_sha256"));

		if (!strcmp(sha, vmlinux) || strcmp(added ? added : "", newest) < 0)
			continue;
		newest = added ? added : "";
		image = sha;
	}
	return image;
}

struct kernel *meta_kernel(const char *dir, json_t *root, size_t i)
{
	json_t *source = json_array_get(json_object_get(root, "sources"), i);
	_cleanup_kernel_ struct kernel *k = calloc(1, sizeof(*k));

	if (!k)
		return NULL;
	for (size_t n = 0; n < ARRAY_SIZE(fields); n++) {
		json_t *v = json_object_get(fields[n].of_source ? source : root, fields[n].key);

		if (!json_is_string(v))
			continue;
		*slot(k, &fields[n]) = strdup(json_string_value(v));
		if (!*slot(k, &fields[n]))
			return NULL;
	}
	k->pvh = json_is_true(json_object_get(root, "pvh"));
	if (json_is_true(json_object_get(root, "bzimage")) && !k->bzimage_sha256) {
		const char *image = given_image(root);

		k->bzimage_sha256 = image ? strdup(image) : NULL;
		if (image && !k->bzimage_sha256)
			return NULL;
	}
	return set_paths(k, dir, root) < 0 ? NULL : steal(&k);
}

const struct arch *kernel_arch(const struct kernel *k)
{
	const struct arch *arch = k->arch ? arch_named(k->arch) : NULL;

	return arch ? arch : arch_default();
}

json_t *kernel_to_json(const struct kernel *k)
{
	_cleanup_json_ json_t *o = json_object();

	if (!o || put_strings(o, k, false) < 0 || put_strings(o, k, true) < 0 ||
	    json_object_set_new(o, "arch", json_string(kernel_arch(k)->name)) < 0 ||
	    json_object_set_new(o, "title", json_string(kernel_title(k).text)) < 0 ||
	    json_object_set_new(o, "pvh", json_boolean(k->pvh)) < 0 ||
	    json_object_set_new(o, "dir", nullable(k->dir)) < 0 ||
	    json_object_set_new(o, "vmlinux_path", nullable(k->vmlinux_path)) < 0 ||
	    json_object_set_new(o, "config_path", nullable(k->config_path)) < 0 ||
	    json_object_set_new(o, "bzimage_path", nullable(k->bzimage_path)) < 0)
		return NULL;
	return steal(&o);
}

void kernel_free(struct kernel *k)
{
	if (!k)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		free(*slot(k, &fields[i]));
	free(k->dir);
	free(k->vmlinux_path);
	free(k->config_path);
	free(k->bzimage_path);
	free(k);
}
