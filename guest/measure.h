/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Carries out a plan of kind PLAN_SCENARIO: prepare, warm up, counted phases in pairs, report. */
#ifndef GUEST_MEASURE_H
#define GUEST_MEASURE_H

#include "proto/plan.h"

/*
 * 0, or -errno after a report_error(); the frames stand in the report either way. @online_cpus
 * was counted before the guest pinned itself.
 */
int measure_counted(const struct plan_header *plan, unsigned online_cpus);

#endif
