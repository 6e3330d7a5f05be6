// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * KCIDB: objects refer to one another by ids "ORIGIN:...", nothing may be null, and a path is words
 * of letters, digits, '_' and '-' with dots between.
 */
#include "report/export/export.h"

#include "base/cleanup.h"
#include "base/hash.h"
#include "report/views/parts.h"
#include "report/words/plain.h"

#include <math.h>
#include <string.h>

/* Of what was measured under an emulator for these machines. */
static const char *machine_of(const char *arch)
{
	return !strcmp(arch, "amd64") ? "x86_64" : !strcmp(arch, "arm64") ? "aarch64" : arch;
}

/*
 * Of what it is of, and not of its place: an experiment may grow, and what was submitted of it
 * keeps its id.
 */
static json_t *id_of(const char *origin, const char *kind, const struct export *x,
		     const struct buf *content)
{
	const struct hash_hex hash = hash_bytes(buf_str(content), content->len);
	_cleanup_buf_ struct buf b = { 0 };

	buf_printf(&b, "%s:%s-%s-%.24s", origin, x->id, kind, hash.text);
	return buf_error(&b) || buf_error(content) ? NULL : part_text(buf_str(&b));
}

/* Fields end with a newline, which none has. */
static void put_kernel(const struct export *x, size_t at, struct buf *out)
{
	const struct export_kernel *k = &x->kernels[at];

	buf_printf(out, "%s\n%s\n%s\n", k->image_sha256, k->spec, k->side);
}

static json_t *kernel_id(const char *origin, const char *kind, const struct export *x, size_t at)
{
	_cleanup_buf_ struct buf b = { 0 };

	put_kernel(x, at, &b);
	return id_of(origin, kind, x, &b);
}

static json_t *test_id(const char *origin, const struct export *x, const struct export_result *t)
{
	_cleanup_buf_ struct buf b = { 0 };

	put_kernel(x, t->kernel, &b);
	if (*t->verdict)
		put_kernel(x, t->against, &b);
	buf_printf(&b, "%s\n%s\n%u\n", t->scenario, t->metric, t->cpus);
	return id_of(origin, "test", x, &b);
}

static json_t *checkout(const struct export *x, const char *origin, size_t at)
{
	const struct export_kernel *k = &x->kernels[at];
	const struct kernel_commit c = kernel_commit(k->spec);
	const size_t len = strlen(c.id);
	json_t *o = json_pack("{s:o,s:s,s:o,s:b}", "id", kernel_id(origin, "kernel", x, at),
			      "origin", origin, "comment", part_text(k->title.text), "valid", true);

	/* The tree of a commit that was changed is not the commit's. */
	if (o && len == 40 && !c.tree[0] && !c.reverted[0])
		json_object_set_new(o, "git_commit_hash", json_string(c.id));
	return o;
}

static json_t *build(const struct export *x, const char *origin, size_t at)
{
	const struct export_kernel *k = &x->kernels[at];
	json_t *o = json_pack("{s:o,s:o,s:s,s:s,s:o,s:o,s:s,s:{s:o,s:o,s:o,s:o,s:o,s:o}}",
			      "checkout_id", kernel_id(origin, "kernel", x, at), "id",
			      kernel_id(origin, "build", x, at), "origin", origin, "architecture",
			      machine_of(k->arch), "compiler", part_text(k->compiler), "comment",
			      part_text(k->version), "status", "PASS", "misc", "spec",
			      part_text(k->spec), "side", part_text(k->side), "cmdline",
			      part_text(k->cmdline), "release", part_text(k->release),
			      "image_sha256", part_text(k->image_sha256), "config_sha256",
			      part_text(k->config_sha256 ? k->config_sha256 : "unknown"));

	return o;
}

/* "slowpath.mprotect.shared-dirty-toggle" */
static json_t *path_of(const struct export_result *t)
{
	_cleanup_buf_ struct buf b = { 0 };
	bool empty = true;

	buf_puts(&b, "slowpath.");
	for (const char *p = t->scenario; *p; p++) {
		const bool word = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
				  (*p >= '0' && *p <= '9') || *p == '-' || *p == '_';

		if (*p == '/' && !empty && p[1] && p[1] != '/')
			buf_puts(&b, ".");
		else
			buf_printf(&b, "%c", word ? *p : '_');
		empty = *p == '/';
	}
	return buf_error(&b) ? NULL : json_string(buf_str(&b));
}

static json_t *unit_of(const struct export_result *t)
{
	_cleanup_buf_ struct buf b = { 0 };

	buf_printf(&b, "%s%s%s", t->unit, *t->item ? "/" : "", t->item);
	return buf_error(&b) ? NULL : part_text(buf_str(&b));
}

static void put_optional(json_t *o, const struct export *x, const struct export_result *t)
{
	_cleanup_buf_ struct buf said = { 0 };
	json_t *misc = json_object_get(o, "misc");

	export_say(x, t, &said);
	if (said.len)
		json_object_set_new(o, "comment", part_text(buf_str(&said)));
	/* A number is of what was executed. */
	if (isfinite(t->value) && t->status != EXPORT_MISS)
		json_object_set_new(o, "number",
				    json_pack("{s:f,s:o}", "value", t->value, "unit", unit_of(t)));
	if (t->started)
		json_object_set_new(o, "start_time", part_text(t->started));
	if (isfinite(t->seconds))
		json_object_set_new(o, "duration", json_real(t->seconds));
	if (*t->verdict)
		json_object_set_new(misc, "verdict", json_string(t->verdict));
	if (isfinite(t->ratio)) {
		json_object_set_new(misc, "old", json_real(t->old_value));
		json_object_set_new(misc, "ratio", json_real(t->ratio));
		json_object_set_new(misc, "against", part_text(x->kernels[t->against].spec));
	}
}

static json_t *test(const struct export *x, const char *origin, size_t at)
{
	const struct export_result *t = &x->results[at];
	json_t *o = json_pack("{s:o,s:o,s:s,s:o,s:s,s:{s:{s:i}},s:{s:o,s:s,s:s}}", "build_id",
			      kernel_id(origin, "build", x, t->kernel), "id", test_id(origin, x, t),
			      "origin", origin, "path", path_of(t), "status",
			      export_status_names[t->status], "environment", "misc", "cpus",
			      (int)t->cpus, "misc", "metric", part_text(t->metric), "mode", t->mode,
			      "experiment", x->id);

	if (o)
		put_optional(o, x, t);
	return o;
}

static json_t *list_of(const struct export *x, const char *origin, size_t n,
		       json_t *(*make)(const struct export *, const char *, size_t))
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < n; i++) {
		if (json_array_append_new(list, make(x, origin, i)) < 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

json_t *export_kcidb(const struct export *x, const char *origin)
{
	return json_pack("{s:{s:i,s:i},s:o,s:o,s:o}", "version", "major", 5, "minor", 3,
			 "checkouts", list_of(x, origin, x->n_kernels, checkout), "builds",
			 list_of(x, origin, x->n_kernels, build), "tests",
			 list_of(x, origin, x->n_results, test));
}
