// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/sim/sim.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define RESULT_MAX 256

const char *const noise_names[NOISES] = { "normal",	 "t3",	      "10 % outliers", "gamma(2)",
					  "exponential", "lognormal", "interrupted" };

/* splitmix64 (Steele, Lea and Flood, 2014). */
static uint64_t next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

double sim_uniform(uint64_t *state)
{
	return ((double)(next(state) >> 11) + 0.5) / 9007199254740992.0;
}

double sim_normal(uint64_t *state)
{
	return sqrt(-2 * log(sim_uniform(state))) * cos(2 * M_PI * sim_uniform(state));
}

/* t3 has variance 3; the mixture .9 + .1 * 25. */
double sim_noise(enum noise kind, uint64_t *state)
{
	double chi = 0;

	switch (kind) {
	case T3:
		for (int i = 0; i < 3; i++) {
			double z = sim_normal(state);

			chi += z * z;
		}
		return sim_normal(state) / sqrt(chi / 3) / sqrt(3);
	case OUTLIERS:
		return sim_normal(state) * (sim_uniform(state) < 0.1 ? 5 : 1) /
		       sqrt(0.9 + 0.1 * 25);
	case GAMMA2:
		return (-log(sim_uniform(state)) - log(sim_uniform(state)) - 2) / sqrt(2);
	case EXPONENTIAL:
		return -log(sim_uniform(state)) - 1;
	case LOGNORMAL:
		return (exp(0.5 * sim_normal(state)) - exp(0.125)) /
		       sqrt((exp(0.25) - 1) * exp(0.25));
	case INTERRUPTED:
		return sim_normal(state) +
		       (sim_uniform(state) < 0.1 ? 6 + 6 * sim_uniform(state) : 0);
	default:
		return sim_normal(state);
	}
}

struct packet {
	size_t cell;
	unsigned char result[RESULT_MAX];
};

/* The cells with the parity of @part, to a pipe. */
static void work(size_t part, size_t cells, void (*fn)(size_t cell, void *result), int to)
{
	for (size_t cell = part; cell < cells; cell += 2) {
		/* Below PIPE_BUF: the two writers' packets do not mix. */
		struct packet p = { .cell = cell };

		fn(cell, p.result);
		if (write(to, &p, sizeof(p)) != sizeof(p))
			_exit(1);
	}
	_exit(0);
}

int sim_run(size_t cells, size_t bytes, void (*fn)(size_t cell, void *result), void *results)
{
	int pipes[2], status = 0, failed = 0;
	struct packet one;
	size_t got = 0;

	if (bytes > RESULT_MAX || pipe(pipes) < 0)
		return -1;
	for (size_t part = 0; part < 2; part++) {
		pid_t pid = fork();

		if (pid < 0)
			return -1;
		if (pid == 0)
			work(part, cells, fn, pipes[1]);
	}
	close(pipes[1]);
	while (read(pipes[0], &one, sizeof(one)) == sizeof(one) && one.cell < cells) {
		memcpy((char *)results + one.cell * bytes, one.result, bytes);
		got++;
	}
	for (int i = 0; i < 2; i++) {
		wait(&status);
		failed |= status;
	}
	return failed || got != cells ? -1 : 0;
}

void sim_check(struct sim_tap *tap, bool good, const char *fmt, ...)
{
	va_list ap;

	printf("%sok %d - ", good ? "" : "not ", ++tap->number);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	tap->failed += !good;
}

int sim_end(const struct sim_tap *tap)
{
	printf("1..%d\n", tap->number);
	return tap->failed != 0;
}
