// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/plan/experiment_values.h"

#include "base/buf.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NAME_BYTES_MAX 64

struct experiment_place place_of(const yaml_node_t *n)
{
	return (struct experiment_place){ .line = (unsigned)n->start_mark.line + 1,
					  .column = (unsigned)n->start_mark.column + 1 };
}

/* The character at *at, which moves behind it. libyaml hands out nothing but valid UTF-8. */
static unsigned decode(const unsigned char **at)
{
	unsigned first = *(*at)++, n = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
	unsigned c = n ? first & (0x3fu >> n) : first;

	for (; n && **at; n--)
		c = c << 6 | (*(*at)++ & 0x3fu);
	return c;
}

/* What YAML could not read back from a plain copy, and what a terminal may act on. */
static bool is_control(unsigned c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 || c == 0xfeff ||
	       c == 0xfffe || c == 0xffff;
}

int read_plain(struct yaml_doc *d, const yaml_node_t *n, size_t min, size_t max, char **out,
	       struct err *e)
{
	const char *text = "";
	int r = yaml_doc_string(d, n, &text, e);

	if (r < 0)
		return r;
	if (strlen(text) < min)
		return yaml_doc_error(d, n, e, "a text is expected here, not nothing");
	if (strlen(text) > max)
		return yaml_doc_error(d, n, e, "more than %zu bytes", max);
	for (const unsigned char *c = (const unsigned char *)text; *c;) {
		if (is_control(decode(&c)))
			return yaml_doc_error(d, n, e, "a control character inside a text");
	}
	*out = strdup(text);
	return *out ? 0 : err_oom(e);
}

int read_name(struct yaml_doc *d, const yaml_node_t *n, char **out, struct err *e)
{
	const char *text = "";
	int r = yaml_doc_string(d, n, &text, e);

	if (r < 0)
		return r;
	if (!text[0] || strlen(text) > NAME_BYTES_MAX ||
	    text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			      "0123456789._-")])
		return yaml_doc_error(d, n, e,
				      "name '%s': 1 to %d letters, digits, '.', '_' and '-' are "
				      "expected",
				      text, NAME_BYTES_MAX);
	*out = strdup(text);
	return *out ? 0 : err_oom(e);
}

int read_choice(struct yaml_doc *d, const yaml_node_t *n, const char *const *words, unsigned *out,
		struct err *e)
{
	_cleanup_buf_ struct buf expected = { 0 };
	const char *text = "";
	int r = yaml_doc_string(d, n, &text, e);

	if (r < 0)
		return r;
	for (unsigned i = 0; words[i]; i++) {
		if (!strcmp(words[i], text)) {
			*out = i;
			return 0;
		}
		r |= buf_printf(&expected, "%s%s",
				!i	       ? ""
				: words[i + 1] ? ", "
					       : " or ",
				words[i]);
	}
	if (r)
		return err_oom(e);
	return yaml_doc_error(d, n, e, "'%s': %s is expected", text, buf_str(&expected));
}

int read_bool(struct yaml_doc *d, const yaml_node_t *n, bool *out, struct err *e)
{
	static const char *const words[] = { "false", "true", NULL };
	unsigned value = 0;
	int r = read_choice(d, n, words, &value, e);

	*out = value;
	return r;
}

int read_fraction(struct yaml_doc *d, const yaml_node_t *n, double *out, struct err *e)
{
	const char *text = "";
	char *end;
	int r = yaml_doc_string(d, n, &text, e);

	if (r < 0)
		return r;
	/* strtod(3) would take blanks, signs, hexadecimal digits, "inf" and "nan". */
	*out = strtod(text, &end);
	if (*end || end == text || text[strspn(text, "0123456789.eE+-")] || text[0] == '-' ||
	    text[0] == '+')
		return yaml_doc_error(d, n, e, "'%s' is not a number such as 0.05", text);
	if (!(*out >= 0 && *out <= 10))
		return yaml_doc_error(d, n, e, "%s is outside 0 to 10", text);
	return 0;
}

int read_numbers(struct yaml_doc *d, const yaml_node_t *n, const char *what, unsigned most,
		 unsigned limit, bool ascending, unsigned *out, unsigned *count, struct err *e)
{
	int r = yaml_doc_sequence(d, n, what, e);

	if (r < 0)
		return r;
	if (!yaml_doc_items(n) || yaml_doc_items(n) > most)
		return yaml_doc_error(d, n, e, "%s: 1 to %u numbers are expected", what, most);
	for (size_t i = 0; i < yaml_doc_items(n); i++) {
		const yaml_node_t *item = yaml_doc_item(d, n, i);
		uint64_t value = 0;

		r = yaml_doc_uint(d, item, 1, limit, &value, e);
		if (r < 0)
			return r;
		for (size_t k = 0; k < i; k++) {
			if (out[k] == value)
				return yaml_doc_error(d, item, e, "%llu is given twice",
						      (unsigned long long)value);
			if (ascending && out[k] > value)
				return yaml_doc_error(d, item, e, "%s must ascend", what);
		}
		out[i] = (unsigned)value;
	}
	*count = (unsigned)yaml_doc_items(n);
	return 0;
}
