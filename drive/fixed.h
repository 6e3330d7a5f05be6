/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A gap and the candidate that is to close it, as it is measured. */
#ifndef DRIVE_FIXED_H
#define DRIVE_FIXED_H

#include "drive/measure/measuring.h"
#include "judge/why/audit.h"
#include "judge/counts/gap.h"
#include "lab/pair.h"

#define FIXED_KERNELS 3 /* old, new, candidate */
/* The smallest number of blocks whose smallest p is below GAP_ALPHA: 2^(1-8) = .0078. */
#define FIXED_BLOCKS_MIN 8
#define FIXED_BLOCKS_MAX 40

struct fixed {
	struct session *s;
	const struct measuring *m;
	const char *cmdline; /* added to every kernel's; may be NULL */
	const struct scenario *scenario;
	struct kernel *kernels[FIXED_KERNELS];
	struct pair_side sides[4]; /* exact: of each kernel; timed: the first good run of each */
	char id[STORE_ID_LEN];
	unsigned blocks; /* timed: asked for, then those that were complete */
	struct gap gap;
	struct audit audit; /* of OLD and the candidate */
};

/* Measures all three, keeps the runs, and judges. */
int fixed_exact(struct fixed *f, struct err *e);
/*
 * The same by times. -ENOTSUP with status ERR_UNMEASURED where they would be emulated: what helps
 * in an emulator may hurt on hardware.
 */
int fixed_timed_possible(struct fixed *f, struct err *e);
int fixed_timed(struct fixed *f, struct err *e);

#endif
