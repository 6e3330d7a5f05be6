// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/views/claims.h"

#include "base/json.h"
#include "judge/judgement/overall.h"

#include <errno.h>
#include <math.h>
#include <string.h>

static const json_t *member(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);

	return json_is_null(value) ? NULL : value;
}

/* A new reference to what it holds, or to null. */
static json_t *copy(const json_t *value)
{
	return value ? json_incref((json_t *)value) : json_null();
}

/* Of a side; what has no run goes by the side's name, which may be a spec. */
static json_t *title(const struct claims_of *x, const char *side)
{
	const char *known = side ? json_text_at(x->titles, side, NULL) : NULL;

	return known || side ? json_string(known ? known : side) : json_null();
}

/* Of a commit in a bisection's document. */
static json_t *commit_title(const json_t *commit)
{
	return json_sprintf(
		"%.12s (\"%s\")", json_text_at(commit, "commit", NULL),
		json_text_at(commit, "subject", NULL) ? json_text_at(commit, "subject", NULL) : "");
}

static json_t *claim(const char *scenario, const json_t *of, json_t *old_title, json_t *new_title)
{
	const char *part = json_text_at(of, "part", NULL);

	return json_pack("{s:s,s:o,s:o,s:o,s:s?,s:o,s:o,s:o,s:n}", "scenario", scenario, "cpus",
			 copy(member(of, "cpus")), "mode", copy(member(of, "mode")), "verdict",
			 copy(member(of, "verdict")), "part", part, "old", old_title, "new",
			 new_title, "ratio", copy(member(of, "ratio")), "note");
}

/* A profile's: a row for each kernel but the baseline. */
static json_t *of_rows(const struct claims_of *x, const char *scenario, const json_t *rows)
{
	json_t *list = json_array();
	const json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		if (json_is_true(json_object_get(row, "primary")))
			json_array_append_new(
				list, claim(scenario, row,
					    title(x, json_text_at(x->command, "baseline", NULL)),
					    title(x, json_text_at(row, "kernel", NULL))));
	}
	return list;
}

/* The one that the verdict is about; the first, unless the document says another. */
static const json_t *deciding(const json_t *document)
{
	const json_t *metrics = json_object_get(document, "metrics"), *one;
	const char *decides = json_text_at(document, "decides", NULL);
	size_t i;

	json_array_foreach(metrics, i, one)
	{
		const char *name = json_text_at(one, "name", NULL);

		if (decides && name && !strcmp(name, decides))
			return one;
	}
	return json_array_get(metrics, 0);
}

/* What closes a gap is judged against OLD; NAN: it is no document of that kind. */
static double candidate_value(const json_t *document)
{
	const json_t *metric = deciding(document);
	const json_t *value = json_object_get(metric, "candidate");

	return json_is_number(value) ? json_number_value(value) : NAN;
}

/*
 * The older kernel or the newer one: of a bisection, of a gap, of a pair, of a series, or the only
 * one.
 */
static json_t *end(const struct claims_of *x, const json_t *document, bool last)
{
	const json_t *commit = json_object_get(document, last ? "bad" : "good");
	const json_t *series = json_object_get(x->command, "kernels");
	size_t n = json_array_size(series);
	const char *side = !last ? "old" : isnan(candidate_value(document)) ? "new" : "candidate";

	if (json_text_at(commit, "commit", NULL))
		return commit_title(commit);
	if (json_text_at(x->titles, side, NULL))
		return title(x, side);
	if (n > 1)
		return title(x, json_string_value(json_array_get(series, last ? n - 1 : 0)));
	return last ? json_null()
		    : title(x, json_text_at(x->titles, "kernel", NULL) ? "kernel" : NULL);
}

/* What else one has to know: steps, a culprit, the share that a candidate closes. */
static json_t *note(const struct claims_of *x, const json_t *document)
{
	const json_t *metric = deciding(document);
	const json_t *culprit = json_array_get(json_object_get(document, "culprits"), 0);
	const json_t *exact = json_array_get(json_object_get(document, "exact_part"), 0);
	const json_t *closed = json_object_get(exact ? exact : metric, "closed");
	const json_t *steps = json_object_get(document, "steps");

	if (json_is_number(closed))
		return json_sprintf("closes %.1f %% of the gap to %s%s", json_number_value(closed),
				    json_text_at(x->titles, "new", NULL)
					    ? json_text_at(x->titles, "new", NULL)
					    : "NEW",
				    exact ? ", in what is exact" : "");
	if (json_is_integer(steps) || json_is_array(steps)) {
		size_t n = json_is_array(steps) ? json_array_size(steps)
						: (size_t)json_integer_value(steps);

		return json_sprintf("%zu step%s", n, n == 1 ? "" : "s");
	}
	if (json_text_at(culprit, "commit", NULL)) {
		_cleanup_json_ json_t *named = commit_title(culprit);

		return json_sprintf("%s: %s",
				    json_text_at(culprit, "status", NULL)
					    ? json_text_at(culprit, "status", NULL)
					    : "?",
				    named ? json_string_value(named) : "");
	}
	return json_null();
}

