// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/session/pace.h"

#include "base/clock.h"

#include <math.h>

void pace_begin(struct pace *p, const struct teller *t, size_t of, double assumed_s)
{
	*p = (struct pace){ .teller = t, .of = of, .assumed_s = assumed_s, .start_ns = clock_ns() };
}

double pace_left_s(const struct pace *p, double elapsed_s)
{
	if (!p->of || p->done >= p->of)
		return NAN;
	if (p->made)
		return elapsed_s / (double)p->made * (double)(p->of - p->done);
	return p->assumed_s * (double)(p->of - p->done) / (double)p->of;
}

void pace_tell(const struct pace *p, const char *scenario, const char *what)
{
	const struct teller_step step = {
		.at = p->done + 1,
		.of = p->of,
		.scenario = scenario,
		.what = what,
		.left_s = pace_left_s(p, (double)(clock_ns() - p->start_ns) / 1e9),
	};

	teller_step(p->teller, &step);
}

void pace_made(struct pace *p)
{
	p->done++;
	p->made++;
}

void pace_spared(struct pace *p, size_t n)
{
	p->done += n;
}
