/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One database file, opened so that nobody waits to read: with a write-ahead log where that can be,
 * and so that a file is read that cannot be written to. Internal to store/.
 */
#ifndef STORE_DATABASE_H
#define STORE_DATABASE_H

#include "base/err.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

enum database_access {
	DATABASE_WRITABLE,
	/*
	 * File or folder cannot be written, but SQLite can do: somebody who can is at the database,
	 * or it has no log.
	 */
	DATABASE_READ_ONLY,
	/*
	 * They cannot be written, and nobody is at it: what is read is the file alone, unlocked,
	 * and holds only if the file is the same afterwards.
	 */
	DATABASE_FROZEN,
	/* As that, but what was written last is in a log beside it: a copy of both is read. */
	DATABASE_COPIED,
};

struct database {
	sqlite3 *db; /* NULL until database_open() */
	char *path;  /* as it was given */
	char *file;  /* without symbolic links: what SQLite has lies beside that */
	char *uri;   /* by which SQLite opens it */
	enum database_access access;
	struct stat found; /* FROZEN: the file as it was */
	char *scratch;	   /* COPIED: folder of the copy, removed when it is closed */
};

/* Finds out how @path can be opened; makes the copy if there has to be one. */
int database_find(const char *path, struct database *out, struct err *e);
/* Opens what was found, makes it if it is not there, and waits for locks up to @wait_ms. */
int database_open(struct database *d, int wait_ms, struct err *e);
/*
 * Turns the log on where that can be, and waits for locks up to @wait_ms from now on. For the log
 * nobody is waited for, and no failure is one: without it readers wait for writers. Nothing if it
 * is on already.
 */
void database_ready(struct database *d, int wait_ms);
/* -EROFS if it was opened for reading only. */
int database_writable(const struct database *d, struct err *e);
/*
 * Whether what was read may be believed: @r, what the reading gave, or -EBUSY if a frozen file is
 * another now.
 */
int database_settled(const struct database *d, int r, struct err *e);
/*
 * One by one, those who ask: a lock on the folder, to be closed; negative if there is none. Whoever
 * holds it has something short to do or is stopped, so after @wait_ms it is as if one had it.
 */
int database_lock(const struct database *d, unsigned wait_ms);
/* Closes it. Whoever is the last leaves one file without a log. */
void database_close(struct database *d);

/* Whether a kind of file system (statfs(2), f_type) is shared by several machines. */
bool database_shared_by_machines(uint64_t f_type);

#endif
