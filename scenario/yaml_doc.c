// SPDX-License-Identifier: GPL-2.0-or-later
#include "scenario/yaml_doc.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 100

static int syntax_error(const yaml_parser_t *p, const char *file, struct err *e)
{
	return err_set(e, EINVAL, "%s:%zu:%zu: %s%s%s", file, p->problem_mark.line + 1,
		       p->problem_mark.column + 1, p->problem ? p->problem : "not YAML",
		       p->context ? " " : "", p->context ? p->context : "");
}

/*
 * libyaml takes time in the square of the depth of brackets: minutes for a megabyte of them. Quotes
 * and comments are not looked at; a file with so many unpaired brackets in those is not expected.
 */
static int check_depth(const char *file, const char *text, size_t len, struct err *e)
{
	size_t line = 1, start = 0, depth = 0;

	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\n') {
			line++;
			start = i + 1;
		} else if (text[i] == '[' || text[i] == '{') {
			if (++depth > DEPTH_MAX)
				return err_set(e, EINVAL, "%s:%zu:%zu: more than %d brackets deep",
					       file, line, i - start + 1, DEPTH_MAX);
		} else if ((text[i] == ']' || text[i] == '}') && depth) {
			depth--;
		}
	}
	return 0;
}

/* What follows the document must not be ignored in silence. */
static int check_end(yaml_parser_t *p, const char *file, struct err *e)
{
	yaml_document_t more;
	int r = 0;

	if (!yaml_parser_load(p, &more))
		return syntax_error(p, file, e);
	if (yaml_document_get_root_node(&more))
		r = err_set(e, EINVAL, "%s:%zu:%zu: one document a file is expected", file,
			    more.start_mark.line + 1, more.start_mark.column + 1);
	yaml_document_delete(&more);
	return r;
}

int yaml_doc_parse(struct yaml_doc *d, const char *file, const void *text, size_t len,
		   struct err *e)
{
	yaml_parser_t parser;
	int r;

	*d = (struct yaml_doc){ .file = file };
	r = check_depth(file, text, len, e);
	if (r < 0)
		return r;
	if (!yaml_parser_initialize(&parser))
		return err_oom(e);
	/* Not what a byte order mark says: texts are kept as they are, and as UTF-8. */
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&parser, text, len);
	if (!yaml_parser_load(&parser, &d->doc)) {
		r = syntax_error(&parser, file, e);
	} else {
		d->loaded = true;
		if (!yaml_document_get_root_node(&d->doc))
			r = err_set(e, EINVAL, "%s: empty", file);
		else
			r = check_end(&parser, file, e);
	}
	yaml_parser_delete(&parser);
	return r;
}

void yaml_doc_free(struct yaml_doc *d)
{
	if (d->loaded)
		yaml_document_delete(&d->doc);
	d->loaded = false;
}

yaml_node_t *yaml_doc_root(struct yaml_doc *d)
{
	return yaml_document_get_root_node(&d->doc);
}

yaml_node_t *yaml_doc_node(struct yaml_doc *d, int id)
{
	return yaml_document_get_node(&d->doc, id);
}

int yaml_doc_error(const struct yaml_doc *d, const yaml_node_t *at, struct err *e, const char *fmt,
		   ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return err_set(e, EINVAL, "%s:%zu:%zu: %s", d->file, at->start_mark.line + 1,
		       at->start_mark.column + 1, text);
}

int yaml_doc_mapping(const struct yaml_doc *d, const yaml_node_t *n, const char *what,
		     struct err *e)
{
	if (n->type == YAML_MAPPING_NODE)
		return 0;
	return yaml_doc_error(d, n, e, "%s must be a mapping (key: value)", what);
}

size_t yaml_doc_pairs(const yaml_node_t *n)
{
	return (size_t)(n->data.mapping.pairs.top - n->data.mapping.pairs.start);
}

int yaml_doc_pair(struct yaml_doc *d, const yaml_node_t *n, size_t index, struct yaml_pair *out,
		  struct err *e)
{
	const yaml_node_pair_t *p = n->data.mapping.pairs.start + index;
	int r;

	out->key_node = yaml_doc_node(d, p->key);
	out->value = yaml_doc_node(d, p->value);
	r = yaml_doc_string(d, out->key_node, &out->key, e);
	if (r < 0)
		return r;
	for (size_t i = 0; i < index; i++) {
		const yaml_node_t *other = yaml_doc_node(d, n->data.mapping.pairs.start[i].key);

		if (other->type == YAML_SCALAR_NODE &&
		    !strcmp((const char *)other->data.scalar.value, out->key))
			return yaml_doc_error(d, out->key_node, e, "'%s' is given twice", out->key);
	}
	return 0;
}

int yaml_doc_sequence(const struct yaml_doc *d, const yaml_node_t *n, const char *what,
		      struct err *e)
{
	if (n->type == YAML_SEQUENCE_NODE)
		return 0;
	return yaml_doc_error(d, n, e, "%s must be a list", what);
}

size_t yaml_doc_items(const yaml_node_t *n)
{
	return (size_t)(n->data.sequence.items.top - n->data.sequence.items.start);
}

yaml_node_t *yaml_doc_item(struct yaml_doc *d, const yaml_node_t *n, size_t index)
{
	return yaml_doc_node(d, n->data.sequence.items.start[index]);
}

int yaml_doc_string(const struct yaml_doc *d, const yaml_node_t *n, const char **out, struct err *e)
{
	if (n->type != YAML_SCALAR_NODE)
		return yaml_doc_error(d, n, e, "a word or a number is expected here");
	*out = (const char *)n->data.scalar.value;
	if (strlen(*out) != n->data.scalar.length)
		return yaml_doc_error(d, n, e, "a NUL byte inside a word");
	return 0;
}

int yaml_doc_uint(const struct yaml_doc *d, const yaml_node_t *n, uint64_t min, uint64_t max,
		  uint64_t *out, struct err *e)
{
	const char *text = "";
	char *end;
	int r = yaml_doc_string(d, n, &text, e);

	if (r < 0)
		return r;
	errno = 0;
	*out = strtoull(text, &end, 10);
	if (errno || *end || end == text || text[0] < '0' || text[0] > '9')
		return yaml_doc_error(d, n, e, "'%s' is not a whole number", text);
	if (*out < min || *out > max)
		return yaml_doc_error(d, n, e, "%s is outside %llu to %llu", text,
				      (unsigned long long)min, (unsigned long long)max);
	return 0;
}

int parse_size(const char *text, uint64_t *out)
{
	unsigned shift = 0;
	char *end;

	errno = 0;
	*out = strtoull(text, &end, 10);
	if (errno || end == text || text[0] < '0' || text[0] > '9')
		return -EINVAL;
	if (*end == 'K' || *end == 'k')
		shift = 10;
	else if (*end == 'M' || *end == 'm')
		shift = 20;
	else if (*end == 'G' || *end == 'g')
		shift = 30;
	if (shift)
		end++;
	if (*end || *out > UINT64_MAX >> shift)
		return -EINVAL;
	*out <<= shift;
	return 0;
}

int yaml_doc_size(const struct yaml_doc *d, const yaml_node_t *n, uint64_t *out, struct err *e)
{
	const char *text = "";
	int r = yaml_doc_string(d, n, &text, e);

	if (r < 0)
		return r;
	if (parse_size(text, out) < 0)
		return yaml_doc_error(d, n, e, "'%s' is not a size such as 64M, 4K or 4096", text);
	return 0;
}
