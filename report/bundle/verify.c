// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/bundle/verify.h"

#include "base/hash.h"
#include "report/bundle/bundle_dir.h"
#include "report/evidence/hash_only.h"
#include "report/evidence/evidence_set.h"
#include "report/words/plain.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FINDINGS_MAX 1000
#define QUOTE_MAX 60

void verify_free(struct verify *v)
{
	for (size_t i = 0; i < v->n_findings; i++) {
		free(v->findings[i].file);
		free(v->findings[i].what);
	}
	free(v->findings);
	for (size_t i = 0; i < v->n_hash_only; i++)
		free(v->hash_only[i]);
	free(v->hash_only);
	free(v->experiment);
	*v = (struct verify){ 0 };
}

static int find(struct verify *v, const char *file, const char *what)
{
	struct verify_finding *x;

	if (v->n_findings >= FINDINGS_MAX)
		return 0;
	if (v->n_findings == v->cap_findings) {
		size_t cap = 2 * v->cap_findings + 8;

		x = realloc(v->findings, cap * sizeof(*x));
		if (!x)
			return -ENOMEM;
		v->findings = x;
		v->cap_findings = cap;
	}
	x = &v->findings[v->n_findings++];
	*x = (struct verify_finding){ strdup(file), strdup(what) };
	return x->file && x->what ? 0 : -ENOMEM;
}

static int odd(void *arg, const char *path, const char *what)
{
	return find(arg, path, what);
}

