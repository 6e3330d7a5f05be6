// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/counts/state.h"

#include "lab/counts/page_state.h"

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

/* Orders that nobody has and nobody expects, and nodes where there is but one, say nothing. */
static bool is_worth_a_check(const struct state_number *n, const struct scenario *s, uint64_t want,
			     uint64_t o, uint64_t k)
{
	bool wanted = want != SCENARIO_ANY && want;

	if (n->group == STATE_PLAIN || wanted)
		return true;
	/* Where nothing is expected, how large folios are is the kernel's own affair. */
	if (n->group == STATE_CACHE && (want != SCENARIO_ANY || n->index))
		return want != SCENARIO_ANY;
	if (n->group == STATE_NODES && s->nodes < 2 && n->index == 0)
		return false;
	/* If none can be read, one row says so. */
	if (o == REPORT_UNKNOWN || k == REPORT_UNKNOWN)
		return n->group == STATE_FOLIOS && n->index == 0 && want == SCENARIO_ANY;
	return o || k;
}

void check_state(struct comparison *c, const struct scenario *s, const struct run *old_run,
		 const struct run *new_run)
{
	size_t count;
	const struct state_number *numbers = state_numbers(&count);

	for (size_t i = 0; i < count; i++) {
		uint64_t o = state_value(&numbers[i], &old_run->before);
		uint64_t n = state_value(&numbers[i], &new_run->before);
		uint64_t want = state_expected(&numbers[i], s, c->cpus);

		if (is_worth_a_check(&numbers[i], s, want, o, n))
			check(c, numbers[i].label, want, o, n);
	}
}
