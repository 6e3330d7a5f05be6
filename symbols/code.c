// SPDX-License-Identifier: GPL-2.0-or-later
#include "symbols/code.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define RUN 3 /* instructions in a row */
#define FNV 16777619u
#define NOTHING 2166136261u /* FNV-1a of no bytes */

void code_free(struct code *c)
{
	buf_free(&c->features[0]);
	buf_free(&c->features[1]);
	*c = (struct code){ 0 };
}

static uint32_t hash(uint32_t h, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		h = (h ^ (uint8_t)text[i]) * FNV;
	return h;
}

static bool begins(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

/* What compilers put around any function, and what ftrace and mitigations do. */
static bool is_frame(const char *text)
{
	static const char *const starts[] = { "push", "pop", "endbr", "ret", "leave" };

	for (size_t i = 0; i < ARRAY_SIZE(starts); i++) {
		if (begins(text, starts[i]))
			return true;
	}
	return strstr(text, "__fentry__") || strstr(text, "__x86_return_thunk") ||
	       strstr(text, ",%rsp");
}

/* Constants in the operands, but for places on the stack; 0: there are none. */
static uint32_t constants(const char *operands)
{
	uint32_t h = NOTHING;
	bool any = false;

	for (const char *p = operands; (p = strstr(p, "0x"));) {
		size_t len = 2;

		while (isxdigit((unsigned char)p[len]))
			len++;
		if (!begins(p + len, "(%rsp")) {
			h = hash(h, p, len);
			any = true;
		}
		p += len;
	}
	return any ? h : 0;
}

static int put(struct buf *b, uint32_t feature)
{
	return buf_add(b, &feature, sizeof(feature));
}

int code_add(struct code *c, const struct disasm *stretch, struct err *e)
{
	uint32_t last[RUN] = { 0 };
	size_t seen = 0;
	int r = 0;

	for (size_t i = 0; r == 0 && i < stretch->count; i++) {
		const char *text = stretch->insns[i].text;
		size_t len = strcspn(text, " ");
		uint32_t of_constants = constants(text + len);

		if (stretch->insns[i].is_nop || is_frame(text))
			continue;
		memmove(last, last + 1, sizeof(last) - sizeof(last[0]));
		last[RUN - 1] = hash(NOTHING, text, len);
		if (++seen >= RUN)
			r = put(&c->features[0], hash(NOTHING, (const char *)last, sizeof(last)));
		if (r == 0 && of_constants)
			r = put(&c->features[1], (last[RUN - 1] ^ of_constants) * FNV);
	}
	c->insns += seen;
	return r < 0 ? err_oom(e) : 0;
}

static int ascending(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static size_t count(const struct buf *b)
{
	return b->len / sizeof(uint32_t);
}

void code_done(struct code *c)
{
	for (unsigned kind = 0; kind < 2; kind++) {
		if (c->features[kind].len)
			qsort(c->features[kind].data, count(&c->features[kind]), sizeof(uint32_t),
			      ascending);
	}
}

/* How many stand in both; one that stands in one of them twice counts twice only if in both. */
static size_t common(const struct buf *a, const struct buf *b)
{
	const uint32_t *x = (const uint32_t *)(const void *)a->data;
	const uint32_t *y = (const uint32_t *)(const void *)b->data;
	size_t i = 0, k = 0, n = 0;

	while (i < count(a) && k < count(b)) {
		if (x[i] == y[k]) {
			n++;
			i++;
			k++;
		} else if (x[i] < y[k]) {
			i++;
		} else {
			k++;
		}
	}
	return n;
}

double code_alike(const struct code *a, const struct code *b)
{
	size_t all = 0, both = 0;

	for (unsigned kind = 0; kind < 2; kind++) {
		all += count(&a->features[kind]) + count(&b->features[kind]);
		both += common(&a->features[kind], &b->features[kind]);
	}
	return all ? 2 * (double)both / (double)all : 0;
}