/* Holds one entry of the manifest against the file. */
static int check_entry(struct verify *v, const struct bundle *b, const json_t *entry)
{
	const char *path = json_string_value(json_object_get(entry, "path"));
	const char *sha256 = json_string_value(json_object_get(entry, "sha256"));
	const json_t *bytes = json_object_get(entry, "bytes");
	const struct bundle_file *f = path ? bundle_find(b, path) : NULL;

	if (!path || !sha256 || !json_is_integer(bytes))
		return find(v, BUNDLE_MANIFEST, "an entry lacks path, bytes or sha256");
	if (!f)
		return find(v, path, "is in the manifest and not in the folder");
	if ((json_int_t)f->data.len != json_integer_value(bytes))
		return find(v, path, "has another size than the manifest says");
	if (strcmp(hash_bytes(buf_str(&f->data), f->data.len).text, sha256) != 0)
		return find(v, path, "has another SHA-256 than the manifest says");
	return 0;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Every file of the folder has an entry. */
static int check_extra(struct verify *v, const struct bundle *b, const json_t *files)
{
	_cleanup_free_ const char **paths = calloc(json_array_size(files) + 1, sizeof(*paths));
	size_t n = 0, i;
	const json_t *entry;
	int r = 0;

	if (!paths)
		return -ENOMEM;
	json_array_foreach(files, i, entry)
	{
		const char *path = json_string_value(json_object_get(entry, "path"));

		if (path)
			paths[n++] = path;
	}
	qsort(paths, n, sizeof(*paths), by_text);
	for (i = 0; r == 0 && i < b->count; i++) {
		const char *path = b->files[i].path;

		if (strcmp(path, BUNDLE_MANIFEST) != 0 &&
		    !bsearch(&path, paths, n, sizeof(*paths), by_text))
			r = find(v, path, "is in the folder and not in the manifest");
	}
	return r;
}

static int check_manifest(struct verify *v, const struct bundle *b, struct bundle_identity *id)
{
	const struct bundle_file *f = bundle_find(b, BUNDLE_MANIFEST);
	const json_t *files, *entry;
	const char *text;
	json_error_t where;
	json_t *doc = json_loadb(buf_str(&f->data), f->data.len, JSON_REJECT_DUPLICATES, &where);
	char what[160];
	size_t i;
	int r = 0;

	if (!doc) {
		snprintf(what, sizeof(what), "line %d: %.100s", where.line, where.text);
		return find(v, BUNDLE_MANIFEST, what);
	}
	text = json_string_value(json_object_get(doc, "schema"));
	files = json_object_get(doc, "files");
	id->format = (int)json_integer_value(json_object_get(doc, "format"));
	if (!text || strcmp(text, "slowpath/bundle/1") != 0 || !json_is_array(files))
		r = find(v, BUNDLE_MANIFEST, "is no manifest of a slowpath bundle");
	text = json_string_value(json_object_get(doc, "experiment"));
	id->experiment = strdup(text ? text : "");
	text = json_string_value(json_object_get(doc, "slowpath"));
	id->slowpath_version = strdup(text ? text : "");
	if (r == 0 && (!id->experiment || !id->slowpath_version))
		r = -ENOMEM;
	json_array_foreach(files, i, entry)
	{
		if (r == 0)
			r = check_entry(v, b, entry);
	}
	if (r == 0)
		r = check_extra(v, b, files);
	json_decref(doc);
	return r;
}

static void quote(struct buf *out, const char *line)
{
	_cleanup_free_ char *copy = strndup(line, strcspn(line, "\n"));

	if (copy) {
		buf_puts(out, "'");
		plain_line(out, copy, QUOTE_MAX);
		buf_puts(out, "'");
	} else {
		buf_keep(out, -ENOMEM);
	}
}

/* Where a file leaves what was computed. */
static int find_difference(struct verify *v, const char *path, const struct buf *have,
			   const struct buf *want)
{
	const char *h = buf_str(have), *w = buf_str(want);
	size_t line = 1, start = 0, i = 0;
	_cleanup_buf_ struct buf what = { 0 };

	while (i < have->len && i < want->len && h[i] == w[i]) {
		if (h[i] == '\n') {
			line++;
			start = i + 1;
		}
		i++;
	}
	buf_printf(&what, "line %zu: ", line);
	quote(&what, h + start);
	buf_puts(&what, " stands there, ");
	quote(&what, w + start);
	buf_puts(&what, " follows from what was measured");
	return buf_error(&what) ? -ENOMEM : find(v, path, buf_str(&what));
}

static int compare(struct verify *v, const struct bundle *have, const struct bundle *want)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < want->count; i++) {
		const struct bundle_file *w = &want->files[i];
		const struct bundle_file *h = bundle_find(have, w->path);

		if (!h)
			r = find(v, w->path, "is missing");
		else if (h->data.len != w->data.len ||
			 memcmp(buf_str(&h->data), buf_str(&w->data), w->data.len) != 0)
			r = find_difference(v, w->path, &h->data, &w->data);
	}
	for (size_t i = 0; r == 0 && i < have->count; i++) {
		if (strcmp(have->files[i].path, BUNDLE_MANIFEST) != 0 &&
		    !bundle_find(want, have->files[i].path))
			r = find(v, have->files[i].path, "belongs to no bundle of this experiment");
	}
	return r;
}

struct noting {
	struct verify *v;
	struct evidence_folder folder;
};

