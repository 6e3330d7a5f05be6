// SPDX-License-Identifier: GPL-2.0-or-later
#include "scenario/read_program.h"

#include "base/buf.h"
#include "scenario/program.h"
#include "scenario/words.h"

#include <errno.h>
#include <string.h>

/* Where the scenario's file is. */
static int set_folder(const struct yaml_doc *d, struct program *p, struct err *e)
{
	const char *slash = strrchr(d->file, '/');

	p->folder = slash ? strndup(d->file, (size_t)(slash - d->file)) : strdup(".");
	return p->folder ? 0 : err_oom(e);
}

static int read_file(struct yaml_doc *d, const yaml_node_t *n, struct scenario *s, struct err *e)
{
	const char *file, *slash = strrchr(d->file, '/'), *base;
	_cleanup_free_ char *path = NULL;
	int r = yaml_doc_string(d, n, &file, e);

	if (r < 0)
		return r;
	path = file[0] == '/' || !slash
		       ? strdup(file)
		       : str_printf("%.*s/%s", (int)(slash - d->file), d->file, file);
	if (!path)
		return err_oom(e);
	base = strrchr(file, '/');
	r = program_new(path, &s->program, e);
	if (r == 0)
		r = set_folder(d, s->program, e);
	return r < 0 ? r : program_add_word(s->program, base ? base + 1 : file, e);
}

static int read_list(struct yaml_doc *d, const yaml_node_t *n, const char *what, struct scenario *s,
		     int (*add)(struct program *p, const char *word, struct err *e), struct err *e)
{
	int r = yaml_doc_sequence(d, n, what, e);

	for (size_t i = 0; r == 0 && i < yaml_doc_items(n); i++) {
		const char *word;

		r = yaml_doc_string(d, yaml_doc_item(d, n, i), &word, e);
		if (r == 0)
			r = add(s->program, word, e);
	}
	return r;
}

static int read_stdin(struct yaml_doc *d, const yaml_node_t *n, struct scenario *s, struct err *e)
{
	_cleanup_free_ char *path = NULL;
	const char *file;
	int r = yaml_doc_string(d, n, &file, e);

	if (r < 0)
		return r;
	path = file[0] == '/' ? strdup(file) : str_printf("%s/%s", s->program->folder, file);
	return path ? program_set_stdin(s->program, path, e) : err_oom(e);
}

static int read_cgroup(struct yaml_doc *d, const yaml_node_t *n, struct scenario *s, struct err *e)
{
	uint64_t value = 0;
	int r = words_read(d, n, &words_yes_no, &value, e);

	s->program->cgroup = value;
	return r;
}

static int add_variable(struct scenario *s, const char *key, const char *value, struct err *e)
{
	_cleanup_free_ char *word = str_printf("%s=%s", key, value);

	return word ? program_add_environment(s->program, word, e) : err_oom(e);
}

static int add_metric(struct scenario *s, const char *key, const char *value, struct err *e)
{
	return program_add_metric(s->program, key, value, e);
}

static int
read_pairs(struct yaml_doc *d, const yaml_node_t *n, const char *what, struct scenario *s,
	   int (*add)(struct scenario *s, const char *key, const char *value, struct err *e),
	   struct err *e)
{
	int r = yaml_doc_mapping(d, n, what, e);

	for (size_t i = 0; r == 0 && i < yaml_doc_pairs(n); i++) {
		struct yaml_pair p;
		const char *value;

		r = yaml_doc_pair(d, n, i, &p, e);
		if (r == 0)
			r = yaml_doc_string(d, p.value, &value, e);
		if (r == 0 && add(s, p.key, value, e) < 0)
			r = yaml_doc_error(d, p.value, e, "%s", e->text);
	}
	return r;
}

int read_program(struct yaml_doc *d, const yaml_node_t *n, struct scenario *s, struct err *e)
{
	static const char *const keys[] = { "file",  "args",  "env",   "metrics",
					    "files", "stdin", "cgroup" };
	const yaml_node_t *values[ARRAY_SIZE(keys)] = { NULL };
	int r = yaml_doc_mapping(d, n, "program", e);

	for (size_t i = 0; r == 0 && i < yaml_doc_pairs(n); i++) {
		struct yaml_pair p;
		size_t k = 0;

		r = yaml_doc_pair(d, n, i, &p, e);
		while (r == 0 && k < ARRAY_SIZE(keys) && strcmp(keys[k], p.key) != 0)
			k++;
		if (r == 0 && k == ARRAY_SIZE(keys))
			r = yaml_doc_error(d, p.key_node, e,
					   "'%s': file, args, env, metrics, files, stdin or cgroup "
					   "is expected",
					   p.key);
		if (r == 0)
			values[k] = p.value;
	}
	if (r == 0 && !values[0])
		r = yaml_doc_error(d, n, e, "program: file is missing");
	if (r == 0)
		r = read_file(d, values[0], s, e);
	if (r == 0 && values[1])
		r = read_list(d, values[1], "args", s, program_add_word, e);
	if (r == 0 && values[2])
		r = read_pairs(d, values[2], "env", s, add_variable, e);
	if (r == 0 && values[3])
		r = read_pairs(d, values[3], "metrics", s, add_metric, e);
	if (r == 0 && values[4])
		r = read_list(d, values[4], "files", s, program_add_file, e);
	if (r == 0 && values[5])
		r = read_stdin(d, values[5], s, e);
	if (r == 0 && values[6])
		r = read_cgroup(d, values[6], s, e);
	if (r == 0)
		program_segment(s);
	return r;
}
