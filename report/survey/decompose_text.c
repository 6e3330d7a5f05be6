// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/survey/decompose.h"

#include "base/json.h"
#include "reading/reading.h"
#include "report/words/plain.h"
#include "report/words/table.h"

#include <math.h>
#include <string.h>

#define NAME_SHOWN 60

static bool is(const json_t *o, const char *name, const char *word)
{
	return !strcmp(json_text_at(o, name, ""), word);
}

static enum tone tone_of(const json_t *o)
{
	return is(o, "verdict", "regression")				       ? TONE_BAD
	       : is(o, "verdict", "improvement")			       ? TONE_GOOD
	       : is(o, "verdict", "equivalent") || is(o, "verdict", "trivial") ? TONE_PLAIN
									       : TONE_UNSURE;
}

/* "1 + 3", as the candidates are numbered; "nothing" of none. */
static void put_members(const json_t *members, struct buf *out)
{
	const json_t *one;
	size_t i;

	if (!json_array_size(members))
		buf_puts(out, "nothing");
	json_array_foreach(members, i, one)
		buf_printf(out, "%s%d", i ? " + " : "", (int)json_integer_value(one) + 1);
}

static void put_candidates(const json_t *document, struct buf *out)
{
	const json_t *c;
	size_t i;

	json_array_foreach(json_object_get(document, "candidates"), i, c)
	{
		buf_printf(out, "%zu: ", i + 1);
		plain_line(out, json_text_at(c, "name", ""), NAME_SHOWN);
		if (is(c, "kind", "revert"))
			buf_puts(out, ", taken out");
		if (*json_text_at(c, "subject", "")) {
			buf_puts(out, " (\"");
			plain_line(out, json_text_at(c, "subject", ""), NAME_SHOWN);
			buf_puts(out, "\")");
		}
		buf_puts(out, "\n");
	}
}

/* Of sets without a kernel, the smallest first as they stand. */
static void put_unapplied(const json_t *document, struct buf *out)
{
	const json_t *set;
	size_t i;

	json_array_foreach(json_object_get(document, "sets"), i, set)
	{
		if (!*json_text_at(set, "reason", ""))
			continue;
		buf_puts(out, "no kernel with ");
		put_members(json_object_get(set, "candidates"), out);
		buf_puts(out, ": ");
		plain_line(out, json_text_at(set, "reason", ""), 300);
		buf_puts(out, "\n");
	}
}

static void put_headline(const json_t *document, struct buf *out)
{
	const json_t *scenario;
	size_t i, gaps = 0, held = 0;

	json_array_foreach(json_object_get(document, "scenarios"), i, scenario)
	{
		gaps += json_array_size(json_object_get(scenario, "parts")) > 0;
		held += !json_is_true(json_object_get(scenario, "chosen"));
	}
	buf_puts(out, is(document, "verdict", "regression") ? "A CANDIDATE MAKES SOMETHING WORSE"
		      : is(document, "verdict", "inconclusive")
			      ? "NOT ALL COULD BE TOLD"
			      : "NO CANDIDATE MAKES ANYTHING WORSE");
	buf_printf(out, ": %zu gap%s, %zu sibling%s, threshold %g %%\n", gaps, gaps == 1 ? "" : "s",
		   held, held == 1 ? "" : "s", json_number_at(document, "threshold") * 100);
}

static const char *function_of(const json_t *o)
{
	return json_text_at(json_array_get(json_object_get(o, "functions"), 0), "name", "");
}

static void put_share(struct table *t, double share)
{
	if (!isfinite(share)) {
		table_skip(t);
		return;
	}
	table_put(t, "%.1f %%", share * 100);
	table_value(t, share * 100);
}

/* What stands behind a candidate's row. */
static void put_part_note(const json_t *scenario, const json_t *part, struct table *t)
{
	const double low = json_number_at(part, "low"), high = json_number_at(part, "high");
	const json_t *after = json_object_get(part, "after");
	_cleanup_buf_ struct buf text = { 0 };
	char a[READING_NUMBER_BYTES], b[READING_NUMBER_BYTES];

	if (!json_is_number(json_object_get(part, "delta")))
		buf_puts(&text, "it cannot be told");
	if (json_array_size(after)) {
		buf_puts(&text, "on top of ");
		put_members(after, &text);
	}
	if (isfinite(low) && low != high)
		buf_printf(&text, "%s%s to %s over %d orders", text.len ? "; " : "",
			   reading_number(low, a), reading_number(high, b),
			   (int)json_integer_value(json_object_get(scenario, "orders")));
	if (json_is_false(json_object_get(part, "exact")))
		buf_printf(&text, "%snot exact, by up to %s", text.len ? "; " : "",
			   reading_number(json_number_at(part, "spread"), a));
	table_keep(t, buf_error(&text));
	if (text.len)
		table_note(t, TONE_UNSURE, "%s", buf_str(&text));
}

static void put_parts(const json_t *scenario, const struct text_style *style, struct buf *out)
{
	const json_t *parts = json_object_get(scenario, "parts"), *part;
	const json_t *gap = json_object_get(scenario, "gap");
	_cleanup_table_ struct table t = { 0 };
	size_t i;

	table_column(&t, "part", NULL, TABLE_WORD);
	table_column(&t, "recovers", NULL, TABLE_NUMBER);
	table_column(&t, "of the gap", NULL, TABLE_NUMBER);
	json_array_foreach(parts, i, part)
	{
		table_row(&t);
		if (is(part, "part", "candidate"))
			table_put(&t, "candidate %d",
				  (int)json_integer_value(json_object_get(part, "candidate")) + 1);
		else
			table_put(&t, "%s",
				  is(part, "part", "left") ? "left, with all" : "interaction");
		table_number(&t, json_number_at(part, "delta"));
		put_share(&t, json_number_at(part, "share"));
		put_part_note(scenario, part, &t);
	}
	table_row(&t);
	table_put(&t, "the gap");
	table_number(&t, json_number_at(gap, "delta"));
	put_share(&t, 1);
	table_text(&t, style, 2, out);
}

