// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A stranger's database: merged, and then every experiment that came of it read whole. The seed,
 * "compare", is what compare() of tests/cli/madeup.py leaves, with pages of 1 KiB: to be made anew
 * for a new schema. "compare-6" is one of schema 6, which here lacks a table.
 */
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "store/catalog.h"
#include "store/load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char folder[] = "/dev/shm/slowpath-fuzz-XXXXXX";
static struct buf empty; /* a new database */

static void leave(void)
{
	dir_remove(folder, NULL);
	buf_free(&empty);
}

/* Where a database has its user_version: the schema's. */
#define VERSION_AT 60
#define VERSION_BYTES 4

static char *below(const char *name)
{
	char *path = str_printf("%s/%s", folder, name);

	return path ? path : (abort(), NULL);
}

static struct store *open_store(void)
{
	struct store *s = NULL;
	struct err e = { 0 };

	if (store_open(folder, &s, &e) < 0) {
		fprintf(stderr, "%s\n", e.text);
		abort();
	}
	return s;
}

static void make_folder(void)
{
	_cleanup_free_ char *path = NULL;
	struct err e = { 0 };

	if (empty.len)
		return;
	if (!mkdtemp(folder) || atexit(leave) != 0)
		abort();
	store_close(open_store());
	path = below("slowpath.db");
	if (file_read(path, 1 << 24, &empty, &e) < 0)
		abort();
}

static int merged(void *arg, const char *id, enum merge_outcome outcome, struct err *e)
{
	struct buf *ids = arg;

	(void)outcome;
	return buf_add(ids, id, strlen(id) + 1) < 0 ? err_oom(e) : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *ours = NULL, *theirs = NULL;
	_cleanup_buf_ struct buf ids = { 0 }, copy = { 0 };
	struct err e = { 0 };
	struct store *s;

	make_folder();
	if (size > VERSION_AT + VERSION_BYTES && buf_add(&copy, data, size) == 0)
		memcpy(copy.data + VERSION_AT, empty.data + VERSION_AT, VERSION_BYTES);
	ours = below("slowpath.db");
	theirs = below("theirs.db");
	if (file_write(ours, buf_str(&empty), empty.len, &e) < 0 ||
	    file_write(theirs, buf_str(&copy), copy.len, &e) < 0)
		abort();
	s = open_store();
	if (store_merge(s, theirs, merged, &ids, &e) < 0 && !e.text[0])
		abort();
	for (size_t at = 0; !e.code && at < ids.len; at += strlen(ids.data + at) + 1) {
		struct record r = { 0 };

		store_load(s, ids.data + at, LOAD_ALL, &r, &(struct err){ 0 });
		record_free(&r);
	}
	store_close(s);
	return 0;
}
