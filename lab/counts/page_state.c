// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/counts/page_state.h"

#include "base/cleanup.h"

#include <errno.h>
#include <string.h>

#define NUMBER_MAX (UINT64_C(1) << 52) /* pages of all that 64 bits can address */

/* Versions of clang-format lay out braces in macros each in its own way. */
/* clang-format off */
#define PLAIN(member, label) \
	{ #member, label, STATE_PLAIN, 0, offsetof(struct report_state, member) }
#define CACHE(member, index, label) \
	{ #member, label, STATE_CACHE, index, offsetof(struct report_state, member) }
#define FOLIOS(order, size) \
	{ "folio_pages_" size, "pages in " size " folios", STATE_FOLIOS, order, \
	  offsetof(struct report_state, folio_pages[order]) }
#define NODE(number, text) \
	{ "node_pages_" text, "pages on node " text, STATE_NODES, number, \
	  offsetof(struct report_state, node_pages[number]) }
/* clang-format on */

static const struct state_number numbers[] = {
	PLAIN(online_cpus, "online CPUs"),
	PLAIN(vmas, "VMAs"),
	PLAIN(present_pages, "present pages"),
	PLAIN(dirty_pages, "dirty pages"),
	PLAIN(pmd_mapped_pages, "PMD-mapped pages"),
	PLAIN(swapped_pages, "swapped pages"),
	CACHE(cached_pages, 0, "cached pages"),
	CACHE(cached_large_pages, 1, "cached pages in large folios"),
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

int state_check(const struct report_state *s, struct err *e)
{
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		uint64_t value = state_value(&numbers[i], s);

		if (value != REPORT_UNKNOWN && value > NUMBER_MAX)
			return err_unmeasured(e, EPROTO, "the guest reports %llu %s",
					      (unsigned long long)value, numbers[i].label);
	}
	return 0;
}

uint64_t state_expected(const struct state_number *n, const struct scenario *s, unsigned cpus)
{
	const struct scenario_expect *x = &s->expect;
	uint64_t present = x->present_pages == SCENARIO_ANY ? scenario_pages(s) : x->present_pages;

	if (n->group == STATE_FOLIOS)
		return x->folio_bytes == SCENARIO_ANY	     ? SCENARIO_ANY
		       : x->folio_bytes == 4096u << n->index ? present
							     : 0;
	if (n->group == STATE_NODES)
		return x->node == SCENARIO_ANY ? SCENARIO_ANY : x->node == n->index ? present : 0;
	switch (n->offset) {
	case offsetof(struct report_state, online_cpus):
		return cpus;
	case offsetof(struct report_state, vmas):
		return x->vmas;
	case offsetof(struct report_state, present_pages):
		return x->present_pages;
	case offsetof(struct report_state, dirty_pages):
		return x->dirty_pages;
	case offsetof(struct report_state, pmd_mapped_pages):
		return x->pmd_mapped_pages;
	case offsetof(struct report_state, swapped_pages):
		return x->swapped_pages;
	case offsetof(struct report_state, cached_pages):
		return x->cached_pages;
	case offsetof(struct report_state, cached_large_pages):
		return x->cached_large_pages;
	}
	return SCENARIO_ANY;
}

void state_expect(const struct scenario *s, unsigned cpus, struct report_state *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		uint64_t value = state_expected(&numbers[i], s, cpus);

		memcpy((char *)out + numbers[i].offset, &value, sizeof(value));
	}
}
