/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a guest's memory lies in the child, and which of its values are addresses.
 *
 * The page tables that the call began with say what is mapped. All of the kernel's half is moved
 * by one constant, so that the order of its ranges, the distances between them and offsets from
 * the per-CPU area's base stay what they are: a direct map at ffff8880'00000000 comes to lie at
 * 10000000, vmalloc and vmemmap as far above it as they were. Only the image and its modules move
 * otherwise: an image address becomes the one that the same bytes have in the direct map, which is
 * below 2 GiB, where absolute operands of four bytes reach. The sum by which kernels turn an
 * address of either kind into a physical one has no carry there, and is right for both.
 *
 * User addresses stay as they are.
 */
#ifndef REPLAY_ARCH_LAYOUT_H
#define REPLAY_ARCH_LAYOUT_H

#include "base/err.h"
#include "replay/call/capture.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE_BYTES 4096ull

/* Mapped memory that is contiguous here and there. */
struct layout_extent {
	uint64_t va, pa, bytes;
	bool user, writable, executable;
};

/* Addresses of the kernel that are moved together. */
struct layout_range {
	uint64_t lo, hi; /* hi: the last one that counts, just behind what is mapped */
	uint64_t delta;
};

enum layout_class {
	LAYOUT_DATA, /* in the direct map only */
	LAYOUT_TABLE,
	LAYOUT_STACK,
	LAYOUT_CODE,
	LAYOUT_IMAGE, /* its data */
	LAYOUT_VMEMMAP,
	LAYOUT_VMALLOC,
	LAYOUT_USER,
	LAYOUT_CLASSES,
};

struct layout {
	struct layout_extent *extents; /* by address */
	size_t n_extents;
	struct layout_range *ranges; /* by address */
	size_t n_ranges;
	uint8_t *classes; /* of each page of memory */
	uint64_t ram_bytes;
	uint64_t direct, direct_at; /* begin of the direct map, here and there */
	uint64_t delta, image_delta;
	uint64_t image_lo, image_hi;
	uint64_t gs_base, gs_at;
	bool gs_from_zero; /* per-CPU variables have small addresses; else those of the image */
};

/* -ENOTSUP: a guest that cannot be laid out so; the error says why. */
int layout_read(const struct capture *c, struct layout *out, struct err *e);
void layout_free(struct layout *l);
#define _cleanup_layout_ __attribute__((cleanup(layout_free)))

/* Where @va of the guest lies in memory; false: nowhere. *left: bytes up to the extent's end. */
bool layout_physical(const struct layout *l, uint64_t va, uint64_t *pa, uint64_t *left);
const struct layout_extent *layout_extent_at(const struct layout *l, uint64_t va);
/* The child's address for a value that is one of the kernel's; else the value itself. */
uint64_t layout_move(const struct layout *l, uint64_t value);
/*
 * Whether two words differ only in what is left of an address where a shorter number was written
 * over a part of it: some of its bytes, which are those of the moved one in the child.
 */
bool layout_piece(const struct layout *l, uint64_t emulated, uint64_t native);
/* The guest's address of what lies at @at in the child: of the image where it has one. */
uint64_t layout_back(const struct layout *l, uint64_t at);
const char *layout_class_name(enum layout_class c);

#endif
