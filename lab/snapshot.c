// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/snapshot.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "proto/plan.h"
#include "proto/report.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int snapshot_key(const struct qemu *qemu, const char *kernel_sha256, bool direct,
		 const void *initrd, size_t initrd_len, const struct machine_spec *machine,
		 struct hash_hex *out, struct err *e)
{
	_cleanup_argv_ struct argv words = { 0 };
	_cleanup_buf_ struct buf b = { 0 };
	int r = argv_machine(&words, machine, e);

	if (r < 0)
		return r;
	r |= buf_printf(&b, "qemu %s\nkernel %s %s\ninitrd %s\nplan %d report %d\n", qemu->identity,
			kernel_sha256, direct ? "vmlinux" : "bzImage",
			hash_bytes(initrd, initrd_len).text, PLAN_VERSION, REPORT_VERSION);
	for (size_t i = 0; i < words.count; i++)
		r |= buf_printf(&b, "word %s\n", words.words[i]);
	if (r)
		return err_oom(e);
	*out = hash_bytes(b.data, b.len);
	return 0;
}

int snapshot_open(const char *cache_dir, const struct hash_hex *key, struct snapshot *out,
		  bool *exists, struct err *e)
{
	_cleanup_free_ char *parent = str_printf("%s/snapshots", cache_dir);
	_cleanup_free_ char *lock = str_printf("%s/snapshots/%.32s.lock", cache_dir, key->text);
	int r;

	*out = SNAPSHOT_NONE;
	out->dir = str_printf("%s/snapshots/%.32s", cache_dir, key->text);
	out->state = str_printf("%s/snapshots/%.32s/state", cache_dir, key->text);
	if (!parent || !lock || !out->dir || !out->state) {
		snapshot_close(out);
		return err_oom(e);
	}
	*exists = file_exists(out->state);
	if (*exists)
		return 0;
	r = dir_make(parent, e);
	if (r == 0) {
		out->lock_fd = file_lock(lock, true, e);
		r = out->lock_fd < 0 ? out->lock_fd : 0;
	}
	if (r < 0) {
		snapshot_close(out);
		return r;
	}
	*exists = file_exists(out->state); /* somebody else may have made it meanwhile */
	return 0;
}

int snapshot_publish(struct snapshot *s, const char *saved, const char *info, struct err *e)
{
	_cleanup_free_ char *temp = str_printf("%s.part", s->dir);
	_cleanup_free_ char *state = str_printf("%s.part/state", s->dir);
	_cleanup_free_ char *note = str_printf("%s.part/info", s->dir);
	int r;

	if (!temp || !state || !note)
		return err_oom(e);
	r = dir_remove(temp, e); /* of a maker that was killed: the lock is ours now */
	if (r == 0)
		r = dir_make(temp, e);
	if (r == 0 && rename(saved, state) < 0)
		r = err_errno(e, errno, "%s", state);
	if (r == 0)
		r = file_write(note, info, strlen(info), e);
	if (r == 0)
		r = dir_publish(temp, s->dir, e);
	if (r < 0)
		dir_remove(temp, NULL);
	close(s->lock_fd);
	s->lock_fd = -1;
	return r;
}

void snapshot_discard(struct snapshot *s)
{
	dir_remove(s->dir, NULL);
}

void snapshot_close(struct snapshot *s)
{
	if (s->lock_fd >= 0)
		close(s->lock_fd);
	free(s->dir);
	free(s->state);
	*s = SNAPSHOT_NONE;
}
