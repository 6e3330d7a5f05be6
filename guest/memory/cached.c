// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/memory/cached.h"

#include "guest/memory/folios.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096u
#define PFN_MASK ((1ull << 55) - 1)
#define PRESENT (1ull << 63)
#define AT_ONCE 512

/* Pages that are cached are mapped by a touch; the kernel tells frames of what is mapped only. */
static int count_some(const uint8_t *at, size_t pages, int pagemap, struct folios *folios,
		      uint64_t *cached)
{
	unsigned char resident[AT_ONCE];
	uint64_t entry;

	if (mincore((void *)at, pages * PAGE, resident) < 0)
		return -1;
	for (size_t i = 0; i < pages; i++) {
		const uint8_t *page = at + i * PAGE;

		if (!(resident[i] & 1))
			continue;
		++*cached;
		(void)*(const volatile uint8_t *)page;
		if (pread(pagemap, &entry, 8, (off_t)((uint64_t)page / PAGE * 8)) != 8)
			return -1;
		if (entry & PRESENT)
			folios_count(folios, entry & PFN_MASK);
	}
	return 0;
}

/* Without readahead: looking is not to change what is there. */
static int count_file(const struct map *m, int pagemap, struct folios *folios, uint64_t *cached)
{
	uint64_t pages = m->bytes / PAGE;
	uint8_t *at = mmap(NULL, m->bytes, PROT_READ, MAP_SHARED, m->fd, 0);
	int r = at == MAP_FAILED ? -1 : madvise(at, m->bytes, MADV_RANDOM);

	for (uint64_t done = 0; r == 0 && done < pages; done += AT_ONCE)
		r = count_some(at + done * PAGE, pages - done < AT_ONCE ? pages - done : AT_ONCE,
			       pagemap, folios, cached);
	if (at != MAP_FAILED)
		munmap(at, m->bytes);
	return r;
}

static void look(const struct maps *maps, uint64_t *pages, uint64_t *large)
{
	int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	uint64_t orders[REPORT_FOLIO_ORDERS], cached = 0, many = 0;
	static struct folios folios;
	int r = pagemap < 0 ? -1 : 0;

	folios_open(&folios);
	for (unsigned i = 0; r == 0 && i < maps->count; i++) {
		if (maps->at[i].is_file)
			r = count_file(&maps->at[i], pagemap, &folios, &cached);
	}
	folios_close(&folios, orders);
	if (pagemap >= 0)
		close(pagemap);
	*pages = *large = REPORT_UNKNOWN;
	if (r < 0)
		return;
	*pages = cached;
	for (unsigned i = 1; i < REPORT_FOLIO_ORDERS; i++)
		many += orders[i];
	*large = orders[0] == REPORT_UNKNOWN ? REPORT_UNKNOWN : many;
}

static int has_files(const struct maps *maps)
{
	for (unsigned i = 0; i < maps->count; i++) {
		if (maps->at[i].is_file)
			return 1;
	}
	return 0;
}

/* Where there are none, nothing is done that might be seen in a window. */
void cached_read(const struct maps *maps, uint64_t *pages, uint64_t *large)
{
	*pages = *large = 0;
	if (has_files(maps))
		look(maps, pages, large);
}
