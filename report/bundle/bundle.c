// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/bundle/bundle.h"

#include "base/hash.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void bundle_free(struct bundle *b)
{
	for (size_t i = 0; i < b->count; i++) {
		free(b->files[i].path);
		buf_free(&b->files[i].data);
	}
	free(b->files);
	*b = (struct bundle){ 0 };
}

struct buf *bundle_add(struct bundle *b, const char *fmt, ...)
{
	_cleanup_free_ char *path = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&path, fmt, ap);
	va_end(ap);
	if (n < 0) {
		path = NULL;
		return NULL;
	}
	if (b->count == b->cap) {
		size_t cap = 2 * b->cap + 32;
		struct bundle_file *grown = realloc(b->files, cap * sizeof(*grown));

		if (!grown)
			return NULL;
		b->files = grown;
		b->cap = cap;
	}
	b->files[b->count] = (struct bundle_file){ .path = steal(&path) };
	return &b->files[b->count++].data;
}

int bundle_add_json(struct bundle *b, const char *path, json_t *doc)
{
	_cleanup_free_ char *text =
		doc ? json_dumps(doc, JSON_INDENT(1) | JSON_PRESERVE_ORDER | JSON_ENCODE_ANY |
					      JSON_REAL_PRECISION(17))
		    : NULL;
	struct buf *out = text ? bundle_add(b, "%s", path) : NULL;

	json_decref(doc);
	return out ? buf_puts(out, text) | buf_puts(out, "\n") : -ENOMEM;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct bundle_file *)a)->path, ((const struct bundle_file *)b)->path);
}

void bundle_sort(struct bundle *b)
{
	if (b->count)
		qsort(b->files, b->count, sizeof(*b->files), by_path);
}

const struct bundle_file *bundle_find(const struct bundle *b, const char *path)
{
	size_t low = 0, high = b->count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = strcmp(path, b->files[middle].path);

		if (!order)
			return &b->files[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

void bundle_identity_free(struct bundle_identity *id)
{
	free(id->experiment);
	free(id->slowpath_version);
	*id = (struct bundle_identity){ 0 };
}

int bundle_manifest(struct bundle *b, const struct bundle_identity *id, struct buf *out,
		    struct err *e)
{
	json_t *files = json_array(), *doc;
	_cleanup_free_ char *text = NULL;

	bundle_sort(b);
	for (size_t i = 0; i < b->count; i++) {
		const struct bundle_file *f = &b->files[i];

		if (strcmp(f->path, BUNDLE_MANIFEST) != 0)
			json_array_append_new(
				files, json_pack("{s:s,s:I,s:s}", "path", f->path, "bytes",
						 (json_int_t)f->data.len, "sha256",
						 hash_bytes(buf_str(&f->data), f->data.len).text));
	}
	doc = json_pack("{s:s,s:i,s:s,s:s,s:o}", "schema", "slowpath/bundle/1", "format",
			id->format, "slowpath", id->slowpath_version, "experiment", id->experiment,
			"files", files);
	text = doc ? json_dumps(doc, JSON_INDENT(1) | JSON_PRESERVE_ORDER) : NULL;
	json_decref(doc);
	return text && buf_puts(out, text) == 0 && buf_puts(out, "\n") == 0 ? 0 : err_oom(e);
}
