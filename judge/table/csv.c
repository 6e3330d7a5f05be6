// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/table/csv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WINDOW_BYTES (1u << 16)
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

static int bad(const struct csv *c, struct err *e, const char *what)
{
	return err_set(e, EINVAL, "%s:%zu: %s", c->name, c->line, what);
}

/* Reads on behind what is there of the next record, which moves to the window's start. */
static int read_on(struct csv *c, struct err *e)
{
	ssize_t n;

	memmove(c->window, c->window + c->at, c->len - c->at);
	c->len -= c->at;
	c->at = 0;
	if (c->len > CSV_RECORD_BYTES_MAX)
		return bad(c, e, "a record of more than 1 MiB");
	/* One byte stays free, for the NUL of a last record without a newline. */
	if (c->cap - c->len <= 1) {
		size_t cap = 2 * c->cap;
		char *grown = realloc(c->window, cap);

		if (!grown)
			return err_oom(e);
		c->window = grown;
		c->cap = cap;
	}
	do {
		n = read(c->fd, c->window + c->len, c->cap - c->len - 1);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_errno(e, errno, "%s", c->name);
	c->ended = n == 0;
	c->len += (size_t)n;
	return 0;
}

int csv_open(struct csv *c, const char *name, int fd, struct err *e)
{
	const size_t mark = strlen(BYTE_ORDER_MARK);
	int r = 0;

	*c = (struct csv){ .name = name, .fd = fd, .line = 1, .next_line = 1 };
	c->window = malloc(WINDOW_BYTES + 1);
	if (!c->window)
		return err_oom(e);
	c->cap = WINDOW_BYTES + 1;
	while (r == 0 && !c->ended && c->len < mark)
		r = read_on(c, e);
	if (r == 0 && c->len >= mark && !memcmp(c->window, BYTE_ORDER_MARK, mark))
		c->at = mark;
	return r;
}

void csv_close(struct csv *c)
{
	free(c->window);
	c->window = NULL;
}

/*
 * Where the record at c->at ends: at its newline, or at the end of the window if there is none.
 * *open: it ends inside quotes.
 */
static size_t find_end(const struct csv *c, bool *open)
{
	const char *start = c->window + c->at;
	const char *newline = memchr(start, '\n', c->len - c->at);
	size_t end = newline ? (size_t)(newline - c->window) : c->len;
	bool fresh = true, quoted = false;

	*open = false;
	if (!memchr(start, '"', end - c->at))
		return end;
	for (size_t i = c->at; i < c->len; i++) {
		char b = c->window[i];

		if (*open) {
			*open = b != '"';
			continue;
		}
		if (b == '\n')
			return i;
		if (fresh)
			quoted = b == '"';
		/* A doubled quote opens again what it has just closed. */
		*open = b == '"' && quoted && (fresh || c->window[i - 1] == '"');
		fresh = b == ',';
	}
	return c->len;
}

/* Reads until the whole record is in the window: 1 with its end, 0 at the end of the file. */
static int whole_record(struct csv *c, size_t *end, struct err *e)
{
	bool open;
	int r;

	for (;;) {
		*end = find_end(c, &open);
		if (*end < c->len || c->ended)
			break;
		r = read_on(c, e);
		if (r < 0)
			return r;
	}
	if (*end - c->at > CSV_RECORD_BYTES_MAX)
		return bad(c, e, "a record of more than 1 MiB");
	if (open)
		return bad(c, e, "the file ends inside a quoted field");
	return *end > c->at || *end < c->len;
}

/*
 * The field at @from, unquoted in place and NUL-terminated; returns where the next one starts,
 * which is behind @end if it was the last.
 */
static char *split_field(char *from, char *end)
{
	char *to = from, *at = from;
	bool quoted = from < end && *from == '"';

	if (!quoted) {
		char *comma = memchr(from, ',', (size_t)(end - from));

		at = comma ? comma : end;
		*at = '\0';
		return at + 1;
	}
	for (at++; at < end; at++) {
		if (*at == '"' && quoted) {
			if (at + 1 < end && at[1] == '"')
				*to++ = *at++;
			else
				quoted = false;
		} else if (*at == ',' && !quoted) {
			break;
		} else {
			*to++ = *at;
		}
	}
	*to = '\0';
	return at + 1;
}

static int split_record(struct csv *c, char *from, char *end, struct err *e)
{
	if (memchr(from, '\0', (size_t)(end - from)))
		return bad(c, e, "a NUL byte");
	for (const char *p = from; (p = memchr(p, '\n', (size_t)(end - p))); p++)
		c->next_line++;
	if (end > from && end[-1] == '\r')
		end--;
	c->n_fields = 0;
	while (from <= end) {
		if (c->n_fields + 1 == CSV_FIELDS_MAX)
			return bad(c, e, "more than 63 fields");
		c->fields[c->n_fields++] = from;
		from = split_field(from, end);
	}
	return 1;
}

int csv_next(struct csv *c, struct err *e)
{
	size_t end;
	int r;

	do {
		char *from;

		c->line = c->next_line;
		r = whole_record(c, &end, e);
		if (r <= 0)
			return r;
		c->ended_without_newline = end == c->len;
		c->next_line += !c->ended_without_newline;
		from = c->window + c->at;
		c->at = c->ended_without_newline ? end : end + 1;
		r = split_record(c, from, c->window + end, e);
	} while (r == 1 && c->n_fields == 1 && !*c->fields[0]);
	return r;
}

void csv_put(struct buf *out, const char *field)
{
	if (!strpbrk(field, ",\"\r\n")) {
		buf_puts(out, field);
		return;
	}
	buf_puts(out, "\"");
	for (; *field; field++) {
		if (*field == '"')
			buf_puts(out, "\"");
		buf_add(out, field, 1);
	}
	buf_puts(out, "\"");
}
