// SPDX-License-Identifier: GPL-2.0-or-later
#include "scenario/read_ops.h"

#include "scenario/check_ops.h"
#include "scenario/op_words.h"
#include "scenario/words.h"

#include <errno.h>
#include <string.h>

#define TIMES_MAX 1000000
#define UNTIL_EVERY_NS 1000000u

struct reading {
	struct yaml_doc *d;
	struct scenario *s;
	struct plan_op *op;
};

typedef int (*read_fn)(struct reading *r, const yaml_node_t *n, struct err *e);

static int find_map(struct reading *r, const yaml_node_t *n, uint32_t *out, struct err *e)
{
	const char *text;
	int rc = yaml_doc_string(r->d, n, &text, e);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < r->s->n_maps; i++) {
		if (!strcmp(r->s->map_names[i], text)) {
			*out = (uint32_t)i;
			return 0;
		}
	}
	return yaml_doc_error(r->d, n, e, "there is no map '%s'", text);
}

static int key_map(struct reading *r, const yaml_node_t *n, struct err *e)
{
	return find_map(r, n, &r->op->map, e);
}

static int key_to_map(struct reading *r, const yaml_node_t *n, struct err *e)
{
	return find_map(r, n, &r->op->map2, e);
}

static int key_offset(struct reading *r, const yaml_node_t *n, struct err *e)
{
	return yaml_doc_size(r->d, n, &r->op->offset, e);
}

/* Left out, such a number has its default; zero would mean the same by accident. */
static int nonzero(struct reading *r, const yaml_node_t *n, const char *key, uint64_t *out,
		   struct err *e)
{
	int rc = yaml_doc_size(r->d, n, out, e);

	return rc < 0 || *out ? rc : yaml_doc_error(r->d, n, e, "%s must not be 0", key);
}

static int key_size(struct reading *r, const yaml_node_t *n, struct err *e)
{
	return nonzero(r, n, "size", &r->op->bytes, e);
}

static int key_stride(struct reading *r, const yaml_node_t *n, struct err *e)
{
	return nonzero(r, n, "stride", &r->op->stride, e);
}

static int key_each(struct reading *r, const yaml_node_t *n, struct err *e)
{
	return nonzero(r, n, "each", &r->op->each, e);
}

static int key_new_size(struct reading *r, const yaml_node_t *n, struct err *e)
{
	return nonzero(r, n, "new_size", &r->op->arg, e);
}

static int key_seed(struct reading *r, const yaml_node_t *n, struct err *e)
{
	return yaml_doc_uint(r->d, n, 1, UINT32_MAX, &r->op->seed, e);
}

static int key_times(struct reading *r, const yaml_node_t *n, struct err *e)
{
	return yaml_doc_uint(r->d, n, 1, TIMES_MAX, &r->op->arg, e);
}

static int key_amount(struct reading *r, const yaml_node_t *n, struct err *e)
{
	return nonzero(r, n, "size", &r->op->arg, e);
}

static int key_limit(struct reading *r, const yaml_node_t *n, struct err *e)
{
	const char *text;
	int rc = yaml_doc_string(r->d, n, &text, e);

	/* 0 stands for it. */
	return rc < 0 || !strcmp(text, "max") ? rc : nonzero(r, n, "size", &r->op->arg, e);
}

static int read_ms(struct reading *r, const yaml_node_t *n, uint64_t *out_ns, struct err *e)
{
	int rc = yaml_doc_uint(r->d, n, 1, PLAN_NAP_NS_MAX / 1000000u, out_ns, e);

	*out_ns *= 1000000u;
	return rc;
}

static int key_ms(struct reading *r, const yaml_node_t *n, struct err *e)
{
	return read_ms(r, n, &r->op->arg, e);
}

static int key_every_ms(struct reading *r, const yaml_node_t *n, struct err *e)
{
	return read_ms(r, n, &r->op->seed, e);
}