static void put_gap(const json_t *scenario, struct buf *out)
{
	const json_t *gap = json_object_get(scenario, "gap");
	const json_t *old_one = json_object_get(gap, "old"), *new_one = json_object_get(gap, "new");
	char a[READING_NUMBER_BYTES], b[READING_NUMBER_BYTES];

	buf_puts(out, "\n");
	plain_line(out, json_text_at(scenario, "scenario", ""), 200);
	buf_printf(out, ", %s per %s: ", json_text_at(scenario, "unit", ""),
		   json_text_at(scenario, "item", ""));
	if (!json_is_number(json_object_get(gap, "delta"))) {
		plain_line(out, json_text_at(gap, "reason", "it was not measured"), 300);
		buf_puts(out, "\n");
		return;
	}
	buf_printf(out, "OLD %s, NEW %s, x %.4f, %s\n",
		   reading_number(json_number_at(old_one, "value"), a),
		   reading_number(json_number_at(new_one, "value"), b),
		   json_number_at(gap, "ratio"), json_text_at(gap, "verdict", "it cannot be told"));
}

/* A set that is not as NEW in a scenario, or of which that cannot be told. */
static bool is_news(const json_t *document, const json_t *set, size_t at)
{
	const json_t *had = json_array_get(json_object_get(document, "sets"), at + 1);

	if (!json_is_string(json_object_get(had, "kernel")))
		return false;
	return !is(set, "verdict", "equivalent") && !is(set, "verdict", "trivial");
}

static void put_effect(const json_t *scenario, const json_t *set, struct table *t)
{
	_cleanup_buf_ struct buf who = { 0 };
	const char *verdict = json_text_at(set, "verdict", NULL);

	put_members(json_object_get(set, "candidates"), &who);
	table_keep(t, buf_error(&who));
	table_row(t);
	table_put(t, "%s", json_text_at(scenario, "scenario", ""));
	table_put(t, "%s", buf_str(&who));
	table_number(t, json_number_at(set, "value"));
	table_change(t, json_number_at(set, "delta"));
	table_tone(t, tone_of(set));
	table_ratio(t, json_number_at(set, "ratio"));
	if (verdict && (is(set, "verdict", "regression") || is(set, "verdict", "improvement")))
		table_note(t, tone_of(set), "%s; most by %s", verdict,
			   *function_of(set) ? function_of(set) : "no function");
	else
		table_note(t, TONE_UNSURE, "%s%s%s", verdict ? verdict : "it cannot be told",
			   *json_text_at(set, "reason", "") ? ": " : "",
			   json_text_at(set, "reason", ""));
}

static void put_effects(const json_t *document, const struct text_style *style, struct buf *out)
{
	_cleanup_table_ struct table t = { 0 };
	const json_t *scenario, *set;
	size_t i, k, news = 0, held = 0;

	table_column(&t, "scenario", NULL, TABLE_NAME);
	table_column(&t, "with", NULL, TABLE_WORD);
	table_column(&t, "count", NULL, TABLE_NUMBER);
	table_column(&t, "of NEW", NULL, TABLE_NUMBER);
	table_column(&t, "ratio", NULL, TABLE_NUMBER);
	json_array_foreach(json_object_get(document, "scenarios"), i, scenario)
	{
		json_array_foreach(json_object_get(scenario, "sets"), k, set)
		{
			if (json_is_null(json_object_get(
				    json_object_get(json_object_get(scenario, "gap"), "new"),
				    "value")))
				continue;
			held += json_is_string(json_object_get(set, "verdict"));
			if (!is_news(document, set, k))
				continue;
			put_effect(scenario, set, &t);
			news++;
		}
	}
	buf_puts(out, news   ? "\nagainst NEW, where it is not alike:\n"
		      : held ? "\nagainst NEW, all is alike with any of the candidates\n"
			     : "\nagainst NEW, nothing could be held\n");
	if (news)
		table_text(&t, style, 2, out);
}

static void put_not_held(const json_t *document, struct buf *out)
{
	const json_t *scenario;
	size_t i;

	json_array_foreach(json_object_get(document, "scenarios"), i, scenario)
	{
		const json_t *gap = json_object_get(scenario, "gap");

		if (json_is_true(json_object_get(scenario, "chosen")) ||
		    !json_is_null(json_object_get(json_object_get(gap, "new"), "value")))
			continue;
		buf_puts(out, "not held against NEW, ");
		plain_line(out, json_text_at(scenario, "scenario", ""), 200);
		buf_puts(out, ": ");
		plain_line(out, json_text_at(gap, "reason", "it was not measured"), 300);
		buf_puts(out, "\n");
	}
}

void decompose_text(const json_t *document, const struct text_style *style, struct buf *out)
{
	const json_t *scenario;
	size_t i;

	put_headline(document, out);
	put_candidates(document, out);
	put_unapplied(document, out);
	json_array_foreach(json_object_get(document, "scenarios"), i, scenario)
	{
		if (!json_is_true(json_object_get(scenario, "chosen")))
			continue;
		put_gap(scenario, out);
		if (json_array_size(json_object_get(scenario, "parts")))
			put_parts(scenario, style, out);
	}
	put_effects(document, style, out);
	put_not_held(document, out);
	buf_printf(out, "\nexperiment %s\n", json_text_at(document, "id", ""));
}
