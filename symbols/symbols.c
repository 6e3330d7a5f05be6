// SPDX-License-Identifier: GPL-2.0-or-later
#include "symbols/symbols.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct symbol {
	uint64_t vaddr;
	const char *name; /* in text */
	uint32_t function;
	uint8_t rank; /* which of several names at one address is taken: lowest */
	bool entry;
	bool whole; /* as it was written, no clone and no part of it */
};

struct symbols {
	char *text;	   /* the names stand in here, NUL-terminated */
	struct symbol *at; /* by address; of several at one address the one to take comes first */
	size_t count;
	const char **functions; /* by name; in text too */
	size_t n_functions;
	const struct arch *arch;
};

/*
 * Text behind a symbol belongs to it only this far where the next one is further away than a
 * function can be long, or there is none: behind the kernel, and behind its modules.
 */
#define LAST_SYMBOL_BYTES 4096
#define GAP_BYTES (1u << 20)

void symbols_set_arch(struct symbols *s, const struct arch *arch)
{
	s->arch = arch;
}

const struct arch *symbols_arch(const struct symbols *s)
{
	return s->arch;
}

void symbols_free(struct symbols *s)
{
	if (!s)
		return;
	free((void *)s->functions);
	free(s->at);
	free(s->text);
	free(s);
}

/* The written function's part of a symbol's name. *is_part: not where the function is entered. */
static size_t folded_length(const char *name, bool *is_part)
{
	static const char *const suffixes[] = { ".constprop", ".isra", ".part", ".cold" };
	size_t len = strlen(name);

	*is_part = strstr(name, ".cold") || strstr(name, ".part.");
	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		const char *at = strstr(name + 1, suffixes[i]);

		if (at && (size_t)(at - name) < len)
			len = (size_t)(at - name);
	}
	return len;
}

static uint8_t rank_of(char type, const char *name)
{
	bool is_helper = !strncmp(name, "__pfx_", 6) || !strncmp(name, "__cfi_", 6);

	return (uint8_t)(is_helper * 2 + (type == 't' || type == 'w'));
}

/* Cuts one line out of the text (it is writable) into @out. */
static int parse_line(char *line, size_t len, size_t number, struct symbol *out, struct err *e)
{
	line[len] = '\0';
	if (len < 20 || strspn(line, "0123456789abcdefABCDEF") != 16 || line[16] != ' ' ||
	    line[18] != ' ' || memchr(line, '\0', len))
		return err_unmeasured(e, EINVAL, "symbols, line %zu: not 'ADDRESS TYPE NAME'",
				      number);
	out->vaddr = strtoull(line, NULL, 16);
	out->name = line + 19;
	out->rank = rank_of(line[17], out->name);
	return 0;
}

static int parse_lines(struct symbols *s, size_t len, struct err *e)
{
	size_t cap = 0, number = 0;

	for (char *line = s->text; line < s->text + len;) {
		char *end = memchr(line, '\n', (size_t)(s->text + len - line));
		int r;

		if (!end)
			end = s->text + len;
		if (s->count == cap) {
			struct symbol *grown;

			cap = cap ? 2 * cap : 1u << 16;
			grown = realloc(s->at, cap * sizeof(*grown));
			if (!grown)
				return err_oom(e);
			s->at = grown;
		}
		r = parse_line(line, (size_t)(end - line), ++number, &s->at[s->count], e);
		if (r < 0)
			return r;
		s->count++;
		line = end + 1;
	}
	return 0;
}

static int by_address(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	if (x->vaddr != y->vaddr)
		return x->vaddr < y->vaddr ? -1 : 1;
	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return strcmp(x->name, y->name);
}

struct named {
	const char *name;
	size_t len;
	uint32_t symbol;
};

static int by_name(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	size_t len = x->len < y->len ? x->len : y->len;
	int order = memcmp(x->name, y->name, len);

	return order ? order : (x->len > y->len) - (x->len < y->len);
}