static int key_wait(struct reading *r, const yaml_node_t *n, struct err *e)
{
	return words_read(r->d, n, &words_waits, &r->op->arg2, e);
}

/* Of at-least and advanced-by there is one. */
static int read_goal(struct reading *r, const yaml_node_t *n, struct err *e)
{
	if (r->op->arg)
		return yaml_doc_error(r->d, n, e, "until has at-least or advanced-by, not both");
	return yaml_doc_uint(r->d, n, 1, UINT32_MAX, &r->op->arg, e);
}

static int key_at_least(struct reading *r, const yaml_node_t *n, struct err *e)
{
	return read_goal(r, n, e);
}

static int key_advanced(struct reading *r, const yaml_node_t *n, struct err *e)
{
	r->op->flags |= PLAN_OP_ADVANCED;
	return read_goal(r, n, e);
}

static int key_access(struct reading *r, const yaml_node_t *n, struct err *e)
{
	uint64_t code = PLAN_OP_TOUCH_READ;
	int rc = words_read(r->d, n, &words_accesses, &code, e);

	r->op->code = (uint32_t)code;
	return rc;
}

static int key_prot(struct reading *r, const yaml_node_t *n, struct err *e)
{
	return words_read(r->d, n, &words_protections, &r->op->arg, e);
}

static int key_advice(struct reading *r, const yaml_node_t *n, struct err *e)
{
	return words_read(r->d, n, &words_advices, &r->op->arg, e);
}

static int key_fadvice(struct reading *r, const yaml_node_t *n, struct err *e)
{
	return words_read(r->d, n, &words_fadvices, &r->op->arg, e);
}

static int key_fallocate(struct reading *r, const yaml_node_t *n, struct err *e)
{
	return words_read(r->d, n, &words_fallocates, &r->op->arg, e);
}

static int key_what(struct reading *r, const yaml_node_t *n, struct err *e)
{
	return words_read(r->d, n, &words_caches, &r->op->arg, e);
}

static int key_to_size(struct reading *r, const yaml_node_t *n, struct err *e)
{
	return yaml_doc_size(r->d, n, &r->op->arg, e);
}

static int key_how(struct reading *r, const yaml_node_t *n, struct err *e)
{
	return words_read(r->d, n, &words_syncs, &r->op->arg, e);
}

static int key_policy(struct reading *r, const yaml_node_t *n, struct err *e)
{
	return words_read(r->d, n, &words_policies, &r->op->arg, e);
}

static int key_match(struct reading *r, const yaml_node_t *n, struct err *e)
{
	return words_read(r->d, n, &words_pages, &r->op->arg, e);
}

static int key_fails(struct reading *r, const yaml_node_t *n, struct err *e)
{
	uint64_t code = 0;
	int rc = words_read(r->d, n, &words_errors, &code, e);

	r->op->fails = (uint32_t)code;
	return rc;
}

static int read_node(struct reading *r, const yaml_node_t *n, uint64_t *out, struct err *e)
{
	int rc = yaml_doc_uint(r->d, n, 0, PLAN_MAX_NODES - 1, out, e);

	if (rc == 0 && *out >= r->s->nodes)
		return yaml_doc_error(r->d, n, e, "node %llu: 'needs: [nodes: %llu]' is expected",
				      (unsigned long long)*out, (unsigned long long)*out + 1);
	return rc;
}

/* migrate-pages has two nodes, move-pages one. */
static int key_to_node(struct reading *r, const yaml_node_t *n, struct err *e)
{
	bool two = r->op->code == PLAN_OP_MIGRATE_PAGES;

	return read_node(r, n, two ? &r->op->arg2 : &r->op->arg, e);
}

static int key_from(struct reading *r, const yaml_node_t *n, struct err *e)
{
	return read_node(r, n, &r->op->arg, e);
}

