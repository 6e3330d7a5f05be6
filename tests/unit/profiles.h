/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Profiles for the tests of lab/plan/experiment.h, and a library for them. Failures end the test.
 */
#ifndef TESTS_UNIT_PROFILES_H
#define TESTS_UNIT_PROFILES_H

#include "lab/plan/experiment.h"

/* Scenarios: mm/one with map a of 64M and segments protect, touch; mm/two with maps a, b;
 * mm/large, which asks for a guest of 2G. */
void profiles_library(struct scenario_list *out);
/* The profile of a text that has to be good; owned by the caller. */
struct experiment *profiles_read(const char *text);
/* The error that a text gives; @code has to be -EINVAL. Valid until the next call. */
const char *profiles_error(const char *text);

/* The least that a profile has to have: lines 1 to 4, each without a newline. */
#define P_NAME "name: n"
#define P_KERNELS "kernels: [{name: old, spec: a}, {name: new, spec: b}]"
#define P_BASELINE "baseline: old"
#define P_SCENARIOS "scenarios: [{name: mm/one}]"
#define P_LEAST P_NAME "\n" P_KERNELS "\n" P_BASELINE "\n" P_SCENARIOS "\n"

#endif
