/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files of this machine on their way into a guest (proto/parcel.h). A guest has one /usr: what
 * belongs to /bin, /sbin, /lib or /lib64 goes there, and these are links.
 */
#ifndef PARCEL_PARCEL_H
#define PARCEL_PARCEL_H

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/intern.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define PARCEL_BYTES_MAX (256ull << 20)
#define PARCEL_ENTRIES_MAX 65536

struct arch;

struct parcel_entry {
	char *from;	 /* of this machine; NULL: slowpath's own */
	mode_t mode;	 /* with the type */
	int64_t time_s;	 /* of change */
	struct buf data; /* of a link: what it leads to */
};

struct parcel {
	unsigned owners;
	const struct arch *arch; /* that its program is for; NULL: for this machine's */
	struct parcel_entry *entries;
	size_t count, cap;
	struct intern names; /* numbers are indexes of entries */
	uint64_t bytes;
};

/* NULL when out of memory. */
struct parcel *parcel_new(void);
/* One more owner; parcel_free() is each one's. NULL stays NULL. */
struct parcel *parcel_share(struct parcel *p);
void parcel_free(struct parcel *p);
DEFINE_CLEANUP(struct parcel *, parcel_free)

/*
 * The path of @path (malloc'ed), from the root, in the guest: without "." and "//", and below /usr
 * what belongs there. A relative one begins at @base. ".." leads one up with @climb, and is -EINVAL
 * without.
 */
int parcel_path(const char *base, const char *path, bool climb, char **out, struct err *e);

/* What is at @to in the guest, or NULL. */
const struct parcel_entry *parcel_get(const struct parcel *p, const char *to);
/* @to is a parcel_path(), here and below. What is there already stays. */
int parcel_folder(struct parcel *p, const char *to, struct err *e);
int parcel_link(struct parcel *p, const char *to, const char *target, struct err *e);
int parcel_text(struct parcel *p, const char *to, const char *text, struct err *e);
/*
 * The file @from with its mode and time; the folders above @to come by themselves. *out (may be
 * NULL) is valid until the next entry. -EEXIST if another file is there already, -EFBIG if it is
 * too much.
 */
int parcel_file(struct parcel *p, const char *from, const char *to, const struct parcel_entry **out,
		struct err *e);

/* All that @from has; -EEXIST as parcel_file(). */
int parcel_add(struct parcel *p, const struct parcel *from, struct err *e);
/* Header and archive. */
int parcel_write(const struct parcel *p, struct buf *out, struct err *e);
/* SHA-256 of a file, or of a list of what is below a folder: names, modes, content. */
int parcel_hash(const struct parcel *p, const char *to, struct hash_hex *out, struct err *e);

#endif
