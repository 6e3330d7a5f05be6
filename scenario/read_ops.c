// SPDX-License-Identifier: GPL-2.0-or-later
#include "scenario/read_ops.h"

#include <string.h>
#include <sys/mman.h>

struct word {
	const char *word;
	uint64_t value;
};

static const struct word advices[] = {
	{ "normal", MADV_NORMAL },
	{ "random", MADV_RANDOM },
	{ "sequential", MADV_SEQUENTIAL },
	{ "willneed", MADV_WILLNEED },
	{ "dontneed", MADV_DONTNEED },
	{ "free", MADV_FREE },
	{ "hugepage", MADV_HUGEPAGE },
	{ "nohugepage", MADV_NOHUGEPAGE },
	{ "cold", 20 },
	{ "pageout", 21 },
	{ "populate-read", 22 },
	{ "populate-write", 23 },
};
static const struct word protections[] = { { "none", PROT_NONE },
					   { "r", PROT_READ },
					   { "rw", PROT_READ | PROT_WRITE } };
static const struct word accesses[] = { { "read", PLAN_OP_TOUCH_READ },
					{ "write", PLAN_OP_TOUCH_WRITE } };

static int read_word(struct yaml_doc *d, const yaml_node_t *n, const struct word *words,
		     size_t count, uint64_t *out, struct err *e)
{
	char expected[256] = "";
	const char *text;
	int r = yaml_doc_string(d, n, &text, e);

	if (r < 0)
		return r;
	for (size_t i = 0; i < count; i++) {
		if (!strcmp(words[i].word, text)) {
			*out = words[i].value;
			return 0;
		}
		strncat(expected, i ? ", " : "", sizeof(expected) - strlen(expected) - 1);
		strncat(expected, words[i].word, sizeof(expected) - strlen(expected) - 1);
	}
	return yaml_doc_error(d, n, e, "'%s': one of %s is expected", text, expected);
}

int read_advice(struct yaml_doc *d, const yaml_node_t *n, uint32_t *out, struct err *e)
{
	uint64_t value = 0;
	int r = read_word(d, n, advices, ARRAY_SIZE(advices), &value, e);

	*out = (uint32_t)value;
	return r;
}

static int read_map_name(struct yaml_doc *d, const yaml_node_t *n, const struct scenario *s,
			 struct plan_op *op, struct err *e)
{
	const char *text;
	int r = yaml_doc_string(d, n, &text, e);

	if (r < 0)
		return r;
	for (size_t i = 0; i < s->n_maps; i++) {
		if (!strcmp(s->map_names[i], text)) {
			op->map = (uint32_t)i;
			return 0;
		}
	}
	return yaml_doc_error(d, n, e, "there is no map '%s'", text);
}

/* The key that only this operation has: touch's access, mprotect's to, madvise's advice. */
static int read_own_key(struct yaml_doc *d, const struct yaml_pair *p, struct plan_op *op,
			bool *known, struct err *e)
{
	uint64_t code = 0;
	int r;

	*known = true;
	if (op->code == PLAN_OP_MPROTECT && !strcmp(p->key, "to"))
		return read_word(d, p->value, protections, ARRAY_SIZE(protections), &op->arg, e);
	if (op->code == PLAN_OP_MADVISE && !strcmp(p->key, "advice"))
		return read_word(d, p->value, advices, ARRAY_SIZE(advices), &op->arg, e);
	if (op->code == PLAN_OP_TOUCH_READ && !strcmp(p->key, "access")) {
		r = read_word(d, p->value, accesses, ARRAY_SIZE(accesses), &code, e);
		op->code = (uint32_t)code;
		return r;
	}
	*known = false;
	return 0;
}

/* Left out, a size or a stride has its default; zero would mean the same by accident. */
static int read_nonzero(struct yaml_doc *d, const struct yaml_pair *p, uint64_t *out, struct err *e)
{
	int r = yaml_doc_size(d, p->value, out, e);

	return r < 0 || *out ? r : yaml_doc_error(d, p->value, e, "%s must not be 0", p->key);
}

