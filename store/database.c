// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/database.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "store/sql.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/vfs.h>
#include <time.h>

bool database_shared_by_machines(uint64_t f_type)
{
	static const uint32_t types[] = {
		0x6969,	    /* NFS */
		0x517b,	    /* SMB */
		0xff534d42, /* CIFS */
		0xfe534d42, /* SMB2 */
		0x01021997, /* 9P */
		0x65735546, /* FUSE: sshfs and many others */
		0x0bd00bd0, /* Lustre */
		0x47504653, /* GPFS */
		0x00c36400, /* Ceph */
		0x5346414f, /* AFS */
		0x6b414653, /* kAFS */
		0x7461636f, /* OCFS2 */
		0x01161970, /* GFS2 */
		0x19830326, /* BeeGFS */
		0xaad7aaea, /* PanFS */
		0x786f4256, /* VirtualBox's shared folders */
	};

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if ((uint32_t)f_type == types[i])
			return true;
	}
	return false;
}

/* The folder of @path (malloc'ed), or NULL. */
static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return !slash	       ? strdup(".")
	       : slash == path ? strdup("/")
			       : strndup(path, (size_t)(slash - path));
}

static bool can_write(const char *path)
{
	return faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) == 0;
}

/* Bytes of the file @path with @suffix; negative if there is none. */
static int64_t beside(const char *path, const char *suffix)
{
	_cleanup_free_ char *name = str_printf("%s%s", path, suffix);

	return name ? file_size(name) : -ENOMEM;
}

/* "file:PATH?options" (malloc'ed), or NULL. */
static char *uri_of(const char *path, const char *options)
{
	_cleanup_buf_ struct buf b = { 0 };

	buf_puts(&b, "file:");
	for (const unsigned char *p = (const unsigned char *)path; *p; p++)
		if (strchr("%?#", *p))
			buf_printf(&b, "%%%02x", *p);
		else
			buf_add(&b, p, 1);
	buf_puts(&b, options);
	return buf_error(&b) ? NULL : buf_steal(&b);
}

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       !memcmp(&a->st_mtim, &b->st_mtim, sizeof(a->st_mtim)) &&
	       !memcmp(&a->st_ctim, &b->st_ctim, sizeof(a->st_ctim));
}

static int changed(const char *path, struct err *e)
{
	return err_set(e, EBUSY,
		       "database %s: another slowpath wrote to it while it was read; again, please",
		       path);
}

static int copy_one(const struct database *d, const char *suffix, struct err *e)
{
	_cleanup_free_ char *from = str_printf("%s%s", d->file, suffix);
	_cleanup_free_ char *to = str_printf("%s/slowpath.db%s", d->scratch, suffix);

	return from && to ? file_copy(from, to, e) : err_oom(e);
}

/* Nobody is at it, as far as can be seen; whoever comes in between shows in the file or beside it.
 */
static int make_copy(struct database *d, struct err *e)
{
	_cleanup_free_ char *copy = NULL;
	struct stat now;
	int r = dir_temp("/tmp", "slowpath-database-", &d->scratch, e);

	if (r == 0)
		r = copy_one(d, "", e);
	if (r == 0)
		r = copy_one(d, "-wal", e);
	if (r < 0)
		return err_wrap(e, "database %s cannot be written, and a copy of it with its log",
				d->path);
	if (stat(d->file, &now) < 0 || !same_file(&now, &d->found) || beside(d->file, "-shm") >= 0)
		return changed(d->path, e);
	copy = str_printf("%s/slowpath.db", d->scratch);
	d->uri = copy ? uri_of(copy, "") : NULL;
	return d->uri ? 0 : err_oom(e);
}

static int find_access(struct database *d, struct err *e)
{
	_cleanup_free_ char *folder = folder_of(d->file);

	if (!folder)
		return err_oom(e);
	/*
	 * SQLite reads a log with the help of a file of its own (-shm), which it cannot make here.
	 * If it is there already, it can be used; if there is a rollback journal (-journal), it is
	 * not about a log.
	 */
	if (stat(d->file, &d->found) < 0 || (can_write(d->file) && can_write(folder)))
		d->access = DATABASE_WRITABLE;
	else if (beside(d->file, "-shm") >= 0 || beside(d->file, "-journal") >= 0)
		d->access = DATABASE_READ_ONLY;
	else
		d->access = beside(d->file, "-wal") > 0 ? DATABASE_COPIED : DATABASE_FROZEN;
	return 0;
}

