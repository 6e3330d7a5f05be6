// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/image/reader.h"

static int support_format(struct archive *a, enum reader_format format)
{
	switch (format) {
	case READER_RAW:
		return archive_read_support_format_raw(a);
	case READER_AR:
		return archive_read_support_format_ar(a);
	case READER_TAR:
		return archive_read_support_format_tar(a);
	}
	return ARCHIVE_FATAL;
}

struct archive *reader_new(enum reader_format format)
{
	static int (*const filters[])(struct archive *) = {
		archive_read_support_filter_gzip, archive_read_support_filter_xz,
		archive_read_support_filter_lzma, archive_read_support_filter_zstd,
		archive_read_support_filter_lz4,  archive_read_support_filter_bzip2,
	};
	struct archive *a = archive_read_new();

	if (!a)
		return NULL;
	if (support_format(a, format) != ARCHIVE_OK) {
		archive_read_free(a);
		return NULL;
	}
	for (size_t i = 0; format != READER_AR && i < ARRAY_SIZE(filters); i++) {
		int r = filters[i](a);

		/* ARCHIVE_WARN: a libarchive built without this library. */
		if (r != ARCHIVE_OK && r != ARCHIVE_WARN) {
			archive_read_free(a);
			return NULL;
		}
	}
	return a;
}

const char *reader_reason(struct archive *a)
{
	const char *text = archive_error_string(a);

	return text ? text : "no reason given";
}

void reader_free(struct archive *a)
{
	archive_read_free(a);
}
