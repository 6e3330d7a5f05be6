// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/judgement/row_states.h"

#include "lab/counts/page_state.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void list_key(uint32_t scenario, uint32_t kernel, uint16_t cpus, char key[40])
{
	snprintf(key, 40, "%u %u %u", scenario, kernel, cpus);
}

/* INTERN_NONE if there is none. */
static uint32_t first_state(const struct rows *t, uint32_t scenario, uint32_t kernel, uint16_t cpus)
{
	uint32_t number;
	char key[40];

	list_key(scenario, kernel, cpus, key);
	number = intern_find(&t->state_keys, key);
	return number == INTERN_NONE ? INTERN_NONE : t->state_lists[number].first;
}

/* The list of the new state, a new one if it has to be; NULL when out of memory. */
static struct rows_state_list *list_of(struct rows *t, const struct rows_state *s)
{
	size_t known = t->state_keys.count;
	uint32_t number;
	char key[40];

	if (known == t->state_lists_cap) {
		size_t cap = 2 * known + 16;
		struct rows_state_list *grown =
			realloc(t->state_lists, cap * sizeof(*t->state_lists));

		if (!grown)
			return NULL;
		t->state_lists = grown;
		t->state_lists_cap = cap;
	}
	list_key(s->scenario, s->kernel, s->cpus, key);
	number = intern_add(&t->state_keys, key);
	if (number == INTERN_NONE)
		return NULL;
	if (number == known)
		t->state_lists[number] = (struct rows_state_list){ INTERN_NONE, INTERN_NONE };
	return &t->state_lists[number];
}

static int append_state(struct rows *t, struct rows_state_list *list, const struct rows_state *s)
{
	if (t->n_states == t->states_cap) {
		size_t cap = 2 * t->n_states + 16;
		struct rows_state *grown = realloc(t->states, cap * sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		t->states = grown;
		t->states_cap = cap;
	}
	if (list->first == INTERN_NONE)
		list->first = (uint32_t)t->n_states;
	else
		t->states[list->last].next = (uint32_t)t->n_states;
	list->last = (uint32_t)t->n_states;
	t->states[t->n_states++] = *s;
	return 0;
}

int rows_add_state(struct rows *t, const char *scenario, const char *kernel, uint16_t cpus,
		   const struct report_state *before, const struct report_state *expected)
{
	const struct rows_state state = { .scenario = intern_add(&t->words, scenario),
					  .kernel = intern_add(&t->words, kernel),
					  .cpus = cpus,
					  .next = INTERN_NONE,
					  .before = *before,
					  .expected = *expected };
	struct rows_state_list *list;

	if (state.scenario == INTERN_NONE || state.kernel == INTERN_NONE)
		return -ENOMEM;
	list = list_of(t, &state);
	if (!list)
		return -ENOMEM;
	for (uint32_t i = list->first; i != INTERN_NONE; i = t->states[i].next) {
		if (!memcmp(&t->states[i].before, before, sizeof(*before)))
			return 0;
	}
	return append_state(t, list, &state);
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

		/* Where there is one node, it has what is present; of folios see check_state(). */
		if (a == b || a == REPORT_UNKNOWN || b == REPORT_UNKNOWN ||
		    (numbers[i].group == STATE_NODES && numbers[i].index == 0) ||
		    (numbers[i].group == STATE_CACHE && numbers[i].index))
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

/* Any state of any run: one that did other work is enough. The baseline's own as well. */
static bool find_difference(const struct rows *t, const struct judged_row *row, uint32_t baseline,
			    struct reason *why)
{
	uint32_t base = first_state(t, row->scenario, baseline, row->cpus);
	uint32_t of_base = base, own = first_state(t, row->scenario, row->kernel, row->cpus);

	if (base == INTERN_NONE)
		return false;
	/* In the order in which they came; INTERN_NONE is the largest number. */
	while (own != INTERN_NONE || of_base != INTERN_NONE) {
		uint32_t *next = own < of_base ? &own : &of_base;
		const struct rows_state *s = &t->states[*next];

		if (differ(&t->states[base].before, &s->before, why) ||
		    unexpected(s, rows_word(t, s->kernel), why))
			return true;
		*next = s->next;
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
