// SPDX-License-Identifier: GPL-2.0-or-later
#include "plugin/faults.h"

#include "plugin/memory.h"

#include <stdlib.h>

#define CAP_FIRST 256u /* a power of two */
#define CAP_MAX (1u << 20)

/* Of a page fault's error code (Intel SDM volume 3, 4.7). */
#define ERROR_WRITE 2u
#define ERROR_FETCH 16u

static size_t place_of(const struct faults *f, uint64_t vaddr, unsigned book)
{
	uint64_t hash = (vaddr ^ (uint64_t)book << 48) * 0x9e3779b97f4a7c15ull;
	size_t i = (hash >> 32) & (f->cap - 1);

	while (f->at[i].attempts && (f->at[i].vaddr != vaddr || f->at[i].book != book))
		i = (i + 1) & (f->cap - 1);
	return i;
}

static bool grow(struct faults *f)
{
	struct faults grown = { .cap = f->cap ? 2 * f->cap : CAP_FIRST, .count = f->count };

	if (grown.cap > CAP_MAX)
		return false;
	grown.at = calloc(grown.cap, sizeof(*grown.at));
	if (!grown.at)
		return false;
	for (size_t i = 0; i < f->cap; i++) {
		if (f->at[i].attempts)
			grown.at[place_of(&grown, f->at[i].vaddr, f->at[i].book)] = f->at[i];
	}
	free(f->at);
	f->at = grown.at;
	f->cap = grown.cap;
	return true;
}

void faults_add(struct faults *f, uint64_t vaddr, unsigned book, bool is_write)
{
	struct fault_site *site;

	if (2 * (f->count + 1) > f->cap && !faults_find(f, vaddr, book) && !grow(f))
		return;
	site = &f->at[place_of(f, vaddr, book)];
	if (!site->attempts) {
		site->vaddr = vaddr;
		site->book = book;
		f->count++;
	}
	site->attempts++;
	site->writes += is_write;
}

bool faults_read(uint64_t store, struct page_fault *out)
{
	uint64_t frame[2]; /* error code, RIP */

	if (!memory_read(store + sizeof(uint64_t), frame, sizeof(frame)))
		return false;
	*out = (struct page_fault){ .vaddr = frame[1],
				    .is_write = frame[0] & ERROR_WRITE,
				    .is_fetch = frame[0] & ERROR_FETCH };
	return true;
}

void faults_begin(struct faults *f)
{
	for (size_t i = 0; i < f->cap; i++) {
		f->at[i].left = f->at[i].attempts;
		f->at[i].writes_left = f->at[i].writes;
	}
}

struct fault_site *faults_find(const struct faults *f, uint64_t vaddr, unsigned book)
{
	struct fault_site *site;

	if (!f->cap)
		return NULL;
	site = &f->at[place_of(f, vaddr, book)];
	return site->attempts ? site : NULL;
}
