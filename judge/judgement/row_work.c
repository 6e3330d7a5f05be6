// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/judgement/row_work.h"

#include "judge/counts/work.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define USER_METRIC "user_insns_per_"

static bool is_beside(const struct judged_row *a, const struct judged_row *b)
{
	return a->scenario == b->scenario && a->kernel == b->kernel && a->cpus == b->cpus;
}

/* The user code, all blocks of a side together, into both sides. */
static void take_user(const struct rows *t, const struct judgement *j, const struct judged_row *row,
		      struct work_side sides[2])
{
	for (size_t i = 0; i < j->count; i++) {
		const struct judged_row *user = &j->rows[i];

		if (!user->counted || !is_beside(user, row) ||
		    strncmp(rows_word(t, user->metric), USER_METRIC, strlen(USER_METRIC)) != 0)
			continue;
		sides[0].user = user->exact.old_side.value;
		sides[0].user_spread = user->exact.old_side.spread;
		sides[1].user = user->exact.new_side.value;
		sides[1].user_spread = user->exact.new_side.spread;
	}
}

static bool printed_differs(const struct rows *t, const struct judgement *j,
			    const struct judged_row *row)
{
	for (size_t i = 0; i < j->count; i++) {
		const struct judged_row *x = &j->rows[i];

		if (is_beside(x, row) && x->raw && !strcmp(rows_word(t, x->raw->unit), "printed") &&
		    (x->verdict == VERDICT_REGRESSION || x->verdict == VERDICT_IMPROVEMENT))
			return true;
	}
	return false;
}

static bool is_of(const struct rows_work *w, const struct judged_row *row, uint32_t kernel)
{
	return w->scenario == row->scenario && w->cpus == row->cpus && w->kernel == kernel;
}

static void take_output(const struct rows *t, const struct rows_work *w, struct work_side *side)
{
	side->steady = rows_word(t, w->steady);
	side->unsteady = rows_word(t, w->unsteady);
	side->ns = w->ns;
}

/*
 * Of all pairs of runs, one of each side, the one that differs least: @out, whose known is false if
 * there is none. 0 or -ENOMEM.
 */
static int find_least(const struct rows *t, const struct judgement *j, const struct judged_row *row,
		      struct work *out)
{
	const bool printed = printed_differs(t, j, row);
	struct work_side sides[2] = { 0 };

	*out = (struct work){ 0 };
	take_user(t, j, row, sides);
	for (size_t i = 0; i < t->n_works; i++) {
		if (!is_of(&t->works[i], row, j->baseline))
			continue;
		take_output(t, &t->works[i], &sides[0]);
		for (size_t k = 0; k < t->n_works; k++) {
			struct work one;

			if (!is_of(&t->works[k], row, row->kernel))
				continue;
			take_output(t, &t->works[k], &sides[1]);
			if (work_compare(&sides[0], &sides[1], printed, &one) < 0)
				return -ENOMEM;
			if (!out->known || one.n_lines < out->n_lines) {
				work_free(out);
				*out = one;
			} else {
				work_free(&one);
			}
			if (!out->n_lines)
				return 0;
		}
	}
	return 0;
}

/* As compare says it (judge/counts/comparison.c); other work is behind another state. */
static int say(struct judged_row *row, const struct work *w)
{
	const char *before = row->reason ? row->reason : "";
	char text[256], all[1024] = "";
	size_t len;

	if (w->different) {
		work_explain(w, text, sizeof(text));
		snprintf(all, sizeof(all), "%s%sthe program did other work: %s",
			 row->verdict == VERDICT_DIFFERENT_STATE ? before : "",
			 row->verdict == VERDICT_DIFFERENT_STATE ? "; " : "", text);
		row->verdict = VERDICT_DIFFERENT_STATE;
	} else {
		snprintf(all, sizeof(all), "%s", before);
	}
	if (w->by_the_clock) {
		len = strlen(all);
		work_explain_clock(w, text, sizeof(text));
		snprintf(all + len, sizeof(all) - len, "; %s", text);
	}
	free(row->reason);
	row->reason = strdup(all);
	return row->reason ? 0 : -ENOMEM;
}

int row_work_judge(const struct rows *t, struct judgement *j)
{
	int r = 0;

	for (size_t i = 0; r == 0 && t->n_works && i < j->count; i++) {
		struct judged_row *row = &j->rows[i];
		struct work w;

		if (row->is_baseline || row->is_control)
			continue;
		r = find_least(t, j, row, &w);
		if (r == 0 && (w.different || w.by_the_clock))
			r = say(row, &w);
		work_free(&w);
	}
	return r;
}
