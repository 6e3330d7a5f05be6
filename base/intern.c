// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/intern.h"

#include <stdlib.h>
#include <string.h>

static uint64_t digest(const char *text)
{
	uint64_t h = 0xcbf29ce484222325ull;

	for (; *text; text++)
		h = (h ^ (unsigned char)*text) * 0x100000001b3ull;
	return h ^ h >> 32;
}

static int grow_hash(struct intern *t)
{
	size_t cap = t->hash_cap ? 2 * t->hash_cap : 64;
	uint32_t *hash = calloc(cap, sizeof(*hash));

	if (!hash)
		return -1;
	for (size_t i = 0; i < t->count; i++) {
		size_t at = digest(t->text + t->starts[i]) & (cap - 1);

		while (hash[at])
			at = (at + 1) & (cap - 1);
		hash[at] = (uint32_t)i + 1;
	}
	free(t->hash);
	t->hash = hash;
	t->hash_cap = cap;
	return 0;
}

static int grow(struct intern *t, size_t len)
{
	if (t->text_len + len > t->text_cap) {
		size_t cap = 2 * t->text_cap + len + 256;
		char *text = realloc(t->text, cap);

		if (!text)
			return -1;
		t->text = text;
		t->text_cap = cap;
	}
	if (t->count == t->cap) {
		size_t cap = 2 * t->cap + 32;
		size_t *starts = realloc(t->starts, cap * sizeof(*starts));

		if (!starts)
			return -1;
		t->starts = starts;
		t->cap = cap;
	}
	return 0;
}

/* Where the string is in the hash, or would be. */
static size_t slot(const struct intern *t, const char *text)
{
	size_t at = digest(text) & (t->hash_cap - 1);

	while (t->hash[at] && strcmp(t->text + t->starts[t->hash[at] - 1], text) != 0)
		at = (at + 1) & (t->hash_cap - 1);
	return at;
}

uint32_t intern_add(struct intern *t, const char *text)
{
	size_t len = strlen(text) + 1, at;

	if (4 * (t->count + 1) > 3 * t->hash_cap && grow_hash(t) < 0)
		return INTERN_NONE;
	at = slot(t, text);
	if (t->hash[at])
		return t->hash[at] - 1;
	if (t->count >= INTERN_NONE - 1 || grow(t, len) < 0)
		return INTERN_NONE;
	t->starts[t->count] = t->text_len;
	memcpy(t->text + t->text_len, text, len);
	t->text_len += len;
	t->hash[at] = (uint32_t)++t->count;
	return (uint32_t)t->count - 1;
}

uint32_t intern_find(const struct intern *t, const char *text)
{
	size_t at;

	if (!t->hash_cap)
		return INTERN_NONE;
	at = slot(t, text);
	return t->hash[at] ? t->hash[at] - 1 : INTERN_NONE;
}

const char *intern_text(const struct intern *t, uint32_t number)
{
	return number < t->count ? t->text + t->starts[number] : "";
}

void intern_free(struct intern *t)
{
	free(t->text);
	free(t->starts);
	free(t->hash);
	*t = (struct intern){ 0 };
}
