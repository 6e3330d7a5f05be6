// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/snapshot.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/file.h"
#include "proto/plan.h"
#include "proto/report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

#define LOCK_POLL_MS 20
#define INFO_BYTES_MAX 65536
#define SUM_START "sha256 "

int snapshot_key(const struct qemu *qemu, const char *kernel_sha256, bool direct,
		 const void *initrd, size_t initrd_len, const struct machine_spec *machine,
		 struct hash_hex *out, struct err *e)
{
	_cleanup_argv_ struct argv words = { 0 };
	_cleanup_buf_ struct buf b = { 0 };
	int r = argv_machine(&words, machine, e);

	if (r < 0)
		return r;
	/* "verified": not one of a kernel that nobody hashed when it was booted. */
	r |= buf_printf(&b, "qemu %s\nverified kernel %s %s\ninitrd %s\nplan %d report %d\n",
			qemu->identity, kernel_sha256,
			machine->arch && machine->arch->raw_image ? "Image"
			: direct				  ? "vmlinux"
								  : "bzImage",
			hash_bytes(initrd, initrd_len).text, PLAN_VERSION, REPORT_VERSION);
	for (size_t i = 0; i < words.count; i++)
		r |= buf_printf(&b, "word %s\n", words.words[i]);
	if (r)
		return err_oom(e);
	*out = hash_bytes(b.data, b.len);
	return 0;
}

/* Whether the lock's holder has shown since the last time that its guest executes. */
static bool shows_life(int lock_fd, struct timespec *seen)
{
	struct stat st;
	bool news;

	if (fstat(lock_fd, &st) < 0)
		return false;
	news = st.st_mtim.tv_sec != seen->tv_sec || st.st_mtim.tv_nsec != seen->tv_nsec;
	*seen = st.st_mtim;
	return news;
}

/*
 * Looks, locks as what was seen asks for (together to use, alone to make), and looks again. Whoever
 * is waited for may turn from maker to user, so the wait is for a change of either.
 */
static int lock_and_look(struct snapshot *s, const char *lock, const struct snapshot_wait *wait,
			 bool *exists, struct err *e)
{
	const uint64_t deadline_ns = (uint64_t)wait->deadline_s * 1000000000u;
	uint64_t until_ns = clock_ns() + deadline_ns;
	struct timespec life = { 0 };
	struct timespec pause = { .tv_nsec = LOCK_POLL_MS * 1000000 };

	*exists = file_exists(s->state);
	s->lock_fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (s->lock_fd < 0 && *exists)
		return 0; /* of a cache that cannot be written, nobody removes anything */
	if (s->lock_fd < 0)
		return err_errno(e, errno, "lock %s", lock);
	for (;;) {
		bool seen = *exists;
		bool held = flock(s->lock_fd, (seen ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0;

		if (!held && errno != EWOULDBLOCK && errno != EINTR)
			return err_errno(e, errno, "lock %s", lock);
		*exists = file_exists(s->state);
		if (held && *exists == seen)
			return 0;
		if (wait->cancel && atomic_load(wait->cancel))
			return err_set(e, ECANCELED, "interrupted while waiting for a snapshot");
		if (shows_life(s->lock_fd, &life))
			until_ns = clock_ns() + deadline_ns;
		if (clock_ns() > until_ns)
			return err_set(e, ETIMEDOUT,
				       "another slowpath has held %s for %u s, and its guest "
				       "executes nothing; --deadline waits longer",
				       lock, wait->deadline_s);
		if (!held)
			nanosleep(&pause, NULL);
	}
}

int snapshot_open(const char *cache_dir, const struct hash_hex *key,
		  const struct snapshot_wait *wait, struct snapshot *out, bool *exists,
		  struct err *e)
{
	_cleanup_free_ char *parent = str_printf("%s/snapshots", cache_dir);
	_cleanup_free_ char *lock = str_printf("%s/snapshots/%.32s.lock", cache_dir, key->text);
	int r;

	*out = SNAPSHOT_NONE;
	out->dir = str_printf("%s/snapshots/%.32s", cache_dir, key->text);
	out->state = str_printf("%s/snapshots/%.32s/state", cache_dir, key->text);
	r = parent && lock && out->dir && out->state ? dir_make(parent, e) : err_oom(e);
	if (r == 0)
		r = lock_and_look(out, lock, wait, exists, e);
	if (r < 0) {
		snapshot_close(out);
		return r;
	}
	if (*exists)
		utimensat(AT_FDCWD, out->state, NULL, 0); /* tells when it was used last */
	return 0;
}

bool snapshot_info_has(const char *info, const struct hash_hex *sum)
{
	const char *at = strstr(info, SUM_START);

	return at && !strncmp(at + strlen(SUM_START), sum->text, HASH_HEX_LEN);
}

/* QEMU notices a state that is cut short, but goes on with memory that is not the guest's. */
int snapshot_check(const struct snapshot *s, struct err *e)
{
	_cleanup_free_ char *path = str_printf("%s/info", s->dir);
	_cleanup_buf_ struct buf info = { 0 };
	struct hash_hex hex;
	int r;

	if (!path)
		return err_oom(e);
	r = hash_file(s->state, &hex, e);
	if (r < 0)
		return r;
	if (file_read(path, INFO_BYTES_MAX, &info, NULL) == 0 &&
	    snapshot_info_has(buf_str(&info), &hex))
		return 0;
	return err_set(e, EBADMSG, "%s does not match its checksum", s->state);
}

int snapshot_publish(struct snapshot *s, const char *saved, const char *info, struct err *e)
{
	_cleanup_free_ char *temp = str_printf("%s.part", s->dir);
	_cleanup_free_ char *state = str_printf("%s.part/state", s->dir);
	_cleanup_free_ char *note = str_printf("%s.part/info", s->dir);
	_cleanup_buf_ struct buf text = { 0 };
	struct hash_hex hex;
	int r;

	if (!temp || !state || !note)
		return err_oom(e);
	r = dir_remove(temp, e); /* of a maker that was killed: the lock is ours now */
	if (r == 0)
		r = dir_make(temp, e);
	if (r == 0 && rename(saved, state) < 0)
		r = err_errno(e, errno, "%s", state);
	if (r == 0)
		r = hash_file(state, &hex, e);
	if (r == 0 && buf_printf(&text, "%s" SUM_START "%s\n", info, hex.text) < 0)
		r = err_oom(e);
	if (r == 0)
		r = file_write(note, text.data, text.len, e);
	if (r == 0)
		r = dir_publish(temp, s->dir, e);
	if (r < 0)
		dir_remove(temp, NULL);
	flock(s->lock_fd, LOCK_SH); /* from its maker to its first user */
	return r;
}

void snapshot_discard(struct snapshot *s)
{
	if (s->lock_fd >= 0 && flock(s->lock_fd, LOCK_EX | LOCK_NB) == 0)
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