static bool same_name(const struct named *a, const struct named *b)
{
	return a->len == b->len && memcmp(a->name, b->name, a->len) == 0;
}

/* Gives every symbol the index of its folded name; names are cut to that where they stand. */
static int fold(struct symbols *s, struct named *names, struct err *e)
{
	for (size_t i = 0; i < s->count; i++) {
		bool is_part;

		names[i] = (struct named){ s->at[i].name, folded_length(s->at[i].name, &is_part),
					   (uint32_t)i };
		s->at[i].entry = !is_part;
		s->at[i].whole = names[i].len == strlen(names[i].name);
	}
	qsort(names, s->count, sizeof(*names), by_name);
	s->functions = calloc(s->count, sizeof(*s->functions));
	if (!s->functions)
		return err_oom(e);
	for (size_t i = 0; i < s->count; i++) {
		if (i == 0 || !same_name(&names[i], &names[i - 1])) {
			s->functions[s->n_functions++] = names[i].name;
		}
		s->at[names[i].symbol].function = (uint32_t)s->n_functions - 1;
	}
	for (size_t i = 0; i < s->count; i++)
		s->text[names[i].name - s->text + (ptrdiff_t)names[i].len] = '\0';
	return 0;
}

int symbols_parse(const char *text, size_t len, struct symbols **out, struct err *e)
{
	_cleanup_(symbols_free_p) struct symbols *s = calloc(1, sizeof(*s));
	_cleanup_free_ struct named *names = NULL;
	int r;

	if (!s || !(s->text = malloc(len + 1)))
		return err_oom(e);
	s->arch = arch_default();
	memcpy(s->text, text, len);
	r = parse_lines(s, len, e);
	if (r < 0)
		return r;
	if (!s->count)
		return err_unmeasured(e, ENOENT, "no symbols: the kernel needs CONFIG_KALLSYMS");
	qsort(s->at, s->count, sizeof(*s->at), by_address);
	if (!s->at[s->count - 1].vaddr)
		return err_unmeasured(
			e, EACCES, "all symbols have address 0: kernel.kptr_restrict hides them");
	names = calloc(s->count, sizeof(*names));
	if (!names)
		return err_oom(e);
	r = fold(s, names, e);
	if (r < 0)
		return r;
	*out = steal(&s);
	return 0;
}

size_t symbols_functions(const struct symbols *s)
{
	return s->n_functions;
}

const char *symbols_name(const struct symbols *s, size_t function)
{
	return s->functions[function];
}

/* Index of the symbol that @vaddr belongs to, or -1. */
static long find(const struct symbols *s, uint64_t vaddr)
{
	size_t low = 0, high = s->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (s->at[middle].vaddr <= vaddr)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low)
		return -1;
	for (low--; low && s->at[low - 1].vaddr == s->at[low].vaddr; low--)
		;
	return (long)low;
}

/* Whether nothing follows symbol @i where it would still be of the same text. */
static bool is_last(const struct symbols *s, size_t i)
{
	uint64_t vaddr = s->at[i].vaddr;

	while (i < s->count && s->at[i].vaddr == vaddr)
		i++;
	return i == s->count || s->at[i].vaddr - vaddr > GAP_BYTES;
}

long symbols_find(const struct symbols *s, uint64_t vaddr, bool *entry)
{
	long i = find(s, vaddr);

	*entry = false;
	if (i < 0)
		return -1;
	if (vaddr - s->at[i].vaddr >= LAST_SYMBOL_BYTES && is_last(s, (size_t)i))
		return -1;
	*entry = s->at[i].entry && s->at[i].vaddr == vaddr;
	return s->at[i].function;
}

uint64_t symbols_address(const struct symbols *s, const char *name)
{
	for (size_t i = 0; i < s->count; i++) {
		if (!strcmp(s->at[i].name, name))
			return s->at[i].vaddr;
	}
	return 0;
}

