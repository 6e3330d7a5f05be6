// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/csv.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLOCK_BYTES (1u << 18)

int csv_open(struct csv *c, const char *name, int fd, struct err *e)
{
	*c = (struct csv){ .name = name, .fd = fd, .next_line = 1 };
	c->block = malloc(BLOCK_BYTES);
	return c->block ? 0 : err_oom(e);
}

void csv_close(struct csv *c)
{
	free(c->block);
	buf_free(&c->text);
	c->block = NULL;
}

/* Next byte, -1 at the end, -2 on an error (errno). */
static int next_byte(struct csv *c)
{
	if (c->at == c->len) {
		ssize_t n;

		do {
			n = read(c->fd, c->block, BLOCK_BYTES);
		} while (n < 0 && errno == EINTR);
		if (n < 0)
			return -2;
		if (n == 0)
			return -1;
		c->at = 0;
		c->len = (size_t)n;
	}
	return (unsigned char)c->block[c->at++];
}

static void put_back(struct csv *c)
{
	c->at--;
}

static int bad(const struct csv *c, struct err *e, const char *what)
{
	return err_set(e, EINVAL, "%s:%zu: %s", c->name, c->line, what);
}

static int add_byte(struct csv *c, char byte, struct err *e)
{
	if (c->text.len >= CSV_RECORD_BYTES_MAX)
		return bad(c, e, "a record of more than 1 MiB");
	return buf_add(&c->text, &byte, 1) < 0 ? err_oom(e) : 0;
}

/* The text may still move: fields are offsets until the record is whole. */
static int end_field(struct csv *c, size_t starts[CSV_FIELDS_MAX], struct err *e)
{
	int r = add_byte(c, '\0', e);

	if (r < 0)
		return r;
	if (c->n_fields + 1 == CSV_FIELDS_MAX)
		return bad(c, e, "more than 63 fields");
	starts[++c->n_fields] = c->text.len;
	return 0;
}

/* Inside quotes, after the first. Ends after the closing one. */
static int read_quoted(struct csv *c, struct err *e)
{
	for (;;) {
		int b = next_byte(c), r;

		if (b == -2)
			return err_errno(e, errno, "%s", c->name);
		if (b == -1)
			return bad(c, e, "the file ends inside a quoted field");
		if (b == '"') {
			b = next_byte(c);
			if (b != '"') {
				if (b >= 0)
					put_back(c);
				return 0;
			}
		}
		c->next_line += b == '\n';
		r = add_byte(c, (char)b, e);
		if (r < 0)
			return r;
	}
}

/* 1: the record goes on, 0: it has ended. */
static int read_field_byte(struct csv *c, int b, bool *fresh, size_t starts[CSV_FIELDS_MAX],
			   struct err *e)
{
	int r;

	if (b == '"' && *fresh) {
		*fresh = false;
		r = read_quoted(c, e);
		return r < 0 ? r : 1;
	}
	*fresh = b == ',';
	if (b == ',') {
		r = end_field(c, starts, e);
		return r < 0 ? r : 1;
	}
	if (b == '\0')
		return bad(c, e, "a NUL byte");
	if (b == '\n') {
		c->next_line++;
		/* CRLF */
		if (c->text.len > starts[c->n_fields] && c->text.data[c->text.len - 1] == '\r')
			c->text.len--;
		r = end_field(c, starts, e);
		return r < 0 ? r : 0;
	}
	r = add_byte(c, (char)b, e);
	return r < 0 ? r : 1;
}

static int read_record(struct csv *c, size_t starts[CSV_FIELDS_MAX], struct err *e)
{
	bool fresh = true;
	int r = 1;

	c->text.len = 0;
	c->n_fields = 0;
	c->line = c->next_line;
	starts[0] = 0;
	c->ended_without_newline = 0;
	while (r == 1) {
		int b = next_byte(c);

		if (b == -2)
			return err_errno(e, errno, "%s", c->name);
		if (b == -1) {
			if (fresh && !c->n_fields && !c->text.len)
				return 0;
			c->ended_without_newline = 1;
			r = end_field(c, starts, e);
			return r < 0 ? r : 1;
		}
		r = read_field_byte(c, b, &fresh, starts, e);
	}
	return r < 0 ? r : 1;
}

int csv_next(struct csv *c, struct err *e)
{
	size_t starts[CSV_FIELDS_MAX];
	int r;

	do {
		r = read_record(c, starts, e);
	} while (r == 1 && c->n_fields == 1 && c->text.len == 1);
	for (size_t i = 0; r == 1 && i < c->n_fields; i++)
		c->fields[i] = c->text.data + starts[i];
	return r;
}

int csv_put(struct buf *out, const char *field)
{
	int r;

	if (!strpbrk(field, ",\"\r\n"))
		return buf_puts(out, field);
	r = buf_puts(out, "\"");
	for (; *field; field++) {
		if (*field == '"')
			r |= buf_puts(out, "\"");
		r |= buf_add(out, field, 1);
	}
	return r | buf_puts(out, "\"");
}
