/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a plan asks for, made ready: mappings, resolved operations, warmed up and looked at. */
#ifndef GUEST_WORK_H
#define GUEST_WORK_H

#include "guest/maps.h"
#include "guest/ops.h"
#include "proto/marker.h"
#include "proto/report.h"

struct segment {
	const char *name;
	const struct op *ops;
	unsigned n_ops;
};

struct work {
	struct maps maps;
	struct op ops[PLAN_MAX_OPS];
	struct segment segments[MARKER_SEGMENTS];
	unsigned n_segments;
};

/*
 * Checks the CPUs, maps, prepares, warms up, and adds FRAME_STATE. 0, or -errno after a
 * report_error().
 */
int work_prepare(const struct plan_header *plan, unsigned online_cpus, struct work *out);
/* Adds a frame with the state of the mappings. */
void work_state(const struct work *w, enum report_frame_type frame);
/* Reports that operation @index of a segment failed with errno; returns -errno. */
int work_failed(const struct segment *s, int index);
/*
 * Sleeps, then stays awake over a few ticks: what the kernel does to a task at its first tick
 * after a sleep (scans, quiescent states, deferred work) is over when the window opens.
 */
void work_rest(uint64_t ns);

#endif
