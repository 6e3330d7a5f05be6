/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CSV as RFC 4180 has it, streamed: fields may be quoted, quotes doubled, lines end in LF or CRLF.
 * A byte order mark at the start is passed over. One record at a time, split where it lies; memory
 * does not grow with the file.
 */
#ifndef JUDGE_TABLE_CSV_H
#define JUDGE_TABLE_CSV_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

#define CSV_FIELDS_MAX 64
#define CSV_RECORD_BYTES_MAX (1u << 20)

struct csv {
	const char *name; /* for messages; borrowed */
	int fd;
	char *window;	     /* of the file */
	size_t at, len, cap; /* in window: the next record, what is there, what has room */
	bool ended;	     /* there is nothing behind the window */
	size_t line;	     /* of the record that was read last, from 1 */
	size_t next_line;
	const char *fields[CSV_FIELDS_MAX]; /* valid until the next record */
	size_t n_fields;
	bool ended_without_newline; /* of the record: it is the file's last and may be cut */
};

/* Reads from @fd, which stays the caller's. */
int csv_open(struct csv *c, const char *name, int fd, struct err *e);
/* 1 with a record in fields, 0 at the end, -EINVAL with line and reason. Empty lines are passed. */
int csv_next(struct csv *c, struct err *e);
void csv_close(struct csv *c);
#define _cleanup_csv_ __attribute__((cleanup(csv_close)))

/* Appends a field, quoted where it has to be. */
void csv_put(struct buf *out, const char *field);

#endif
