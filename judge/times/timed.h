/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two kernels' times, honestly: d = ln y_new - ln y_old for every block that has both, Hodges and
 * Lehmann's estimate, the exact signed-rank test and its interval. A block is the unit; inner
 * iterations never are. Rows without blocks are judged unpaired (rank sum), which is said.
 *
 * What matters at least is the threshold (1 % unless asked for otherwise), agreed on before. With
 * an A/A control (the baseline run twice in every block) a change has to reach the half-width of
 * the control's interval at the same look too, if that is more; and then nothing is called equal,
 * as a machine that does not see the threshold between two equal kernels does not see it between
 * others. The control fails if its interval excludes no change and its estimate is the threshold or
 * more: then the machine, not the kernel, makes differences that matter. A real difference below
 * the threshold between the two is no failure, as nothing below is ever claimed.
 */
#ifndef JUDGE_TIMES_TIMED_H
#define JUDGE_TIMES_TIMED_H

#include "judge/table/options.h"
#include "judge/times/pairs.h"
#include "judge/times/signed_rank.h"
#include "judge/table/verdict.h"

#define TIMED_ALPHA 0.01
#define TIMED_BLOCKS_MIN 8 /* for a fixed number of repetitions: 2^(1-8) is below .01 */

struct timed_rule {
	const struct judge_options *options; /* its looks and threshold */
	unsigned claims;		     /* see judge/times/sequential.h */
	struct signed_rank_tables *tables;
};

struct timed {
	/* By the numbers of these two sides alone: regression and improvement are not capped. */
	enum verdict verdict;
	bool paired;
	bool exact;	     /* else by normal approximation */
	bool decided;	     /* more blocks would change nothing */
	size_t blocks;	     /* that there are, failed ones too */
	size_t n;	     /* differences judged, or the smaller side's runs */
	size_t n_old, n_new; /* good runs of each side */
	unsigned look;	     /* that decided or came last, from 1; 0: none was reached */
	double alpha;	     /* of the look: the interval's confidence is 1 - alpha */
	double p;	     /* at the look */
	double ratio;	     /* exp of the estimate; NaN if there is none */
	double low, high;    /* interval of the ratio */
	double claim_min;    /* what a change had to reach there, as a fraction */
	double equal_max;    /* and within what an interval is equality: the threshold */
	double detectable;   /* the smallest change that this many could have seen, as a fraction */
};

/* What the control says at each look. */
struct timed_control {
	struct {
		double half_width; /* of the interval, in ln; infinite if there is none */
		bool fails;
	} looks[JUDGE_LOOKS_MAX];
};

/*
 * @p: of the two sides. @control: NULL if there is none. Sides without good positive values give
 * `inconclusive`; @why is empty before and says it afterwards. 0, or -ENOMEM.
 */
int timed_judge(const struct group *old_side, const struct group *new_side, const struct pairs *p,
		const struct timed_rule *rule, const struct timed_control *control,
		struct timed *out, struct reason *why);
/* The baseline against itself: *out as above, with `unstable` if it fails at any look. */
int timed_judge_control(const struct group *old_side, const struct group *aa, const struct pairs *p,
			const struct timed_rule *rule, struct timed_control *control,
			struct timed *out, struct reason *why);
/* Did the control fail at the look that @t was decided at? */
bool timed_control_failed(const struct timed_control *control, const struct timed *t);

#endif
