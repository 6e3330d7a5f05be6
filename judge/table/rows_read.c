// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/table/rows.h"

#include "base/cleanup.h"
#include "judge/table/csv.h"

#include <ctype.h>
#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * From here on a double does not hold every whole number, and counts that differ would be equal.
 * With the least that is no zero, means, squares and ratios of values have no overflow either.
 */
#define VALUE_LIMIT 0x1p53
#define VALUE_LEAST 0x1p-53

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
	COL_MODE, /* this and what follows may be missing */
	COL_SPREAD,
	COL_UNSEEN,
	COL_FUNCTIONS,
	COL_EXACT,
	COL_WHY,
	COL_PART,
	COL_REST,
	COL_DECIDES,
	COL_SOURCE,
	COL_ENTRY,
	COL_KIND,
	COL_CASE,
	COL_COUNT
};

static const char *const own_names[COL_COUNT] = { [COL_EXPERIMENT] = "experiment",
						  [COL_BLOCK] = "block",
						  [COL_POSITION] = "position",
						  [COL_KERNEL] = "kernel",
						  [COL_RELEASE] = "release",
						  [COL_SCENARIO] = "scenario",
						  [COL_CPUS] = "cpus",
						  [COL_METRIC] = "metric",
						  [COL_UNIT] = "unit",
						  [COL_VALUE] = "value",
						  [COL_STATUS] = "status",
						  [COL_RUN] = "run_id",
						  [COL_REASON] = "failure_reason",
						  [COL_MODE] = "mode",
						  [COL_SPREAD] = "spread",
						  [COL_UNSEEN] = "unseen",
						  [COL_FUNCTIONS] = "functions",
						  [COL_EXACT] = "exact",
						  [COL_WHY] = "why_not",
						  [COL_PART] = "part",
						  [COL_REST] = "rest_spread",
						  [COL_DECIDES] = "decides" };
static const char *const published_names[COL_COUNT] = { [COL_EXPERIMENT] = "profile",
							[COL_KERNEL] = "version_family",
							[COL_RELEASE] = "exact_version",
							[COL_SCENARIO] = "scenario",
							[COL_METRIC] = "metric",
							[COL_VALUE] = "value",
							[COL_STATUS] = "status",
							[COL_RUN] = "run_id",
							[COL_REASON] = "failure_reason",
							[COL_SOURCE] = "source_file",
							[COL_ENTRY] = "entry_profile",
							[COL_KIND] = "test_kind",
							[COL_CASE] = "case" };

struct reader {
	struct csv csv;
	struct rows *rows;
	int columns[COL_COUNT];	  /* index of the field, -1: the layout has none */
	uint32_t last[COL_COUNT]; /* word of the last row: rows are much like their neighbours */
	size_t n_fields;
};

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
	for (int i = 0; i < COL_COUNT; i++)
		in->last[i] = INTERN_NONE;
	in->rows->published = find_field(&in->csv, "version_family") >= 0;
	names = in->rows->published ? published_names : own_names;
	for (int i = 0; i < COL_COUNT; i++) {
		in->columns[i] = find_field(&in->csv, names[i]);
		if (names[i] && in->columns[i] < 0 && i < COL_MODE)
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
	const char *text = field(in, c), *p = text;
	uint64_t value = 0;

	if (!*text)
		return 0;
	for (; isdigit((unsigned char)*p); p++)
		value = value > max ? value : 10 * value + (uint64_t)(*p - '0');
	if (*p)
		return bad_field(in, c, "is not a whole number", e);
	if (value > max)
		return bad_field(in, c, "is too large", e);
	*out = (uint32_t)value;
	return 0;
}

#define DOUBLE_DIGITS 15 /* and so many a double holds, */
#define LONG_DIGITS 19	 /* an uint64_t, and a long double's 64 bits too */

/*
 * digits / 10^@behind, if that can be told to the last bit without strtod(3). Where both are exact
 * in a double, their quotient is rounded once, and so is what strtod() says (Clinger, 1990). In a
 * long double it is off by half of that one's last bit: a double, if what is that much smaller and
 * larger is the same one.
 */
