// SPDX-License-Identifier: GPL-2.0-or-later
/* What a scenario has that says nothing else. */
#include "scenario/scenario.h"

#include <string.h>

void scenario_defaults(struct scenario *s)
{
	s->warmup_iterations = 1;
	s->iterations = 2;
	s->rounds_max = 1000;
	s->min_time_ms = 500;
	s->nodes = s->cpus = 1;
	memset(&s->expect, 0xff, sizeof(s->expect)); /* SCENARIO_ANY everywhere */
	memset(s->vmas_after, 0xff, sizeof(s->vmas_after));
	memset(s->major_faults_in, 0xff, sizeof(s->major_faults_in));
}
