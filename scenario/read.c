// SPDX-License-Identifier: GPL-2.0-or-later
#include "scenario/read.h"

#include "base/buf.h"
#include "scenario/read_ops.h"
#include "scenario/set.h"
#include "scenario/yaml_doc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define ITERATIONS_MAX 1000
#define ROUNDS_MAX PLAN_MAX_ROUNDS
#define MIN_TIME_MS_MAX 60000

void scenario_list_free(struct scenario_list *l)
{
	for (size_t i = 0; i < l->count; i++)
		scenario_free(l->items[i]);
	free(l->items);
	*l = (struct scenario_list){ 0 };
}

static int copy_string(struct yaml_doc *d, const yaml_node_t *n, char **out, struct err *e)
{
	const char *text;
	int r = yaml_doc_string(d, n, &text, e);

	if (r < 0)
		return r;
	*out = strdup(text);
	return *out ? 0 : err_oom(e);
}

static int read_words(struct yaml_doc *d, const yaml_node_t *n, const char *what,
		      char *words[SCENARIO_WORDS_MAX], size_t *count, struct err *e)
{
	int r = yaml_doc_sequence(d, n, what, e);

	if (r < 0)
		return r;
	if (yaml_doc_items(n) > SCENARIO_WORDS_MAX)
		return yaml_doc_error(d, n, e, "more than %d entries", SCENARIO_WORDS_MAX);
	for (size_t i = 0; i < yaml_doc_items(n); i++) {
		r = copy_string(d, yaml_doc_item(d, n, i), &words[i], e);
		if (r < 0)
			return r;
		(*count)++;
	}
	return 0;
}

static int read_item(struct yaml_doc *d, const yaml_node_t *n, struct scenario *s, struct err *e)
{
	const char *text;
	int r = yaml_doc_string(d, n, &text, e);

	if (r < 0)
		return r;
	if (!strcmp(text, "page"))
		s->item = ITEM_PAGE;
	else if (!strcmp(text, "call"))
		s->item = ITEM_CALL;
	else
		return yaml_doc_error(d, n, e, "item '%s': page or call is expected", text);
	return 0;
}

static int read_map_kind(struct yaml_doc *d, const yaml_node_t *n, struct plan_map *m,
			 struct err *e)
{
	const char *text;
	int r = yaml_doc_string(d, n, &text, e);

	if (r < 0)
		return r;
	if (!strcmp(text, "anon-private"))
		m->kind = PLAN_MAP_ANON_PRIVATE;
	else if (!strcmp(text, "anon-shared"))
		m->kind = PLAN_MAP_ANON_SHARED;
	else
		return yaml_doc_error(d, n, e, "kind '%s': anon-private or anon-shared is expected",
				      text);
	return 0;
}

static int read_map_key(struct yaml_doc *d, const struct yaml_pair *p, struct plan_map *m,
			struct err *e)
{
	int r;

	if (!strcmp(p->key, "kind"))
		return read_map_kind(d, p->value, m, e);
	if (!strcmp(p->key, "advice"))
		return read_advice(d, p->value, &m->advice, e);
	if (!strcmp(p->key, "size")) {
		r = yaml_doc_size(d, p->value, &m->bytes, e);
		if (r == 0 && !scenario_map_size_valid(m->bytes))
			return yaml_doc_error(d, p->value, e,
					      "a multiple of 4K up to %lluM is expected",
					      SCENARIO_BYTES_MAX >> 20);
		return r;
	}
	if (!strcmp(p->key, "align")) {
		r = yaml_doc_size(d, p->value, &m->align, e);
		if (r == 0 &&
		    (m->align < 4096 || m->align > 1ull << 30 || (m->align & (m->align - 1))))
			return yaml_doc_error(d, p->value, e,
					      "a power of two from 4K to 1G is expected");
		return r;
	}
	return yaml_doc_error(d, p->key_node, e, "'%s': kind, size, align or advice is expected",
			      p->key);
}

static int read_map(struct yaml_doc *d, const struct yaml_pair *p, struct scenario *s,
		    struct err *e)
{
	struct plan_map *m = &s->maps[s->n_maps];
	int r = yaml_doc_mapping(d, p->value, "a map", e);

	if (r < 0)
		return r;
	m->align = 2u << 20;
	for (size_t i = 0; i < yaml_doc_pairs(p->value); i++) {
		struct yaml_pair q;

		r = yaml_doc_pair(d, p->value, i, &q, e);
		if (r == 0)
			r = read_map_key(d, &q, m, e);
		if (r < 0)
			return r;
	}
	if (!m->kind || !m->bytes)
		return yaml_doc_error(d, p->value, e, "map '%s' needs kind and size", p->key);
	s->map_names[s->n_maps] = strdup(p->key);
	if (!s->map_names[s->n_maps])
		return err_oom(e);
	s->n_maps++;
	return 0;
}

