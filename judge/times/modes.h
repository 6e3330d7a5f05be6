/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Does a side have two modes, as when a kernel comes up with its memory laid out in one of two
 * ways?
 *
 * What is looked at are residuals: a side's ln y less the running median of the other side's, so
 * that what the host does to both (which may well look like two modes) is gone. Sorted residuals
 * are split in two where that separates them best; no part may have less than a fifth of them, or
 * than MODES_PART_MIN. The separation is the distance of the parts' means over their spread; the
 * spread squared is the mean of the parts' pooled variance and the greater of their variances (the
 * pooled alone would take a skewed tail for a mode, the greater alone misses small modes), and the
 * square of half a step of the values' grid on top, as a coarse clock makes parts without spread.
 *
 * Now and then something else interrupts a run, and a few such runs look like a mode. But they hit
 * both sides: a heap that one run in ten being interrupted may explain counts only if the other
 * side has no run out there.
 *
 * The limit goes down with n as the separation of one mode does. By simulation (tests/sim) it is
 * exceeded in less than one of a thousand experiments without modes, for noise that is normal, has
 * long tails (t with 3 degrees of freedom, one run in ten of five times the sd) or is skewed (gamma
 * of shape 2, exponential, lognormal of sigma .5), and for such of a coarse clock. Where one run in
 * ten is interrupted, and takes 6 to 12 sd longer, it is MODES_INTERRUPTED_PER_1000 at most: who
 * wants fewer loses modes of a quarter of the runs.
 */
#ifndef JUDGE_TIMES_MODES_H
#define JUDGE_TIMES_MODES_H

#include <stddef.h>

#define MODES_N_MIN 20
#define MODES_PART_MIN 5
#define MODES_INTERRUPTED_PER_1000 15

/*
 * The best separation of @own against @other, both ln y in the order of the blocks; 0 for fewer
 * than MODES_N_MIN values. *share, if wanted, becomes the upper part's share. 0 or -ENOMEM.
 */
int modes_separation(const double *own, const double *other, size_t n, double *separation,
		     double *share);
/* Above this, n values have two modes. */
double modes_limit(size_t n);

#endif
