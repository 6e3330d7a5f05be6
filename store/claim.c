// SPDX-License-Identifier: GPL-2.0-or-later
/* Who is at an experiment: a lock on one byte of DATA/slowpath.claims, at its row's number. */
#include "store/store.h"

#include "base/buf.h"
#include "store/internal.h"
#include "store/sql.h"

#include <errno.h>
#include <fcntl.h>

static int row_of(struct store *s, const char *id, int64_t *out, struct err *e)
{
	_cleanup_sql_ struct sql q;
	int r = sql_prepare(s->db, "SELECT rowid FROM experiment WHERE id = ?", &q, e);

	if (r < 0)
		return r;
	r = sql_experiment(&q, id, e);
	if (r == 0)
		*out = sqlite3_column_int64(q.stmt, 0);
	return r;
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

int store_claim(struct store *s, const char *id, struct err *e)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1 };
	int64_t row = 0;
	int r = row_of(s, id, &row, e);

	if (r == 0)
		r = open_claims(s, e);
	if (r < 0)
		return r;
	lock.l_start = row;
	/* Of the open file, not of the process: closing another descriptor does not lose it. */
	if (fcntl(s->claims_fd, F_OFD_SETLK, &lock) == 0)
		return 0;
	if (errno == EAGAIN || errno == EACCES)
		return err_set(e, EBUSY, "another slowpath is at experiment '%s'", id);
	return err_errno(e, errno, "%s/slowpath.claims", s->data_dir);
}
