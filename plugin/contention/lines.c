// SPDX-License-Identifier: GPL-2.0-or-later
#include "plugin/contention/lines.h"

#include "proto/crc32.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROOM_FIRST 4096u

static size_t hash(uint64_t a, uint64_t b)
{
	uint64_t h = (a ^ (b << 31 | b >> 33)) * 0x9e3779b97f4a7c15ull;

	return (size_t)(h ^ h >> 29);
}

static struct line *line_at(struct line *items, size_t room, uint64_t number)
{
	size_t i = hash(number, 0) & (room - 1);

	while (items[i].touchers && items[i].number != number)
		i = (i + 1) & (room - 1);
	return &items[i];
}

static struct touch *touch_at(struct touch *items, size_t room, uint64_t vaddr, uint64_t where)
{
	size_t i = hash(vaddr, where) & (room - 1);

	while (items[i].vaddr && (items[i].vaddr != vaddr || items[i].where != where))
		i = (i + 1) & (room - 1);
	return &items[i];
}

/* Room for one more than @count, of which at most half is taken; 0: there is not to be any. */
static size_t wanted(size_t count, size_t room)
{
	if (2 * (count + 1) <= room)
		return room;
	return count + 1 > LINES_MAX ? 0 : room ? 2 * room : ROOM_FIRST;
}

static bool grow_lines(struct lines *l)
{
	size_t room = wanted(l->count, l->room);
	struct line *items;

	if (room == l->room)
		return true;
	items = room ? calloc(room, sizeof(*items)) : NULL;
	if (!items)
		return false;
	for (size_t i = 0; i < l->room; i++) {
		if (l->items[i].touchers)
			*line_at(items, room, l->items[i].number) = l->items[i];
	}
	free(l->items);
	l->items = items;
	l->room = room;
	return true;
}

static bool grow_touches(struct touches *t)
{
	size_t room = wanted(t->count, t->room);
	struct touch *items;

	if (room == t->room)
		return true;
	items = room ? calloc(room, sizeof(*items)) : NULL;
	if (!items)
		return false;
	for (size_t i = 0; i < t->room; i++) {
		const struct touch *from = &t->items[i];

		if (from->vaddr)
			*touch_at(items, room, from->vaddr, from->where) = *from;
	}
	free(t->items);
	t->items = items;
	t->room = room;
	return true;
}

static struct touch *touch_of(struct touches *t, uint64_t vaddr, uint64_t where)
{
	struct touch *at;

	if (!grow_touches(t))
		return NULL;
	at = touch_at(t->items, t->room, vaddr, where);
	if (!at->vaddr) {
		*at = (struct touch){ .vaddr = vaddr, .where = where };
		t->count++;
	}
	return at;
}

void lines_touch(struct lines *l, unsigned vcpu, uint64_t vaddr, uint64_t address, bool is_store)
{
	const uint64_t number = address / CONTENTION_LINE_BYTES, bit = 1ull << vcpu;
	struct touch *touch;
	struct line *line;

	if (l->full || !grow_lines(l)) {
		l->full = true;
		return;
	}
	line = line_at(l->items, l->room, number);
	l->count += !line->touchers;
	line->number = number;
	line->touchers |= bit;
	line->writers |= is_store ? bit : 0;
	touch = touch_of(&l->window, vaddr, number);
	if (!touch) {
		l->full = true;
		return;
	}
	touch->loads += !is_store;
	touch->stores += is_store;
}

static bool is_shared(const struct line *l)
{
	return l->writers && (l->touchers & (l->touchers - 1));
}

/* With nokaslr, and page tables of four levels or of five. */
static enum contention_region region_of(uint64_t line)
{
	const uint64_t address = line * CONTENTION_LINE_BYTES;

