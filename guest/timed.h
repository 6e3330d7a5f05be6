/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Carries out a plan of kind PLAN_TIMED: prepare, warm up, measure the clock itself, then round
 * after round, each an iteration, with a span of the clock for every segment of every round.
 */
#ifndef GUEST_TIMED_H
#define GUEST_TIMED_H

#include "proto/plan.h"

/* As measure_counted(). */
int measure_timed(const struct plan_header *plan, unsigned online_cpus);

#endif
