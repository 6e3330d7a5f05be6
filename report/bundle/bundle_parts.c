// SPDX-License-Identifier: GPL-2.0-or-later
/* A bundle's parts: the main experiment, and those that are attached to it. */
#include "report/bundle/bundle.h"
#include "report/evidence/evidence_set.h"
#include "report/evidence/study_kind.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int bundle_view(const struct bundle *b, const char *prefix, struct bundle *out, struct err *e)
{
	size_t n = strlen(prefix);

	*out = (struct bundle){ .files = calloc(b->count + 1, sizeof(*out->files)) };
	if (!out->files)
		return err_oom(e);
	for (size_t i = 0; i < b->count; i++) {
		if (n ? strncmp(b->files[i].path, prefix, n) != 0
		      : !strncmp(b->files[i].path, BUNDLE_WITH, strlen(BUNDLE_WITH)))
			continue;
		out->files[out->count] = b->files[i];
		out->files[out->count++].path += n;
	}
	return 0;
}

void bundle_view_free(struct bundle *view)
{
	free(view->files);
	*view = (struct bundle){ 0 };
}

int bundle_append(struct bundle *b, const char *prefix, struct bundle *part, struct err *e)
{
	for (size_t i = 0; i < part->count; i++) {
		struct buf *file = bundle_add(b, "%s%s", prefix, part->files[i].path);

		if (!file)
			return err_oom(e);
		*file = part->files[i].data;
		part->files[i].data = (struct buf){ 0 };
	}
	return 0;
}

static const char *command_of(const struct record *r)
{
	const char *command = json_string_value(json_object_get(r->command, "command"));

	return command ? command : "run";
}

/* Of a record whose evidence is not made yet. */
static int folder_of(const struct record *r, size_t at, struct evidence_folder *out, struct err *e)
{
	struct evidence x = { .study.kind = study_find(command_of(r)) };

	out->text[0] = '\0';
	if (!at)
		return 0;
	if (!x.study.kind)
		return err_set(e, EINVAL, "experiment '%s' is of '%.20s', and explains nothing",
			       r->id, command_of(r));
	*out = evidence_folder(&x, at);
	return 0;
}

static bool has_config(const struct record *r, const char *name)
{
	for (size_t i = 0; i < r->n_configs; i++) {
		if (!strcmp(r->configs[i].name, name))
			return true;
	}
	return false;
}

/* The record with those configs only that the main one lacks; borrowed, but for the list. */
static int without_configs(const struct record *whole, const struct record *r, struct record *out,
			   struct err *e)
{
	*out = *r;
	out->n_configs = 0;
	out->configs = calloc(r->n_configs + 1, sizeof(*out->configs));
	if (!out->configs)
		return err_oom(e);
	for (size_t i = 0; i < r->n_configs; i++) {
		if (!has_config(whole, r->configs[i].name))
			out->configs[out->n_configs++] = r->configs[i];
	}
	return 0;
}

static int put_part(const struct evidence_set *s, size_t at, struct bundle *out, struct err *e)
{
	_cleanup_bundle_ struct bundle part = { 0 };
	struct evidence_folder folder;
	struct record slim;
	int r = folder_of(&s->records[at], at, &folder, e);

	if (r == 0)
		r = without_configs(&s->records[0], &s->records[at], &slim, e);
	if (r < 0)
		return r;
	r = bundle_put_raw(&slim, &part, e);
	free(slim.configs);
	return r < 0 ? r : bundle_append(out, folder.text, &part, e);
}

int bundle_put_all_raw(const struct evidence_set *s, struct bundle *out, struct err *e)
{
	int r = bundle_put_raw(&s->records[0], out, e);

	for (size_t i = 1; r == 0 && i <= EVIDENCE_WITH_MAX && s->records[i].id; i++)
		r = put_part(s, i, out, e);
	return r;
}

/* The folder behind @last ("": the first); false: there is none. */
static bool next_folder(const struct bundle *b, const char *last, struct evidence_folder *out)
{
	for (size_t i = 0; i < b->count; i++) {
		const char *path = b->files[i].path;
		const char *slash = strncmp(path, BUNDLE_WITH, strlen(BUNDLE_WITH)) != 0
					    ? NULL
					    : strchr(path + strlen(BUNDLE_WITH), '/');
		size_t n = slash ? (size_t)(slash - path) + 1 : 0;

		if (!n || n >= sizeof(out->text) || strncmp(path, last, n) <= 0)
			continue;
		snprintf(out->text, sizeof(out->text), "%.*s", (int)n, path);
		return true;
	}
	return false;
}

int bundle_read_all_raw(const struct bundle *b, struct evidence_set *out, struct err *e)
{
	struct evidence_folder folder = { "" }, last;
	size_t at = 0;
	int r;

	do {
		_cleanup_bundle_view_ struct bundle view = { 0 };

		if (at > EVIDENCE_WITH_MAX)
			return err_set(e, E2BIG, "more than %d experiments are attached",
				       EVIDENCE_WITH_MAX);
		r = bundle_view(b, folder.text, &view, e);
		if (r == 0)
			r = bundle_read_raw(&view, &out->records[at], e);
		if (r < 0)
			return *folder.text ? err_wrap(e, "%s", folder.text) : r;
		at++;
		last = folder;
	} while (next_folder(b, last.text, &folder));
	return 0;
}

int bundle_put_all_concluded(const struct evidence_set *s, struct bundle *out, struct err *e)
{
	int r = bundle_put_concluded(&s->all[0], out, e);

	for (size_t i = 1; r == 0 && i < s->count; i++) {
		_cleanup_bundle_ struct bundle part = { 0 };

		r = bundle_put_concluded(&s->all[i], &part, e);
		if (r == 0)
			r = bundle_append(out, evidence_folder(&s->all[i], i).text, &part, e);
	}
	return r;
}
