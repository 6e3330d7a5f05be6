/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading YAML with positions: every complaint says "FILE:LINE:COLUMN: what, and what was
 * expected". A thin layer over libyaml's document interface.
 */
#ifndef SCENARIO_YAML_DOC_H
#define SCENARIO_YAML_DOC_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <yaml.h>

struct yaml_doc {
	const char *file; /* for messages; borrowed */
	yaml_document_t doc;
	bool loaded;
};

/* Parses one document out of memory. @file is only a name. -EINVAL on a syntax error. */
int yaml_doc_parse(struct yaml_doc *d, const char *file, const void *text, size_t len,
		   struct err *e);
void yaml_doc_free(struct yaml_doc *d);
#define _cleanup_yaml_doc_ __attribute__((cleanup(yaml_doc_free)))

yaml_node_t *yaml_doc_root(struct yaml_doc *d);
yaml_node_t *yaml_doc_node(struct yaml_doc *d, int id);

/* "FILE:LINE:COLUMN: ..." at a node; returns -EINVAL. */
int yaml_doc_error(const struct yaml_doc *d, const yaml_node_t *at, struct err *e, const char *fmt,
		   ...) __attribute__((format(printf, 4, 5)));

/* Walking a mapping: pair after pair; a key that is not a plain scalar is an error. */
struct yaml_pair {
	const char *key;
	yaml_node_t *key_node;
	yaml_node_t *value;
};
int yaml_doc_mapping(const struct yaml_doc *d, const yaml_node_t *n, const char *what,
		     struct err *e);
size_t yaml_doc_pairs(const yaml_node_t *n);
int yaml_doc_pair(struct yaml_doc *d, const yaml_node_t *n, size_t index, struct yaml_pair *out,
		  struct err *e);

int yaml_doc_sequence(const struct yaml_doc *d, const yaml_node_t *n, const char *what,
		      struct err *e);
size_t yaml_doc_items(const yaml_node_t *n);
yaml_node_t *yaml_doc_item(struct yaml_doc *d, const yaml_node_t *n, size_t index);

/* Scalars. Strings are borrowed from the document. */
int yaml_doc_string(const struct yaml_doc *d, const yaml_node_t *n, const char **out,
		    struct err *e);
int yaml_doc_uint(const struct yaml_doc *d, const yaml_node_t *n, uint64_t min, uint64_t max,
		  uint64_t *out, struct err *e);
/* "64M", "4K", "2097152"; K, M and G are powers of 1024. */
int yaml_doc_size(const struct yaml_doc *d, const yaml_node_t *n, uint64_t *out, struct err *e);
/* The same for text from elsewhere: 0 or -EINVAL. */
int parse_size(const char *text, uint64_t *out);

#endif
