// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/memory/folios.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define KPF_COMPOUND_HEAD (1ull << 15)
#define KPF_COMPOUND_TAIL (1ull << 16)
#define AHEAD 64 /* most frames follow each other; a whole block costs the guest too much */

void folios_open(struct folios *f)
{
	memset(f, 0, sizeof(*f));
	f->fd = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
}

static void give_up(struct folios *f)
{
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
}

/* Flags of [from, from + count). */
static int load(struct folios *f, uint64_t from, uint64_t count)
{
	ssize_t n = pread(f->fd, f->flags, count * 8, (off_t)(from * 8));

	f->from = from;
	f->count = n > 0 ? (uint64_t)n / 8 : 0;
	return f->count ? 0 : -1;
}

/* The folio around a frame that is head or tail. */
static int find_folio(struct folios *f, uint64_t pfn)
{
	uint64_t block = pfn - pfn % FOLIOS_BLOCK, head = pfn - block, end = head + 1;

	/* At the end of memory there may be fewer: it is looked at again. */
	if ((f->from != block || f->count < FOLIOS_BLOCK) && load(f, block, FOLIOS_BLOCK) < 0)
		return -1;
	if (f->count <= head)
		return -1;
	while (head && !(f->flags[head] & KPF_COMPOUND_HEAD))
		head--;
	while (end < f->count && (f->flags[end] & KPF_COMPOUND_TAIL))
		end++;
	f->folio = block + head;
	f->folio_end = block + end;
	f->order = 0;
	while (f->order < REPORT_FOLIO_ORDERS - 1 && 1ull << f->order < end - head)
		f->order++;
	return 0;
}

void folios_count(struct folios *f, uint64_t pfn)
{
	if (f->fd < 0)
		return;
	if (pfn >= f->folio && pfn < f->folio_end) {
		f->pages[f->order]++;
		return;
	}
	if ((pfn < f->from || pfn >= f->from + f->count) && load(f, pfn, AHEAD) < 0) {
		give_up(f);
		return;
	}
	if (!(f->flags[pfn - f->from] & (KPF_COMPOUND_HEAD | KPF_COMPOUND_TAIL)))
		f->pages[0]++;
	else if (find_folio(f, pfn) == 0)
		f->pages[f->order]++;
	else
		give_up(f);
}

void folios_close(struct folios *f, uint64_t pages[REPORT_FOLIO_ORDERS])
{
	if (f->fd < 0)
		memset(pages, 0xff, sizeof(f->pages)); /* REPORT_UNKNOWN */
	else
		memcpy(pages, f->pages, sizeof(f->pages));
	give_up(f);
}
