/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Programs and all that they are linked to, into a parcel: found as the dynamic linker finds it
 * (ld.so(8)), by reading headers and never by executing anything. Looked into are, for each
 * library, DT_RPATH of what needs it and of what needs that, LD_LIBRARY_PATH of the program's
 * environment, DT_RUNPATH, /etc/ld.so.cache, and the usual folders. A folder given by $ORIGIN lies
 * beside its file in the guest, too; any other has the same path there.
 */
#ifndef PARCEL_LIBRARIES_H
#define PARCEL_LIBRARIES_H

#include "parcel/parcel.h"

struct libraries {
	struct parcel *parcel;
	const char *library_path; /* LD_LIBRARY_PATH, or NULL */
	struct buf cache;	  /* /etc/ld.so.cache */
	bool cache_needed;	  /* the guest finds something by it alone */
	size_t count;		  /* interpreters and libraries that were added */
};

/* What @library_path points to has to stay. A machine without a cache has none. */
int libraries_open(struct parcel *p, const char *library_path, struct libraries *out,
		   struct err *e);
void libraries_close(struct libraries *l);
#define _cleanup_libraries_ __attribute__((cleanup(libraries_close)))

/*
 * Adds the interpreter and the libraries of the ELF file that is in the parcel as @to; @from is its
 * path here. -ENOENT names the library that is missing, and who needs it; -EINVAL: it is no ELF
 * file that can run.
 */
int libraries_add(struct libraries *l, const char *from, const char *to, struct err *e);

#endif
