// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ROOT/index.json:
 *
 *   { "schema": "slowpath/debian-index/1",
 *     "builds": [ { "abi", "flavour", "package", "version", "suite", "compiler": null,
 *                   "config_package": null, "size": bytes, "inferred": false } ] }
 *
 * Its age is the file's: it is written only after an update.
 */
#include "kernel/deb/index.h"

#include "base/buf.h"
#include "base/file.h"
#include "kernel/deb/apt.h"
#include "kernel/store/meta.h"
#include "kernel/deb/packages.h"
#include "kernel/name/spec.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define SCHEMA "slowpath/debian-index/1"
#define INDEX_MAX (64U << 20)

static const struct field {
	const char *key;
	size_t offset;
	bool required;
} fields[] = {
	{ "abi", offsetof(struct build, abi), true },
	{ "flavour", offsetof(struct build, flavour), true },
	{ "package", offsetof(struct build, package), true },
	{ "version", offsetof(struct build, version), true },
	{ "suite", offsetof(struct build, suite), true },
	{ "compiler", offsetof(struct build, compiler), false },
	{ "config_package", offsetof(struct build, config_package), false },
};

static char **slot(struct build *b, const struct field *f)
{
	return (char **)((char *)b + f->offset);
}

void index_free(struct index *x)
{
	for (size_t i = 0; i < x->count; i++) {
		for (size_t n = 0; n < ARRAY_SIZE(fields); n++)
			free(*slot(&x->builds[i], &fields[n]));
	}
	free(x->builds);
	*x = (struct index){ 0 };
}

static int load_build(json_t *o, struct build *b, const char *path, struct err *e)
{
	for (size_t n = 0; n < ARRAY_SIZE(fields); n++) {
		const char *text = json_string_value(json_object_get(o, fields[n].key));

		if (!text && fields[n].required)
			return err_set(e, EBADMSG, "%s: a build without \"%s\"; remove the file",
				       path, fields[n].key);
		if (!text)
			continue;
		*slot(b, &fields[n]) = strdup(text);
		if (!*slot(b, &fields[n]))
			return err_oom(e);
	}
	b->size = (uint64_t)json_integer_value(json_object_get(o, "size"));
	b->inferred = json_is_true(json_object_get(o, "inferred"));
	return 0;
}

static int load_builds(json_t *root, struct index *out, const char *path, struct err *e)
{
	json_t *builds = json_object_get(root, "builds"), *o;
	const char *schema = json_string_value(json_object_get(root, "schema"));
	size_t i;

	if (!schema || strcmp(schema, SCHEMA) != 0)
		return err_set(e, EBADMSG, "%s: not of schema %s; remove it", path, SCHEMA);
	out->builds = calloc(json_array_size(builds) + 1, sizeof(*out->builds));
	if (!out->builds)
		return err_oom(e);
	json_array_foreach(builds, i, o)
	{
		int r;

		out->count = i + 1;
		r = load_build(o, &out->builds[i], path, e);
		if (r < 0)
			return r;
	}
	return 0;
}

static double age_of(const char *path)
{
	struct stat st;
	double age;

	if (stat(path, &st) < 0)
		return 1e18;
	age = difftime(time(NULL), st.st_mtim.tv_sec);
	return age < 0 ? 1e18 : age; /* from the future: the clock was set, trust nothing */
}

int index_parse(const char *text, size_t len, const char *path, struct index *out, struct err *e)
{
	json_error_t bad;
	_cleanup_json_ json_t *doc = json_loadb(text, len, 0, &bad);
	int r;

	*out = (struct index){ .age = 1e18 };
	if (!doc)
		return err_set(e, EBADMSG, "%s: line %d: %s", path, bad.line, bad.text);
	r = load_builds(doc, out, path, e);
	if (r < 0)
		index_free(out);
	return r;
}

