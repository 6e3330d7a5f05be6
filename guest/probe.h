/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A scenario with a kprobe set, whose argument tracefs counts in a histogram. */
#ifndef GUEST_PROBE_H
#define GUEST_PROBE_H

#include "proto/plan.h"

/* N iterations; adds FRAME_PROBE. 0, or -errno after a report_error(). */
int measure_probed(const struct plan_header *plan, unsigned online_cpus);

#endif