static bool divide(uint64_t digits, int n, int behind, double *out)
{
	static const long double tens[LONG_DIGITS + 1] = { 1e0L,  1e1L,	 1e2L,	1e3L,  1e4L,
							   1e5L,  1e6L,	 1e7L,	1e8L,  1e9L,
							   1e10L, 1e11L, 1e12L, 1e13L, 1e14L,
							   1e15L, 1e16L, 1e17L, 1e18L, 1e19L };
	long double quotient, off;

	if (n <= DOUBLE_DIGITS) {
		*out = (double)digits / (double)tens[behind];
		return true;
	}
	if (LDBL_MANT_DIG < 64)
		return false;
	quotient = (long double)digits / tens[behind];
	off = quotient * 0x1p-63L;
	*out = (double)(quotient + off);
	return *out == (double)(quotient - off);
}

/* A decimal number; most take a tenth of strtod()'s time. */
static bool parse_decimal(const char *text, double *out)
{
	const char *p = text + (*text == '-');
	uint64_t digits = 0;
	int n = 0, behind = 0;
	bool point = false;
	char *end;

	for (; n <= LONG_DIGITS && (isdigit((unsigned char)*p) || (*p == '.' && !point)); p++) {
		if (*p == '.') {
			point = true;
			continue;
		}
		digits = 10 * digits + (uint64_t)(*p - '0');
		behind += point;
		n++;
	}
	if (!*p && n && n <= LONG_DIGITS && divide(digits, n, behind, out)) {
		if (*text == '-')
			*out = -*out;
		return true;
	}
	/* Not the hexadecimals, infinities and NaNs that strtod() knows too. */
	if (!*text || text[strspn(text, "0123456789+-.eE")])
		return false;
	*out = strtod(text, &end);
	return end > text && !*end && isfinite(*out);
}

static int check_value(const struct reader *in, double value, struct err *e)
{
	/* A near-exact slope of ours can be: a phase's edge is no part of an iteration. */
	if (!*field(in, COL_SPREAD) && value < 0)
		return bad_field(in, COL_VALUE, "is below zero, as no count and no time can be", e);
	if (value >= VALUE_LIMIT)
		return bad_field(in, COL_VALUE,
				 "is too large: from 2^53 on numbers do not keep their last digits",
				 e);
	if (value > 0 && value < VALUE_LEAST)
		return bad_field(in, COL_VALUE, "is too small: neither zero nor at least 2^-53", e);
	return 0;
}

static int read_value(const struct reader *in, struct row *row, struct err *e)
{
	row->ok = !strcmp(field(in, COL_STATUS), "ok");
	if (row->ok && !parse_decimal(field(in, COL_VALUE), &row->value))
		return bad_field(in, COL_VALUE, "is not a finite number", e);
	return row->ok ? check_value(in, row->value, e) : 0;
}

