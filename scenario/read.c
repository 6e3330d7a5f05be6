// SPDX-License-Identifier: GPL-2.0-or-later
#include "scenario/read.h"

#include "scenario/metric.h"
#include "base/buf.h"
#include "scenario/read_maps.h"
#include "scenario/read_needs.h"
#include "scenario/read_probe.h"
#include "scenario/read_program.h"
#include "scenario/read_segments.h"
#include "scenario/yaml_doc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

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

/* What every present page is to be like: in folios of this size, on this node. */
static int read_of_all(struct yaml_doc *d, const struct yaml_pair *p, struct scenario *s,
		       bool *known, struct err *e)
{
	uint64_t *bytes = &s->expect.folio_bytes;
	int r;

	*known = !strcmp(p->key, "folios") || !strcmp(p->key, "node");
	if (!*known)
		return 0;
	if (!strcmp(p->key, "node"))
		return yaml_doc_uint(d, p->value, 0, PLAN_MAX_NODES - 1, &s->expect.node, e);
	if (scenario_file_pages(s))
		return yaml_doc_error(
			d, p->key_node, e,
			"folios are not looked at in files: cached-large is expected");
	r = yaml_doc_size(d, p->value, bytes, e);
	if (r == 0 && (*bytes < 4096 || *bytes > 2u << 20 || (*bytes & (*bytes - 1))))
		return yaml_doc_error(d, p->value, e, "a power of two from 4K to 2M is expected");
	return r;
}

#define EXPECT_CACHED 5 /* from here on, numbers of read_expected() are of the maps' files */

static int read_expected(struct yaml_doc *d, const struct yaml_pair *p, struct scenario *s,
			 struct err *e)
{
	const struct {
		const char *key;
		uint64_t *value;
	} numbers[] = {
		{ "vmas", &s->expect.vmas },
		{ "present", &s->expect.present_pages },
		{ "dirty", &s->expect.dirty_pages },
		{ "pmd-mapped", &s->expect.pmd_mapped_pages },
		{ "swapped", &s->expect.swapped_pages },
		{ "cached", &s->expect.cached_pages },
		{ "cached-large", &s->expect.cached_large_pages },
	};
	bool known;
	size_t k = 0;
	int r = read_of_all(d, p, s, &known, e);

	if (r < 0 || known)
		return r;
	while (k < ARRAY_SIZE(numbers) && strcmp(numbers[k].key, p->key) != 0)
		k++;
	if (k == ARRAY_SIZE(numbers))
		return yaml_doc_error(d, p->key_node, e,
				      "'%s': vmas, present, dirty, pmd-mapped, swapped, cached, "
				      "cached-large, folios or node is expected",
				      p->key);
	if (p->value->type != YAML_SCALAR_NODE ||
	    strcmp((const char *)p->value->data.scalar.value, "all") != 0)
		return yaml_doc_uint(d, p->value, 0, UINT32_MAX, numbers[k].value, e);
	*numbers[k].value = k < EXPECT_CACHED ? scenario_pages(s) : scenario_file_pages(s);
	s->expect_all |= 1u << k;
	return 0;
}

