// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A .deb (deb(5)) is an ar archive of "debian-binary", "control.tar.*" and "data.tar.*"; the last
 * holds the files, as "./usr/lib/...". The kernel is one of
 *
 *   boot/vmlinuz-RELEASE            linux-image-* up to 6.18, and make bindeb-pkg
 *   usr/lib/modules/RELEASE/vmlinuz linux-binary-* from 6.19
 *   usr/lib/debug/boot/vmlinux-RELEASE, usr/lib/debug/lib/modules/RELEASE/vmlinux
 *
 * and the config boot/config-RELEASE or usr/lib/modules/RELEASE/config (linux-base-*).
 * Both layers are streamed: nothing but these two members ever reaches the disk.
 */
#include "kernel/image/deb.h"

#include "base/cleanup.h"
#include "kernel/image/reader.h"
#include "kernel/image/unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <string.h>

#define AR_MAGIC "!<arch>\n"
#define IMAGE_MAX (2ULL << 30)
#define CONFIG_MAX (16ULL << 20)
/* All members together, those passed over too: they cost time even so. */
#define TOTAL_MAX (8ULL << 30)
#define MEMBERS_MAX 200000

enum member { MEMBER_OTHER, MEMBER_IMAGE, MEMBER_CONFIG };

bool deb_is(const void *head, size_t len)
{
	return len >= strlen(AR_MAGIC) && !memcmp(head, AR_MAGIC, strlen(AR_MAGIC));
}

static enum member classify(const char *path)
{
	static const struct {
		const char *pattern;
		enum member member;
	} known[] = {
		{ "boot/vmlinuz-*", MEMBER_IMAGE },
		{ "usr/lib/modules/*/vmlinuz", MEMBER_IMAGE },
		{ "lib/modules/*/vmlinuz", MEMBER_IMAGE },
		{ "usr/lib/debug/boot/vmlinux-*", MEMBER_IMAGE },
		{ "usr/lib/debug/lib/modules/*/vmlinux", MEMBER_IMAGE },
		{ "boot/config-*", MEMBER_CONFIG },
		{ "usr/lib/modules/*/config", MEMBER_CONFIG },
		{ "lib/modules/*/config", MEMBER_CONFIG },
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (!fnmatch(known[i].pattern, path, FNM_PATHNAME))
			return known[i].member;
	}
	return MEMBER_OTHER;
}

/* A folder on the way to a kernel. */
static bool leads_to_kernel(const char *path)
{
	static const char *const folders[] = { "boot",
					       "lib",
					       "lib/modules",
					       "lib/modules/*",
					       "usr",
					       "usr/lib",
					       "usr/lib/modules",
					       "usr/lib/modules/*",
					       "usr/lib/debug",
					       "usr/lib/debug/boot" };

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		if (!fnmatch(folders[i], path, FNM_PATHNAME))
			return true;
	}
	return false;
}

static bool climbs(const char *path)
{
	if (path[0] == '/')
		return true;
	for (const char *p = path; p; p = strchr(p, '/')) {
		p += *p == '/';
		if (p[0] == '.' && p[1] == '.' && (p[2] == '/' || p[2] == '\0'))
			return true;
	}
	return false;
}

/* State of one pass over a package. */
struct pass {
	deb_visit_fn visit;
	void *arg;
	uint64_t total;
	size_t members;
};

/* The bytes as packed, else (a pax name that the locale cannot spell) as UTF-8; or NULL. */
static const char *member_path(struct archive_entry *entry)
{
	const char *path = archive_entry_pathname(entry);

	return path ? path : archive_entry_pathname_utf8(entry);
}

static int take_member(struct archive *tar, struct archive_entry *entry, struct pass *x,
		       struct err *e)
{
	const char *path = member_path(entry);
	int64_t size = archive_entry_size(entry);

	if (!path)
		return err_set(e, EBADMSG, "a member without a readable name");
	if (climbs(path))
		return err_set(e, EBADMSG, "member '%s' leads out of the package, refused", path);
	x->total += (uint64_t)(size > 0 ? size : 0);
	if (x->total > TOTAL_MAX || ++x->members > MEMBERS_MAX)
		return err_set(e, EFBIG, "at member '%s' it holds more than any kernel package",
			       path);
	while (!strncmp(path, "./", 2))
		path += 2;
	return x->visit(x->arg, tar, entry, path, e);
}