int database_find(const char *path, struct database *out, struct err *e)
{
	int r;

	*out = (struct database){ .path = strdup(path), .file = realpath(path, NULL) };
	if (!out->file)
		out->file = strdup(path);
	if (!out->path || !out->file)
		return err_oom(e);
	r = find_access(out, e);
	if (r < 0)
		return r;
	if (out->access == DATABASE_COPIED)
		return make_copy(out, e);
	out->uri = uri_of(out->file, out->access == DATABASE_FROZEN ? "?immutable=1" : "");
	return out->uri ? 0 : err_oom(e);
}

/* A log needs memory that all who are at the database share: not over a network. */
static bool is_shared(const struct database *d)
{
	_cleanup_free_ char *folder = folder_of(d->file);
	struct statfs fs;

	return folder && statfs(folder, &fs) == 0 &&
	       database_shared_by_machines((uint64_t)fs.f_type);
}

/* It was begun elsewhere and cannot be used here: into the file with it. */
static int take_log_back(struct database *d, struct err *e)
{
	if (d->access != DATABASE_WRITABLE ||
	    (!is_shared(d) &&
	     sqlite3_exec(d->db, "PRAGMA schema_version", NULL, NULL, NULL) != SQLITE_CANTOPEN))
		return 0;
	return sql_exec(d->db,
			"PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE; "
			"PRAGMA locking_mode = NORMAL; SELECT count(*) FROM sqlite_master",
			e);
}

int database_open(struct database *d, int wait_ms, struct err *e)
{
	int flags =
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX;
	int r;

	if (sqlite3_open_v2(d->uri, &d->db, flags, NULL) != SQLITE_OK)
		return d->db ? sql_error_at(d->db, d->path, "opening", e) : err_oom(e);
	sqlite3_busy_timeout(d->db, wait_ms);
	/* In a stranger's file nothing is called; a full disk is the database's. */
	r = sql_exec(d->db,
		     "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; "
		     "PRAGMA temp_store = MEMORY",
		     e);
	/* A copy could be written, and what was written would be lost. */
	if (r == 0 && d->access != DATABASE_WRITABLE)
		r = sql_exec(d->db, "PRAGMA query_only = ON", e);
	return r < 0 ? r : take_log_back(d, e);
}

void database_ready(struct database *d, int wait_ms)
{
	if (d->access == DATABASE_WRITABLE && !is_shared(d)) {
		sqlite3_busy_timeout(d->db, 0);
		sqlite3_exec(d->db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
	}
	sqlite3_busy_timeout(d->db, wait_ms);
}

int database_writable(const struct database *d, struct err *e)
{
	if (d->access == DATABASE_WRITABLE)
		return 0;
	return err_set(e, EROFS,
		       "database %s: the file or its folder cannot be written: choose another home "
		       "with --home DIR",
		       d->path);
}

int database_settled(const struct database *d, int r, struct err *e)
{
	struct stat now;

	if (d->access != DATABASE_FROZEN ||
	    (stat(d->file, &now) == 0 && same_file(&now, &d->found)))
		return r;
	err_clear(e);
	return changed(d->path, e);
}

int database_lock(const struct database *d, unsigned wait_ms)
{
	_cleanup_free_ char *folder = folder_of(d->file);
	const struct timespec pause = { .tv_nsec = 10 * 1000 * 1000 };
	int fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	for (unsigned i = 0; fd >= 0 && i < wait_ms / 10 && flock(fd, LOCK_EX | LOCK_NB) < 0; i++) {
		if (errno != EWOULDBLOCK)
			break;
		nanosleep(&pause, NULL);
	}
	return fd;
}

void database_close(struct database *d)
{
	_cleanup_close_ int fd = -1;

	/* Of two that close at the same time, each would leave the log to the other. */
	if (d->db && d->access == DATABASE_WRITABLE)
		fd = database_lock(d, 1000);
	sqlite3_close(d->db);
	if (d->scratch)
		dir_remove(d->scratch, NULL);
	free(d->path);
	free(d->file);
	free(d->uri);
	free(d->scratch);
	*d = (struct database){ 0 };
}