	if (address >= 0xffffffff80000000ull)
		return CONTENTION_IMAGE;
	if ((address >= 0xffffea0000000000ull && address < 0xffffeb0000000000ull) ||
	    (address >= 0xffd4000000000000ull && address < 0xffd6000000000000ull))
		return CONTENTION_PAGES;
	if ((address >= 0xffffc90000000000ull && address < 0xffffe90000000000ull) ||
	    (address >= 0xffa0000000000000ull && address < 0xffd2000000000000ull))
		return CONTENTION_VMALLOC;
	return CONTENTION_DIRECT;
}

void lines_close(struct lines *l, unsigned slot)
{
	for (size_t i = 0; i < l->window.room; i++) {
		const struct touch *t = &l->window.items[i];
		struct touch *sum;

		if (!t->vaddr || !is_shared(line_at(l->items, l->room, t->where)))
			continue;
		sum = touch_of(&l->all, t->vaddr, (uint64_t)slot << 8 | region_of(t->where));
		if (!sum) {
			l->full = true;
			break;
		}
		sum->loads += t->loads;
		sum->stores += t->stores;
	}
	for (size_t i = 0; i < l->room; i++) {
		if (l->items[i].touchers && is_shared(&l->items[i]))
			l->shared[slot][region_of(l->items[i].number)]++;
	}
	l->windows[slot]++;
	if (l->room)
		memset(l->items, 0, l->room * sizeof(*l->items));
	if (l->window.room)
		memset(l->window.items, 0, l->window.room * sizeof(*l->window.items));
	l->count = l->window.count = 0;
}

static int by_place(const void *a, const void *b)
{
	const struct contention_record *x = a, *y = b;

	if (x->slot != y->slot)
		return x->slot < y->slot ? -1 : 1;
	if (x->vaddr != y->vaddr)
		return x->vaddr < y->vaddr ? -1 : 1;
	return (x->region > y->region) - (x->region < y->region);
}

static struct contention_record *records_of(const struct lines *l)
{
	struct contention_record *records = calloc(l->all.count + 1, sizeof(*records));
	size_t n = 0;

	for (size_t i = 0; records && i < l->all.room; i++) {
		const struct touch *t = &l->all.items[i];

		if (t->vaddr)
			records[n++] = (struct contention_record){ .vaddr = t->vaddr,
								   .loads = t->loads,
								   .stores = t->stores,
								   .slot = (uint8_t)(t->where >> 8),
								   .region = (uint8_t)t->where };
	}
	if (records)
		qsort(records, n, sizeof(*records), by_place);
	return records;
}

static int put(const struct lines *l, const struct contention_record *records, const char *path)
{
	const size_t behind_crc = offsetof(struct contention_header, n_records);
	struct contention_header h = { .magic = CONTENTION_MAGIC,
				       .version = CONTENTION_VERSION,
				       .flags = l->full ? CONTENTION_FULL : 0,
				       .n_records = l->all.count };
	FILE *f = fopen(path, "we");
	int failed;

	if (!f)
		return -1;
	memcpy(h.windows, l->windows, sizeof(h.windows));
	memcpy(h.lines, l->shared, sizeof(h.lines));
	h.crc = crc32_update(0, (const char *)&h + behind_crc, sizeof(h) - behind_crc);
	h.crc = crc32_update(h.crc, records, l->all.count * sizeof(*records));
	failed = fwrite(&h, sizeof(h), 1, f) != 1 ||
		 fwrite(records, sizeof(*records), l->all.count, f) != l->all.count;
	return fclose(f) != 0 || failed ? -1 : 0;
}

int lines_write(struct lines *l, const char *path)
{
	struct contention_record *records = records_of(l);
	char part[4096];
	int r = -1;

	if (records && snprintf(part, sizeof(part), "%s.part", path) < (int)sizeof(part)) {
		r = put(l, records, part);
		if (r == 0)
			r = rename(part, path);
		if (r < 0) {
			int why = errno;

			unlink(part);
			errno = why;
		}
	}
	free(records);
	return r;
}

void lines_free(struct lines *l)
{
	free(l->items);
	free(l->window.items);
	free(l->all.items);
	*l = (struct lines){ 0 };
}
