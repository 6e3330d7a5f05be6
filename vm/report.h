/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads what the guest reported (proto/report.h). The guest is not trusted. */
#ifndef VM_REPORT_H
#define VM_REPORT_H

#include "base/err.h"
#include "proto/report.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct report_item {
	enum report_frame_type type;
	const uint8_t *data; /* into the report's bytes; eight-byte aligned */
	size_t len;
};

struct report {
	enum report_why why;
	uint8_t *bytes; /* owned */
	struct report_item *items;
	size_t count;
};

/* Checks a header page; *frames_len is how many bytes of frames follow it. */
int report_check_header(const void *page, size_t len, struct report_header *out, struct err *e);
/* Splits the frames that belong to @h. @bytes (malloc'ed, h->length long) is owned by @out. */
int report_parse(const struct report_header *h, uint8_t *bytes, struct report *out, struct err *e);
void report_free(struct report *r);
#define _cleanup_report_ __attribute__((cleanup(report_free)))

/* The first frame of a type, or NULL. */
const struct report_item *report_find(const struct report *r, enum report_frame_type type);
/* Its payload as a struct of exactly @size bytes; an error if it is missing or of another size. */
int report_struct(const struct report *r, enum report_frame_type type, void *out, size_t size,
		  const char *what, struct err *e);
/* Its payload as text (malloc'ed; bytes that are not printable ASCII or newlines become '?'). */
char *report_text(const struct report_item *item);

#endif
