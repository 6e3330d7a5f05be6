// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/memory/arena.h"

#include "guest/memory/maps.h"

#include <stdint.h>
#include <sys/mman.h>

/* Far from the maps of a scenario: nothing of this may merge with them. */
void *arena_get(size_t bytes)
{
	static uintptr_t next = ARENA_BASE;
	size_t pages = (bytes + 4095) & ~(size_t)4095;
	void *at;

	at = mmap((void *)next, pages, PROT_READ | PROT_WRITE,
		  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	if (at == MAP_FAILED)
		return NULL;
	madvise(at, pages, MADV_NOHUGEPAGE);
	for (size_t i = 0; i < pages; i += 4096)
		((volatile char *)at)[i] = 0;
	next += pages;
	return at;
}