static int read_maps(struct yaml_doc *d, const yaml_node_t *n, struct scenario *s, struct err *e)
{
	uint64_t bytes = 0;
	int r = yaml_doc_mapping(d, n, "maps", e);

	if (r < 0)
		return r;
	if (yaml_doc_pairs(n) > PLAN_MAX_MAPS)
		return yaml_doc_error(d, n, e, "more than %d maps", PLAN_MAX_MAPS);
	for (size_t i = 0; i < yaml_doc_pairs(n); i++) {
		struct yaml_pair p;

		r = yaml_doc_pair(d, n, i, &p, e);
		if (r == 0)
			r = read_map(d, &p, s, e);
		if (r < 0)
			return r;
		bytes += s->maps[i].bytes;
	}
	if (bytes > SCENARIO_BYTES_MAX)
		return yaml_doc_error(d, n, e, "the maps together exceed %lluM",
				      SCENARIO_BYTES_MAX >> 20);
	return 0;
}

static int read_expect(struct yaml_doc *d, const yaml_node_t *n, struct scenario *s, struct err *e)
{
	const struct {
		const char *key;
		uint64_t *value;
	} keys[] = {
		{ "vmas", &s->expect.vmas },
		{ "present", &s->expect.present_pages },
		{ "dirty", &s->expect.dirty_pages },
		{ "pmd-mapped", &s->expect.pmd_mapped_pages },
		{ "swapped", &s->expect.swapped_pages },
	};
	int r = yaml_doc_mapping(d, n, "expect", e);

	for (size_t i = 0; r == 0 && i < yaml_doc_pairs(n); i++) {
		struct yaml_pair p;
		size_t k = 0;

		r = yaml_doc_pair(d, n, i, &p, e);
		if (r < 0)
			return r;
		while (k < ARRAY_SIZE(keys) && strcmp(keys[k].key, p.key) != 0)
			k++;
		if (k == ARRAY_SIZE(keys))
			return yaml_doc_error(
				d, p.key_node, e,
				"'%s': vmas, present, dirty, pmd-mapped or swapped is expected",
				p.key);
		if (p.value->type == YAML_SCALAR_NODE &&
		    !strcmp((const char *)p.value->data.scalar.value, "all")) {
			*keys[k].value = scenario_pages(s);
			s->expect_all |= 1u << k;
		} else {
			r = yaml_doc_uint(d, p.value, 0, UINT32_MAX, keys[k].value, e);
		}
	}
	return r;
}

static int read_segments(struct yaml_doc *d, const yaml_node_t *n, struct scenario *s,
			 struct err *e)
{
	int r = yaml_doc_mapping(d, n, "segments", e);

	if (r < 0)
		return r;
	if (!yaml_doc_pairs(n) || yaml_doc_pairs(n) > MARKER_SEGMENTS)
		return yaml_doc_error(d, n, e, "1 to %d segments are expected", MARKER_SEGMENTS);
	for (size_t i = 0; i < yaml_doc_pairs(n); i++) {
		struct plan_segment *segment = &s->segments[i];
		size_t before = s->n_ops;
		struct yaml_pair p;

		r = yaml_doc_pair(d, n, i, &p, e);
		if (r < 0)
			return r;
		if (!p.key[0] || strlen(p.key) >= sizeof(segment->name) ||
		    !strcmp(p.key, "iteration"))
			return yaml_doc_error(d, p.key_node, e,
					      "segment name '%s' is empty, too long or reserved",
					      p.key);
		memcpy(segment->name, p.key, strlen(p.key));
		r = read_ops(d, p.value, s, e);
		if (r < 0)
			return r;
		segment->n_ops = (uint32_t)(s->n_ops - before);
		if (!segment->n_ops)
			return yaml_doc_error(d, p.value, e, "at least one operation is expected");
		s->n_segments++;
	}
	return 0;
}

static int read_prepare(struct yaml_doc *d, const yaml_node_t *n, struct scenario *s, struct err *e)
{
	int r = read_ops(d, n, s, e);

	s->n_prepare = s->n_ops;
	return r;
}

static int read_count(struct yaml_doc *d, const yaml_node_t *n, uint64_t min, uint64_t max,
		      unsigned *out, struct err *e)
{
	uint64_t value = 0;
	int r = yaml_doc_uint(d, n, min, max, &value, e);

	*out = (unsigned)value;
	return r;
}

/* Keys in the order in which they have to be looked at: operations name maps. */
static const char *const keys[] = { "help",	  "source",  "needs",	    "item",
				    "maps",	  "prepare", "segments",    "warmup",
				    "iterations", "rounds",  "min_time_ms", "expect" };

