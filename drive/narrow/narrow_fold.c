// SPDX-License-Identifier: GPL-2.0-or-later
/* Functions that two neighbours of a series have by two names. */
#include "drive/narrow/narrowing.h"

#include "drive/measure/code_facts.h"
#include "judge/why/renames.h"

#include <errno.h>

static int fold(struct narrow_step *s, const struct kernel *const kernels[2],
		const struct run *const runs[2], struct err *e)
{
	_cleanup_code_facts_ struct code_facts facts = { 0 };
	int r;

	/* Of a run that was read from the database there are no symbols. */
	if (!runs[0]->symbols || !runs[1]->symbols || !code_facts_wanted(&s->comparison))
		return 0;
	r = code_facts_check(kernels, e);
	if (r == 0)
		r = code_facts_find_pairs(kernels, runs, &s->comparison, &facts, e);
	return r == 0 ? renames_fold(&s->comparison, &facts, e) : r;
}

int narrow_fold(struct narrowing *w, struct err *e)
{
	for (size_t i = 0; i < w->narrow.n_steps; i++) {
		struct narrow_step *s = &w->narrow.steps[i];
		const struct narrow_item *a = &w->narrow.items[s->last_good];
		const struct narrow_item *b = &w->narrow.items[s->first_bad];
		const struct kernel *const kernels[] = { a->kernel, b->kernel };
		const struct run *const runs[] = { &a->run, &b->run };
		struct err why = { 0 };

		if (!s->compared || fold(s, kernels, runs, &why) == 0)
			continue;
		if (why.code == -ENOMEM) {
			*e = why;
			return e->code;
		}
		teller_note(w->s->teller, "renamed functions are not looked for: %s", why.text);
		break;
	}
	return 0;
}