static int key_nodes(struct reading *r, const yaml_node_t *n, struct err *e)
{
	int rc = yaml_doc_sequence(r->d, n, "nodes", e);

	for (size_t i = 0; rc == 0 && i < yaml_doc_items(n); i++) {
		uint64_t node = 0;

		rc = read_node(r, yaml_doc_item(r->d, n, i), &node, e);
		r->op->arg2 |= 1ull << node;
	}
	return rc;
}

static int flag(struct reading *r, const yaml_node_t *n, uint32_t bit, struct err *e)
{
	uint64_t yes = 0;
	int rc = words_read(r->d, n, &words_yes_no, &yes, e);

	r->op->flags |= yes ? bit : 0;
	return rc;
}

static int key_onfault(struct reading *r, const yaml_node_t *n, struct err *e)
{
	return flag(r, n, PLAN_OP_ONFAULT, e);
}

static int key_async(struct reading *r, const yaml_node_t *n, struct err *e)
{
	return flag(r, n, PLAN_OP_ASYNC, e);
}

static int key_protect(struct reading *r, const yaml_node_t *n, struct err *e)
{
	return flag(r, n, PLAN_OP_PROTECT, e);
}

static int key_move(struct reading *r, const yaml_node_t *n, struct err *e)
{
	return flag(r, n, PLAN_OP_MOVE, e);
}

/* @expected: what "needs ..." says of it. The body, do, is read last and elsewhere. */
static const struct {
	const char *name;
	uint64_t bit;
	const char *expected;
	read_fn read;
} keys[] = {
	{ "map", OP_KEY_MAP, "NAME", key_map },
	{ "access", OP_KEY_ACCESS, "read or write", key_access },
	{ "to", OP_KEY_TO_PROT, "none, r, rw, rx or rwx", key_prot },
	{ "to", OP_KEY_TO_MAP, "NAME", key_to_map },
	{ "from", OP_KEY_FROM, "NODE", key_from },
	{ "to", OP_KEY_TO_NODE, "NODE", key_to_node },
	{ "to", OP_KEY_TO_SIZE, "SIZE", key_to_size },
	{ "advice", OP_KEY_ADVICE, "WORD", key_advice },
	{ "advice", OP_KEY_FADVICE, "WORD", key_fadvice },
	{ "how", OP_KEY_FALLOCATE, "WORD", key_fallocate },
	{ "what", OP_KEY_WHAT, "pages, slabs or all", key_what },
	{ "how", OP_KEY_HOW, "async, sync or invalidate", key_how },
	{ "policy", OP_KEY_POLICY, "WORD", key_policy },
	{ "match", OP_KEY_MATCH, "WORD", key_match },
	{ "times", OP_KEY_TIMES, "N", key_times },
	{ "do", OP_KEY_DO, "[OPERATIONS]", NULL },
	{ "size", OP_KEY_AMOUNT, "SIZE", key_amount },
	{ "size", OP_KEY_LIMIT, "SIZE or max", key_limit },
	{ "ms", OP_KEY_MS, "MILLISECONDS", key_ms },
	{ "file", OP_KEY_WAIT, "WORD", key_wait },
	{ "at-least", OP_KEY_AT_LEAST, NULL, key_at_least },
	{ "advanced-by", OP_KEY_ADVANCED, NULL, key_advanced },
	{ "every_ms", OP_KEY_EVERY_MS, NULL, key_every_ms },
	{ "offset", OP_KEY_OFFSET, NULL, key_offset },
	{ "size", OP_KEY_SIZE, NULL, key_size },
	{ "new_size", OP_KEY_NEW_SIZE, NULL, key_new_size },
	{ "each", OP_KEY_EACH, NULL, key_each },
	{ "stride", OP_KEY_STRIDE, NULL, key_stride },
	{ "seed", OP_KEY_SEED, NULL, key_seed },
	{ "nodes", OP_KEY_NODES, NULL, key_nodes },
	{ "move", OP_KEY_MOVE, NULL, key_move },
	{ "onfault", OP_KEY_ONFAULT, NULL, key_onfault },
	{ "async", OP_KEY_ASYNC, NULL, key_async },
	{ "protect", OP_KEY_PROTECT, NULL, key_protect },
	{ "fails", OP_KEY_FAILS, NULL, key_fails },
};