static int add_hash_only(void *arg, const char *text)
{
	struct noting *n = arg;
	struct verify *v = n->v;
	char **grown = realloc(v->hash_only, (v->n_hash_only + 1) * sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	v->hash_only = grown;
	grown[v->n_hash_only] = str_printf("%s%s", n->folder.text, text);
	return grown[v->n_hash_only] ? (v->n_hash_only++, 0) : -ENOMEM;
}

static int note_hash_only(struct verify *v, const struct evidence_set *s, size_t at)
{
	struct noting n = { .v = v };

	if (at)
		n.folder = evidence_folder(&s->all[at], at);
	return hash_only_each(&s->all[at], add_hash_only, &n);
}

/* All of it once more, from the measured files alone. */
static int recompute(struct verify *v, const struct bundle *b, const struct bundle_identity *id,
		     struct err *e)
{
	_cleanup_evidence_set_ struct evidence_set set = { 0 };
	_cleanup_bundle_ struct bundle again = { 0 };
	struct err why = { 0 };
	int r;

	if (id->format != BUNDLE_FORMAT)
		return find(v, BUNDLE_MANIFEST,
			    "the bundle has another format than this slowpath makes: its "
			    "conclusions were not computed again");
	r = bundle_read_all_raw(b, &set, &why);
	if (r == 0)
		r = evidence_set_make(&set, &why);
	if (r < 0)
		return r == -ENOMEM ? r : find(v, "raw", why.text);
	if (strcmp(set.records[0].id, id->experiment) != 0)
		r = find(v, BUNDLE_MANIFEST, "names another experiment than experiment.json");
	for (size_t i = 0; r == 0 && i < set.count; i++)
		r = note_hash_only(v, &set, i);
	if (r == 0)
		r = bundle_put_all_raw(&set, &again, e);
	if (r == 0)
		r = bundle_put_all_concluded(&set, &again, e);
	bundle_sort(&again);
	return r == 0 ? compare(v, b, &again) : r;
}

/* A manifest that says the same in other bytes is another file, too. */
static int check_manifest_bytes(struct verify *v, struct bundle *b,
				const struct bundle_identity *id, struct err *e)
{
	const struct bundle_file *have = bundle_find(b, BUNDLE_MANIFEST);
	_cleanup_buf_ struct buf want = { 0 };
	int r = v->n_findings ? 0 : bundle_manifest(b, id, &want, e);

	if (r < 0 || v->n_findings)
		return r;
	if (have->data.len == want.len && !memcmp(have->data.data, want.data, want.len))
		return 0;
	return find_difference(v, BUNDLE_MANIFEST, &have->data, &want);
}

int verify_files(struct bundle *b, struct verify *out, struct err *e)
{
	struct bundle_identity id = { 0 };
	int r;

	if (!bundle_find(b, BUNDLE_MANIFEST))
		return err_set(e, ENOENT, "there is no " BUNDLE_MANIFEST ": this is no bundle");
	out->files += b->count;
	r = check_manifest(out, b, &id);
	if (r == 0 && id.experiment) {
		r = recompute(out, b, &id, e);
		if (r == 0)
			r = check_manifest_bytes(out, b, &id, e);
		out->experiment = strdup(id.experiment);
	}
	bundle_identity_free(&id);
	return r < 0 ? err_oom(e) : 0;
}

/* A manifest that is there and was not read. */
static int check_readable(const struct verify *v, struct err *e)
{
	for (size_t i = 0; i < v->n_findings; i++) {
		if (!strcmp(v->findings[i].file, BUNDLE_MANIFEST))
			return err_set(e, EINVAL, BUNDLE_MANIFEST " %s", v->findings[i].what);
	}
	return 0;
}

int verify_bundle(const char *dir, struct verify *out, struct err *e)
{
	_cleanup_bundle_ struct bundle b = { 0 };
	int r;

	*out = (struct verify){ 0 };
	r = bundle_load(dir, &b, odd, out, e);
	if (r == 0)
		r = check_readable(out, e);
	if (r == 0)
		r = verify_files(&b, out, e);
	return r < 0 ? err_wrap(e, "%s", dir) : 0;
}

json_t *verify_json(const struct verify *v)
{
	json_t *list = json_array(), *hash_only = json_array();

	for (size_t i = 0; i < v->n_hash_only; i++)
		json_array_append_new(hash_only, plain_json(v->hash_only[i]));
	for (size_t i = 0; i < v->n_findings; i++)
		json_array_append_new(list, json_pack("{s:o,s:o}", "file",
						      plain_json(v->findings[i].file), "what",
						      plain_json(v->findings[i].what)));
	return json_pack("{s:s,s:b,s:I,s:o,s:o}", "schema", "slowpath/verify/1", "ok",
			 !v->n_findings, "files", (json_int_t)v->files, "findings", list,
			 "hash_only", hash_only);
}
