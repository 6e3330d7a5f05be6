// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/host/dma.h"

#include "guest/arch/port.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#define READ 2u
#define PRESENT (1ull << 63)
#define FRAME_MASK ((1ull << 55) - 1)

/* Big-endian. */
struct dma_access {
	uint32_t control;
	uint32_t length;
	uint64_t address;
};

static int find_pages(struct dma *d, const uint8_t *memory)
{
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	ssize_t n = -1;

	if (fd >= 0) {
		n = pread(fd, d->pages, sizeof(d->pages),
			  (off_t)((uintptr_t)memory / 4096 * sizeof(d->pages[0])));
		close(fd);
	}
	if (n != (ssize_t)sizeof(d->pages))
		return -ENOTSUP;
	for (unsigned i = 0; i < 1 + DMA_PAGES; i++) {
		if (!(d->pages[i] & PRESENT) || !(d->pages[i] & FRAME_MASK))
			return -ENOTSUP;
		d->pages[i] = (d->pages[i] & FRAME_MASK) * 4096;
	}
	return 0;
}

void dma_open(struct dma *d)
{
	size_t bytes = (1 + DMA_PAGES) * 4096ul;
	uint8_t *memory;

	memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return;
	/* Small pages that stay where they are. */
	madvise(memory, bytes, MADV_NOHUGEPAGE);
	if (mlock(memory, bytes) < 0 || find_pages(d, memory) < 0) {
		munmap(memory, bytes);
		return;
	}
	d->access = (volatile struct dma_access *)memory;
	d->room = memory + 4096;
}

static int transfer(struct dma *d, uint64_t address, size_t len)
{
	d->access->length = __builtin_bswap32((uint32_t)len);
	d->access->address = __builtin_bswap64(address);
	d->access->control = __builtin_bswap32(READ);
	fwcfg_dma(d->pages[0]);
	__asm__ volatile("" ::: "memory");
	return d->access->control ? -EIO : 0;
}

int dma_fill(struct dma *d, size_t len)
{
	for (size_t at = 0; at < len; at += 4096) {
		size_t n = len - at < 4096 ? len - at : 4096;

		if (transfer(d, d->pages[1 + at / 4096], n) < 0)
			return -EIO;
	}
	return 0;
}
