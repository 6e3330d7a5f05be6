// SPDX-License-Identifier: GPL-2.0-or-later
#include "symbols/code_facts.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[CODE_FACT_KINDS] = { "alike", "old calls", "new calls", "file" };

const char *code_fact_name(enum code_fact_kind k)
{
	return names[k];
}

bool code_fact_kind_of(const char *name, enum code_fact_kind *out)
{
	for (unsigned i = 0; i < CODE_FACT_KINDS; i++) {
		if (!strcmp(names[i], name)) {
			*out = (enum code_fact_kind)i;
			return true;
		}
	}
	return false;
}

void code_facts_free(struct code_facts *facts)
{
	for (size_t i = 0; i < facts->count; i++) {
		free(facts->at[i].one);
		free(facts->at[i].other);
	}
	free(facts->at);
	*facts = (struct code_facts){ 0 };
}

int code_facts_add(struct code_facts *facts, const struct code_fact *f, struct err *e)
{
	struct code_fact *grown, copy = *f;

	/* Doubled at each power of two. */
	if (!(facts->count & (facts->count - 1))) {
		size_t cap = facts->count ? 2 * facts->count : 1;

		grown = realloc(facts->at, cap * sizeof(*grown));
		if (!grown)
			return err_oom(e);
		facts->at = grown;
	}
	copy.one = strdup(f->one);
	copy.other = strdup(f->other);
	if (!copy.one || !copy.other) {
		free(copy.one);
		free(copy.other);
		return err_oom(e);
	}
	facts->at[facts->count++] = copy;
	return 0;
}

static int compare(const struct code_fact *f, enum code_fact_kind kind, const char *one,
		   const char *other)
{
	int order;

	if (f->kind != kind)
		return f->kind < kind ? -1 : 1;
	order = strcmp(f->one, one);
	return order ? order : strcmp(f->other, other);
}

static int by_names(const void *a, const void *b)
{
	const struct code_fact *y = b;

	return compare(a, y->kind, y->one, y->other);
}

const struct code_fact *code_facts_find(const struct code_facts *facts, enum code_fact_kind kind,
					const char *one, const char *other)
{
	size_t low = 0, high = facts->count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = compare(&facts->at[middle], kind, one, other);

		if (!order)
			return &facts->at[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

void code_facts_sort(struct code_facts *facts)
{
	if (facts->count)
		qsort(facts->at, facts->count, sizeof(*facts->at), by_names);
}
