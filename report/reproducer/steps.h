/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a scenario does, as the C statements that a reader of mails and pages knows. */
#ifndef REPORT_REPRODUCER_STEPS_H
#define REPORT_REPRODUCER_STEPS_H

#include "scenario/scenario.h"

/* A statement: @title is the segment's name where it begins one, else "". */
typedef int (*steps_fn)(void *arg, const char *title, unsigned depth, const char *statement);

/*
 * Maps, what is done once, and every segment, statement by statement: "mprotect(area, 64 MiB,
 * PROT_READ);". The first error of @fn ends it; else 0 or -ENOMEM.
 */
int steps_each(const struct scenario *s, steps_fn fn, void *arg);

/* All of it, a line each, with a column for the titles; every line behind @indent. */
void steps_text(const struct scenario *s, const char *indent, struct buf *out);
/* As lines of a mail. */
void steps_wrapped(const struct scenario *s, struct buf *out);

#endif