static int unknown_key(struct reading *r, const struct op_word *w, const struct yaml_pair *p,
		       struct err *e)
{
	_cleanup_buf_ struct buf known = { 0 };

	for (size_t k = 0; k < ARRAY_SIZE(keys); k++) {
		if ((w->required | w->optional) & keys[k].bit)
			buf_printf(&known, "%s%s", known.len ? ", " : "", keys[k].name);
	}
	if (buf_error(&known))
		return err_oom(e);
	return yaml_doc_error(r->d, p->key_node, e, "'%s': %s has the keys %s", p->key, w->name,
			      known.len ? buf_str(&known) : "(none)");
}

/* Reads what stands in the operation but its body, which *body is set to. */
static int read_keys(struct reading *r, const struct op_word *w, const yaml_node_t *n,
		     const yaml_node_t **body, struct err *e)
{
	uint64_t seen = 0;

	for (size_t i = 0; i < yaml_doc_pairs(n); i++) {
		struct yaml_pair p;
		size_t k = 0;
		int rc = yaml_doc_pair(r->d, n, i, &p, e);

		if (rc < 0)
			return rc;
		while (k < ARRAY_SIZE(keys) && (strcmp(keys[k].name, p.key) != 0 ||
						!((w->required | w->optional) & keys[k].bit)))
			k++;
		if (k == ARRAY_SIZE(keys))
			return unknown_key(r, w, &p, e);
		if (keys[k].read)
			rc = keys[k].read(r, p.value, e);
		else
			*body = p.value;
		if (rc < 0)
			return rc;
		seen |= keys[k].bit;
	}
	for (size_t k = 0; k < ARRAY_SIZE(keys); k++) {
		if (w->required & ~seen & keys[k].bit)
			return yaml_doc_error(r->d, n, e, "%s needs %s: %s", w->name, keys[k].name,
					      keys[k].expected);
	}
	return 0;
}

static bool is_of_child(uint32_t code)
{
	return code == PLAN_OP_FORK || code == PLAN_OP_KILL || code == PLAN_OP_MRELEASE ||
	       code == PLAN_OP_WAIT;
}

static int finish_waits(struct reading *r, const yaml_node_t *n, struct err *e)
{
	struct plan_op *op = r->op;

	if (op->code == PLAN_OP_UNTIL && !op->arg)
		return yaml_doc_error(r->d, n, e, "until needs at-least: N or advanced-by: N");
	if (op->code == PLAN_OP_UNTIL && !op->seed)
		op->seed = UNTIL_EVERY_NS;
	if (op_is_of_cgroup(op) && !r->s->cgroup_depth)
		return yaml_doc_error(r->d, n, e,
				      "a cgroup to be in is expected: 'needs: [cgroup: {depth: "
				      "1}]'");
	return 0;
}

/* What keys that were not given stand for; then, whether it all fits. */
static int finish_op(struct reading *r, const yaml_node_t *n, struct err *e)
{
	struct plan_op *op = r->op;
	struct err why = { 0 };

	if (op->map != PLAN_NO_MAP && !op->bytes) {
		uint64_t room = r->s->maps[op->map].bytes;

		op->bytes = op->offset < room ? room - op->offset : 0;
		r->s->to_end[r->s->n_ops] = true;
	}
	if (op->code == PLAN_OP_MMAP && r->s->maps[op->map].kind == PLAN_MAP_PLACE)
		return yaml_doc_error(r->d, n, e, "a place cannot be mapped, only moved to");
	if (op->stride && !op->each && !op_is_touch(op) && op->code != PLAN_OP_MOVE_PAGES)
		return yaml_doc_error(r->d, n, e, "stride needs each: SIZE");
	if (!op->stride)
		op->stride = op->each ? op->each : 4096;
	if (op->code == PLAN_OP_MBIND && !op->arg2 && op->arg >= 1 && op->arg <= 3)
		return yaml_doc_error(r->d, n, e, "this policy needs nodes: [NODE]");
	if (finish_waits(r, n, e) < 0)
		return -EINVAL;
	if (op_check(r->s, op, &why) < 0)
		return yaml_doc_error(r->d, n, e, "%s", why.text);
	return 0;
}

