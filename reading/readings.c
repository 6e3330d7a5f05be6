// SPDX-License-Identifier: GPL-2.0-or-later
#include "reading/readings.h"

#include "reading/kinds.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>

struct reading_source reading_source_of(const struct scenario *s, const struct run *run,
					unsigned cpus)
{
	struct reading_source out = {
		.run = run,
		.n_segments = (unsigned)s->n_segments,
		.item = scenario_item_name(s),
		.items = scenario_items(s),
		.cpus = cpus,
		.counted = !run->timing.timed.rounds,
	};

	for (unsigned i = 0; i < out.n_segments; i++)
		out.segments[i] = s->segments[i].name;
	return out;
}

static void add_printed(const struct output *o, struct readings *out)
{
	for (size_t i = 0; i < o->n_metrics; i++) {
		struct reading *r = &out->at[out->count++];

		*r = (struct reading){
			.of = { .unit = "printed", .item = "", .kind = READING_PRINTED },
			.value = o->metrics[i].value,
			.spread = o->metrics[i].spread,
			.why_not = "a program printed it"
		};
		snprintf(r->of.name, sizeof(r->of.name), "%s", o->metrics[i].name);
	}
}

int readings_of(const struct reading_source *s, struct readings *out, struct err *e)
{
	int r = 0;

	out->count = 0;
	out->clock_difference = 0;
	if (!s->n_segments || !s->items ||
	    (s->counted && (!run_iterations(s->run) || !run_pairs(s->run))))
		return err_set(e, EIO, "there are no counts");
	if (s->counted)
		readings_counted(s, out);
	else
		r = readings_timed(s, out, e);
	if (r == 0)
		add_printed(&s->run->output, out);
	return r;
}

int reading_iteration(const struct scenario *s, const struct run *run, unsigned cpus,
		      struct reading *out, struct err *e)
{
	const struct reading_source source = reading_source_of(s, run, cpus);
	struct readings all;
	int r = readings_of(&source, &all, e);

	if (r < 0)
		return r;
	*out = all.at[0];
	if (isnan(out->value))
		return err_unmeasured(e, EPROTO, "%s", out->why_not);
	if (!source.counted && out->value <= 0)
		return err_unmeasured(e, EPROTO, "no time went by");
	return 0;
}

int reading_iteration_ns(const struct scenario *s, const struct run *run, double *out_ns,
			 struct err *e)
{
	struct reading r;
	int rc = reading_iteration(s, run, 1, &r, e);

	if (rc == 0)
		*out_ns = r.value;
	return rc;
}
