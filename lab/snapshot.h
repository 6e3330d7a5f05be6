/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Saved machines: a kernel that was booted once is restored, not booted again.
 *
 *	CACHE/snapshots/KEY/state	what QEMU wrote
 *	CACHE/snapshots/KEY/info	release and QEMU version, for people; the state's SHA-256
 *	CACHE/snapshots/KEY.lock	held alone to make or remove a snapshot, together to use it
 *
 * KEY is the hash of all that could change a result: the kernel, the initrd's bytes (and with them
 * the guest), the QEMU binary, and every word of the machine's command line.
 */
#ifndef LAB_SNAPSHOT_H
#define LAB_SNAPSHOT_H

#include "base/err.h"
#include "base/hash.h"
#include "vm/argv.h"
#include "vm/qemu.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

/* @direct: the vmlinux is booted, not the bzImage that it came in. */
int snapshot_key(const struct qemu *qemu, const char *kernel_sha256, bool direct,
		 const void *initrd, size_t initrd_len, const struct machine_spec *machine,
		 struct hash_hex *out, struct err *e);

struct snapshot {
	char *dir;
	char *state; /* path of the saved machine */
	int lock_fd; /* -1: none */
};

#define SNAPSHOT_NONE ((struct snapshot){ .lock_fd = -1 })

/* Who may interrupt a wait for another maker, and how long it may last. */
struct snapshot_wait {
	const atomic_int *cancel; /* may be NULL */
	unsigned deadline_s;	  /* without a sign of life: the lock's time of change */
};

/*
 * Where the snapshot of a key is or will be. If it exists, it stays until snapshot_close(), and its
 * state's time of change becomes that of its last use (lab/housekeeping.h goes by it). If it does
 * not, the caller makes it with snapshot_publish(), and others wait meanwhile.
 */
int snapshot_open(const char *cache_dir, const struct hash_hex *key,
		  const struct snapshot_wait *wait, struct snapshot *out, bool *exists,
		  struct err *e);
/* -EBADMSG if the state is not, to the last byte, what was published. */
int snapshot_check(const struct snapshot *s, struct err *e);
/* Whether the text of an info file has the state's SHA-256 as this. */
bool snapshot_info_has(const char *info, const struct hash_hex *sum);
/* Moves a saved machine into place and lets others use it too. */
int snapshot_publish(struct snapshot *s, const char *saved, const char *info, struct err *e);
/* Throws a damaged snapshot away, unless somebody else uses it. */
void snapshot_discard(struct snapshot *s);
void snapshot_close(struct snapshot *s);
#define _cleanup_snapshot_ __attribute__((cleanup(snapshot_close)))

#endif