static int read_list(struct yaml_doc *d, const yaml_node_t *n, struct scenario *s, unsigned depth,
		     bool in_child, struct err *e);

static int read_body(struct reading *r, const yaml_node_t *body, size_t at, unsigned depth,
		     bool in_child, struct err *e)
{
	struct scenario *s = r->s;
	int rc;

	if (depth == PLAN_MAX_DEPTH)
		return yaml_doc_error(r->d, body, e, "more than %d operations within operations",
				      PLAN_MAX_DEPTH);
	rc = read_list(r->d, body, s, depth + 1, in_child || s->ops[at].code == PLAN_OP_FORK, e);
	s->ops[at].n_body = (uint32_t)(s->n_ops - at - 1);
	if (rc == 0 && s->ops[at].code == PLAN_OP_REPEAT && !s->ops[at].n_body)
		return yaml_doc_error(r->d, body, e, "at least one operation is expected");
	return rc;
}

static int read_op(struct yaml_doc *d, const struct yaml_pair *p, struct scenario *s,
		   unsigned depth, bool in_child, struct err *e)
{
	struct plan_op op = { .map = PLAN_NO_MAP, .map2 = PLAN_NO_MAP };
	struct reading r = { .d = d, .s = s, .op = &op };
	_cleanup_buf_ struct buf known = { 0 };
	const yaml_node_t *body = NULL;
	const struct op_word *w;
	size_t count, at = s->n_ops;
	int rc = 0;

	w = op_words(&count);
	while (count && strcmp(w->name, p->key) != 0) {
		rc |= buf_printf(&known, "%s%s", known.len ? ", " : "", w->name);
		w++;
		count--;
	}
	if (rc)
		return err_oom(e);
	if (!count)
		return yaml_doc_error(d, p->key_node, e, "'%s': one of %s is expected", p->key,
				      buf_str(&known));
	op.code = w->code;
	if (in_child && is_of_child(op.code))
		return yaml_doc_error(d, p->key_node, e, "a child has no children");
	rc = yaml_doc_mapping(d, p->value, p->key, e);
	if (rc == 0)
		rc = read_keys(&r, w, p->value, &body, e);
	if (rc == 0)
		rc = finish_op(&r, p->value, e);
	if (rc < 0)
		return rc;
	s->ops[s->n_ops++] = op;
	return body ? read_body(&r, body, at, depth, in_child, e) : 0;
}

static int read_list(struct yaml_doc *d, const yaml_node_t *n, struct scenario *s, unsigned depth,
		     bool in_child, struct err *e)
{
	int r = yaml_doc_sequence(d, n, "operations", e);

	for (size_t i = 0; r == 0 && i < yaml_doc_items(n); i++) {
		yaml_node_t *item = yaml_doc_item(d, n, i);
		struct yaml_pair p;

		if (s->n_ops == PLAN_MAX_OPS)
			return yaml_doc_error(d, item, e, "more than %d operations", PLAN_MAX_OPS);
		r = yaml_doc_mapping(d, item, "an operation", e);
		if (r < 0)
			return r;
		if (yaml_doc_pairs(item) != 1)
			return yaml_doc_error(d, item, e, "one operation a list entry is expected");
		r = yaml_doc_pair(d, item, 0, &p, e);
		if (r == 0)
			r = read_op(d, &p, s, depth, in_child, e);
	}
	return r;
}

int read_ops(struct yaml_doc *d, const yaml_node_t *n, struct scenario *s, struct err *e)
{
	return read_list(d, n, s, 0, false, e);
}