struct symbols_named symbols_named(const struct symbols *s, const char *name)
{
	struct symbols_named out = { 0 };
	uint64_t last = 0;

	for (size_t i = 0; i < s->count; i++) {
		if (strcmp(s->at[i].name, name) != 0)
			continue;
		if (!s->at[i].whole)
			out.clones += s->at[i].entry;
		else if (s->at[i].vaddr != last)
			out.whole++;
		if (s->at[i].whole)
			out.vaddr = last = s->at[i].vaddr;
	}
	return out;
}

long symbols_index(const struct symbols *s, const char *name)
{
	size_t low = 0, high = s->n_functions;

	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = strcmp(s->functions[middle], name);

		if (!order)
			return (long)middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return -1;
}

long symbols_starting(const struct symbols *s, uint64_t vaddr)
{
	long i = find(s, vaddr);

	return i >= 0 && s->at[i].vaddr == vaddr ? (long)s->at[i].function : -1;
}

int symbols_each(const struct symbols *s,
		 int (*fn)(void *arg, const struct symbols_stretch *at, struct err *e), void *arg,
		 struct err *e)
{
	for (size_t i = 0, next; i < s->count; i = next) {
		struct symbols_stretch at = { s->at[i].function, s->at[i].vaddr, 0, s->at[i].entry,
					      s->at[i].whole };
		int r;

		for (next = i + 1; next < s->count && s->at[next].vaddr == at.start; next++)
			;
		at.end = next < s->count ? s->at[next].vaddr : at.start;
		r = fn(arg, &at, e);
		if (r)
			return r;
	}
	return 0;
}

int symbols_starts(const struct symbols *s, struct buf *out, struct err *e)
{
	uint64_t last = 0;

	for (size_t i = 0; i < s->count; i++) {
		uint64_t vaddr = s->at[i].vaddr;

		if (!s->at[i].entry || vaddr == last)
			continue;
		if (buf_add(out, &vaddr, sizeof(vaddr)) < 0)
			return err_oom(e);
		last = vaddr;
	}
	return 0;
}

uint64_t symbols_end(const struct symbols *s, uint64_t vaddr)
{
	long i = find(s, vaddr);

	for (size_t k = i < 0 ? s->count : (size_t)i; k < s->count; k++) {
		if (s->at[k].vaddr > vaddr)
			return s->at[k].vaddr;
	}
	return 0;
}

static int put_place(struct buf *out, const struct arch_place *p, uint64_t start, uint64_t next)
{
	unsigned long long from = start + p->from, end = p->to ? start + p->to : next;

	return end > from ? buf_printf(out, "%s %llx %llx\n", p->kind, from, end) : 0;
}

static bool is_named(const struct arch_place *p, const char *name)
{
	return p->prefix ? !strncmp(name, p->name, strlen(p->name)) : !strcmp(name, p->name);
}

/* All places that the symbol at @i stands for. */
static int put_places(const struct symbols *s, size_t i, struct buf *out)
{
	uint64_t start = s->at[i].vaddr, next = start + 1;
	int r = 0;

	for (const struct arch_place *p = s->arch->places; r == 0 && p->name; p++) {
		if (!is_named(p, s->at[i].name))
			continue;
		for (size_t k = i + 1; !p->to && k < s->count && next == start + 1; k++)
			next = s->at[k].vaddr > start ? s->at[k].vaddr : next;
		r = put_place(out, p, start, next);
	}
	return r;
}

int symbols_places(const struct symbols *s, struct buf *out, struct err *e)
{
	for (const char *const *needed = s->arch->needed; *needed; needed++) {
		if (!symbols_address(s, *needed))
			return err_unmeasured(e, ENOENT,
					      "the kernel has no symbol %s: %s is needed", *needed,
					      s->arch->needs);
	}
	for (size_t i = 0; i < s->count; i++) {
		if (put_places(s, i, out) < 0)
			return err_oom(e);
	}
	return 0;
}
