// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/table/rows.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const row_modes[] = { "exact", "timed", "emulated", "native", NULL };

void rows_free(struct rows *r)
{
	free(r->at);
	intern_free(&r->words);
	intern_free(&r->runs);
	intern_free(&r->origin_keys);
	free(r->origins);
	for (size_t i = 0; i < r->n_notes; i++)
		free(r->notes[i].text);
	free(r->notes);
	free(r->states);
	free(r->readings);
	intern_free(&r->state_keys);
	free(r->state_lists);
	free(r->works);
	free(r->costs);
	*r = (struct rows){ 0 };
}

int rows_add_work(struct rows *t, const char *scenario, const char *kernel, uint16_t cpus,
		  const char *steady, const char *unsteady, double ns)
{
	const struct rows_work work = { .scenario = intern_add(&t->words, scenario),
					.kernel = intern_add(&t->words, kernel),
					.steady = intern_add(&t->words, steady ? steady : ""),
					.unsteady = intern_add(&t->words, unsteady ? unsteady : ""),
					.cpus = cpus,
					.ns = ns };

	if (work.scenario == INTERN_NONE || work.kernel == INTERN_NONE ||
	    work.steady == INTERN_NONE || work.unsteady == INTERN_NONE)
		return -ENOMEM;
	if (t->n_works == t->works_cap) {
		size_t cap = 2 * t->n_works + 16;
		struct rows_work *grown = realloc(t->works, cap * sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		t->works = grown;
		t->works_cap = cap;
	}
	t->works[t->n_works++] = work;
	return 0;
}

int rows_add_cost(struct rows *t, const char *scenario, const char *kernel, uint16_t cpus,
		  uint16_t cost, double value, double spread)
{
	const struct rows_cost one = { .scenario = intern_add(&t->words, scenario),
				       .kernel = intern_add(&t->words, kernel),
				       .cpus = cpus,
				       .cost = cost,
				       .value = value,
				       .spread = spread };

	if (one.scenario == INTERN_NONE || one.kernel == INTERN_NONE)
		return -ENOMEM;
	if (t->n_costs == t->costs_cap) {
		size_t cap = 2 * t->n_costs + 64;
		struct rows_cost *grown = realloc(t->costs, cap * sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		t->costs = grown;
		t->costs_cap = cap;
	}
	t->costs[t->n_costs++] = one;
	return 0;
}

int rows_note(struct rows *t, const char *kind, char *text)
{
	struct rows_note *grown = realloc(t->notes, (t->n_notes + 1) * sizeof(*grown));

	if (grown)
		t->notes = grown;
	if (!grown || !text) {
		free(text);
		return -ENOMEM;
	}
	grown[t->n_notes++] = (struct rows_note){ kind, text };
	return 0;
}

const char *rows_word(const struct rows *r, uint32_t number)
{
	return intern_text(&r->words, number);
}

bool rows_mode(const char *text, const char *unit, uint8_t *out)
{
	*out = !strcmp(unit, "insns") ? ROW_EXACT : ROW_TIMED;
	if (!text || !*text)
		return true;
	for (uint8_t i = 0; row_modes[i]; i++) {
		if (!strcmp(text, row_modes[i])) {
			*out = i;
			return true;
		}
	}
	return false;
}

/* "page" of "protect_insns_per_page" */
static const char *item_of(const char *metric)
{
	const char *at = NULL;

	for (const char *p = metric; (p = strstr(p, "_per_")); p++)
		at = p + strlen("_per_");
	return at ? at : "item";
}

/* Of what is counted, or printed where all else is; static. */
static const char *counted_unit(const char *unit)
{
	return !strcmp(unit, "calls") ? "calls" : !strcmp(unit, "printed") ? "printed" : "insns";
}

void row_reading(const struct rows *t, const struct row *row, struct reading *out)
{
	const char *metric = rows_word(t, row->metric);

	*out = (struct reading){ .of = { .unit = counted_unit(rows_word(t, row->unit)),
					 .item = item_of(metric),
					 .kind = READING_COUNTED },
				 .value = row->value,
				 .spread = NAN };
	if (!strcmp(out->of.unit, "printed"))
		out->of.kind = READING_PRINTED;
	snprintf(out->of.name, sizeof(out->of.name), "%.*s", READING_NAME_BYTES - 1, metric);
	if (row->reading == ROW_NO_READING) {
		snprintf(out->why_not, sizeof(out->why_not),
			 "the rows do not say how far a run is off");
		return;
	}
	out->spread = t->readings[row->reading].spread;
	out->unseen = t->readings[row->reading].unseen;
	out->functions = t->readings[row->reading].functions;
	out->exact = t->readings[row->reading].exact;
	out->parted = t->readings[row->reading].parted;
	out->part = t->readings[row->reading].part;
	out->rest_spread = t->readings[row->reading].rest_spread;
	if (!out->exact)
		snprintf(out->why_not, sizeof(out->why_not), "%s",
			 rows_word(t, t->readings[row->reading].why_not));
}

int rows_add_extent(struct rows *t, struct row *row, const struct reading *from)
{
	struct row_extent x = { .spread = from->spread,
				.unseen = from->unseen,
				.functions = from->functions,
				.why_not = intern_add(&t->words, from->why_not),
				.exact = from->exact,
				.parted = from->parted,
				.part = from->part,
				.rest_spread = from->rest_spread };

	if (x.why_not == INTERN_NONE)
		return -ENOMEM;
	if (t->n_readings == t->cap_readings) {
		size_t cap = 2 * t->cap_readings + 64;
		struct row_extent *grown = realloc(t->readings, cap * sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		t->readings = grown;
		t->cap_readings = cap;
	}
	row->reading = (uint32_t)t->n_readings;
	t->readings[t->n_readings++] = x;
	return 0;
}

int rows_append(struct rows *t, const struct row *row, struct err *e)
{
	if (t->count == t->cap) {
		size_t cap = t->cap + t->cap / 2 + 1024;
		struct row *grown = realloc(t->at, cap * sizeof(*grown));

		if (!grown)
			return err_oom(e);
		t->at = grown;
		t->cap = cap;
	}
	t->at[t->count++] = *row;
	return 0;
}

/* Cells together, kernels in order of appearance within, then blocks and lines. */
static int by_cell(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->scenario != y->scenario)
		return x->scenario < y->scenario ? -1 : 1;
	if (x->cpus != y->cpus)
		return x->cpus < y->cpus ? -1 : 1;
	if (x->metric != y->metric)
		return x->metric < y->metric ? -1 : 1;
	if (x->mode != y->mode)
		return x->mode < y->mode ? -1 : 1;
	if (x->kernel != y->kernel)
		return x->kernel < y->kernel ? -1 : 1;
	if (x->experiment != y->experiment)
		return x->experiment < y->experiment ? -1 : 1;
	if (x->block != y->block)
		return x->block < y->block ? -1 : 1;
	return (x->line > y->line) - (x->line < y->line);
}

static int by_run(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->run != y->run)
		return x->run < y->run ? -1 : 1;
	if (x->metric != y->metric)
		return x->metric < y->metric ? -1 : 1;
	return (x->line > y->line) - (x->line < y->line);
}

/*
 * One run and metric is one row. A repetition to the digit is a line that was written twice, and
 * is left out; two values are two stories.
 */
static int drop_identical(struct rows *t, const char *name, struct err *e)
{
	size_t kept = 0;

	qsort(t->at, t->count, sizeof(*t->at), by_run);
	for (size_t i = 0; i < t->count; i++) {
		const struct row *row = &t->at[i], *last = kept ? &t->at[kept - 1] : NULL;

		if (!last || last->run != row->run || last->metric != row->metric) {
			t->at[kept++] = *row;
			continue;
		}
		if (last->value != row->value || last->ok != row->ok ||
		    last->kernel != row->kernel || last->scenario != row->scenario)
			return err_set(e, EINVAL,
				       "%s:%u: run '%.80s' has a second row for metric '%s'; the "
				       "first is in line %u",
				       name, row->line, intern_text(&t->runs, row->run),
				       rows_word(t, row->metric), last->line);
		t->identical++;
	}
	t->count = kept;
	return 0;
}

int rows_finish(struct rows *t, const char *name, struct err *e)
{
	int r;

	if (!t->count)
		return err_set(e, EINVAL, "%s: no rows", name);
	t->paired = true;
	for (size_t i = 0; i < t->count; i++)
		t->paired = t->paired && t->at[i].block != ROW_NO_BLOCK;
	r = drop_identical(t, name, e);
	if (r == 0)
		qsort(t->at, t->count, sizeof(*t->at), by_cell);
	return r;
}

int rows_add(struct rows *t, const struct row_text *text, struct err *e)
{
	struct row row = { .value = text->ok ? text->value : 0,
			   .block = text->block,
			   .position = text->position,
			   .line = (uint32_t)t->count + 1,
			   .cpus = text->cpus,
			   .ok = text->ok,
			   .decides = text->decides,
			   .kernel = intern_add(&t->words, text->kernel),
			   .release = intern_add(&t->words, text->release),
			   .scenario = intern_add(&t->words, text->scenario),
			   .metric = intern_add(&t->words, text->metric),
			   .unit = intern_add(&t->words, text->unit),
			   .experiment = intern_add(&t->words, text->experiment),
			   .reason = intern_add(&t->words, text->reason ? text->reason : ""),
			   .run = intern_add(&t->runs, text->run),
			   .reading = ROW_NO_READING };

	if (row.kernel == INTERN_NONE || row.release == INTERN_NONE ||
	    row.scenario == INTERN_NONE || row.metric == INTERN_NONE || row.unit == INTERN_NONE ||
	    row.experiment == INTERN_NONE || row.reason == INTERN_NONE || row.run == INTERN_NONE)
		return err_oom(e);
	if (!rows_mode(text->mode, text->unit, &row.mode))
		return err_set(e, EINVAL, "run '%s': unknown mode '%s'", text->run, text->mode);
	if (text->reading && row.mode == ROW_EXACT && rows_add_extent(t, &row, text->reading) < 0)
		return err_oom(e);
	return rows_append(t, &row, e);
}