static int read_key(struct yaml_doc *d, size_t key, const yaml_node_t *n, struct scenario *s,
		    struct err *e)
{
	switch (key) {
	case 0:
		return copy_string(d, n, &s->help, e);
	case 1:
		return read_words(d, n, "source", s->source, &s->n_source, e);
	case 2:
		return read_words(d, n, "needs", s->needs, &s->n_needs, e);
	case 3:
		return read_item(d, n, s, e);
	case 4:
		return read_maps(d, n, s, e);
	case 5:
		return read_prepare(d, n, s, e);
	case 6:
		return read_segments(d, n, s, e);
	case 7:
		return read_count(d, n, 0, ITERATIONS_MAX, &s->warmup_iterations, e);
	case 8:
		return read_count(d, n, 1, ITERATIONS_MAX, &s->iterations, e);
	case 9:
		return read_count(d, n, 1, ROUNDS_MAX, &s->rounds_max, e);
	case 10:
		return read_count(d, n, 1, MIN_TIME_MS_MAX, &s->min_time_ms, e);
	default:
		return read_expect(d, n, s, e);
	}
}

static int find_keys(struct yaml_doc *d, const yaml_node_t *n,
		     yaml_node_t *values[ARRAY_SIZE(keys)], struct err *e)
{
	for (size_t i = 0; i < yaml_doc_pairs(n); i++) {
		struct yaml_pair p;
		size_t k = 0;
		int r = yaml_doc_pair(d, n, i, &p, e);

		if (r < 0)
			return r;
		while (k < ARRAY_SIZE(keys) && strcmp(keys[k], p.key) != 0)
			k++;
		if (k == ARRAY_SIZE(keys))
			return yaml_doc_error(d, p.key_node, e,
					      "unknown key '%s'; help, source, needs, item, maps, "
					      "prepare, segments, warmup, iterations, rounds, "
					      "min_time_ms or expect is expected",
					      p.key);
		values[k] = p.value;
	}
	return 0;
}

static int read_one(struct yaml_doc *d, const struct yaml_pair *p, struct scenario *s,
		    struct err *e)
{
	yaml_node_t *values[ARRAY_SIZE(keys)] = { NULL };
	int r = yaml_doc_mapping(d, p->value, "a scenario", e);

	s->warmup_iterations = 1;
	s->iterations = 2;
	s->rounds_max = 1000;
	s->min_time_ms = 500;
	s->expect = (struct scenario_expect){ SCENARIO_ANY, SCENARIO_ANY, SCENARIO_ANY,
					      SCENARIO_ANY, SCENARIO_ANY };
	if (r == 0)
		r = find_keys(d, p->value, values, e);
	for (size_t k = 0; r == 0 && k < ARRAY_SIZE(keys); k++) {
		if (values[k])
			r = read_key(d, k, values[k], s, e);
	}
	if (r < 0)
		return r;
	if (!s->help || !s->n_maps || !s->n_segments)
		return yaml_doc_error(d, p->value, e, "scenario '%s' needs help, maps and segments",
				      p->key);
	return 0;
}

static int add(struct scenario_list *l, struct scenario *s, struct err *e)
{
	struct scenario **grown = realloc(l->items, (l->count + 1) * sizeof(*grown));

	if (!grown)
		return err_oom(e);
	grown[l->count++] = s;
	l->items = grown;
	return 0;
}

static int digest(const char *text, size_t len, struct scenario *s, struct err *e)
{
	_cleanup_buf_ struct buf b = { 0 };

	if (buf_puts(&b, s->name) < 0 || buf_puts(&b, "\n") < 0 || buf_add(&b, text, len) < 0)
		return err_oom(e);
	s->sha256 = hash_bytes(b.data, b.len);
	return 0;
}

int scenario_read(const char *group, const char *file, const char *text, size_t len,
		  struct scenario_list *out, struct err *e)
{
	_cleanup_yaml_doc_ struct yaml_doc d = { 0 };
	int r = yaml_doc_parse(&d, file, text, len, e);

	if (r == 0)
		r = yaml_doc_mapping(&d, yaml_doc_root(&d), "a scenario file", e);
	if (r < 0)
		return r;
	for (size_t i = 0; i < yaml_doc_pairs(yaml_doc_root(&d)); i++) {
		_cleanup_(scenario_free_p) struct scenario *s = calloc(1, sizeof(*s));
		struct yaml_pair p;

		if (!s)
			return err_oom(e);
		r = yaml_doc_pair(&d, yaml_doc_root(&d), i, &p, e);
		if (r == 0)
			r = read_one(&d, &p, s, e);
		if (r < 0)
			return r;
		s->name = str_printf("%s/%s", group, p.key);
		if (!s->name)
			return err_oom(e);
		r = digest(text, len, s, e);
		if (r == 0)
			r = add(out, s, e);
		if (r < 0)
			return r;
		s = NULL;
	}
	return 0;
}
