// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/page_state.h"

#include "base/cleanup.h"

#include <string.h>

#define PLAIN(member, label)                                                          \
	{                                                                             \
#member, label, STATE_PLAIN, 0, offsetof(struct report_state, member) \
	}
#define FOLIOS(order, size)                                                           \
	{                                                                             \
		"folio_pages_" size, "pages in " size " folios", STATE_FOLIOS, order, \
			offsetof(struct report_state, folio_pages[order])             \
	}
#define NODE(number, text)                                                      \
	{                                                                       \
		"node_pages_" text, "pages on node " text, STATE_NODES, number, \
			offsetof(struct report_state, node_pages[number])       \
	}

static const struct state_number numbers[] = {
	PLAIN(online_cpus, "online CPUs"),
	PLAIN(vmas, "VMAs"),
	PLAIN(present_pages, "present pages"),
	PLAIN(dirty_pages, "dirty pages"),
	PLAIN(pmd_mapped_pages, "PMD-mapped pages"),
	PLAIN(swapped_pages, "swapped pages"),
	FOLIOS(0, "4K"),
	FOLIOS(1, "8K"),
	FOLIOS(2, "16K"),
	FOLIOS(3, "32K"),
	FOLIOS(4, "64K"),
	FOLIOS(5, "128K"),
	FOLIOS(6, "256K"),
	FOLIOS(7, "512K"),
	FOLIOS(8, "1M"),
	FOLIOS(9, "2M"),
	NODE(0, "0"),
	NODE(1, "1"),
	NODE(2, "2"),
	NODE(3, "3"),
};
_Static_assert(ARRAY_SIZE(numbers) * sizeof(uint64_t) == sizeof(struct report_state),
	       "every number of the report");

const struct state_number *state_numbers(size_t *count)
{
	*count = ARRAY_SIZE(numbers);
	return numbers;
}

uint64_t state_value(const struct state_number *n, const struct report_state *s)
{
	uint64_t value;

	memcpy(&value, (const char *)s + n->offset, sizeof(value));
	return value;
}
