/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The numbers of struct report_state, one by one: for whoever keeps, compares or shows them all. */
#ifndef LAB_COUNTS_PAGE_STATE_H
#define LAB_COUNTS_PAGE_STATE_H

#include "proto/report.h"
#include "scenario/scenario.h"

#include <stddef.h>

enum state_group {
	STATE_PLAIN,
	STATE_FOLIOS, /* most orders have no page: of interest only if there are some */
	STATE_NODES,  /* of interest only where there are several nodes */
	STATE_CACHE,  /* pages of files: all of them (0), in large folios (1), which kernels choose
		       */
};

struct state_number {
	const char *column; /* "present_pages" */
	const char *label;  /* "present pages" */
	enum state_group group;
	unsigned index; /* in its group: order of the folio, number of the node */
	size_t offset;
};

/* All of them, online CPUs first. Static. */
const struct state_number *state_numbers(size_t *count);
/* -EPROTO if a number of the guest's is larger than any of pages, VMAs or CPUs can be. */
int state_check(const struct report_state *s, struct err *e);
/* REPORT_UNKNOWN if the guest could not read it. */
uint64_t state_value(const struct state_number *n, const struct report_state *s);
/* What a scenario says of it; SCENARIO_ANY, which is REPORT_UNKNOWN: nothing. */
uint64_t state_expected(const struct state_number *n, const struct scenario *s, unsigned cpus);
/* The same of all numbers. */
void state_expect(const struct scenario *s, unsigned cpus, struct report_state *out);

#endif
