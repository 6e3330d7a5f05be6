// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/words/kernels.h"

#include "judge/table/record_rows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool same_kernel(const struct record_run *a, const struct record_run *b, bool by_spec)
{
	return !strcmp(by_spec ? a->kernel_spec : a->side, by_spec ? b->kernel_spec : b->side) &&
	       !strcmp(a->vmlinux_sha256, b->vmlinux_sha256);
}

static void add(struct kernel_runs *k, const struct record_run *run, bool by_spec)
{
	for (size_t i = 0; i < k->count; i++) {
		if (!same_kernel(k->items[i], run, by_spec))
			continue;
		/* The first that was made, wherever its kernel stands. */
		if (run < k->items[i])
			k->items[i] = run;
		return;
	}
	k->items[k->count++] = run;
}

int kernel_runs_make(const struct record *r, bool by_spec, struct kernel_runs *out)
{
	const char *side;

	*out = (struct kernel_runs){ calloc(r->n_runs + 1, sizeof(*out->items)), 0 };
	if (!out->items)
		return -ENOMEM;
	for (size_t at = 0; (side = record_side(r, at)); at++) {
		for (size_t i = 0; i < r->n_runs; i++) {
			if (!strcmp(r->runs[i].side, side))
				add(out, &r->runs[i], by_spec);
		}
	}
	for (size_t i = 0; i < r->n_runs; i++)
		add(out, &r->runs[i], by_spec);
	return 0;
}

void kernel_runs_free(struct kernel_runs *k)
{
	free(k->items);
	*k = (struct kernel_runs){ 0 };
}
