/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A foreign program with all that it needs, made into a parcel: itself, as NAME in /usr/bin; its
 * dynamic linker and libraries, or, if it is a script, its interpreter with these; the user's
 * files; /bin/sh, if the text "/bin/sh" stands in any of them; the programs that a shell is told
 * of, by a script or by the words of 'sh -c', as far as PATH leads to what its words name; and what
 * a program expects of any system: /etc/passwd and the like.
 */
#ifndef PARCEL_PACK_H
#define PARCEL_PACK_H

#include "parcel/parcel.h"

struct pack_request {
	const char *path;  /* the program */
	const char *name;  /* that it has in the guest */
	const char *words; /* its arguments, with its name, each with its NUL */
	size_t n_words;
	const char *folder; /* where relative files begin; NULL: here */
	const char *files;  /* "SRC[:DST]" (parcel/files.h), each with its NUL */
	size_t n_files;
	const char *stdin_path;	  /* NULL: it reads nothing */
	const char *library_path; /* LD_LIBRARY_PATH in its environment; NULL: none */
};

/*
 * *sha256 is that of the program. A line for everything else that came from this machine is
 * appended to @setup, with its SHA-256: what, its path in the guest, the hash.
 */
int pack_program(const struct pack_request *q, struct parcel **out, struct hash_hex *sha256,
		 struct buf *setup, struct err *e);

#endif
