// SPDX-License-Identifier: GPL-2.0-or-later
#include "reading/readings.h"

#include "base/buf.h"
#include "base/nearest.h"

#include "reading/kinds.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

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
		.program = s->program != NULL,
		.metric = s->metric,
	};

	for (unsigned i = 0; i < out.n_segments; i++)
		out.segments[i] = s->segments[i].name;
	return out;
}

int reading_choice(const struct reading_source *s, struct metric_choice *out, struct err *e)
{
	struct metric_offer offer = { .n_segments = s->n_segments, .program = s->program };

	for (unsigned i = 0; i < s->n_segments; i++)
		offer.segments[i] = s->segments[i];
	return metric_choose(s->metric, &offer, out, e);
}

static bool is_there(const struct readings *all, const char *name)
{
	for (size_t i = 0; i < all->count; i++) {
		if (!strcmp(all->at[i].of.name, name))
			return true;
	}
	return false;
}

/* A program that prints a name of ours does not take it. */
static void add_printed(const struct output *o, struct readings *out)
{
	for (size_t i = 0; i < o->n_metrics; i++) {
		struct reading *r = &out->at[out->count];

		*r = (struct reading){
			.of = { .unit = "printed", .item = "", .kind = READING_PRINTED },
			.value = o->metrics[i].value,
			.spread = o->metrics[i].spread,
			.why_not = "a program printed it"
		};
		snprintf(r->of.name, sizeof(r->of.name), "%s%s",
			 is_there(out, o->metrics[i].name) ? "printed:" : "", o->metrics[i].name);
		out->count++;
	}
}

/* A key that was chosen and not printed, with what was. */
static void refuse_key(const struct metric_choice *m, const struct output *o, struct readings *out)
{
	struct nearest near = { .word = m->name };
	struct reading *r = &out->at[out->count];
	_cleanup_buf_ struct buf text = { 0 };

	for (size_t i = 0; i < o->n_metrics; i++) {
		nearest_try(&near, o->metrics[i].name);
		buf_printf(&text, "%s%s", i ? ", " : "", o->metrics[i].name);
	}
	nearest_text(&near, "", &text);
	out->decides = out->count++;
	*r = (struct reading){ .value = NAN, .spread = NAN };
	metric_quantity(m, true, "", &r->of);
	snprintf(r->why_not, sizeof(r->why_not), "the program does not print '%.60s'%s%.80s",
		 m->name, o->n_metrics ? "; it prints " : ", and nothing else", buf_str(&text));
}

/* Which of them was chosen; a key was printed by its own name, or as printed:KEY. */
static bool find_deciding(const struct reading_source *s, const struct metric_choice *m,
			  struct readings *out)
{
	char word[METRIC_WORD_BYTES];
	struct quantity of;

	metric_word(m, word);
	metric_quantity(m, s->counted, s->item, &of);
	for (size_t i = 0; i < out->count; i++) {
		const struct quantity *q = &out->at[i].of;
		bool printed = q->kind == READING_PRINTED;

		if (printed != (m->kind == METRIC_PRINTED) ||
		    (strcmp(q->name, of.name) != 0 && strcmp(q->name, word) != 0))
			continue;
		out->decides = i;
		return true;
	}
	return false;
}

/* Of a program always: what it executes itself says whether it did the same work. */
static int add_chosen(const struct reading_source *s, const struct metric_choice *m,
		      struct readings *out, struct err *e)
{
	const struct metric_choice kernel = { .kind = METRIC_KERNEL },
				   user = { .kind = METRIC_USER };
	int r = 0;

	if (!s->counted && metric_needs_functions(m) && s->metric && *s->metric)
		return err_set(e, EINVAL, "metric '%.60s': times are of segments, not of functions",
			       s->metric);
	if (!s->counted)
		return 0;
	if (s->program || m->kind == METRIC_KERNEL)
		r = readings_chosen(s, &kernel, out, e);
	if (r == 0 && (s->program || m->kind == METRIC_USER))
		r = readings_chosen(s, &user, out, e);
	if (r == 0 && metric_needs_functions(m) && m->kind != METRIC_KERNEL &&
	    m->kind != METRIC_USER)
		r = readings_chosen(s, m, out, e);
	return r;
}

int readings_of(const struct reading_source *s, struct readings *out, struct err *e)
{
	struct metric_choice m;
	int r;

	out->count = 0;
	out->decides = 0;
	out->clock_difference = 0;
	if (!s->n_segments || !s->items ||
	    (s->counted && (!run_iterations(s->run) || !run_pairs(s->run))))
		return err_set(e, EIO, "there are no counts");
	r = reading_choice(s, &m, e);
	if (r < 0)
		return r;
	if (s->counted)
		readings_counted(s, out);
	else
		r = readings_timed(s, out, e);
	if (r == 0)
		r = add_chosen(s, &m, out, e);
	if (r < 0)
		return r;
	add_printed(&s->run->output, out);
	if (!find_deciding(s, &m, out) && m.kind == METRIC_PRINTED)
		refuse_key(&m, &s->run->output, out);
	return 0;
}

int reading_deciding(const struct scenario *s, const struct run *run, unsigned cpus,
		     struct reading *out, struct err *e)
{
	const struct reading_source source = reading_source_of(s, run, cpus);
	struct readings all;
	int r = readings_of(&source, &all, e);

	if (r < 0)
		return r;
	*out = all.at[all.decides];
	if (isnan(out->value))
		return err_unmeasured(e, EPROTO, "%s", out->why_not);
	if (!source.counted && out->value <= 0)
		return err_unmeasured(e, EPROTO, "no time went by");
	return 0;
}

int reading_deciding_ns(const struct scenario *s, const struct run *run, double *out_ns,
			struct err *e)
{
	struct reading r;
	int rc = reading_deciding(s, run, 1, &r, e);

	if (rc == 0)
		*out_ns = r.value;
	return rc;
}
