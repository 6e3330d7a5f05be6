/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A plan made ready: maps, resolved operations, segments. What every mode of measuring shares; how
 * often, and what is read around a segment, is theirs.
 */
#ifndef GUEST_WORK_WORK_H
#define GUEST_WORK_WORK_H

#include "guest/work/threads.h"
#include "proto/marker.h"
#include "proto/report.h"

struct segment {
	const char *name;
	const struct op *before, *ops, *after, *end; /* [before, ops), [ops, after), [after, end) */
	int spin;				     /* something runs while it sleeps */
	const struct job *jobs; /* one a CPU, instead of [ops, after); or NULL */
};

struct work {
	struct maps maps;
	struct op ops[PLAN_MAX_OPS];
	struct segment segments[MARKER_SEGMENTS];
	unsigned n_segments;
};

/*
 * Checks the machine, writes settings, maps, prepares, warms up; then makes one more iteration that
 * looks at the pages (FRAME_STATE) just before its first segment. 0, or -errno after a
 * report_error(). @w is all zero.
 */
int work_prepare(const struct plan_header *plan, unsigned online_cpus, struct work *w);
/* Iterations that nobody looks at. 0, or -errno after a report_error(). */
int work_warm_up(const struct work *w, unsigned iterations);
/* Adds a frame with the state of the mappings. */
void work_state(const struct work *w, enum report_frame_type frame);

/* An iteration is, of every segment in turn: before, run, after. Each is 0 or -errno. */
int segment_before(const struct segment *s);
int segment_after(const struct segment *s);
/* What is measured; nothing but this belongs into a window. */
static inline int segment_run(const struct segment *s, long *result)
{
	return s->jobs ? threads_run() : ops_run(s->ops, s->after, result);
}
/* Says what failed, with a report_error(); returns @r. */
int work_failed(const struct segment *s, int r);
/*
 * Sleeps, then stays awake over a few ticks: what the kernel does to a task at its first tick
 * after a sleep (scans, quiescent states, deferred work) is over when the window opens.
 */
void work_rest(uint64_t ns);

#endif
