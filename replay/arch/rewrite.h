/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What has to be changed in a guest's memory so that the captured call runs elsewhere, in user
 * mode.
 *
 * Pointers are the words that the call itself loaded and whose value is an address of a range of
 * the kernel's that the page tables map; no other word is touched, so that a number that happens
 * to look like an address matters only where it is loaded. Of the code, only what was executed is
 * changed: absolute addresses and constants in operands, distances that lead out of the image,
 * what a process may not do, and LOCK prefixes that a kernel with one CPU took away.
 *
 * The list of free objects of a slab is encoded in hardened kernels: an object's address is XORed
 * with a random number of the cache's and with the bytes of its own place in reverse. Where a word
 * that the call loaded gives the address of an object with another such word as the number, it is
 * encoded anew; that happens by chance once in 2^35 pairs.
 */
#ifndef REPLAY_ARCH_REWRITE_H
#define REPLAY_ARCH_REWRITE_H

#include "base/buf.h"
#include "replay/arch/insn.h"
#include "replay/arch/layout.h"
#include "replay/call/capture.h"

struct rewrite_word {
	uint64_t pa, value;
};

struct rewrite_code {
	uint64_t va, pa;
	uint64_t times;
	uint8_t n_bytes;
	uint8_t bytes[INSN_BYTES_MAX];
	const char *ignored; /* name of an instruction that nothing is done for; or NULL */
};

struct rewrite {
	struct buf words;   /* struct rewrite_word, by @pa */
	struct buf code;    /* struct rewrite_code, by @va */
	struct buf keys;    /* uint64_t: numbers that lists of free objects can be encoded with */
	uint64_t n_encoded; /* of the words: encoded anew */
	uint64_t n_pointers, n_operands, n_locks, n_ignored;
};

/*
 * -ENOTSUP with the place in @e and in *place: something in it cannot be done in a process.
 * @locks: whether LOCK is put back.
 */
int rewrite_plan(const struct capture *c, const struct layout *l, bool locks, struct rewrite *out,
		 uint64_t *place, struct err *e);
/* Whether @native at @va in the direct map is @emulated, an encoded address, encoded anew. */
bool rewrite_encodes(const struct rewrite *w, const struct layout *l, uint64_t va,
		     uint64_t emulated, uint64_t native);
void rewrite_free(struct rewrite *w);
#define _cleanup_rewrite_ __attribute__((cleanup(rewrite_free)))

#endif
