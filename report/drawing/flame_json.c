// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/drawing/flame.h"

#include "base/cleanup.h"
#include "report/views/parts.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

/* The plugin's tree has room for fewer (plugin/tree.h) on each side. */
#define NODES_MAX 200000

json_t *flame_json(const struct flame *f)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < f->count; i++) {
		const struct flame_node *n = &f->nodes[i];

		if (json_array_append_new(
			    list, json_pack("{s:o,s:I,s:o,s:o,s:o,s:o}", "name", part_text(n->name),
					    "parent", (json_int_t)n->parent, "old",
					    part_number(n->own[0]), "new", part_number(n->own[1]),
					    "calls_old", part_number(n->calls[0]), "calls_new",
					    part_number(n->calls[1]))) < 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static bool take_number(const json_t *object, const char *name, double *out)
{
	const json_t *value = json_object_get(object, name);

	*out = json_number_value(value);
	return json_is_number(value) && isfinite(*out);
}

static bool take_node(const json_t *one, size_t at, struct flame_node *out)
{
	const json_t *parent = json_object_get(one, "parent");
	json_int_t index = json_integer_value(parent);

	out->name = json_string_value(json_object_get(one, "name"));
	out->parent = (uint32_t)index;
	return out->name && json_is_integer(parent) && index >= 0 &&
	       (at ? (size_t)index < at : !index) && take_number(one, "old", &out->own[0]) &&
	       take_number(one, "new", &out->own[1]) &&
	       take_number(one, "calls_old", &out->calls[0]) &&
	       take_number(one, "calls_new", &out->calls[1]);
}

int flame_of_json(const json_t *nodes, struct flame *out, struct err *e)
{
	size_t n = json_array_size(nodes);

	*out = (struct flame){ 0 };
	if (!n || n > NODES_MAX)
		return err_set(e, EINVAL, "a call tree of %zu paths", n);
	out->nodes = calloc(n, sizeof(*out->nodes));
	if (!out->nodes)
		return err_oom(e);
	for (; out->count < n; out->count++) {
		if (!take_node(json_array_get(nodes, out->count), out->count,
			       &out->nodes[out->count])) {
			flame_free(out);
			return err_set(e, EINVAL, "a call tree whose paths do not hold together");
		}
	}
	flame_sum(out);
	return 0;
}
