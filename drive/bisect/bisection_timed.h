/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is measured in a bisection by times: single runs, and pairs in blocks. */
#ifndef DRIVE_BISECT_BISECTION_TIMED_H
#define DRIVE_BISECT_BISECTION_TIMED_H

#include "drive/bisect/bisection.h"

/* The image() and run() of a struct noisy_commits; @arg is the bisection. */
int bisection_image(void *arg, const char *commit, struct hash_hex *out, struct err *e);
int bisection_run(void *arg, const char *commit, double *out, struct err *e);
/*
 * Two kernels in blocks, until a look of judge/times/sequential.h decides; blocks stand in the
 * journal as "block:KEY:N". *out is a pair's entry (drive/bisect/bisection.h), a new reference.
 */
int bisection_time_pair(struct bisection *b, const char *key, struct kernel *const kernels[2],
			json_t **out, struct err *e);

#endif
