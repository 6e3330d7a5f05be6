// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who is at an experiment: a lock on one byte of DATA/slowpath.claims, at a hash of its id. (Not at
 * the number of its row: of a row that was removed, the next one gets the number.)
 */
#include "store/store.h"

#include "base/buf.h"
#include "store/internal.h"
#include "store/sql.h"

#include <errno.h>
#include <fcntl.h>

/* FNV-1a, and within what a file's offset may be. */
static off_t place_of(const char *id)
{
	uint64_t hash = 0xcbf29ce484222325;

	for (; *id; id++)
		hash = (hash ^ (unsigned char)*id) * 0x100000001b3;
	return (off_t)(hash >> 2);
}

static int must_be_there(struct store *s, const char *id, struct err *e)
{
	_cleanup_sql_ struct sql q;
	int r = sql_prepare(s->db, "SELECT 1 FROM experiment WHERE id = ?", &q, e);

	return r < 0 ? r : sql_experiment(&q, id, e);
}

static int open_claims(struct store *s, struct err *e)
{
	_cleanup_free_ char *path = str_printf("%s/slowpath.claims", s->data_dir);

	if (s->claims_fd >= 0)
		return 0;
	if (!path)
		return err_oom(e);
	s->claims_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	return s->claims_fd < 0 ? err_errno(e, errno, "%s", path) : 0;
}

/* Of the open file, not of the process: closing another descriptor does not lose it. */
static int set_lock(struct store *s, const char *id, short type)
{
	struct flock lock = {
		.l_type = type, .l_whence = SEEK_SET, .l_start = place_of(id), .l_len = 1
	};

	return fcntl(s->claims_fd, F_OFD_SETLK, &lock) == 0 ? 0 : -errno;
}

int store_claim(struct store *s, const char *id, struct err *e)
{
	/* Looked for before, so that a wrong name makes no file, and after: it may be removed. */
	int r = must_be_there(s, id, e);

	if (r == 0)
		r = open_claims(s, e);
	if (r < 0)
		return r;
	r = set_lock(s, id, F_WRLCK);
	if (r == -EAGAIN || r == -EACCES)
		return err_set(e, EBUSY, "another slowpath is at experiment '%s'", id);
	if (r < 0)
		return err_errno(e, -r, "%s/slowpath.claims", s->data_dir);
	r = must_be_there(s, id, e);
	if (r < 0)
		store_release(s, id);
	return r;
}

void store_release(struct store *s, const char *id)
{
	if (s->claims_fd >= 0)
		set_lock(s, id, F_UNLCK);
}
