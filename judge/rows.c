// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/rows.h"

#include "base/cleanup.h"
#include "judge/csv.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum column {
	COL_EXPERIMENT,
	COL_BLOCK,
	COL_POSITION,
	COL_KERNEL,
	COL_RELEASE,
	COL_SCENARIO,
	COL_CPUS,
	COL_METRIC,
	COL_UNIT,
	COL_VALUE,
	COL_STATUS,
	COL_RUN,
	COL_REASON,
	COL_MODE, /* may be missing */
	COL_COUNT
};

static const char *const own_names[COL_COUNT] = {
	"experiment", "block", "position", "kernel", "release", "scenario",	  "cpus",
	"metric",     "unit",  "value",	   "status", "run_id",	"failure_reason", "mode"
};
static const char *const published_names[COL_COUNT] = {
	"profile", NULL, NULL,	  "version_family", "exact_version", "scenario",       NULL,
	"metric",  NULL, "value", "status",	    "run_id",	     "failure_reason", NULL
};

const char *const row_modes[] = { "exact", "timed", "emulated", "native", NULL };

struct reader {
	struct csv csv;
	struct rows *rows;
	int columns[COL_COUNT]; /* index of the field, -1: the layout has none */
	size_t n_fields;
};

void rows_free(struct rows *r)
{
	free(r->at);
	intern_free(&r->words);
	intern_free(&r->runs);
	*r = (struct rows){ 0 };
}

const char *rows_word(const struct rows *r, uint32_t number)
{
	return intern_text(&r->words, number);
}

static int find_field(const struct csv *c, const char *name)
{
	for (size_t i = 0; name && i < c->n_fields; i++) {
		if (!strcmp(c->fields[i], name))
			return (int)i;
	}
	return -1;
}

/* Which layout, and where its columns are. */
static int read_header(struct reader *in, struct err *e)
{
	const char *const *names;
	int r = csv_next(&in->csv, e);

	if (r < 0)
		return r;
	if (r == 0)
		return err_set(e, EINVAL, "%s: empty, a header line is expected", in->csv.name);
	in->n_fields = in->csv.n_fields;
	in->rows->published = find_field(&in->csv, "version_family") >= 0;
	names = in->rows->published ? published_names : own_names;
	for (int i = 0; i < COL_COUNT; i++) {
		in->columns[i] = find_field(&in->csv, names[i]);
		if (names[i] && in->columns[i] < 0 && i != COL_MODE)
			return err_set(e, EINVAL,
				       "%s:%zu: there is no column '%s'; slowpath's own export or "
				       "the published layout (version_family, ...) is expected",
				       in->csv.name, in->csv.line, names[i]);
	}
	return 0;
}

static const char *field(const struct reader *in, enum column c)
{
	return in->columns[c] < 0 ? "" : in->csv.fields[in->columns[c]];
}

static int bad_field(const struct reader *in, enum column c, const char *what, struct err *e)
{
	return err_set(e, EINVAL, "%s:%zu: %s '%.40s' %s", in->csv.name, in->csv.line, own_names[c],
		       field(in, c), what);
}

static int read_count(const struct reader *in, enum column c, uint32_t max, uint32_t *out,
		      struct err *e)
{
	const char *text = field(in, c);
	unsigned long value;
	char *end;

	if (!*text)
		return 0;
	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno || *end || !isdigit((unsigned char)*text) || value > max)
		return bad_field(in, c, "is not a whole number", e);
	*out = (uint32_t)value;
	return 0;
}

static int read_value(const struct reader *in, struct row *row, struct err *e)
{
	const char *text = field(in, COL_VALUE);
	char *end;

	row->ok = !strcmp(field(in, COL_STATUS), "ok");
	if (!row->ok)
		return 0;
	errno = 0;
	row->value = strtod(text, &end);
	if (!*text || *end || errno || !isfinite(row->value))
		return bad_field(in, COL_VALUE, "is not a finite number", e);
	return 0;
}

/* "..._r07-bench-..." or "..._r07": the repetition of the published layout, as a block from 0. */
static uint32_t repetition(const char *run_id)
{
	uint32_t found = ROW_NO_BLOCK;

	for (const char *p = run_id; (p = strstr(p, "_r")); p++) {
		char *end;
		unsigned long n;

		if (!isdigit((unsigned char)p[2]))
			continue;
		n = strtoul(p + 2, &end, 10);
		if ((*end == '\0' || *end == '-' || *end == '_') && n > 0 && n < 1000000)
			found = (uint32_t)n - 1;
	}
	return found;
}

