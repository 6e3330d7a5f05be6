// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/measure/pair_run.h"

#include "drive/measure/measuring.h"

#include <errno.h>

/* The side that failed, with the end of its console for those who have to find out why. */
int pair_failed(const struct session *s, const struct pair_side *sides, unsigned n, struct err *e)
{
	const struct pair_side *bad = sides[0].err.code ? &sides[0] : &sides[n - 1];

	if (!bad->err.code)
		return 0;
	/* A side that cannot be measured weighs less than a tool that does not work. */
	if (n > 1 && sides[0].err.code && sides[1].err.code && sides[1].err.status == ERR_TOOL)
		bad = &sides[1];
	if (bad->err.code != -ECANCELED)
		tell_console(s, &bad->request, &bad->run);
	*e = bad->err;
	if (n == 1)
		return e->code;
	return err_wrap(e, "%s", bad == &sides[0] ? "OLD" : "NEW");
}

int pair_run(struct session *s, const char *experiment, unsigned block, struct pair_side *sides,
	     unsigned n, struct err *e)
{
	int r = 0;

	if (n == 2)
		r = pair_measure(&s->lab, sides, e);
	else
		pair_measure_one(&s->lab, sides);
	return r < 0 ? r : pair_keep(s, experiment, block, false, sides, n, e);
}

int pair_keep(struct session *s, const char *experiment, unsigned block, bool trial,
	      struct pair_side *sides, unsigned n, struct err *e)
{
	static const char *const names[] = { "old", "new" };
	int r = 0;

	for (unsigned i = 0; r == 0 && i < n; i++) {
		const struct run_place at = { .experiment = experiment,
					      .block = block,
					      .position = i,
					      .trial = trial,
					      .side = n == 2 ? names[i] : "kernel" };

		r = keep_run(s, &at, &sides[i].request, &sides[i].run, &sides[i].err, e);
	}
	return r == 0 ? pair_failed(s, sides, n, e) : r;
}
