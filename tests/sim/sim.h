/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What simulations share: noise with fixed seeds, and cells computed by two processes. */
#ifndef TESTS_SIM_SIM_H
#define TESTS_SIM_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum noise {
	NORMAL,
	T3,
	OUTLIERS,  /* one in ten has five times the sd */
	SYMMETRIC, /* so many of them */
	GAMMA2 = SYMMETRIC,
	EXPONENTIAL,
	LOGNORMAL,   /* of sigma .5 */
	INTERRUPTED, /* normal, but one in ten is 6 to 12 sd more */
	NOISES
};
extern const char *const noise_names[NOISES];

double sim_uniform(uint64_t *state);
double sim_normal(uint64_t *state);
/* Of unit variance, whatever the kind; of INTERRUPTED, what is not. */
double sim_noise(enum noise kind, uint64_t *state);

/*
 * Fills @results, an array of @cells results of @bytes each (below PIPE_BUF), by fn(cell, result):
 * even cells in one process, odd ones in another. 0, or -1.
 */
int sim_run(size_t cells, size_t bytes, void (*fn)(size_t cell, void *result), void *results);

/* TAP: the plan, a test, and the exit status. */
struct sim_tap {
	int number, failed;
};
void sim_check(struct sim_tap *tap, bool good, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
int sim_end(const struct sim_tap *tap);

#endif
