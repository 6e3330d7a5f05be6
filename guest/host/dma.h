/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fw_cfg by DMA (QEMU, docs/specs/fw_cfg.rst): the emulator copies what was selected into memory,
 * by physical address, in one step for what takes a port a step a byte. The pages are locked, and
 * /proc/self/pagemap tells where they are; whoever uses it checks what came.
 */
#ifndef GUEST_HOST_DMA_H
#define GUEST_HOST_DMA_H

#include <stddef.h>
#include <stdint.h>

#define DMA_PAGES 64
#define DMA_ROOM_BYTES (DMA_PAGES * 4096ul)

struct dma {
	uint8_t *room;			    /* NULL: there is none, or no DMA */
	volatile struct dma_access *access; /* in a page of its own, before the room */
	uint64_t pages[1 + DMA_PAGES];	    /* physical addresses of both */
};

/* Needs permission for the ports, and that fw_cfg has DMA. */
void dma_open(struct dma *d);
/* The next @len bytes, at most DMA_ROOM_BYTES, into the room. 0, or -EIO. */
int dma_fill(struct dma *d, size_t len);

#endif