static int read_tar(struct archive *tar, struct pass *x, struct err *e)
{
	for (;;) {
		struct archive_entry *entry;
		int r = archive_read_next_header(tar, &entry);

		if (r == ARCHIVE_EOF)
			return 0;
		if (r != ARCHIVE_OK && r != ARCHIVE_WARN)
			return err_set(e, EBADMSG, "data.tar: damaged or cut short (%s)",
				       reader_reason(tar));
		r = take_member(tar, entry, x, e);
		if (r < 0)
			return r;
	}
}

/* Feeds the inner reader from the entry that the outer one is at. */
static ssize_t read_outer(struct archive *tar, void *arg, const void **block)
{
	struct archive *ar = arg;
	size_t len;
	int64_t offset;
	int r = archive_read_data_block(ar, block, &len, &offset);

	if (r == ARCHIVE_EOF)
		return 0;
	if (r != ARCHIVE_OK) {
		archive_set_error(tar, EBADMSG, "%s", reader_reason(ar));
		return -1;
	}
	return (ssize_t)len;
}

static int read_data(struct archive *ar, struct pass *x, struct err *e)
{
	_cleanup_reader_ struct archive *tar = reader_new(READER_TAR);

	if (!tar)
		return err_oom(e);
	if (archive_read_open(tar, ar, NULL, read_outer, NULL) != ARCHIVE_OK)
		return err_set(e, EBADMSG, "data.tar: %s", reader_reason(tar));
	return read_tar(tar, x, e);
}

static int read_ar(struct archive *ar, struct pass *x, struct err *e)
{
	for (;;) {
		struct archive_entry *entry;
		const char *name;
		int r = archive_read_next_header(ar, &entry);

		if (r == ARCHIVE_EOF)
			return err_set(e, EBADMSG, "no data.tar in it: not a Debian package");
		if (r != ARCHIVE_OK)
			return err_set(e, EBADMSG, "damaged or cut short (%s)", reader_reason(ar));
		name = archive_entry_pathname(entry);
		if (name && !strncmp(name, "data.tar", 8))
			return read_data(ar, x, e);
	}
}

int deb_each(const char *deb, deb_visit_fn visit, void *arg, struct err *e)
{
	_cleanup_reader_ struct archive *ar = reader_new(READER_AR);
	struct pass x = { .visit = visit, .arg = arg };

	if (!ar)
		return err_oom(e);
	if (archive_read_open_filename(ar, deb, 1 << 16) != ARCHIVE_OK)
		return err_set(e, EBADMSG, "%s: %s", deb, reader_reason(ar));
	return read_ar(ar, &x, e);
}

int deb_check_type(struct archive_entry *entry, const char *path, bool file, struct err *e)
{
	unsigned want = file ? AE_IFREG : AE_IFDIR;

	if (archive_entry_hardlink(entry) || archive_entry_filetype(entry) != want)
		return err_set(e, EBADMSG, "member '%s' is a link or a special file, refused",
			       path);
	return 0;
}

/* What deb_extract() looks for, and where it goes. */
struct extraction {
	const char *image_to, *config_to;
	struct deb_found *found;
};

static int save(struct archive *tar, const char *path, const char *to, uint64_t max, struct err *e)
{
	_cleanup_close_ int fd = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

	if (fd < 0)
		return err_errno(e, errno, "%s", to);
	return unpack_entry(tar, path, max, unpack_to_fd, &fd, e);
}

static int take_kernel(void *arg, struct archive *tar, struct archive_entry *entry,
		       const char *path, struct err *e)
{
	struct extraction *x = arg;
	bool *done = NULL;
	const char *to = NULL;
	uint64_t max = 0;
	int r;

	switch (classify(path)) {
	case MEMBER_OTHER:
		return leads_to_kernel(path) ? deb_check_type(entry, path, false, e) : 0;
	case MEMBER_IMAGE:
		done = &x->found->image;
		to = x->image_to;
		max = IMAGE_MAX;
		break;
	case MEMBER_CONFIG:
		done = &x->found->config;
		to = x->config_to;
		max = CONFIG_MAX;
		break;
	}
	r = deb_check_type(entry, path, true, e);
	if (r < 0 || *done)
		return r;
	r = save(tar, path, to, max, e);
	*done = r == 0;
	return r;
}

int deb_extract(const char *deb, const char *image_to, const char *config_to,
		struct deb_found *found, struct err *e)
{
	struct extraction x = { image_to, config_to, found };

	*found = (struct deb_found){ 0 };
	return deb_each(deb, take_kernel, &x, e);
}
