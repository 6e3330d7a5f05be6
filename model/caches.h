/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where data and code are found: caches, what is fetched ahead, TLBs. There is no time in it, so
 * that it can be kept warm over all that is executed while only parts of that are timed.
 *
 * Addresses are virtual ones: which physical pages a guest had says nothing of another machine.
 */
#ifndef MODEL_CACHES_H
#define MODEL_CACHES_H

#include "base/err.h"
#include "model/model.h"

#include <stdbool.h>
#include <stdint.h>

enum cache_level { LEVEL_NONE, LEVEL_L1, LEVEL_L2, LEVEL_L3, LEVEL_MEMORY };
enum tlb_level { TLB_FIRST, TLB_SECOND, TLB_WALK };

/* One that is divided into sets, each with its entries in the order of their last use. */
struct cache {
	uint64_t *tags; /* owned; 0: none, else the number asked for, plus 1 */
	uint32_t n_sets, n_ways;
};

#define STREAMS 64u
#define STRIDES 256u

struct stream {
	uint64_t page, last,
		ahead; /* lines: the last that was missed, and up to where was fetched */
	int direction;
};

struct stride {
	uint64_t vaddr, last;
	int64_t by;
	unsigned sure;
};

/* A line that was fetched before it was asked for, and from where. */
struct prefetch {
	uint64_t line;
	enum cache_level from;
};

#define PREFETCHES_MAX 72u

struct caches {
	const struct model *m;
	struct cache l1d, l1i, l2, l3, dtlb, stlb;
	struct stream streams[STREAMS];
	struct stride strides[STRIDES];
	struct prefetch prefetches[PREFETCHES_MAX]; /* by the last access */
	unsigned n_prefetches;
	uint64_t code_line; /* that is being fetched from */
};

struct data_access {
	enum cache_level level;
	enum tlb_level tlb;
};

int caches_init(struct caches *c, const struct model *m, struct err *e);
void caches_free(struct caches *c);

/* @insn: the address of the instruction. */
struct data_access caches_data(struct caches *c, uint64_t insn, uint64_t vaddr, bool is_store);
/* LEVEL_NONE: of the line that the last instruction was in, too. */
enum cache_level caches_code(struct caches *c, uint64_t vaddr);
/* A switch of address spaces: the entries of user memory go. */
void caches_flush_user(struct caches *c);

/* Of the page that maps an address, as kernels map them (model/arch/). */
unsigned model_page_bits_x86_64(uint64_t vaddr);

#endif
