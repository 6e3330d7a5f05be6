// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/measure/patrol.h"

#include "base/cleanup.h"
#include "base/file.h"
#include "scenario/yaml_doc.h"

#include <errno.h>
#include <string.h>

#define REFS_MAX 60 /* one call of git has them all */

#define FILE_BYTES_MAX (1u << 20)
#define NAME_CHARS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."
#define NAME_BYTES_MAX 64

static int copy_text(struct yaml_doc *d, const yaml_node_t *n, char **out, struct err *e)
{
	const char *text = NULL;
	int r = yaml_doc_string(d, n, &text, e);

	if (r < 0)
		return r;
	if (!*text)
		return yaml_doc_error(d, n, e, "a text is expected that is not empty");
	free(*out);
	*out = strdup(text);
	return *out ? 0 : err_oom(e);
}

/* It becomes the name of a file. */
static int read_name(struct yaml_doc *d, const yaml_node_t *n, char **out, struct err *e)
{
	int r = copy_text(d, n, out, e);

	if (r < 0)
		return r;
	if (strspn(*out, NAME_CHARS) != strlen(*out) || **out == '.' || **out == '-' ||
	    strlen(*out) > NAME_BYTES_MAX)
		return yaml_doc_error(
			d, n, e,
			"a name is expected: letters, digits, '-', '_' and '.', %d at "
			"most",
			NAME_BYTES_MAX);
	return 0;
}

static int read_words(struct yaml_doc *d, const yaml_node_t *n, const char *what,
		      struct patrol_words *out, struct err *e)
{
	int r = yaml_doc_sequence(d, n, what, e);

	if (r == 0 && (!yaml_doc_items(n) || yaml_doc_items(n) > PATROL_WORDS_MAX))
		r = yaml_doc_error(d, n, e, "1 to %d are possible", PATROL_WORDS_MAX);
	for (size_t i = 0; r == 0 && i < yaml_doc_items(n); i++) {
		const yaml_node_t *item = yaml_doc_item(d, n, i);

		r = copy_text(d, item, &out->items[i], e);
		out->count += r == 0;
		if (r == 0 && out->items[i][0] == '-')
			r = yaml_doc_error(d, item, e, "'%s' looks like an option", out->items[i]);
	}
	return r;
}

static int source_key(struct yaml_doc *d, const struct yaml_pair *p, struct patrol_source *s,
		      struct err *e)
{
	if (!strcmp(p->key, "name"))
		return read_name(d, p->value, &s->name, e);
	if (!strcmp(p->key, "kernels"))
		return read_words(d, p->value, "kernels: a list of specs and ranges", &s->kernels,
				  e);
	if (!strcmp(p->key, "refs"))
		return read_words(d, p->value, "refs: a list of patterns", &s->refs, e);
	if (!strcmp(p->key, "tree"))
		return copy_text(d, p->value, &s->tree, e);
	return yaml_doc_error(d, p->key_node, e,
			      "'%s' is no key of a source: name, kernels, tree, refs", p->key);
}

static int read_source(struct yaml_doc *d, const yaml_node_t *n, struct patrol_profile *x,
		       struct err *e)
{
	struct patrol_source *s = &x->sources[x->n_sources++];
	int r = yaml_doc_mapping(d, n, "a source", e);

	for (size_t i = 0; r == 0 && i < yaml_doc_pairs(n); i++) {
		struct yaml_pair p;

		r = yaml_doc_pair(d, n, i, &p, e);
		if (r == 0)
			r = source_key(d, &p, s, e);
	}
	if (r < 0)
		return r;
	if (!s->name)
		return yaml_doc_error(d, n, e, "the source has no name");
	if (s->refs.count > REFS_MAX)
		return yaml_doc_error(d, n, e, "refs: %d patterns at most", REFS_MAX);
	if (!s->kernels.count == !(s->tree && s->refs.count))
		return yaml_doc_error(d, n, e, "a source has either kernels, or a tree and refs");
	for (size_t i = 0; r == 0 && i + 1 < x->n_sources; i++) {
		if (!strcmp(x->sources[i].name, s->name))
			r = yaml_doc_error(d, n, e, "two sources are called '%s'", s->name);
	}
	return r;
}

static int read_sources(struct yaml_doc *d, const yaml_node_t *n, struct patrol_profile *x,
			struct err *e)
{
	int r = yaml_doc_sequence(d, n, "sources: a list", e);

	if (r == 0 && (!yaml_doc_items(n) || yaml_doc_items(n) > PATROL_SOURCES_MAX))
		r = yaml_doc_error(d, n, e, "1 to %d sources are possible", PATROL_SOURCES_MAX);
	for (size_t i = 0; r == 0 && i < yaml_doc_items(n); i++)
		r = read_source(d, yaml_doc_item(d, n, i), x, e);
	return r;
}

static int profile_key(struct yaml_doc *d, const struct yaml_pair *p, struct patrol_profile *x,
		       struct err *e)
{
	if (!strcmp(p->key, "name"))
		return read_name(d, p->value, &x->name, e);
	if (!strcmp(p->key, "threshold"))
		return copy_text(d, p->value, &x->threshold, e);
	if (!strcmp(p->key, "config"))
		return copy_text(d, p->value, &x->config, e);
	if (!strcmp(p->key, "mails"))
		return copy_text(d, p->value, &x->mails, e);
	if (!strcmp(p->key, "scenarios"))
		return read_words(d, p->value, "scenarios: a list of names and globs",
				  &x->scenarios, e);
	if (!strcmp(p->key, "sources"))
		return read_sources(d, p->value, x, e);
	return yaml_doc_error(d, p->key_node, e,
			      "'%s' is no key of a profile: name, sources, scenarios, threshold, "
			      "config, mails",
			      p->key);
}

static int read_all(struct yaml_doc *d, struct patrol_profile *x, struct err *e)
{
	const yaml_node_t *root = yaml_doc_root(d);
	int r = yaml_doc_mapping(d, root, "a profile", e);

	for (size_t i = 0; r == 0 && i < yaml_doc_pairs(root); i++) {
		struct yaml_pair p;

		r = yaml_doc_pair(d, root, i, &p, e);
		if (r == 0)
			r = profile_key(d, &p, x, e);
	}
	if (r == 0 && (!x->name || !x->n_sources || !x->scenarios.count || !x->mails))
		r = yaml_doc_error(d, root, e, "name, sources, scenarios and mails are required");
	if (r == 0 && !x->threshold && !(x->threshold = strdup("1%")))
		r = err_oom(e);
	return r;
}

int patrol_profile_read(const char *path, struct patrol_profile *out, struct err *e)
{
	_cleanup_yaml_doc_ struct yaml_doc d = { 0 };
	_cleanup_buf_ struct buf text = { 0 };
	int r = file_read(path, FILE_BYTES_MAX, &text, e);

	if (r == 0)
		r = yaml_doc_parse(&d, path, buf_str(&text), text.len, e);
	return r == 0 ? read_all(&d, out, e) : r;
}

static void free_words(struct patrol_words *w)
{
	for (size_t i = 0; i < PATROL_WORDS_MAX; i++)
		free(w->items[i]);
}

void patrol_profile_free(struct patrol_profile *p)
{
	for (size_t i = 0; i < PATROL_SOURCES_MAX; i++) {
		free(p->sources[i].name);
		free(p->sources[i].tree);
		free_words(&p->sources[i].kernels);
		free_words(&p->sources[i].refs);
	}
	free_words(&p->scenarios);
	free(p->name);
	free(p->threshold);
	free(p->config);
	free(p->mails);
}