static int read_words(const struct reader *in, struct row *row, struct err *e)
{
	struct rows *t = in->rows;
	const struct {
		enum column column;
		uint32_t *to;
	} words[] = {
		{ COL_KERNEL, &row->kernel },	  { COL_RELEASE, &row->release },
		{ COL_SCENARIO, &row->scenario }, { COL_METRIC, &row->metric },
		{ COL_UNIT, &row->unit },	  { COL_EXPERIMENT, &row->experiment },
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		*words[i].to = intern_add(&t->words, field(in, words[i].column));
		if (*words[i].to == INTERN_NONE)
			return err_oom(e);
	}
	if (!*field(in, COL_KERNEL) || !*field(in, COL_METRIC) || !*field(in, COL_RUN))
		return err_set(e, EINVAL, "%s:%zu: kernel, metric and run_id must not be empty",
			       in->csv.name, in->csv.line);
	row->run = intern_add(&t->runs, field(in, COL_RUN));
	return row->run == INTERN_NONE ? err_oom(e) : 0;
}

/* False if there is no such mode. */
static bool mode_of(const char *text, const char *unit, uint8_t *out)
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

static int read_row(const struct reader *in, struct row *row, struct err *e)
{
	uint32_t cpus = 0;
	int r;

	*row = (struct row){ .block = ROW_NO_BLOCK,
			     .position = ROW_NO_BLOCK,
			     .line = (uint32_t)in->csv.line };
	if (in->csv.n_fields != in->n_fields)
		return err_set(e, EINVAL, "%s:%zu: %zu fields, the header has %zu%s", in->csv.name,
			       in->csv.line, in->csv.n_fields, in->n_fields,
			       in->csv.ended_without_newline ? "; the file seems to be cut" : "");
	r = read_words(in, row, e);
	if (r == 0)
		r = read_value(in, row, e);
	if (r == 0)
		r = read_count(in, COL_BLOCK, 1000000, &row->block, e);
	if (r == 0)
		r = read_count(in, COL_POSITION, 1000000, &row->position, e);
	if (r == 0)
		r = read_count(in, COL_CPUS, 65535, &cpus, e);
	if (r == 0 && !mode_of(field(in, COL_MODE), field(in, COL_UNIT), &row->mode))
		r = bad_field(in, COL_MODE, "is none of exact, timed, emulated, native", e);
	row->cpus = (uint16_t)cpus;
	if (in->rows->published)
		row->block = repetition(field(in, COL_RUN));
	return r;
}

static int add(struct rows *t, const struct row *row, struct err *e)
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
			   .kernel = intern_add(&t->words, text->kernel),
			   .release = intern_add(&t->words, text->release),
			   .scenario = intern_add(&t->words, text->scenario),
			   .metric = intern_add(&t->words, text->metric),
			   .unit = intern_add(&t->words, text->unit),
			   .experiment = intern_add(&t->words, text->experiment),
			   .run = intern_add(&t->runs, text->run) };

	if (row.kernel == INTERN_NONE || row.release == INTERN_NONE ||
	    row.scenario == INTERN_NONE || row.metric == INTERN_NONE || row.unit == INTERN_NONE ||
	    row.experiment == INTERN_NONE || row.run == INTERN_NONE)
		return err_oom(e);
	if (!mode_of(text->mode, text->unit, &row.mode))
		return err_set(e, EINVAL, "run '%s': unknown mode '%s'", text->run, text->mode);
	return add(t, &row, e);
}

int rows_read(const char *name, int fd, struct rows *out, struct err *e)
{
	struct reader in = { .rows = out };
	int r = csv_open(&in.csv, name, fd, e);

	*out = (struct rows){ 0 };
	if (r == 0)
		r = read_header(&in, e);
	while (r == 0) {
		struct row row;

		r = csv_next(&in.csv, e);
		if (r <= 0)
			break;
		r = read_row(&in, &row, e);
		if (r == 0)
			r = add(out, &row, e);
	}
	csv_close(&in.csv);
	if (r == 0)
		r = rows_finish(out, name, e);
	if (r < 0)
		rows_free(out);
	return r;
}
