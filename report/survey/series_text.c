// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/survey/series.h"

#include "base/json.h"
#include "report/views/parts.h"
#include "report/words/number.h"
#include "report/words/plain.h"
#include "report/words/table.h"

#include <math.h>
#include <string.h>

#define ID_SHOWN 12
#define SUBJECT_SHOWN 60

static bool is(const json_t *o, const char *name, const char *word)
{
	return !strcmp(json_text_at(o, name, ""), word);
}

static enum tone tone_of(const json_t *cell)
{
	return is(cell, "verdict", "regression")    ? TONE_BAD
	       : is(cell, "verdict", "improvement") ? TONE_GOOD
	       : is(cell, "verdict", "equivalent")  ? TONE_PLAIN
						    : TONE_UNSURE;
}

static const char *function_of(const json_t *cell)
{
	return json_text_at(json_array_get(json_object_get(cell, "functions"), 0), "name", "");
}

/* What hides behind a change: commits before it that have no value of their own. */
static void put_hidden(const json_t *cells, size_t at, struct table *t)
{
	size_t hidden = 0;

	while (at > hidden + 1 &&
	       !json_is_number(json_object_get(json_array_get(cells, at - hidden - 1), "value")))
		hidden++;
	if (hidden && is(json_array_get(cells, at), "verdict", "equivalent"))
		return;
	if (hidden)
		table_note(t, TONE_UNSURE,
			   "with the %zu commit%s before it, of which nothing is known", hidden,
			   hidden == 1 ? "" : "s");
}

static void put_cell(const json_t *commit, const json_t *cells, size_t at, struct table *t)
{
	const json_t *cell = json_array_get(cells, at);

	table_row(t);
	table_put(t, "%.*s", ID_SHOWN, json_text_at(commit, "commit", ""));
	table_put(t, "%.*s", SUBJECT_SHOWN, json_text_at(commit, "subject", ""));
	table_number(t, json_number_at(cell, "value"));
	if (at && json_is_number(json_object_get(cell, "value"))) {
		table_change(t, json_number_at(cell, "delta"));
		table_tone(t, tone_of(cell));
		table_ratio(t, json_number_at(cell, "ratio"));
	}
	if (*json_text_at(cell, "reason", "") && !json_is_number(json_object_get(cell, "value")))
		table_note(t, TONE_UNSURE, "%s", json_text_at(cell, "reason", ""));
	else if (is(cell, "verdict", "regression") || is(cell, "verdict", "improvement"))
		table_note(t, tone_of(cell), "%s; most by %s", json_text_at(cell, "verdict", ""),
			   *function_of(cell) ? function_of(cell) : "no function");
	else if (at && !is(cell, "verdict", "equivalent"))
		table_note(t, TONE_UNSURE, "%s",
			   *json_text_at(cell, "verdict", "") ? json_text_at(cell, "verdict", "")
							      : "it cannot be told");
	if (at)
		put_hidden(cells, at, t);
}

static void put_scenario(const json_t *document, const json_t *row, const struct text_style *style,
			 struct buf *out)
{
	const json_t *commits = json_object_get(document, "commits"), *commit;
	const json_t *cells = json_object_get(row, "cells"), *total = json_object_get(row, "total");
	_cleanup_table_ struct table t = { 0 };
	size_t i;

	buf_puts(out, "\n");
	plain_line(out, json_text_at(row, "scenario", ""), 200);
	buf_printf(out, ", %s per %s\n", json_text_at(row, "unit", ""),
		   json_text_at(row, "item", ""));
	table_column(&t, "commit", NULL, TABLE_WORD);
	table_column(&t, "subject", NULL, TABLE_NAME);
	table_column(&t, "count", NULL, TABLE_NUMBER);
	table_column(&t, "change", NULL, TABLE_NUMBER);
	table_column(&t, "ratio", NULL, TABLE_NUMBER);
	json_array_foreach(commits, i, commit) put_cell(commit, cells, i, &t);
	table_row(&t);
	table_put(&t, "all");
	table_put(&t, "the tip against the base");
	table_skip(&t);
	table_change(&t, json_number_at(total, "delta"));
	table_ratio(&t, json_number_at(total, "ratio"));
	table_text(&t, style, 2, out);
}

static size_t count_status(const json_t *document, const char *status)
{
	const json_t *commit;
	size_t i, n = 0;

	json_array_foreach(json_object_get(document, "commits"), i, commit) n +=
		is(commit, "status", status);
	return n;
}

