// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/output/steady.h"

#include "lab/output/printed.h"

#include <ctype.h>
#include <errno.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DIGITS "0123456789"

void steady_free(struct steady *s)
{
	for (size_t i = 0; i < s->count; i++)
		free(s->lines[i].text);
	free(s->lines);
	*s = (struct steady){ 0 };
}

static bool ends_with(const char *word, size_t len, const char *end)
{
	size_t n = strlen(end);

	return len >= n && !memcmp(word + len - n, end, n);
}

static bool is_unit(const char *word, size_t len)
{
	static const char *const units[] = {
		"ns",	  "us",		  "\302\265s",	  "ms",	  "s",	     "sec",
		"secs",	  "second",	  "seconds",	  "min",  "minutes", "usec",
		"usecs",  "msec",	  "msecs",	  "nsec", "nsecs",   "nanoseconds",
		"cycles", "microseconds", "milliseconds", "kB",	  "%"
	};

	if (ends_with(word, len, "/s") || ends_with(word, len, "/sec"))
		return true; /* MB/s */
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (strlen(units[i]) == len && !strncasecmp(units[i], word, len))
			return true;
	}
	return false;
}

/* The unit at @text, which ends at its word's end or at a full stop or the like. */
static bool has_unit(const char *text)
{
	return is_unit(text, strcspn(text, " \t,;.:)]\n"));
}

/* "12:30", "2026-11-29": digits that go on with one of @joints and digits. */
static size_t joined(const char *text, const char *joints)
{
	size_t len = strspn(text, DIGITS), more;

	while (text[len] && strchr(joints, text[len]) &&
	       (more = strspn(text + len + 1, DIGITS)) > 0)
		len += 1 + more;
	return len;
}

/*
 * How much of @text, which begins with a digit, is to be left out; 0: it is a number that counts.
 * What follows a version belongs to it: 6.17.13+deb13-cloud-amd64.
 */
static size_t uncertain(const char *text)
{
	size_t digits = strspn(text, DIGITS), len;
	unsigned points = 0;

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		return 2 + strspn(text + 2, DIGITS "abcdefABCDEF");
	len = joined(text, ".");
	for (size_t i = 0; i < len; i++)
		points += text[i] == '.';
	if (points > 1)
		return strcspn(text, " \t,;)]");
	if (points)
		return len;
	len = joined(text, ":");
	if (len > digits)
		return len;
	len = joined(text, "-");
	if (digits == 4 && len == 10)
		return len;
	if (has_unit(text + digits) || (text[digits] == ' ' && has_unit(text + digits + 1)))
		return digits;
	return 0;
}

/* Whether KEY=NUMBER begins at @text, a word's start; *value: where the number does. */
static bool is_metric(const char *text, size_t *value)
{
	size_t len = strcspn(text, " \t\n");
	const char *equals = memchr(text, '=', len);
	char word[64];
	double number;

	if (!equals || equals == text || len - (size_t)(equals + 1 - text) >= sizeof(word))
		return false;
	*value = (size_t)(equals + 1 - text);
	snprintf(word, sizeof(word), "%.*s", (int)(len - *value), text + *value);
	return printed_number(word, &number);
}

/* @line without what is uncertain in it. */
static void put_line(const char *line, size_t len, struct buf *out)
{
	bool in_word = false, in_digits = false;
	size_t value;

	for (size_t i = 0; i < len;) {
		size_t skip = 0;

		if (!in_word && is_metric(line + i, &value)) {
			buf_add(out, line + i, value);
			i += value;
			skip = strcspn(line + i, " \t\n,;");
		} else if (isdigit((unsigned char)line[i]) && !in_digits) {
			skip = uncertain(line + i);
		}
		if (skip) {
			buf_puts(out, "#");
			i += skip;
			in_word = true;
			continue;
		}
		in_digits = isdigit((unsigned char)line[i]);
		in_word = line[i] != ' ' && line[i] != '\t';
		buf_add(out, line + i, 1);
		i++;
	}
}

/* The numbers that the program's patterns match are metrics: they become spaces and a '#'. */
static void hide_metrics(const struct program *program, char *text)
{
	for (size_t i = 0; i < program->n_metrics; i++) {
		regmatch_t match[2];
		regex_t regex;

		if (regcomp(&regex, program->metrics[i].pattern, REG_EXTENDED | REG_NEWLINE))
			continue;
		if (!regexec(&regex, text, 2, match, 0) && match[1].rm_eo > match[1].rm_so) {
			char *from = text + match[1].rm_so;

			*from = '#';
			memmove(from + 1, text + match[1].rm_eo, strlen(text + match[1].rm_eo) + 1);
		}
		regfree(&regex);
	}
}

static int by_text(const void *a, const void *b)
{
	return strcmp(((const struct steady_line *)a)->text, ((const struct steady_line *)b)->text);
}

