// SPDX-License-Identifier: GPL-2.0-or-later
#include "bisect/journal.h"

#include "base/buf.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define JOURNAL_MAX (64U << 20)

struct journal {
	int fd;
	json_t *entries; /* array of objects */
};

/* Takes whole lines; *good is how many bytes those are. */
static int parse(struct journal *j, const struct buf *text, const char *path, size_t *good,
		 struct err *e)
{
	const char *end;

	*good = 0;
	for (const char *l = buf_str(text); (end = strchr(l, '\n')); l = end + 1) {
		json_t *entry = json_loadb(l, (size_t)(end - l), JSON_REJECT_DUPLICATES, NULL);

		if (!json_is_string(json_object_get(entry, "key"))) {
			json_decref(entry);
			return err_set(e, EBADMSG, "%s: damaged at byte %zu", path, *good);
		}
		if (json_array_append_new(j->entries, entry) < 0)
			return err_oom(e);
		*good += (size_t)(end - l) + 1;
	}
	return 0;
}

static int open_file(struct journal *j, const char *path, struct err *e)
{
	_cleanup_buf_ struct buf text = { 0 };
	size_t good;
	int r;

	j->fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	if (j->fd < 0)
		return err_errno(e, errno, "%s", path);
	if (flock(j->fd, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK
			       ? err_set(e, EBUSY, "another slowpath is at it (%s)", path)
			       : err_errno(e, errno, "%s", path);
	r = file_read(path, JOURNAL_MAX, &text, e);
	if (r == 0)
		r = parse(j, &text, path, &good, e);
	if (r == 0 && good < text.len && ftruncate(j->fd, (off_t)good) < 0)
		r = err_errno(e, errno, "%s", path);
	return r;
}

int journal_open(const char *data_dir, const char *id, struct journal **out, struct err *e)
{
	_cleanup_free_ char *dir = str_printf("%s/bisect", data_dir);
	_cleanup_free_ char *path = str_printf("%s/bisect/%s.jsonl", data_dir, id);
	_cleanup_journal_ struct journal *j = calloc(1, sizeof(*j));
	int r = dir && path && j ? dir_make(dir, e) : err_oom(e);

	if (r < 0)
		return r;
	j->fd = -1;
	j->entries = json_array();
	r = j->entries ? open_file(j, path, e) : err_oom(e);
	if (r == 0)
		*out = steal(&j);
	return r;
}

int journal_remove(const char *data_dir, const char *id, struct err *e)
{
	_cleanup_free_ char *path = str_printf("%s/bisect/%s.jsonl", data_dir, id);

	if (!path)
		return err_oom(e);
	return unlink(path) == 0 || errno == ENOENT ? 0 : err_errno(e, errno, "%s", path);
}

void journal_close(struct journal *j)
{
	if (!j)
		return;
	if (j->fd >= 0)
		close(j->fd);
	json_decref(j->entries);
	free(j);
}

const json_t *journal_find(const struct journal *j, const char *key)
{
	for (size_t i = json_array_size(j->entries); i-- > 0;) {
		const json_t *entry = json_array_get(j->entries, i);

		if (!strcmp(json_string_value(json_object_get(entry, "key")), key))
			return entry;
	}
	return NULL;
}

const json_t *journal_entries(const struct journal *j)
{
	return j->entries;
}

int journal_add(struct journal *j, const char *key, json_t *entry, struct err *e)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_buf_ struct buf line = { 0 };
	int r;

	if (!entry || json_object_set_new(entry, "key", json_string(key)) < 0) {
		json_decref(entry);
		return err_oom(e);
	}
	text = json_dumps(entry, JSON_COMPACT | JSON_PRESERVE_ORDER);
	if (json_array_append_new(j->entries, entry) < 0 || !text ||
	    buf_printf(&line, "%s\n", text) < 0)
		return err_oom(e);
	r = file_write_all(j->fd, line.data, line.len);
	if (r == 0 && fsync(j->fd) < 0)
		r = -errno;
	return r < 0 ? err_errno(e, -r, "the journal of the search") : 0;
}