static void put_headline(const json_t *document, struct buf *out)
{
	const size_t n = json_array_size(json_object_get(document, "commits")) - 1;
	const size_t same = count_status(document, "same");
	const size_t failed = count_status(document, "failed");

	buf_puts(out, is(document, "verdict", "regression")	? "A COMMIT COSTS MORE"
		      : is(document, "verdict", "inconclusive") ? "NOT ALL COULD BE TOLD"
								: "NO COMMIT COSTS MORE");
	buf_printf(out, ": %zu commit%s, threshold %g %%", n, n == 1 ? "" : "s",
		   json_number_at(document, "threshold") * 100);
	if (same)
		buf_printf(out, "; %zu change%s nothing that is loaded", same,
			   same == 1 ? "s" : "");
	if (failed)
		buf_printf(out, "; %zu do%s not build", failed, failed == 1 ? "es" : "");
	buf_puts(out, "\n");
}

void series_text(const json_t *document, const struct text_style *style, struct buf *out)
{
	const json_t *row;
	size_t i;

	put_headline(document, out);
	json_array_foreach(json_object_get(document, "scenarios"), i, row)
		put_scenario(document, row, style, out);
	if (*json_text_at(document, "id", ""))
		buf_printf(out, "\nexperiment %s\n", json_text_at(document, "id", ""));
}

/* "mprotect/toggle 1.0320x (regression)" of every scenario that is not as before. */
static const char *put_b4_cells(const json_t *document, size_t at, struct buf *out)
{
	const json_t *row;
	const char *status = "pass";
	size_t i;

	json_array_foreach(json_object_get(document, "scenarios"), i, row)
	{
		const json_t *cell = json_array_get(json_object_get(row, "cells"), at);

		if (is(cell, "verdict", "equivalent") || is(cell, "verdict", "trivial"))
			continue;
		buf_puts(out, out->len ? ", " : "");
		plain_line(out, json_text_at(row, "scenario", ""), 200);
		if (isfinite(json_number_at(cell, "ratio")))
			buf_printf(out, " %.4fx", json_number_at(cell, "ratio"));
		buf_printf(out, " (%s)",
			   *json_text_at(cell, "verdict", "") ? json_text_at(cell, "verdict", "")
							      : "cannot be told");
		if (is(cell, "verdict", "regression"))
			status = "fail";
		else if (strcmp(status, "fail") != 0 && !is(cell, "verdict", "improvement"))
			status = "warn";
	}
	return status;
}

static json_t *b4_of(const json_t *document, const json_t *commit, size_t at)
{
	const size_t n = json_array_size(json_object_get(document, "commits")) - 1;
	_cleanup_buf_ struct buf said = { 0 }, details = { 0 }, tool = { 0 };
	const char *status = put_b4_cells(document, at, &said);

	if (is(commit, "status", "failed"))
		status = "warn";
	/* b4 keeps one result of a tool for a message, and all of a series are of one message. */
	buf_printf(&tool, "slowpath %0*zu/%zu", snprintf(NULL, 0, "%zu", n), at, n);
	buf_printf(&details, "%.*s (\"", ID_SHOWN, json_text_at(commit, "commit", ""));
	plain_line(&details, json_text_at(commit, "subject", ""), 200);
	buf_printf(&details, "\"), threshold %g %%", json_number_at(document, "threshold") * 100);
	if (*json_text_at(commit, "reason", "")) {
		buf_puts(&details, ": ");
		plain_line(&details, json_text_at(commit, "reason", ""), 500);
	}
	if (!said.len)
		buf_printf(&said, "%s",
			   is(commit, "status", "same") ? "nothing that is loaded changes"
							: "costs nothing more");
	if (buf_error(&said) || buf_error(&details) || buf_error(&tool))
		return NULL;
	return json_pack(
		"{s:s,s:s,s:o,s:n,s:o}", "tool", buf_str(&tool), "status", status, "summary",
		part_text(is(commit, "status", "failed") ? "it does not build" : buf_str(&said)),
		"url", "details", part_text(buf_str(&details)));
}

json_t *series_b4(const json_t *document)
{
	const json_t *commit;
	json_t *list = json_array();
	size_t i;

	json_array_foreach(json_object_get(document, "commits"), i, commit)
	{
		if (i && json_array_append_new(list, b4_of(document, commit, i)) < 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}