/* Every line of @text once, in order, each with how often it is there. */
static int count_lines(char *text, struct steady *out)
{
	size_t n = 0, used = 0;
	char *state = NULL;

	for (const char *p = text; *p; p++)
		n += *p == '\n';
	out->lines = calloc(n + 2, sizeof(*out->lines));
	if (!out->lines)
		return -ENOMEM;
	n = 0;
	for (char *line = strtok_r(text, "\n", &state); line; line = strtok_r(NULL, "\n", &state))
		out->lines[n++] = (struct steady_line){ .text = line, .least = 1 };
	qsort(out->lines, n, sizeof(*out->lines), by_text);
	for (size_t i = 0; i < n; i++) {
		if (used && !strcmp(out->lines[used - 1].text, out->lines[i].text))
			out->lines[used - 1].least++;
		else
			out->lines[used++] = out->lines[i];
	}
	for (size_t i = 0; i < used; i++)
		out->lines[i].most = out->lines[i].least;
	out->count = used;
	return 0;
}

/* One of several becomes one of all; both are sorted. @one's texts are borrowed. */
static int merge(struct steady *s, const struct steady *one)
{
	struct steady_line *all = calloc(s->count + one->count + 1, sizeof(*all));
	size_t i = 0, k = 0, n = 0;

	if (!all)
		return -ENOMEM;
	while (i < s->count || k < one->count) {
		int order = i == s->count     ? 1
			    : k == one->count ? -1
					      : by_text(&s->lines[i], &one->lines[k]);
		struct steady_line *x = &all[n++];

		*x = order <= 0 ? s->lines[i++] : one->lines[k];
		if (order > 0) {
			x->text = strdup(one->lines[k].text);
			x->least = s->executions ? 0 : x->least;
		} else if (order < 0) {
			x->least = 0;
		} else {
			const struct steady_line *y = &one->lines[k];

			x->least = y->least < x->least ? y->least : x->least;
			x->most = y->most > x->most ? y->most : x->most;
		}
		k += order >= 0;
	}
	free(s->lines);
	s->lines = all;
	s->count = n;
	s->executions++;
	for (i = 0; i < n; i++) {
		if (!all[i].text)
			return -ENOMEM;
	}
	return 0;
}

int steady_add(struct steady *s, const char *text, const struct program *program, struct err *e)
{
	_cleanup_free_ char *copy = strdup(text);
	_cleanup_buf_ struct buf lines = { 0 };
	struct steady one = { 0 };
	int r;

	if (!copy)
		return err_oom(e);
	hide_metrics(program, copy);
	buf_puts(&lines, "");
	for (const char *line = copy; *line;) {
		size_t len = strcspn(line, "\n");

		put_line(line, len, &lines);
		buf_puts(&lines, "\n");
		line += len + (line[len] == '\n');
	}
	r = buf_error(&lines);
	if (r == 0)
		r = count_lines(lines.data, &one);
	if (r == 0)
		r = merge(s, &one);
	free(one.lines);
	return r ? err_oom(e) : 0;
}

void steady_hash(const char *line, size_t len, char out[STEADY_HASH_BYTES])
{
	struct hash_hex hash = hash_bytes(line, len);

	snprintf(out, STEADY_HASH_BYTES, "%.16s", hash.text);
}

static int by_hash(const void *a, const void *b)
{
	return memcmp(a, b, STEADY_HASH_BYTES);
}

static int put_unsteady(const struct steady *s, size_t count, struct buf *out)
{
	_cleanup_free_ char(*hashes)[STEADY_HASH_BYTES] = calloc(count + 1, sizeof(*hashes));
	size_t n = 0;
	int r = hashes ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < s->count && n < count; i++) {
		const struct steady_line *x = &s->lines[i];

		if (x->least != x->most)
			steady_hash(x->text, strlen(x->text), hashes[n++]);
	}
	if (r == 0)
		qsort(hashes, n, sizeof(*hashes), by_hash);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = buf_printf(out, "%s\n", hashes[i]);
	return r;
}

int steady_conclude(const struct steady *s, char **steady, char **unsteady, struct err *e)
{
	_cleanup_buf_ struct buf lines = { 0 }, hashes = { 0 };
	size_t n_unsteady = 0;

	buf_puts(&lines, "");
	buf_puts(&hashes, "");
	for (size_t i = 0; i < s->count; i++) {
		const struct steady_line *x = &s->lines[i];

		if (x->least == x->most)
			buf_printf(&lines, "%u\t%s\n", x->least, x->text);
		n_unsteady += x->least != x->most;
	}
	if (n_unsteady > STEADY_UNSTEADY_MAX)
		buf_puts(&hashes, STEADY_TOO_MANY);
	else
		buf_keep(&hashes, put_unsteady(s, n_unsteady, &hashes));
	*steady = buf_steal(&lines);
	*unsteady = buf_steal(&hashes);
	return *steady && *unsteady ? 0 : err_oom(e);
}
