// SPDX-License-Identifier: GPL-2.0-or-later
#include "plugin/context.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENTRY_AREA_START 0xfffffe0000000000ull
#define ENTRY_AREA_END 0xfffffe8000000000ull
#define STACK_BYTES 16384u  /* THREAD_SIZE */
#define STUB_BYTES_MAX 128u /* of one vector; what is longer is a table of many vectors' stubs */

static uint64_t stack_of(const struct context *c, uint64_t vaddr)
{
	return c->by_struct ? vaddr : vaddr & ~(uint64_t)(STACK_BYTES - 1);
}

static enum place_kind kind_of(const char *word)
{
	if (!strcmp(word, "interrupt"))
		return PLACE_INTERRUPT;
	if (!strcmp(word, "task"))
		return PLACE_TASK;
	if (!strcmp(word, "exception"))
		return PLACE_EXCEPTION;
	if (!strcmp(word, "stub"))
		return PLACE_STUB;
	if (!strcmp(word, "user-interrupt"))
		return PLACE_USER_INTERRUPT;
	if (!strcmp(word, "frame"))
		return PLACE_FRAME;
	if (!strcmp(word, "fault-frame"))
		return PLACE_FAULT_FRAME;
	if (!strcmp(word, "fetch"))
		return PLACE_FETCH;
	if (!strcmp(word, "return"))
		return PLACE_RETURN;
	return !strcmp(word, "switch") ? PLACE_SWITCH : PLACE_NONE;
}

static int by_start(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

int places_read(const char *path, struct places *out)
{
	FILE *f = fopen(path, "re");
	char word[16];
	struct place p;
	int fields;

	if (!f)
		return -1;
	while ((fields = fscanf(f, "%15s %lx %lx", word, &p.start, &p.end)) == 3) {
		struct place *grown = realloc(out->at, (out->count + 1) * sizeof(*grown));

		if (!grown)
			break;
		out->at = grown;
		p.kind = kind_of(word);
		if (p.kind == PLACE_NONE || p.start >= p.end)
			break;
		out->at[out->count++] = p;
	}
	fclose(f);
	if (fields != EOF || !out->count)
		return -1;
	qsort(out->at, out->count, sizeof(*out->at), by_start);
	return 0;
}

static const struct place *holding(const struct places *p, uint64_t vaddr)
{
	unsigned low = 0, high = p->count;

	while (low < high) {
		unsigned middle = (low + high) / 2;

		if (vaddr < p->at[middle].start)
			high = middle;
		else if (vaddr >= p->at[middle].end)
			low = middle + 1;
		else
			return &p->at[middle];
	}
	return NULL;
}

enum place_kind places_find(const struct places *p, uint64_t vaddr)
{
	const struct place *at = holding(p, vaddr);

	return at ? at->kind : PLACE_NONE;
}

bool places_enters(const struct places *p, uint64_t vaddr)
{
	const struct place *at = holding(p, vaddr);

	return at && (vaddr == at->start || at->end - at->start > STUB_BYTES_MAX);
}

void context_marker(struct context *c)
{
	c->now = COUNTS_TASK;
	c->doubtful = false;
	c->task_stack = 0;
}

bool context_entry_area(uint64_t vaddr)
{
	return vaddr >= ENTRY_AREA_START && vaddr < ENTRY_AREA_END;
}

bool context_interrupt(const struct context *c)
{
	return c->now == COUNTS_TASK;
}

void context_interrupt_apply(struct context *c)
{
	c->now = COUNTS_INTERRUPT;
	c->from_user = false;
	c->frame = 0;
}

void context_interrupt_push(struct context *c, uint64_t vaddr)
{
	if (c->now != COUNTS_INTERRUPT || c->frame || c->from_user)
		return;
	c->from_user = context_entry_area(vaddr);
	/* The stub pushes its vector below what the CPU pushed: RIP is the next word up. */
	c->frame = c->from_user ? 0 : vaddr + 8;
}

bool context_task_entry(const struct context *c)
{
	return c->now == COUNTS_INTERRUPT && c->from_user;
}

void context_task_entry_apply(struct context *c, bool doubtful)
{
	c->now = COUNTS_TASK;
	c->doubtful = doubtful;
}

bool context_exception_store(struct context *c, uint64_t vaddr)
{
	bool wrong = c->doubtful && !context_entry_area(vaddr);

	c->doubtful = false;
	return wrong;
}

void context_exception_apply(struct context *c)
{
	c->now = COUNTS_INTERRUPT; /* as before: from user code, frame unknown */
}

bool context_iret_read(const struct context *c, uint64_t vaddr)
{
	return c->now == COUNTS_INTERRUPT && c->frame && c->frame == vaddr;
}

void context_iret_apply(struct context *c)
{
	c->now = COUNTS_TASK;
}

void context_switch_push(struct context *c, uint64_t vaddr)
{
	if (!c->task_stack && c->now != COUNTS_OTHER)
		c->task_stack = stack_of(c, vaddr);
}

bool context_switch_pop(const struct context *c, uint64_t vaddr)
{
	bool ours = c->task_stack && stack_of(c, vaddr) == c->task_stack;

	return ours == (c->now == COUNTS_OTHER);
}

void context_switch_apply(struct context *c)
{
	if (c->now == COUNTS_OTHER) {
		c->now = c->at_switch;
		return;
	}
	c->at_switch = c->now;
	c->now = COUNTS_OTHER;
}
