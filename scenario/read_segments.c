// SPDX-License-Identifier: GPL-2.0-or-later
#include "scenario/read_segments.h"

#include "scenario/op_words.h"
#include "scenario/read_ops.h"

#include <string.h>

static int check_steps(struct yaml_doc *d, const yaml_node_t *n, uint64_t steps, const char *what,
		       struct err *e)
{
	if (steps <= SCENARIO_STEPS_MAX)
		return 0;
	return yaml_doc_error(d, n, e, "%s of more than %llu accesses and calls", what,
			      SCENARIO_STEPS_MAX);
}

int read_prepare(struct yaml_doc *d, const yaml_node_t *n, struct scenario *s, struct err *e)
{
	int r = read_ops(d, n, s, e);

	s->n_prepare = s->n_ops;
	return r < 0 ? r : check_steps(d, n, scenario_steps(s, 0, s->n_ops), "a preparation", e);
}

static int read_name(struct yaml_doc *d, const struct yaml_pair *p, struct plan_segment *out,
		     struct err *e)
{
	if (!p->key[0] || strlen(p->key) >= sizeof(out->name) || !strcmp(p->key, "iteration"))
		return yaml_doc_error(d, p->key_node, e,
				      "segment name '%s' is empty, too long or reserved", p->key);
	memcpy(out->name, p->key, strlen(p->key));
	return 0;
}

static int read_word_is(struct yaml_doc *d, const yaml_node_t *n, const char *yes, const char *no,
			bool *out, struct err *e)
{
	const char *text;
	int r = yaml_doc_string(d, n, &text, e);

	if (r < 0)
		return r;
	*out = !strcmp(text, yes);
	if (!*out && (!no || strcmp(text, no) != 0))
		return yaml_doc_error(d, n, e, "'%s': %s%s%s is expected", text, yes,
				      no ? " or " : "", no ? no : "");
	return 0;
}

static int check_threads(struct yaml_doc *d, const yaml_node_t *n, const struct scenario *s,
			 size_t from, struct err *e)
{
	for (size_t i = from; i < s->n_ops; i++) {
		const struct op_word *w = op_word(s->ops[i].code);

		if (!w->threads || s->ops[i].seed)
			return yaml_doc_error(d, n, e, "%s%s is not for threads", w->name,
					      s->ops[i].seed ? " in random order" : "");
	}
	return 0;
}

/* Where the keys of a segment that is more than a list stand. */
struct parts {
	const yaml_node_t *before, *measured, *after, *threads, *ranges, *spinner;
};

static int find_parts(struct yaml_doc *d, const yaml_node_t *n, struct parts *out, struct err *e)
{
	int r = yaml_doc_mapping(d, n, "a segment that is no list", e);

	for (size_t i = 0; r == 0 && i < yaml_doc_pairs(n); i++) {
		const struct {
			const char *key;
			const yaml_node_t **value;
		} keys[] = {
			{ "before", &out->before }, { "do", &out->measured },
			{ "after", &out->after },   { "threads", &out->threads },
			{ "ranges", &out->ranges }, { "spinner", &out->spinner },
		};
		struct yaml_pair p;
		size_t k = 0;

		r = yaml_doc_pair(d, n, i, &p, e);
		if (r < 0)
			return r;
		while (k < ARRAY_SIZE(keys) && strcmp(keys[k].key, p.key) != 0)
			k++;
		if (k == ARRAY_SIZE(keys))
			return yaml_doc_error(d, p.key_node, e,
					      "'%s': before, do, after, threads, ranges or "
					      "spinner is expected",
					      p.key);
		*keys[k].value = p.value;
	}
	return r;
}

static int read_threads(struct yaml_doc *d, const struct parts *parts, struct plan_segment *out,
			struct err *e)
{
	bool yes = false;
	int r = 0;

	if (!parts->threads && !parts->ranges)
		return 0;
	if (!parts->threads || !parts->ranges)
		return yaml_doc_error(d, parts->threads ? parts->threads : parts->ranges, e,
				      "threads: cpus and ranges: own or shared go together");
	r = read_word_is(d, parts->threads, "cpus", NULL, &yes, e);
	if (r == 0)
		r = read_word_is(d, parts->ranges, "own", "shared", &yes, e);
	out->flags = PLAN_SEGMENT_THREADS | (yes ? PLAN_SEGMENT_OWN : 0);
	return r;
}