static int read_op_key(struct yaml_doc *d, const struct yaml_pair *p, const struct scenario *s,
		       struct plan_op *op, struct err *e)
{
	bool touch = op->code == PLAN_OP_TOUCH_READ || op->code == PLAN_OP_TOUCH_WRITE;

	if (!strcmp(p->key, "map"))
		return read_map_name(d, p->value, s, op, e);
	if (!strcmp(p->key, "offset"))
		return yaml_doc_size(d, p->value, &op->offset, e);
	if (!strcmp(p->key, "size"))
		return read_nonzero(d, p, &op->bytes, e);
	if (touch && !strcmp(p->key, "stride"))
		return read_nonzero(d, p, &op->stride, e);
	return yaml_doc_error(d, p->key_node, e, "'%s' is not a word of this operation", p->key);
}

/* After all keys: a map was named, the range lies in it, and the operation's own key was there. */
static int check_op(struct yaml_doc *d, const struct yaml_pair *p, const struct scenario *s,
		    struct plan_op *op, bool own, struct err *e)
{
	uint64_t room;

	if (op->map == UINT32_MAX)
		return yaml_doc_error(d, p->value, e, "%s needs map: NAME", p->key);
	if (!own)
		return yaml_doc_error(d, p->value, e, "%s needs %s", p->key,
				      op->code == PLAN_OP_MPROTECT  ? "to: none, r or rw"
				      : op->code == PLAN_OP_MADVISE ? "advice: WORD"
								    : "access: read or write");
	room = s->maps[op->map].bytes;
	if (op->offset >= room || op->bytes > room - op->offset)
		return yaml_doc_error(d, p->value, e, "the range lies outside map '%s'",
				      s->map_names[op->map]);
	if ((op->code == PLAN_OP_MPROTECT || op->code == PLAN_OP_MADVISE) && op->offset % 4096)
		return yaml_doc_error(d, p->value, e, "the offset of %s must be a multiple of 4K",
				      p->key);
	if (!op->bytes)
		op->bytes = room - op->offset;
	if (op->stride > op->bytes)
		return yaml_doc_error(d, p->value, e, "the stride exceeds the range");
	if (!op->stride)
		op->stride = 4096;
	return 0;
}

static int read_op(struct yaml_doc *d, const struct yaml_pair *p, struct scenario *s, struct err *e)
{
	static const struct word codes[] = { { "touch", PLAN_OP_TOUCH_READ },
					     { "mprotect", PLAN_OP_MPROTECT },
					     { "madvise", PLAN_OP_MADVISE } };
	struct plan_op op = { .map = UINT32_MAX };
	uint64_t code = 0;
	bool own = false, to_end;
	int r = read_word(d, p->key_node, codes, ARRAY_SIZE(codes), &code, e);

	op.code = (uint32_t)code;
	if (r == 0)
		r = yaml_doc_mapping(d, p->value, p->key, e);
	for (size_t i = 0; r == 0 && i < yaml_doc_pairs(p->value); i++) {
		struct yaml_pair q;
		bool known = false;

		r = yaml_doc_pair(d, p->value, i, &q, e);
		if (r == 0)
			r = read_own_key(d, &q, &op, &known, e);
		if (r == 0 && !known)
			r = read_op_key(d, &q, s, &op, e);
		own = own || known;
	}
	to_end = !op.bytes;
	if (r == 0)
		r = check_op(d, p, s, &op, own, e);
	if (r < 0)
		return r;
	s->to_end[s->n_ops] = to_end;
	s->ops[s->n_ops++] = op;
	return 0;
}

int read_ops(struct yaml_doc *d, const yaml_node_t *n, struct scenario *s, struct err *e)
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
			r = read_op(d, &p, s, e);
	}
	return r;
}
