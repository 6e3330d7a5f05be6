/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One scenario on both kernels, with as many iterations as its counts need (reading/sharpening.h),
 * the same on both sides. All runs are kept; those that only told how many iterations are enough
 * are marked as trials, and no record has them.
 */
#ifndef DRIVE_MEASURE_SHARPEN_H
#define DRIVE_MEASURE_SHARPEN_H

#include "drive/measure/measuring.h"
#include "drive/measure/pair_run.h"

/*
 * What may be spent, of a scenario and a side: so many instructions in windows, so that N is the
 * same on every machine, however fast; that is about 20 s of emulation. With --budget it is seconds
 * of the host instead.
 */
#define SHARPEN_INSNS 1e9
/* A program has one iteration to begin with, and more at its edges than a scenario of the library.
 */
#define SHARPEN_PROGRAM_INSNS 2e9
/* More are refused; a guest would take hours. */
#define SHARPEN_ITERATIONS_MAX (1u << 20)

/* How runs that are made for finding N are kept. */
struct sharpen_keep {
	const char *const *names; /* of the sides; NULL: old and new */
	bool all_trials;	  /* the result is one as well: N alone is wanted */
	bool kernels_only; /* what fails for the host's sake is not kept: it can be resumed */
	unsigned block;	   /* out: the result's */
};

/*
 * Two sides, whose requests are filled, with as many iterations as their counts need; with
 * m->iterations so many, and nothing is raised. *block: of the first run; is moved past those that
 * were made. The sides get the result; one that failed has its err, which is no error of this.
 */
int sharpen_pair(struct session *s, const struct measuring *m, const char *experiment,
		 unsigned *block, struct sharpen_keep *keep, struct pair_side sides[2],
		 struct err *e);
/*
 * As pair_run() of two sides, whose requests are filled: with m->iterations so many, and nothing is
 * raised. @block: of the first run; is moved past those that were made. The sides get the result.
 */
int sharpen_run(struct session *s, const struct measuring *m, const char *experiment,
		unsigned *block, struct pair_side sides[2], struct err *e);

#endif