/* Where it sleeps by intention, something runs meanwhile, unless somebody says otherwise. */
static int read_spinner(struct yaml_doc *d, const struct parts *parts, const struct scenario *s,
			size_t from, struct plan_segment *out, struct err *e)
{
	bool yes = false;
	int r = 0;

	/* Also beside the window: what the clock does then, it does to the ticks of the next. */
	for (size_t i = from; i < s->n_ops; i++)
		yes = yes || op_sleeps(&s->ops[i]);
	if (parts->spinner)
		r = read_word_is(d, parts->spinner, "yes", "no", &yes, e);
	out->flags |= yes ? PLAN_SEGMENT_SPIN : 0;
	return r;
}

/* Reads a list, if it is there; says how many operations it has. */
static int read_part(struct yaml_doc *d, const yaml_node_t *n, struct scenario *s, uint32_t *count,
		     struct err *e)
{
	size_t before = s->n_ops;
	int r = n ? read_ops(d, n, s, e) : 0;

	*count = (uint32_t)(s->n_ops - before);
	return r;
}

static int read_segment(struct yaml_doc *d, const struct yaml_pair *p, struct scenario *s,
			struct err *e)
{
	struct plan_segment *out = &s->segments[s->n_segments];
	struct parts parts = { .measured = p->value };
	size_t measured, from = s->n_ops;
	int r = read_name(d, p, out, e);

	if (r == 0 && p->value->type == YAML_MAPPING_NODE) {
		parts.measured = NULL;
		r = find_parts(d, p->value, &parts, e);
	}
	if (r == 0)
		r = read_threads(d, &parts, out, e);
	if (r == 0)
		r = read_part(d, parts.before, s, &out->n_before, e);
	measured = s->n_ops;
	if (r == 0)
		r = read_part(d, parts.measured, s, &out->n_ops, e);
	if (r == 0 && !out->n_ops)
		r = yaml_doc_error(d, p->value, e, "at least one operation is expected");
	if (r == 0 && (out->flags & PLAN_SEGMENT_THREADS))
		r = check_threads(d, parts.measured, s, measured, e);
	if (r == 0)
		r = read_part(d, parts.after, s, &out->n_after, e);
	if (r == 0)
		r = read_spinner(d, &parts, s, from, out, e);
	s->n_segments += r == 0;
	return r;
}

int read_segments(struct yaml_doc *d, const yaml_node_t *n, struct scenario *s, struct err *e)
{
	int r = yaml_doc_mapping(d, n, "segments", e);

	if (r < 0)
		return r;
	if (!yaml_doc_pairs(n) || yaml_doc_pairs(n) > MARKER_SEGMENTS)
		return yaml_doc_error(d, n, e, "1 to %d segments are expected", MARKER_SEGMENTS);
	for (size_t i = 0; i < yaml_doc_pairs(n); i++) {
		struct yaml_pair p;

		r = yaml_doc_pair(d, n, i, &p, e);
		if (r == 0)
			r = read_segment(d, &p, s, e);
		if (r < 0)
			return r;
	}
	return check_steps(d, n, scenario_steps(s, s->n_prepare, s->n_ops - s->n_prepare),
			   "an iteration", e);
}

/* A number for each segment that is named. */
static int read_per_segment(struct yaml_doc *d, const yaml_node_t *n, const char *what,
			    const struct scenario *s, uint64_t out[MARKER_SEGMENTS], struct err *e)
{
	int r = yaml_doc_mapping(d, n, what, e);

	for (size_t i = 0; r == 0 && i < yaml_doc_pairs(n); i++) {
		struct yaml_pair p;
		size_t k = 0;

		r = yaml_doc_pair(d, n, i, &p, e);
		if (r < 0)
			return r;
		while (k < s->n_segments && strcmp(s->segments[k].name, p.key) != 0)
			k++;
		if (k == s->n_segments)
			return yaml_doc_error(d, p.key_node, e, "there is no segment '%s'", p.key);
		r = yaml_doc_uint(d, p.value, 0, UINT32_MAX, &out[k], e);
	}
	return r;
}

int read_outcomes(struct yaml_doc *d, const yaml_node_t *n, struct scenario *s, struct err *e)
{
	int r = yaml_doc_mapping(d, n, "outcomes", e);

	for (size_t i = 0; r == 0 && i < yaml_doc_pairs(n); i++) {
		struct yaml_pair p;

		r = yaml_doc_pair(d, n, i, &p, e);
		if (r == 0 && !strcmp(p.key, "vmas"))
			r = read_per_segment(d, p.value, "vmas", s, s->vmas_after, e);
		else if (r == 0 && !strcmp(p.key, "major-faults"))
			r = read_per_segment(d, p.value, "major-faults", s, s->major_faults_in, e);
		else if (r == 0)
			return yaml_doc_error(d, p.key_node, e,
					      "'%s': vmas or major-faults is expected", p.key);
	}
	return r;
}
