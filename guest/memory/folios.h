/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How large the folios of pages are. smaps tells of PMD-mapped ones only; /proc/kpageflags tells of
 * every page frame whether it is a folio's head or tail.
 */
#ifndef GUEST_MEMORY_FOLIOS_H
#define GUEST_MEMORY_FOLIOS_H

#include "proto/report.h"

/* Page frames: a folio is aligned to its size, so it lies in one block. */
#define FOLIOS_BLOCK 512

struct folios {
	int fd; /* -1: cannot be read */
	uint64_t flags[FOLIOS_BLOCK];
	uint64_t from, count;	   /* page frames that the flags are of */
	uint64_t folio, folio_end; /* the last one found */
	unsigned order;
	uint64_t pages[REPORT_FOLIO_ORDERS];
};

void folios_open(struct folios *f);
/* Adds one page frame. */
void folios_count(struct folios *f, uint64_t pfn);
/* Pages by order, or REPORT_UNKNOWN in all. */
void folios_close(struct folios *f, uint64_t pages[REPORT_FOLIO_ORDERS]);

#endif