static json_t *of_document(const struct claims_of *x, const char *scenario, const char *verdict,
			   const json_t *document)
{
	const json_t *metric = deciding(document);
	const double old_value = json_number_value(json_object_get(metric, "old"));
	const double candidate = candidate_value(document);
	const double new_value =
		isnan(candidate) ? json_number_value(json_object_get(metric, "new")) : candidate;
	json_t *one = claim(scenario, document, end(x, document, false), end(x, document, true));
	json_t *list = json_array();

	if (!one || !list) {
		json_decref(one);
		json_decref(list);
		return NULL;
	}
	json_object_set_new(one, "verdict", json_string(verdict));
	if (old_value > 0)
		json_object_set_new(one, "ratio", json_real(new_value / old_value));
	json_object_set_new(one, "note", note(x, document));
	json_array_append_new(list, one);
	return list;
}

json_t *claims_make(const struct claims_of *x, const char *scenario, const char *verdict,
		    const json_t *document)
{
	return json_is_array(document) ? of_rows(x, scenario, document)
				       : of_document(x, scenario, verdict, document);
}

const char *claims_mode(const json_t *claims)
{
	const char *mode = NULL;
	const json_t *one;
	size_t i;

	json_array_foreach(claims, i, one)
	{
		const char *this = json_text_at(one, "mode", NULL);

		if (this && (!mode || !strcmp(this, "near-exact")))
			mode = this;
	}
	return mode;
}

/* "6.16.12 -> 6.17.13; 1 step": what is not in a column. */
static void between(const json_t *c, struct buf *out)
{
	const char *old = json_text_at(c, "old", NULL), *new = json_text_at(c, "new", NULL),
		   *more = json_text_at(c, "note", NULL);

	buf_puts(out, old ? old : "");
	if (new)
		buf_printf(out, "%s%s", old ? " -> " : "", new);
	if (more)
		buf_printf(out, "%s%s", out->len ? "; " : "", more);
}

void claims_columns(struct table *t)
{
	table_column(t, "verdict", NULL, TABLE_WORD);
	table_column(t, "ratio", NULL, TABLE_NUMBER);
	table_column(t, "measured", NULL, TABLE_WORD);
	table_column(t, "scenario", NULL, TABLE_NAME);
}

static void put_cells(struct table *t, const json_t *c)
{
	const char *verdict = json_text_at(c, "verdict", NULL),
		   *mode = json_text_at(c, "mode", NULL);
	const char *scenario = json_text_at(c, "scenario", NULL),
		   *part = json_text_at(c, "part", NULL);
	char words[VERDICT_WORDS_BYTES];
	const json_t *ratio = json_object_get(c, "ratio");
	const long long cpus = (long long)json_integer_value(json_object_get(c, "cpus"));
	enum verdict known;

	if (verdict && verdict_parse(verdict, &known)) {
		table_put(t, "%s", verdict_words(known, part ? "exact part" : NULL, words));
		table_tone(t, verdict_tone(known));
	} else {
		table_put(t, "%s", verdict ? verdict : "-");
	}
	table_ratio(t, json_is_number(ratio) ? json_number_value(ratio) : NAN);
	table_put(t, "%s", mode ? mode : "-");
	if (cpus > 1)
		table_put(t, "%s, %lld CPUs", scenario ? scenario : "-", cpus);
	else
		table_put(t, "%s", scenario ? scenario : "-");
}

void claims_row(struct table *t, const json_t *claim, const char *more)
{
	_cleanup_buf_ struct buf under = { 0 };

	put_cells(t, claim);
	between(claim, &under);
	if (under.len && *more)
		buf_puts(&under, "; ");
	buf_puts(&under, more);
	table_keep(t, buf_error(&under));
	if (under.len)
		table_note(t, TONE_DIM, "%s", buf_str(&under));
}
