// SPDX-License-Identifier: GPL-2.0-or-later
#include "bisect/noisy_filter.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WILD 5
#define WILD_SHARE 0.02
#define POINTS 257
/* A point every half sd, unless the levels are so far apart that this many steps between them do.
 */
#define STEPS_A_SD 2
#define STEPS_A_SEPARATION 16
/* Of the offset, from run to run: what goes to either neighbour, and how often it jumps. */
#define DRIFT 0.02
#define JUMP 0.01
/* A jump nearby is up to so many sd. */
#define NEAR_SD 4
#define WEIGHT_MIN 1e-200

int noisy_filter_init(struct noisy_filter *f, size_t count, double sd, double separation,
		      bool steady, size_t runs, struct err *e)
{
	*f = (struct noisy_filter){ .count = count,
				    .n_classes = 1,
				    .points = steady ? 1 : POINTS,
				    .step = fmax(sd / STEPS_A_SD,
						 separation / STEPS_A_SEPARATION) };
	f->room = (runs < count ? runs : count) + 2;
	f->near = (size_t)fmax(1, round(NEAR_SD * sd / f->step));
	f->last = calloc(f->room, sizeof(*f->last));
	f->weights = calloc(f->room * f->points, sizeof(*f->weights));
	f->scratch = calloc(f->points + 1, sizeof(*f->scratch));
	f->likely = calloc(2 * f->points, sizeof(*f->likely));
	if (!f->last || !f->weights || !f->scratch || !f->likely)
		return err_oom(e);
	f->last[0] = count - 1;
	f->weights[f->points / 2] = 1;
	return 0;
}

void noisy_filter_free(struct noisy_filter *f)
{
	free(f->last);
	free(f->weights);
	free(f->scratch);
	free(f->likely);
	*f = (struct noisy_filter){ 0 };
}

static double *class_weights(const struct noisy_filter *f, size_t j)
{
	return f->weights + j * f->points;
}

static double offset_at(const struct noisy_filter *f, size_t point)
{
	const size_t middle = f->points / 2;

	return ((double)point - (double)middle) * f->step;
}

/* The class of a culprit. */
static size_t class_of(const struct noisy_filter *f, size_t item)
{
	size_t j = 0;

	while (f->last[j] < item)
		j++;
	return j;
}

/* From here on, culprits up to @item are told from those above it. */
static void split(struct noisy_filter *f, size_t item)
{
	size_t j = class_of(f, item);

	if (f->last[j] == item || item == 0 || f->n_classes == f->room)
		return;
	memmove(class_weights(f, j + 1), class_weights(f, j),
		(f->n_classes - j) * f->points * sizeof(*f->weights));
	memmove(&f->last[j + 1], &f->last[j], (f->n_classes - j) * sizeof(*f->last));
	f->last[j] = item;
	f->n_classes++;
}

/* One class's offset moves on by a run. */
static void move(const struct noisy_filter *f, double *w)
{
	const size_t n = f->points;
	double *sums = f->scratch, total;

	sums[0] = 0;
	for (size_t i = 0; i < n; i++)
		sums[i + 1] = sums[i] + w[i];
	total = sums[n];
	for (size_t i = 0; i < n; i++) {
		size_t from = i > f->near ? i - f->near : 0;
		size_t to = i + f->near + 1 < n ? i + f->near + 1 : n;
		double here = sums[i + 1] - sums[i];
		double below = i ? sums[i] - sums[i - 1] : here;
		double above = i + 1 < n ? sums[i + 2] - sums[i + 1] : here;

		w[i] = (1 - JUMP) * ((1 - 2 * DRIFT) * here + DRIFT * (below + above)) +
		       JUMP / 2 *
			       ((sums[to] - sums[from]) / (double)(2 * f->near + 1) +
				total / (double)n);
	}
}

/* How likely a value is so far off its level, but for a factor that both levels have. */
static double likelihood(double off, double variance)
{
	double square = off * off / (2 * variance);

	return fmax(exp(-NOISY_CLIP), (1 - WILD_SHARE) * exp(-square) +
					      WILD_SHARE / WILD * exp(-square / (WILD * WILD)));
}

void noisy_filter_run(struct noisy_filter *f, size_t item, double value,
		      const struct noisy_levels *levels)
{
	double *good = f->likely, *bad = f->likely + f->points, most = 0;

	split(f, item);
	for (size_t i = 0; i < f->points; i++) {
		double off = value - offset_at(f, i);

		good[i] = likelihood(off - levels->good, levels->variance);
		bad[i] = likelihood(off - levels->bad, levels->variance);
	}
	for (size_t j = 0; j < f->n_classes; j++) {
		double *w = class_weights(f, j), *likely = f->last[j] <= item ? bad : good;

		if (f->points > 1)
			move(f, w);
		for (size_t i = 0; i < f->points; i++) {
			w[i] *= likely[i];
			most = fmax(most, w[i]);
		}
	}
	/* None is ever 0: what all runs speak against may still turn out. */
	for (size_t i = 0; i < f->n_classes * f->points; i++)
		f->weights[i] = fmax(f->weights[i] / most, WEIGHT_MIN);
}

void noisy_filter_posterior(const struct noisy_filter *f, const double *prior, double *posterior)
{
	double total = 0;
	size_t k = 1;

	for (size_t j = 0; j < f->n_classes; j++) {
		const double *w = class_weights(f, j);
		double sum = 0;

		for (size_t i = 0; i < f->points; i++)
			sum += w[i];
		for (; k <= f->last[j]; k++) {
			posterior[k] = prior[k] * sum;
			total += posterior[k];
		}
	}
	for (k = 1; k < f->count; k++)
		posterior[k] /= total;
	posterior[0] = 0;
}

double noisy_filter_offset(const struct noisy_filter *f, const double *posterior)
{
	double mean = 0, total = 0;

	for (size_t j = 0; j < f->n_classes; j++) {
		const double *w = class_weights(f, j);
		double of_class = 0, sum = 0, moment = 0;

		for (size_t k = j ? f->last[j - 1] + 1 : 1; k <= f->last[j]; k++)
			of_class += posterior[k];
		for (size_t i = 0; i < f->points; i++) {
			sum += w[i];
			moment += w[i] * offset_at(f, i);
		}
		if (sum > 0) {
			mean += of_class * moment / sum;
			total += of_class;
		}
	}
	return total > 0 ? mean / total : 0;
}
