/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parcel: all files of a foreign program, from host to guest, as the fw_cfg file
 * PARCEL_FW_CFG_FILE. It is read after the pause at which a snapshot is taken, so that one snapshot
 * serves all programs.
 *
 *	struct parcel_header
 *	an archive of cpio's "newc" format: folders, files and symbolic links, by paths from the
 *	guest's root without the first slash, each folder before what is in it
 *
 * Below PARCEL_FRESH is what each execution finds anew in /tmp, its working directory.
 */
#ifndef PROTO_PARCEL_H
#define PROTO_PARCEL_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define PARCEL_FW_CFG_FILE "opt/slowpath/parcel"
#define PARCEL_MAGIC 0x4c504c53u /* "SLPL" */
#define PARCEL_OWN ".slowpath"	 /* slowpath's own folder in the guest */
#define PARCEL_FRESH PARCEL_OWN "/tmp"
#define PARCEL_STDIN PARCEL_OWN "/stdin" /* what the program reads there, if it is there */
#define PARCEL_PROGRAMS "usr/bin"	 /* the program is there, under its own name */

struct parcel_header {
	uint32_t magic;
	uint32_t unused;
	uint64_t bytes; /* of the archive, a multiple of 8 */
	uint64_t sum;	/* parcel_sum() of it */
};

/*
 * Shows that what came is what was sent, for 10 MB in a moment of an emulated processor: sums of
 * words, and of these sums. Begins with 0; parts have multiples of 8 bytes.
 */
struct parcel_sum {
	uint64_t words, sums;
};

static inline void parcel_sum_add(struct parcel_sum *s, const void *data, size_t len)
{
	for (size_t at = 0; at + 8 <= len; at += 8) {
		uint64_t word;

		memcpy(&word, (const char *)data + at, sizeof(word));
		s->words += word;
		s->sums += s->words;
	}
}

static inline uint64_t parcel_sum_value(const struct parcel_sum *s)
{
	return s->words ^ (s->sums << 1 | s->sums >> 63);
}

/*
 * An entry's head: the magic "070701", 13 numbers of 8 hexadecimal digits each, then the name with
 * its NUL, then the data. Name and data begin at multiples of 4. The last entry is PARCEL_END.
 */
#define PARCEL_ENTRY_MAGIC "070701"
#define PARCEL_ENTRY_BYTES 110
#define PARCEL_END "TRAILER!!!"
#define PARCEL_NAME_MAX 4096 /* with its NUL */

enum parcel_number {
	PARCEL_INODE,
	PARCEL_MODE,
	PARCEL_UID,
	PARCEL_GID,
	PARCEL_LINKS,
	PARCEL_TIME,
	PARCEL_SIZE,
	PARCEL_DEV_MAJOR,
	PARCEL_DEV_MINOR,
	PARCEL_RDEV_MAJOR,
	PARCEL_RDEV_MINOR,
	PARCEL_NAME_SIZE,
	PARCEL_CHECK,
	PARCEL_NUMBERS
};

#endif
