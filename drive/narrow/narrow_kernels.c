// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/begin/disks.h"
#include "drive/begin/spec_words.h"
#include "drive/narrow/narrowing.h"

#include "kernel/name/vercmp.h"

#include <errno.h>
#include <string.h>

int narrow_specs(struct narrowing *n, char **words, int count, struct err *e)
{
	_cleanup_spec_words_ struct spec_words w = { 0 };
	int r = spec_words_take(n->s, words, (size_t)count, &w, e);

	if (r == 0)
		r = narrow_init(&n->narrow, w.specs.items, w.specs.count, e);
	n->from_range = steal(&w.from_range);
	return r;
}

int narrow_need(struct narrowing *w, size_t item, struct err *e)
{
	struct narrow_item *x = &w->narrow.items[item];
	const struct kernel *first = w->narrow.items[0].kernel;

	int r;

	if (x->kernel)
		return 0;
	r = kernel_resolve(w->s->kernels, x->spec, first ? first->compiler : NULL, teller_hear_note,
			   w->s->teller, &x->kernel, e);

	return r < 0 ? r : session_measures(w->s, &x->kernel, 1, e);
}

static int check(const struct narrow *n, struct err *e)
{
	char a[64], b[64];

	for (size_t i = 0; i < n->count; i++) {
		for (size_t k = i + 1; k < n->count; k++) {
			const struct kernel *x = n->items[i].kernel, *y = n->items[k].kernel;

			if (!x || !y)
				continue;
			if (!strcmp(x->id, y->id))
				return err_set(e, EINVAL, "'%s' and '%s' are one build",
					       n->items[i].spec, n->items[k].spec);
			if (debian_number(x, a) && debian_number(y, b) && vercmp(a, b) > 0)
				return err_set(e, EINVAL,
					       "'%s' is newer than '%s', which follows it: the "
					       "oldest comes first",
					       n->items[i].spec, n->items[k].spec);
		}
	}
	return 0;
}

int narrow_settle_disk(struct narrowing *w, struct err *e)
{
	_cleanup_free_ struct kernel **kernels = calloc(w->narrow.count + 1, sizeof(*kernels));

	if (!kernels)
		return err_oom(e);
	for (size_t i = 0; i < w->narrow.count; i++)
		kernels[i] = w->narrow.items[i].kernel;
	return disk_settle_of(w->s, w->scenario, kernels, w->narrow.count, e);
}

int narrow_kernels(struct narrowing *w, struct err *e)
{
	struct narrow_item *first = &w->narrow.items[0];
	struct narrow_item *last = &w->narrow.items[w->narrow.count - 1];
	int r = 0;

	for (size_t i = 0; r == 0 && i + 1 < w->narrow.count; i++) {
		if (!strcmp(w->narrow.items[i].spec, w->narrow.items[i + 1].spec))
			r = err_set(e, EINVAL, "'%s' is given twice", w->narrow.items[i].spec);
	}
	/* Builds of one compiler: the ends agree on it, and the others follow the first. */
	if (r == 0 && !spec_is_built(first->spec) && !spec_is_built(last->spec))
		r = kernel_resolve_pair(w->s->kernels, first->spec, last->spec, teller_hear_note,
					w->s->teller, &first->kernel, &last->kernel, e);
	if (r == 0 && first->kernel)
		r = session_measures(w->s, &first->kernel, 1, e);
	if (r == 0 && last->kernel)
		r = session_measures(w->s, &last->kernel, 1, e);
	for (size_t i = 0; r == 0 && i < w->narrow.count; i++) {
		if (!w->from_range[i] && !spec_is_built(w->narrow.items[i].spec))
			r = narrow_need(w, i, e);
	}
	return r < 0 ? r : check(&w->narrow, e);
}