/* What a count came with, if the file says it: all of it, or nothing. */
static int read_extent(struct reader *in, struct row *row, struct err *e)
{
	struct reading x = { 0 };
	char *end;

	row->reading = ROW_NO_READING;
	if (!row->ok || row->mode != ROW_EXACT || !*field(in, COL_SPREAD))
		return 0;
	if (!parse_decimal(field(in, COL_SPREAD), &x.spread) || x.spread < 0)
		return bad_field(in, COL_SPREAD, "is no number from 0 on", e);
	if (!parse_decimal(field(in, COL_UNSEEN), &x.unseen) || x.unseen < 0)
		return bad_field(in, COL_UNSEEN, "is no number from 0 on", e);
	x.exact = !strcmp(field(in, COL_EXACT), "yes");
	if (!x.exact && strcmp(field(in, COL_EXACT), "no") != 0)
		return bad_field(in, COL_EXACT, "is neither yes nor no", e);
	x.functions = strtoull(field(in, COL_FUNCTIONS), &end, 16);
	if (*end || !isxdigit((unsigned char)*field(in, COL_FUNCTIONS)))
		return bad_field(in, COL_FUNCTIONS, "is no hexadecimal number", e);
	snprintf(x.why_not, sizeof(x.why_not), "%s", field(in, COL_WHY));
	x.parted = *field(in, COL_PART);
	if (x.parted && !parse_decimal(field(in, COL_PART), &x.part))
		return bad_field(in, COL_PART, "is not a finite number", e);
	if (x.parted && (!parse_decimal(field(in, COL_REST), &x.rest_spread) || x.rest_spread < 0))
		return bad_field(in, COL_REST, "is no number from 0 on", e);
	return rows_add_extent(in->rows, row, &x) < 0 ? err_oom(e) : 0;
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

/* The number of a field's text in @table, which is where all of its column are. */
static int read_word(struct reader *in, struct intern *table, enum column c, uint32_t *out,
		     struct err *e)
{
	const char *text = field(in, c);

	if (in->last[c] == INTERN_NONE || strcmp(intern_text(table, in->last[c]), text) != 0)
		in->last[c] = intern_add(table, text);
	*out = in->last[c];
	return *out == INTERN_NONE ? err_oom(e) : 0;
}

static int read_words(struct reader *in, struct row *row, struct err *e)
{
	struct rows *t = in->rows;
	const struct {
		enum column column;
		uint32_t *to;
	} words[] = {
		{ COL_KERNEL, &row->kernel },	  { COL_RELEASE, &row->release },
		{ COL_SCENARIO, &row->scenario }, { COL_METRIC, &row->metric },
		{ COL_UNIT, &row->unit },	  { COL_EXPERIMENT, &row->experiment },
		{ COL_REASON, &row->reason },
	};

	if (!*field(in, COL_KERNEL) || !*field(in, COL_METRIC) || !*field(in, COL_RUN))
		return err_set(e, EINVAL, "%s:%zu: kernel, metric and run_id must not be empty",
			       in->csv.name, in->csv.line);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		int r = read_word(in, &t->words, words[i].column, words[i].to, e);

		if (r < 0)
			return r;
	}
	return read_word(in, &t->runs, COL_RUN, &row->run, e);
}

static int read_origin(struct reader *in, struct row *row, struct err *e)
{
	struct rows *t = in->rows;
	struct row_origin o;
	char key[64];

	if (read_word(in, &t->words, COL_SOURCE, &o.source_file, e) < 0 ||
	    read_word(in, &t->words, COL_ENTRY, &o.entry_profile, e) < 0 ||
	    read_word(in, &t->words, COL_KIND, &o.test_kind, e) < 0 ||
	    read_word(in, &t->words, COL_CASE, &o.case_name, e) < 0)
		return e->code;
	snprintf(key, sizeof(key), "%u %u %u %u", o.source_file, o.entry_profile, o.test_kind,
		 o.case_name);
	row->origin = intern_add(&t->origin_keys, key);
	if (row->origin == INTERN_NONE)
		return err_oom(e);
	if (row->origin == t->origins_cap) {
		size_t cap = 2 * t->origins_cap + 16;
		struct row_origin *grown = realloc(t->origins, cap * sizeof(*grown));

		if (!grown)
			return err_oom(e);
		t->origins = grown;
		t->origins_cap = cap;
	}
	t->origins[row->origin] = o;
	return 0;
}

static int read_row(struct reader *in, struct row *row, struct err *e)
{
	uint32_t cpus = 0;
	int r;

	*row = (struct row){ .block = ROW_NO_BLOCK,
			     .position = ROW_NO_BLOCK,
			     .reading = ROW_NO_READING,
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
	if (r == 0 && !rows_mode(field(in, COL_MODE), field(in, COL_UNIT), &row->mode))
		r = bad_field(in, COL_MODE, "is none of exact, timed, emulated, native", e);
	row->cpus = (uint16_t)cpus;
	row->decides = !strcmp(field(in, COL_DECIDES), "yes");
	if (r == 0 && !row->decides && *field(in, COL_DECIDES))
		r = bad_field(in, COL_DECIDES, "is neither yes nor empty", e);
	if (r == 0)
		r = read_extent(in, row, e);
	if (in->rows->published)
		row->block = repetition(field(in, COL_RUN));
	if (r == 0 && in->rows->published)
		r = read_origin(in, row, e);
	return r;
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
			r = rows_append(out, &row, e);
	}
	csv_close(&in.csv);
	if (r == 0)
		r = rows_finish(out, name, e);
	if (r < 0)
		rows_free(out);
	return r;
}
