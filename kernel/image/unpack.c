// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/image/unpack.h"

#include "base/cleanup.h"
#include "base/file.h"
#include "kernel/image/reader.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>

int unpack_to_fd(void *arg, const void *data, size_t len)
{
	return file_write_all(*(int *)arg, data, len);
}

int unpack_to_buf(void *arg, const void *data, size_t len)
{
	return buf_add(arg, data, len);
}

int unpack_entry(struct archive *a, const char *what, uint64_t max, unpack_sink sink, void *arg,
		 struct err *e)
{
	uint64_t total = 0;

	for (;;) {
		const void *block;
		size_t len;
		int64_t offset;
		int r = archive_read_data_block(a, &block, &len, &offset);

		if (r == ARCHIVE_EOF)
			return 0;
		if (r != ARCHIVE_OK)
			return err_set(e, EBADMSG, "%s: damaged or cut short (%s)", what,
				       reader_reason(a));
		/* A sparse entry would say where its bytes go; nothing of ours is sparse. */
		if ((uint64_t)offset != total)
			return err_set(e, EBADMSG, "%s: is sparse", what);
		total += len;
		if (total > max)
			return err_set(e, EFBIG, "%s: unpacks to more than %llu MiB", what,
				       (unsigned long long)(max >> 20));
		r = sink(arg, block, len);
		if (r < 0)
			return err_errno(e, -r, "writing what %s holds", what);
	}
}

static int unpack_raw(struct archive *a, const char *what, uint64_t max, unpack_sink sink,
		      void *arg, struct err *e)
{
	struct archive_entry *entry;
	int r = archive_read_next_header(a, &entry);

	if (r == ARCHIVE_EOF)
		return err_set(e, EBADMSG, "%s: empty", what);
	if (r != ARCHIVE_OK)
		return err_set(e, EBADMSG, "%s: damaged (%s)", what, reader_reason(a));
	return unpack_entry(a, what, max, sink, arg, e);
}

int unpack_memory(const void *data, size_t len, uint64_t max, unpack_sink sink, void *arg,
		  struct err *e)
{
	_cleanup_reader_ struct archive *a = reader_new(READER_RAW);

	if (!a)
		return err_oom(e);
	if (archive_read_open_memory(a, data, len) != ARCHIVE_OK)
		return err_set(e, EBADMSG, "compressed data: %s", reader_reason(a));
	return unpack_raw(a, "compressed data", max, sink, arg, e);
}

int unpack_file(const char *path, uint64_t max, unpack_sink sink, void *arg, struct err *e)
{
	_cleanup_reader_ struct archive *a = reader_new(READER_RAW);

	if (!a)
		return err_oom(e);
	if (archive_read_open_filename(a, path, 1 << 16) != ARCHIVE_OK)
		return err_set(e, EIO, "%s: %s", path, reader_reason(a));
	return unpack_raw(a, path, max, sink, arg, e);
}
