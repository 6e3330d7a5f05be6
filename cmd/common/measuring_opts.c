// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/common/measuring_opts.h"

#include "drive/measure/sharpen.h"

#include "cmd/common/memory.h"
#include "scenario/metric.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int parse_percent(const struct cmd *self, const char *option, const char *text, double *share)
{
	double value;
	char *end;

	errno = 0;
	value = strtod(text, &end);
	if (*end == '%')
		end++;
	if (errno || *end || end == text || !(value >= 0 && value <= 1e6))
		return usage_error(self, "%s: '%s' is not a percentage", option, text);
	*share = value / 100;
	return -1;
}

int parse_metric(const struct cmd *self, const char *word)
{
	struct err e = { 0 };

	return word && metric_check(word, &e) < 0 ? usage_error(self, "--metric: %s", e.text) : -1;
}

int parse_measuring(const struct cmd *self, struct measuring *m)
{
	int status = parse_percent(self, "--threshold", m->threshold_text, &m->threshold);

	if (status < 0)
		status = parse_metric(self, m->metric);
	if (status < 0)
		status = memory_parse(self, m->memory, &m->memory_mib);
	if (status < 0 && m->cpus != CPUS_AS_NEEDED && (m->cpus < 1 || m->cpus > CPUS_MAX))
		status = usage_error(self, "--cpus: 1 to %d is possible", CPUS_MAX);
	return status < 0 ? check_deadline(self, m->deadline_s) : status;
}

int check_iterations(const struct cmd *self, unsigned *iterations, unsigned *budget_s)
{
	const bool given = *iterations != ITERATIONS_NOT_GIVEN;

	if (given && (!*iterations || *iterations > SHARPEN_ITERATIONS_MAX))
		return usage_error(self, "--iterations: 1 to %u is possible",
				   SHARPEN_ITERATIONS_MAX);
	if (!*budget_s)
		return usage_error(self, "--budget: at least 1 is expected");
	if (given && *budget_s != ITERATIONS_NOT_GIVEN)
		return usage_error(self,
				   "--iterations says how many, and leaves nothing to --budget");
	*iterations = given ? *iterations : 0;
	*budget_s = *budget_s == ITERATIONS_NOT_GIVEN ? 0 : *budget_s;
	return -1;
}

int check_deadline(const struct cmd *self, unsigned deadline_s)
{
	return deadline_s ? -1 : usage_error(self, "--deadline: at least 1 is expected");
}

int check_mode(const struct cmd *self, const char *mode, const char *metric, unsigned *iterations,
	       unsigned *budget_s)
{
	const bool timed = !strcmp(mode, "timed");
	int status = check_iterations(self, iterations, budget_s);

	if (status < 0 && !timed && strcmp(mode, "exact") != 0)
		status = usage_error(self, "--mode: exact or timed is possible, not '%s'", mode);
	if (status < 0 && timed && (*iterations || *budget_s))
		status = usage_error(self, "--iterations and --budget are of exact mode; a timed "
					   "run goes on for its time");
	if (status < 0 && timed && metric)
		status = usage_error(self, "--metric is of exact mode; times are an iteration's");
	return status;
}