int index_load(const struct apt_root *root, struct index *out, struct err *e)
{
	_cleanup_free_ char *path = str_printf("%s/index.json", root->path);
	_cleanup_buf_ struct buf text = { 0 };
	int r = path ? file_read(path, INDEX_MAX, &text, e) : err_oom(e);

	*out = (struct index){ .age = 1e18 };
	if (r == 0)
		r = index_parse(buf_str(&text), text.len, path, out, e);
	if (r == 0)
		out->age = age_of(path);
	return r;
}

static json_t *build_to_json(struct build *b)
{
	_cleanup_json_ json_t *o = json_object();

	for (size_t n = 0; o && n < ARRAY_SIZE(fields); n++) {
		const char *text = *slot(b, &fields[n]);

		if (json_object_set_new(o, fields[n].key, text ? json_string(text) : json_null()))
			return NULL;
	}
	if (!o || json_object_set_new(o, "size", json_integer((json_int_t)b->size)) ||
	    json_object_set_new(o, "inferred", json_boolean(b->inferred)))
		return NULL;
	return steal(&o);
}

static int save(const struct apt_root *root, const struct index *x, struct err *e)
{
	_cleanup_json_ json_t *doc = json_pack("{s:s, s:[]}", "schema", SCHEMA, "builds");
	_cleanup_free_ char *path = str_printf("%s/index.json", root->path), *text = NULL;

	for (size_t i = 0; doc && i < x->count; i++) {
		if (json_array_append_new(json_object_get(doc, "builds"),
					  build_to_json(&x->builds[i])))
			return err_oom(e);
	}
	text = doc ? json_dumps(doc, JSON_INDENT(1) | JSON_PRESERVE_ORDER) : NULL;
	if (!text || !path)
		return err_oom(e);
	return file_write_atomic(path, text, strlen(text), e);
}

static int read_lists(const struct apt_root *root, struct index *out, struct err *e)
{
	_cleanup_apt_targets_ struct apt_targets targets = { 0 };
	_cleanup_packages_ struct packages packages = { 0 };
	int r = apt_list(root, &targets, e);

	if (r == 0 && !targets.count)
		return err_set(e, ENOENT, "no package list could be fetched");
	for (size_t i = 0; r == 0 && i < targets.count; i++)
		r = packages_read(targets.items[i].path, apt_suite_rank(targets.items[i].suite),
				  &packages, e);
	return r < 0 ? r : packages_to_builds(&packages, out, e);
}

/* Lists that an earlier run fetched, where there is no index of them. Of unknown age. */
static int read_old_lists(const struct apt_root *root, struct index *out)
{
	if (index_load(root, out, NULL) == 0) {
		index_free(out);
		return -EEXIST;
	}
	if (read_lists(root, out, NULL) < 0 || !out->count) {
		index_free(out);
		return -ENOENT;
	}
	out->age = 1e18;
	return 0;
}

static int refresh(const struct apt_root *root, struct index *out, char **warning, struct err *e)
{
	int r = apt_update(root, warning, e);

	if (r < 0 && read_old_lists(root, out) == 0) {
		*warning = strdup(e ? e->text : "");
		return 0;
	}
	if (r == 0)
		r = read_lists(root, out, e);
	if (r == 0 && !out->count)
		r = err_set(e, ENODATA, "the package lists name no kernel");
	if (r == 0)
		r = save(root, out, e);
	if (r < 0)
		index_free(out);
	out->age = r < 0 ? 1e18 : 0;
	return r;
}

int index_refresh(const struct apt_root *root, double max_age, struct index *out, char **warning,
		  struct err *e)
{
	_cleanup_free_ char *path = str_printf("%s/lock", root->path);
	_cleanup_close_ int fd = -1;
	int r;

	*warning = NULL;
	*out = (struct index){ .age = 1e18 };
	if (!path)
		return err_oom(e);
	r = dir_make(root->path, e);
	if (r == 0)
		r = fd = file_lock(path, true, e);
	if (r < 0)
		return r;
	/* Somebody else may have done it while we waited. */
	if (index_load(root, out, NULL) == 0 && out->age < max_age)
		return 0;
	index_free(out);
	return refresh(root, out, warning, e);
}
