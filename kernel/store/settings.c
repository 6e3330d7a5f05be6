// SPDX-License-Identifier: GPL-2.0-or-later
/* .config files, compared. */
#include "kernel/store/configure.h"

#include "base/cleanup.h"
#include "kernel/minimal_config.h"
#include "kernel/store/minimal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NAME_CHARS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"
#define UNSET " is not set"

bool setting_parse(const char *line, struct setting *out)
{
	bool comment = !strncmp(line, "# CONFIG_", 9);
	const char *rest;

	*out = (struct setting){ .name = comment ? line + 2 : line };
	if (strncmp(out->name, "CONFIG_", 7) != 0)
		return false;
	out->name_len = 7 + strspn(out->name + 7, NAME_CHARS);
	rest = out->name + out->name_len;
	if (comment) {
		out->value = "n";
		out->value_len = 1;
		return !strncmp(rest, UNSET, strlen(UNSET));
	}
	out->value = rest + 1;
	out->value_len = *rest == '=' ? strcspn(out->value, "\n") : 0;
	return *rest == '=';
}

static int by_name(const void *a, const void *b)
{
	const struct setting *x = a, *y = b;
	size_t least = x->name_len < y->name_len ? x->name_len : y->name_len;
	int order = strncmp(x->name, y->name, least);

	return order ? order : (x->name_len > y->name_len) - (x->name_len < y->name_len);
}

/* All settings of a text, sorted; NULL when out of memory. */
static struct setting *collect(const char *text, size_t *count)
{
	struct setting *all, *grown;
	size_t n = 0, room = 0;

	all = NULL;
	for (const char *l = text; l && *l; l = strchr(l, '\n'), l += l != NULL) {
		if (n == room) {
			room = room ? 2 * room : 256;
			grown = realloc(all, room * sizeof(*all));
			if (!grown) {
				free(all);
				return NULL;
			}
			all = grown;
		}
		n += setting_parse(l, &all[n]);
	}
	*count = n;
	if (!all)
		return calloc(1, sizeof(*all));
	qsort(all, n, sizeof(*all), by_name);
	return all;
}

static bool same_value(const struct setting *a, const struct setting *b)
{
	return a->value_len == b->value_len && !memcmp(a->value, b->value, a->value_len);
}

int settings_differ(const char *wished, const char *got, struct buf *out)
{
	static const struct setting off = { .value = "n", .value_len = 1 };
	size_t n_wished = 0, n_got = 0;
	_cleanup_free_ struct setting *a = collect(wished, &n_wished), *b = collect(got, &n_got);
	int count = 0;

	if (!a || !b)
		return -ENOMEM;
	for (size_t i = 0; i < n_wished; i++) {
		const struct setting *found = bsearch(&a[i], b, n_got, sizeof(*b), by_name);

		if (!found)
			found = &off;
		if (same_value(&a[i], found))
			continue;
		if (buf_printf(out, "%.*s: %.*s became %.*s\n", (int)a[i].name_len, a[i].name,
			       (int)a[i].value_len, a[i].value, (int)found->value_len,
			       found->value) < 0)
			return -ENOMEM;
		count++;
	}
	return count;
}

static bool same_name(const struct setting *a, const struct setting *b)
{
	return a->name_len == b->name_len && !memcmp(a->name, b->name, a->name_len);
}

static const char *next_line(const char *line)
{
	const char *end = strchr(line, '\n');

	return end ? end + 1 : line + strlen(line);
}

bool setting_find(const char *text, const struct setting *wanted, struct setting *out)
{
	struct setting s;
	bool found = false;

	for (const char *l = text; *l; l = next_line(l)) {
		if (!setting_parse(l, &s) || !same_name(&s, wanted))
			continue;
		*out = s;
		found = true;
	}
	return found;
}

int settings_override(const char *base, const char *over, struct buf *out)
{
	struct setting s, by;
	int r = 0;

	for (const char *l = base; r == 0 && *l; l = next_line(l)) {
		size_t len = strcspn(l, "\n");

		if (setting_parse(l, &s) && setting_find(over, &s, &by))
			continue;
		r = buf_add(out, l, len);
		if (r == 0)
			r = buf_puts(out, "\n");
	}
	return r == 0 ? buf_puts(out, over) : r;
}

const char *kernel_minimal_config(void)
{
	return minimal_config;
}

int settings_needed(const char *word, struct buf *out)
{
	size_t len = strlen(word);
	bool head = true, within = false;
	int r = 0;

	for (const char *l = kernel_minimal_config(); r == 0 && *l; l = next_line(l)) {
		if (*l == '\n')
			within = false;
		else if (head && *l == '#')
			within = !strncmp(l, "# ", 2) && !strncmp(l + 2, word, len);
		else if (within && !strncmp(l, "CONFIG_", 7))
			r = buf_add(out, l, (size_t)(next_line(l) - l));
		head = *l == '\n';
	}
	return r;
}

int settings_lacking(const char *config, const char *word, struct buf *out)
{
	_cleanup_buf_ struct buf needs = { 0 };
	struct setting want, have;
	int r = settings_needed(word, &needs);

	for (const char *l = buf_str(&needs); r == 0 && *l; l = next_line(l)) {
		if (setting_parse(l, &want) &&
		    !(setting_find(config, &want, &have) && *have.value == 'y'))
			r = buf_printf(out, "%s%.*s", out->len ? ", " : "", (int)want.name_len,
				       want.name);
	}
	return r;
}
