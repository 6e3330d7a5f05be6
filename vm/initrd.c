// SPDX-License-Identifier: GPL-2.0-or-later
#include "vm/initrd.h"

#include "base/cleanup.h"
#include "base/file.h"
#include "proto/plan.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#define GUEST_BYTES_MAX (64u << 20)

DEFINE_CLEANUP(struct archive *, archive_write_free)

static la_ssize_t on_write(struct archive *a, void *out, const void *data, size_t len)
{
	(void)a;
	return buf_add(out, data, len) < 0 ? -1 : (la_ssize_t)len;
}

static int add(struct archive *a, const char *name, mode_t mode, const void *data, size_t len)
{
	struct archive_entry *entry = archive_entry_new();
	int r;

	if (!entry)
		return -ENOMEM;
	archive_entry_set_pathname(entry, name);
	archive_entry_set_mode(entry, mode);
	archive_entry_set_size(entry, (la_int64_t)len);
	archive_entry_set_mtime(entry, 0, 0);
	archive_entry_set_nlink(entry, 1);
	if (S_ISCHR(mode))
		archive_entry_set_rdev(entry, makedev(5, 1));
	r = archive_write_header(a, entry) == ARCHIVE_OK ? 0 : -EIO;
	if (r == 0 && len && archive_write_data(a, data, len) != (la_ssize_t)len)
		r = -EIO;
	archive_entry_free(entry);
	return r;
}

int initrd_build(const char *guest_path, const char *shell_path, size_t pad_bytes, struct buf *out,
		 struct err *e)
{
	_cleanup_(archive_write_free_p) struct archive *a = archive_write_new();
	_cleanup_free_ char *pad = calloc(1, pad_bytes + 1);
	_cleanup_buf_ struct buf guest = { 0 }, shell = { 0 };
	int r = file_read(guest_path, GUEST_BYTES_MAX, &guest, e);

	if (r == 0 && shell_path)
		r = file_read(shell_path, GUEST_BYTES_MAX, &shell, e);
	if (r < 0)
		return r;
	if (!a || !pad)
		return err_oom(e);
	archive_write_set_format_cpio_newc(a);
	archive_write_set_bytes_in_last_block(a, 1);
	if (archive_write_open(a, out, NULL, on_write, NULL) != ARCHIVE_OK)
		return err_set(e, EIO, "initrd: %s", archive_error_string(a));
	if (add(a, "dev", S_IFDIR | 0755, NULL, 0) < 0 ||
	    add(a, "dev/console", S_IFCHR | 0600, NULL, 0) < 0 ||
	    add(a, "proc", S_IFDIR | 0755, NULL, 0) < 0 ||
	    add(a, "sys", S_IFDIR | 0755, NULL, 0) < 0 ||
	    add(a, "init", S_IFREG | 0755, guest.data, guest.len) < 0 ||
	    (shell_path && add(a, PLAN_SHELL_FILE, S_IFREG | 0755, shell.data, shell.len) < 0) ||
	    (pad_bytes && add(a, "pad", S_IFREG | 0644, pad, pad_bytes) < 0) ||
	    archive_write_close(a) != ARCHIVE_OK)
		return err_set(e, EIO, "initrd: %s", archive_error_string(a));
	return 0;
}
