// SPDX-License-Identifier: GPL-2.0-or-later
/* Table task_count: what other tasks executed. */
#include "store/loader.h"

#include <errno.h>

static int take_count(struct loader *l, struct sql *q, struct err *e)
{
	const uint64_t phase = loader_count(l, q, 2), segment = loader_count(l, q, 3);
	/* Each text is valid until the next step, not until the next text. */
	const char *task = loader_text(l, q, 0), *name = loader_text(l, q, 1);
	int r;

	if (phase >= MARKER_PHASES || segment >= MARKER_SEGMENTS)
		return loader_damaged(l, "what another task executed is of no phase or segment", e);
	r = profile_add_task_count(&l->run->measured.profile, task, name,
				   (unsigned)(phase * MARKER_SEGMENTS + segment),
				   loader_count(l, q, 4), loader_count(l, q, 5));
	if (r == -ENOMEM)
		return err_oom(e);
	return r < 0 ? loader_damaged(l, "what another task executed is impossible", e) : 0;
}

static int take_counts(struct loader *l, struct sql *q, struct err *e)
{
	return loader_rows(l, q, take_count, e);
}

int loader_tasks(struct loader *l, struct err *e)
{
	return loader_each(l, "task_count",
			   "SELECT task, name, phase, segment, insns, calls FROM task_count "
			   "WHERE run = ? ORDER BY run, task, name, phase, segment",
			   loader_is_counted, take_counts, e);
}
