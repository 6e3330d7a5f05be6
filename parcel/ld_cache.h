/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the dynamic linker of this machine finds libraries by name: /etc/ld.so.cache, as glibc has
 * written it since 2.1 (an older part may stand before it):
 *
 *	"glibc-ld.so.cache1.1"	at a multiple of 8, from where offsets of strings count
 *	uint32_t count, bytes of strings; five more, unused here
 *	count entries: int32_t flags; uint32_t name, path; uint32_t; uint64_t hwcap
 *	strings
 *
 * Little-endian. Entries for processors of a kind (hwcap) are passed over: the guest's is a plain
 * one.
 */
#ifndef PARCEL_LD_CACHE_H
#define PARCEL_LD_CACHE_H

#include <stddef.h>

/* The @nth path of a library for x86-64, in the cache's bytes; NULL: there is none. */
const char *ld_cache_find(const void *data, size_t len, const char *name, unsigned nth);

#endif
