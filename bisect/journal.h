/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a search has learned, so that it can go on after a kill at any point: a file of one JSON
 * object a line, DATA/bisect/ID.jsonl, each with its key in "key". A line is written and synced
 * before the search goes on; half a line at the end is what a kill leaves, and is dropped.
 */
#ifndef BISECT_JOURNAL_H
#define BISECT_JOURNAL_H

#include "base/cleanup.h"
#include "base/err.h"

#include <jansson.h>

struct journal;

/* Makes or reads the journal of a search; -EBUSY if another process has it open. */
int journal_open(const char *data_dir, const char *id, struct journal **out, struct err *e);
void journal_close(struct journal *j);
DEFINE_CLEANUP(struct journal *, journal_close)
#define _cleanup_journal_ _cleanup_(journal_close_p)

/* Removes the journal of a search that nobody is at; none is as good. */
int journal_remove(const char *data_dir, const char *id, struct err *e);

/* What was written for @key last, borrowed; NULL: nothing. */
const json_t *journal_find(const struct journal *j, const char *key);
/* Adds "key" to @entry, whose reference is taken in any case, and writes it. */
int journal_add(struct journal *j, const char *key, json_t *entry, struct err *e);
/* All, in the order in which they were written: an array, borrowed. */
const json_t *journal_entries(const struct journal *j);

#endif