static int read_expect(struct yaml_doc *d, const yaml_node_t *n, struct scenario *s, struct err *e)
{
	int r = yaml_doc_mapping(d, n, "expect", e);

	for (size_t i = 0; r == 0 && i < yaml_doc_pairs(n); i++) {
		struct yaml_pair p;

		r = yaml_doc_pair(d, n, i, &p, e);
		if (r == 0)
			r = read_expected(d, &p, s, e);
	}
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

static int read_steady(struct yaml_doc *d, const yaml_node_t *n, struct scenario *s, struct err *e)
{
	return read_count(d, n, 0, ITERATIONS_MAX, &s->warmup_iterations, e);
}

static int read_iterations(struct yaml_doc *d, const yaml_node_t *n, struct scenario *s,
			   struct err *e)
{
	return read_count(d, n, 1, ITERATIONS_MAX, &s->iterations, e);
}

static int read_rounds(struct yaml_doc *d, const yaml_node_t *n, struct scenario *s, struct err *e)
{
	return read_count(d, n, 1, ROUNDS_MAX, &s->rounds_max, e);
}

static int read_min_time(struct yaml_doc *d, const yaml_node_t *n, struct scenario *s,
			 struct err *e)
{
	return read_count(d, n, 1, MIN_TIME_MS_MAX, &s->min_time_ms, e);
}

static int read_help(struct yaml_doc *d, const yaml_node_t *n, struct scenario *s, struct err *e)
{
	return copy_string(d, n, &s->help, e);
}

static int read_source(struct yaml_doc *d, const yaml_node_t *n, struct scenario *s, struct err *e)
{
	int r = yaml_doc_sequence(d, n, "source", e);

	if (r < 0)
		return r;
	if (yaml_doc_items(n) > SCENARIO_WORDS_MAX)
		return yaml_doc_error(d, n, e, "more than %d entries", SCENARIO_WORDS_MAX);
	for (size_t i = 0; r == 0 && i < yaml_doc_items(n); i++) {
		r = copy_string(d, yaml_doc_item(d, n, i), &s->source[i], e);
		s->n_source += r == 0;
	}
	return r;
}

/* What it is about, where that is no segment: the work of a kernel thread. */
static int read_metric(struct yaml_doc *d, const yaml_node_t *n, struct scenario *s, struct err *e)
{
	struct metric_offer offer = { .n_segments = (unsigned)s->n_segments,
				      .program = s->program };
	struct metric_choice m;
	struct err why = { 0 };
	int r = copy_string(d, n, &s->metric, e);

	for (unsigned i = 0; i < offer.n_segments; i++)
		offer.segments[i] = s->segments[i].name;
	if (r == 0 && metric_choose(s->metric, &offer, &m, &why) < 0)
		return yaml_doc_error(d, n, e, "%s", why.text);
	if (r == 0 && m.kind != METRIC_TASK)
		return yaml_doc_error(d, n, e, "task:NAME is expected");
	return r;
}

/* Keys in the order in which they have to be looked at: operations name maps. */
static const struct {
	const char *name;
	int (*read)(struct yaml_doc *d, const yaml_node_t *n, struct scenario *s, struct err *e);
} keys[] = {
	{ "help", read_help },	       { "source", read_source },
	{ "needs", read_needs },       { "item", read_item },
	{ "memory", read_memory },     { "sysfs", read_sysfs },
	{ "maps", read_maps },	       { "prepare", read_prepare },
	{ "segments", read_segments }, { "program", read_program },
	{ "warmup", read_steady },     { "iterations", read_iterations },
	{ "rounds", read_rounds },     { "min_time_ms", read_min_time },
	{ "expect", read_expect },     { "outcomes", read_outcomes },
	{ "probe", read_probe },       { "metric", read_metric },
};

static int unknown_key(struct yaml_doc *d, const struct yaml_pair *p, struct err *e)
{
	_cleanup_buf_ struct buf known = { 0 };

	for (size_t k = 0; k < ARRAY_SIZE(keys); k++)
		buf_printf(&known, "%s%s",
			   !k			      ? ""
			   : k + 1 < ARRAY_SIZE(keys) ? ", "
						      : " or ",
			   keys[k].name);
	if (buf_error(&known))
		return err_oom(e);
	return yaml_doc_error(d, p->key_node, e, "unknown key '%s'; %s is expected", p->key,
			      buf_str(&known));
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
		while (k < ARRAY_SIZE(keys) && strcmp(keys[k].name, p.key) != 0)
			k++;
		if (k == ARRAY_SIZE(keys))
			return unknown_key(d, &p, e);
		values[k] = p.value;
	}
	return 0;
}

static int read_one(struct yaml_doc *d, const struct yaml_pair *p, struct scenario *s,
		    struct err *e)
{
	yaml_node_t *values[ARRAY_SIZE(keys)] = { NULL };
	int r = yaml_doc_mapping(d, p->value, "a scenario", e);

	scenario_defaults(s);
	if (r == 0)
		r = find_keys(d, p->value, values, e);
	for (size_t k = 0; r == 0 && k < ARRAY_SIZE(keys); k++) {
		if (values[k])
			r = keys[k].read(d, values[k], s, e);
	}
	if (r < 0)
		return r;
	if (s->program && s->help && (s->n_maps || s->n_segments > 1 || s->n_prepare))
		return yaml_doc_error(d, p->value, e,
				      "scenario '%s' has a program: no maps, prepare or segments "
				      "are expected",
				      p->key);
	if (scenario_device_bytes(s) > (uint64_t)scenario_memory_mib(s) << 19)
		return yaml_doc_error(d, p->value, e,
				      "scenario '%s': devices of %lluM are more than half of the "
				      "guest's memory of %uM",
				      p->key, (unsigned long long)scenario_device_bytes(s) >> 20,
				      scenario_memory_mib(s));
	if (!s->help || (!s->program && (!s->n_maps || !s->n_segments)))
		return yaml_doc_error(
			d, p->value, e,
			"scenario '%s' needs help, and maps and segments or a program", p->key);
	return 0;
}

int scenario_list_add(struct scenario_list *l, struct scenario *s, struct err *e)
{
	struct scenario **grown = realloc(l->items, (l->count + 1) * sizeof(*grown));

	if (!grown) {
		scenario_free(s);
		return err_oom(e);
	}
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
		s->file = strdup(file);
		if (!s->name || !s->file)
			return err_oom(e);
		r = digest(text, len, s, e);
		if (r == 0)
			r = scenario_list_add(out, steal(&s), e);
		if (r < 0)
			return r;
	}
	return 0;
}
