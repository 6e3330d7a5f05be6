// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/reproducer/reproducer_text.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define COLUMNS 100
#define TAB 8

void say(struct text *t, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	buf_vprintf(t->out, fmt, args);
	va_end(args);
}

/*
 * How much of a statement goes into @room columns: up to the last blank that stands outside strings
 * and as few parentheses as there is one, best one behind a comma or a semicolon.
 */
static size_t line_length(const char *words, size_t room)
{
	size_t fits = 0, best = 0, i;
	int depth = 0, best_depth = INT_MAX;
	bool quoted = false;

	for (i = 0; words[i] && (i <= room || !fits); i++) {
		if (words[i] == '\\' && words[i + 1])
			i++;
		else if (words[i] == '"')
			quoted = !quoted;
		if (quoted)
			continue;
		depth += (words[i] == '(') - (words[i] == ')');
		if (words[i] != ' ')
			continue;
		fits = i;
		if (i && strchr(",;", words[i - 1]) && depth <= best_depth) {
			best = i;
			best_depth = depth;
		}
	}
	if (!words[i] && i <= room)
		return i;
	return best ? best : fits ? fits : strlen(words);
}

void say_wrapped(struct text *t, unsigned depth, const char *fmt, ...)
{
	_cleanup_buf_ struct buf words = { 0 };
	const char *at;
	va_list args;
	unsigned tabs = depth;

	va_start(args, fmt);
	buf_vprintf(&words, fmt, args);
	va_end(args);
	buf_keep(t->out, buf_error(&words));
	for (at = buf_str(&words); *at; tabs = depth + 2) {
		size_t n = line_length(at, COLUMNS - tabs * TAB);

		for (unsigned i = 0; i < tabs; i++)
			say(t, "\t");
		say(t, "%.*s\n", (int)n, at);
		at += n + (at[n] == ' ');
	}
}

/* Without what would end the comment, begin one, or end the line. */
static void say_safely(struct text *t, const char *words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)words[i];

		char last = i ? words[i - 1] : ' ';
		bool marks = (last == '*' && c == '/') || (last == '/' && c == '*');

		say(t, "%s%c", marks ? " " : "", iscntrl(c) ? '?' : c);
	}
}

void say_comment(struct text *t, const char *prefix, const char *words)
{
	size_t room = COLUMNS - strlen(prefix), column = 0;

	while (*words) {
		size_t n = strcspn(words, " \n"), skip = strspn(words + n, " \n");

		if (column && column + 1 + n > room) {
			say(t, "\n");
			column = 0;
		}
		say(t, "%s", column ? " " : prefix);
		say_safely(t, words, n);
		column += (column != 0) + n;
		words += n + skip;
	}
	say(t, "\n");
}

void say_short_comment(struct text *t, const char *words)
{
	say(t, "/* ");
	say_safely(t, words, strlen(words));
	say(t, " */\n");
}

const char *size_text(uint64_t bytes, char out[TEXT_SIZE_BYTES])
{
	unsigned shift = bytes % (1ull << 30) == 0   ? 30
			 : bytes % (1ull << 20) == 0 ? 20
			 : bytes % (1ull << 10) == 0 ? 10
						     : 0;

	if (bytes == 4096)
		snprintf(out, TEXT_SIZE_BYTES, "PAGE");
	else if (!bytes || !shift)
		snprintf(out, TEXT_SIZE_BYTES, "%lluUL", (unsigned long long)bytes);
	else
		snprintf(out, TEXT_SIZE_BYTES, "(%lluUL << %u)", (unsigned long long)bytes >> shift,
			 shift);
	return out;
}

void quote_text(const char *words, struct buf *out)
{
	buf_puts(out, "\"");
	for (; *words; words++) {
		unsigned char c = (unsigned char)*words;

		/* "?" too: two of them may begin a trigraph. */
		if (c == '"' || c == '\\' || c == '?')
			buf_printf(out, "\\%c", c);
		else if (iscntrl(c))
			buf_printf(out, "\\%03o", c);
		else
			buf_add(out, &c, 1);
	}
	buf_puts(out, "\"");
}

/* Upper and lower case count as one, as sizes are in capitals. */
static bool is_taken(char names[][TEXT_NAME_BYTES], size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (!strcasecmp(names[i], name))
			return true;
	}
	return false;
}

static void make_name(const char *from, char names[][TEXT_NAME_BYTES], size_t n)
{
	char *out = names[n], word[TEXT_NAME_BYTES - 8];
	size_t i;

	for (i = 0; from[i] && i + 1 < sizeof(word); i++)
		word[i] = isalnum((unsigned char)from[i]) && isascii(from[i]) ? from[i] : '_';
	word[i] = '\0';
	snprintf(out, TEXT_NAME_BYTES, "%s%s", isdigit((unsigned char)word[0]) ? "n" : "", word);
	for (unsigned next = 2; is_taken(names, n, out) || !strcasecmp(out, "iteration"); next++)
		snprintf(out, TEXT_NAME_BYTES, "%s_%u", word, next);
}

void text_make_names(struct text *t)
{
	for (size_t i = 0; i < t->s->n_maps; i++) {
		make_name(t->s->map_names[i], t->maps, i);
		for (size_t c = 0; c < TEXT_NAME_BYTES; c++)
			t->sizes[i][c] = (char)toupper((unsigned char)t->maps[i][c]);
	}
	for (size_t i = 0; i < t->s->n_segments; i++)
		make_name(t->s->segments[i].name, t->segments, i);
}
