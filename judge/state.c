// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/state.h"

#include <string.h>

const char *check_result_name(enum check_result r)
{
	return r == CHECK_PASS ? "pass" : r == CHECK_FAIL ? "fail" : "unknown";
}

static void explain(struct comparison *c, const struct state_check *k)
{
	size_t len = strlen(c->reason);

	if (c->verdict != VERDICT_DIFFERENT_STATE)
		len = 0;
	c->verdict = VERDICT_DIFFERENT_STATE;
	if (k->expected == SCENARIO_ANY)
		snprintf(c->reason + len, sizeof(c->reason) - len, "%s%s: OLD %llu, NEW %llu",
			 len ? "; " : "", k->name, (unsigned long long)k->old_value,
			 (unsigned long long)k->new_value);
	else
		snprintf(c->reason + len, sizeof(c->reason) - len,
			 "%s%s: OLD %llu, NEW %llu, expected %llu", len ? "; " : "", k->name,
			 (unsigned long long)k->old_value, (unsigned long long)k->new_value,
			 (unsigned long long)k->expected);
}

static void check(struct comparison *c, const char *name, uint64_t expected, uint64_t old_value,
		  uint64_t new_value)
{
	struct state_check *k = &c->checks[c->n_checks++];

	*k = (struct state_check){ name, expected, old_value, new_value, CHECK_PASS };
	if (old_value == REPORT_UNKNOWN || new_value == REPORT_UNKNOWN)
		k->result = CHECK_UNKNOWN;
	else if (old_value != new_value || (expected != SCENARIO_ANY && old_value != expected))
		k->result = CHECK_FAIL;
	if (k->result == CHECK_FAIL)
		explain(c, k);
}

void check_state(struct comparison *c, const struct scenario *s, const struct run *old_run,
		 const struct run *new_run)
{
	const struct report_state *o = &old_run->before, *n = &new_run->before;

	check(c, "online CPUs", c->cpus, o->online_cpus, n->online_cpus);
	check(c, "VMAs", s->expect.vmas, o->vmas, n->vmas);
	check(c, "present pages", s->expect.present_pages, o->present_pages, n->present_pages);
	check(c, "dirty pages", s->expect.dirty_pages, o->dirty_pages, n->dirty_pages);
	check(c, "PMD-mapped pages", s->expect.pmd_mapped_pages, o->pmd_mapped_pages,
	      n->pmd_mapped_pages);
	check(c, "swapped pages", s->expect.swapped_pages, o->swapped_pages, n->swapped_pages);
}
