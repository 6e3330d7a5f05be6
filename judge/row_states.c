// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/row_states.h"

#include "lab/page_state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int rows_add_state(struct rows *t, const char *scenario, const char *kernel, uint16_t cpus,
		   const struct report_state *before, const struct report_state *expected)
{
	struct rows_state state = { .scenario = intern_add(&t->words, scenario),
				    .kernel = intern_add(&t->words, kernel),
				    .cpus = cpus,
				    .before = *before,
				    .expected = *expected },
			  *grown;

	if (state.scenario == INTERN_NONE || state.kernel == INTERN_NONE)
		return -ENOMEM;
	for (size_t i = t->n_states; i-- > 0;) {
		const struct rows_state *s = &t->states[i];

		if (s->scenario == state.scenario && s->kernel == state.kernel && s->cpus == cpus &&
		    !memcmp(&s->before, before, sizeof(*before)))
			return 0;
	}
	grown = realloc(t->states, (t->n_states + 1) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	t->states = grown;
	grown[t->n_states++] = state;
	return 0;
}

/* What the two differ in, of what both could read. */
static bool differ(const struct report_state *base, const struct report_state *side,
		   struct reason *why)
{
	size_t count;
	const struct state_number *numbers = state_numbers(&count);
	bool found = false;

	for (size_t i = 0; i < count; i++) {
		uint64_t a = state_value(&numbers[i], base), b = state_value(&numbers[i], side);

		/* Where there is one node, it has what is present. */
		if (a == b || a == REPORT_UNKNOWN || b == REPORT_UNKNOWN ||
		    (numbers[i].group == STATE_NODES && numbers[i].index == 0))
			continue;
		reason_add(why, "%s%s: %llu in the baseline, %llu here",
			   found ? "; " : "the kernels did not do the same work: ",
			   numbers[i].label, (unsigned long long)a, (unsigned long long)b);
		found = true;
	}
	return found;
}

/* Whether a state is not the one that its scenario is about, of what could be read. */
static bool unexpected(const struct rows_state *s, const char *kernel, struct reason *why)
{
	size_t count;
	const struct state_number *numbers = state_numbers(&count);
	bool found = false;

	for (size_t i = 0; i < count; i++) {
		uint64_t want = state_value(&numbers[i], &s->expected);
		uint64_t is = state_value(&numbers[i], &s->before);

		if (want == REPORT_UNKNOWN || is == REPORT_UNKNOWN || want == is)
			continue;
		reason_add(
			why, "%s%s of %s: %llu, expected %llu",
			found ? "; " : "this is not the work of the scenario: ", numbers[i].label,
			kernel, (unsigned long long)is, (unsigned long long)want);
		found = true;
	}
	return found;
}

/* Any state of any run: one that did other work is enough. */
static bool find_difference(const struct rows *t, const struct judged_row *row, uint32_t baseline,
			    struct reason *why)
{
	const struct rows_state *base = NULL;

	for (size_t i = 0; !base && i < t->n_states; i++) {
		if (t->states[i].scenario == row->scenario && t->states[i].kernel == baseline &&
		    t->states[i].cpus == row->cpus)
			base = &t->states[i];
	}
	for (size_t i = 0; base && i < t->n_states; i++) {
		const struct rows_state *s = &t->states[i];

		if (s->scenario == row->scenario && s->cpus == row->cpus &&
		    (s->kernel == row->kernel || s->kernel == baseline) &&
		    (differ(&base->before, &s->before, why) ||
		     unexpected(s, rows_word(t, s->kernel), why)))
			return true;
	}
	return false;
}

int row_states_judge(const struct rows *t, struct judgement *j)
{
	for (size_t i = 0; i < j->count; i++) {
		struct judged_row *row = &j->rows[i];
		struct reason why = { "" };

		if (row->is_baseline || !find_difference(t, row, j->baseline, &why))
			continue;
		row->verdict = VERDICT_DIFFERENT_STATE;
		free(row->reason);
		row->reason = strdup(why.text);
		if (!row->reason)
			return -ENOMEM;
	}
	return 0;
}
