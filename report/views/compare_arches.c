// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/views/compare_arches.h"

#include "report/views/next.h"
#include "report/views/replay.h"
#include "report/words/table.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Where it is only part of its cost that tells: another answer than one of the whole. */
static const char *part_verb(enum verdict verdict, bool several)
{
	if (verdict == VERDICT_REGRESSION)
		return several ? "regress in what is exact of them"
			       : "regresses in what is exact of it";
	return several ? "improve in what is exact of them" : "improves in what is exact of it";
}

static bool is_of_part(const struct compare_view *v)
{
	const enum verdict verdict = v->comparison->verdict;

	return (verdict == VERDICT_REGRESSION || verdict == VERDICT_IMPROVEMENT) &&
	       comparison_part(v->comparison);
}

/* What a scenario does on one architecture, or several do. */
static const char *verb(const struct compare_view *v, bool several)
{
	if (v->failure)
		return several ? "are not measured" : "is not measured";
	if (is_of_part(v))
		return part_verb(v->comparison->verdict, several);
	switch (v->comparison->verdict) {
	case VERDICT_REGRESSION:
		return several ? "regress" : "regresses";
	case VERDICT_IMPROVEMENT:
		return several ? "improve" : "improves";
	case VERDICT_EQUIVALENT:
		return several ? "are equivalent" : "is equivalent";
	case VERDICT_TRIVIAL:
		return several ? "change trivially" : "changes trivially";
	case VERDICT_SUSPECT:
		return several ? "are suspect" : "is suspect";
	case VERDICT_INCONCLUSIVE:
		return several ? "are inconclusive" : "is inconclusive";
	case VERDICT_UNSTABLE:
		return several ? "are unstable" : "is unstable";
	case VERDICT_DIFFERENT_STATE:
		return several ? "do other work on the two kernels, seen"
			       : "does other work on the two kernels, seen";
	}
	return "";
}

static double ratio_of(const struct compare_view *v)
{
	return v->failure ? NAN : metric_ratio(comparison_deciding(v->comparison));
}

/* A ratio where two numbers can be compared, and the verdict is of them. */
static bool has_ratio(const struct compare_view *v)
{
	return !v->failure && v->comparison->verdict != VERDICT_DIFFERENT_STATE && !is_of_part(v) &&
	       isfinite(ratio_of(v));
}

static bool alike(const struct compare_arches_view *v, size_t row, size_t other)
{
	for (size_t i = 0; i < v->n_columns; i++) {
		const struct compare_column *c = &v->columns[i];

		if (!c->failure &&
		    strcmp(verb(c->views[row], false), verb(c->views[other], false)) != 0)
			return false;
	}
	return true;
}

/* Of the rows that go as @row does: " (2.222x)", or from the least to the largest. */
static void ratios(const struct compare_arches_view *v, const struct compare_column *c, size_t row,
		   struct buf *out)
{
	double least = INFINITY, most = -INFINITY;

	for (size_t i = 0; i < v->n_rows; i++) {
		if (!alike(v, row, i))
			continue;
		if (!has_ratio(c->views[i]))
			return;
		least = fmin(least, ratio_of(c->views[i]));
		most = fmax(most, ratio_of(c->views[i]));
	}
	buf_printf(out, " (%.4gx", least);
	if (most > least)
		buf_printf(out, " to %.4gx", most);
	buf_puts(out, ")");
}

/* " regresses on amd64 (2.222x) and arm64 (2.006x)". */
static void clause(const struct compare_arches_view *v, size_t row, bool several, struct buf *out)
{
	const char *last = NULL;

	for (size_t i = 0; i < v->n_columns; i++) {
		const struct compare_column *c = &v->columns[i];
		const struct compare_view *one = c->failure ? NULL : c->views[row];
		const char *does = one ? verb(one, several) : NULL;

		if (!does)
			continue;
		if (last)
			buf_puts(out, " and");
		if (!last || strcmp(last, does) != 0)
			buf_printf(out, " %s on", does);
		buf_printf(out, " %s", c->arch->name);
		ratios(v, c, row, out);
		last = does;
	}
}

/* Of all rows that went as @first did, if it is the first of them. */
static void group(const struct compare_arches_view *v, size_t first, const char *name,
		  const struct text_style *style, struct buf *out)
{
	_cleanup_buf_ struct buf text = { 0 };
	size_t count = 0;

	for (size_t i = 0; i < v->n_rows; i++) {
		if (!alike(v, first, i))
			continue;
		if (i < first)
			return;
		count++;
	}
	if (count == 1)
		buf_puts(&text, name);
	else
		buf_printf(&text, "%zu scenarios", count);
	clause(v, first, count > 1, &text);
	buf_keep(out, buf_error(&text));
	text_say(out, style, 0, "%s", buf_str(&text));
}

static void cells(const struct compare_view *v, struct table *t)
{
	char verdict[VERDICT_WORDS_BYTES];
	const struct metric *m;

	if (!v || v->failure) {
		table_skip(t);
		table_skip(t);
		table_skip(t);
		table_put(t, "not measured");
		table_tone(t, TONE_UNSURE);
		return;
	}
	m = comparison_deciding(v->comparison);
	table_number(t, m->old_one.value);
	table_number(t, m->new_one.value);
	table_ratio(t, metric_ratio(m));
	verdict_words(v->comparison->verdict, comparison_part(v->comparison), verdict);
	table_put(t, "%s%s", verdict, strcmp(compare_mode(v->comparison), "exact") ? " ~" : "");
	table_tone(t, verdict_tone(v->comparison->verdict));
}

/* The same call in instructions and in time. */
static void time_note(const char *arch, const struct compare_view *v, struct table *t)
{
	_cleanup_free_ char *line = v->time ? replay_line(v->time) : NULL;

	if (v->time && !line)
		table_keep(t, -ENOMEM);
	if (line)
		table_note(t, TONE_PLAIN, "%s: %s", arch, line);
	if (v->no_time)
		table_note(t, TONE_PLAIN, "%s: its time is not known: %s", arch, v->no_time);
}

/* Below a row: why there are no numbers, and the time where that was asked for. */
static void notes(const struct compare_arches_view *v, size_t row, struct table *t)
{
	for (size_t i = 0; i < v->n_columns; i++) {
		const struct compare_column *c = &v->columns[i];

		if (c->failure)
			continue;
		if (c->views[row]->failure)
			table_note(t, TONE_PLAIN, "%s: %s", c->arch->name, c->views[row]->failure);
		else
			time_note(c->arch->name, c->views[row], t);
	}
}

static const struct compare_view *view_at(const struct compare_column *c, size_t row)
{
	return c->failure ? NULL : c->views[row];
}

static const char *name_at(const struct compare_arches_view *v, size_t row)
{
	for (size_t i = 0; i < v->n_columns; i++) {
		if (!v->columns[i].failure)
			return v->columns[i].views[row]->scenario->name;
	}
	return "";
}

/* The architectures beside each other. */
static void wide_table(const struct compare_arches_view *v, const size_t *order, struct table *t)
{
	static const char *const words[] = { "old", "new", "ratio" };

	table_column(t, "", "scenario", TABLE_NAME);
	for (size_t i = 0; i < v->n_columns; i++) {
		for (size_t k = 0; k < ARRAY_SIZE(words); k++)
			table_column(t, k ? "" : v->columns[i].arch->name, words[k], TABLE_NUMBER);
		table_column(t, "", "verdict", TABLE_WORD);
	}
	for (size_t i = 0; i < v->n_rows; i++) {
		table_row(t);
		table_put(t, "%s", name_at(v, order[i]));
		for (size_t k = 0; k < v->n_columns; k++)
			cells(view_at(&v->columns[k], order[i]), t);
		notes(v, order[i], t);
	}
}

/* The architectures below each other. */
static void tall_table(const struct compare_arches_view *v, const size_t *order, struct table *t)
{
	table_column(t, "scenario", NULL, TABLE_NAME);
	table_column(t, "arch", NULL, TABLE_WORD);
	table_column(t, "old", NULL, TABLE_NUMBER);
	table_column(t, "new", NULL, TABLE_NUMBER);
	table_column(t, "ratio", NULL, TABLE_NUMBER);
	table_column(t, "verdict", NULL, TABLE_WORD);
	for (size_t i = 0; i < v->n_rows; i++) {
		for (size_t k = 0; k < v->n_columns; k++) {
			table_row(t);
			table_put(t, "%s", k ? "" : name_at(v, order[i]));
			table_put(t, "%s", v->columns[k].arch->name);
			cells(view_at(&v->columns[k], order[i]), t);
		}
		notes(v, order[i], t);
	}
}

static size_t longest_line(const struct buf *b)
{
	const char *at = buf_str(b);
	size_t longest = 0;

	while (*at) {
		const char *end = strchrnul(at, '\n');
		const size_t columns = text_columns(at, (size_t)(end - at));

		longest = columns > longest ? columns : longest;
		at = *end ? end + 1 : end;
	}
	return longest;
}

static void table(const struct compare_arches_view *v, const size_t *order,
		  const struct text_style *style, struct buf *out)
{
	/* Escapes are no columns. */
	const struct text_style bare = { .columns = style->columns, .wide = style->wide };
	const size_t columns = style->columns ? style->columns : TEXT_COLUMNS;
	_cleanup_table_ struct table wide = { 0 }, tall = { 0 };
	_cleanup_buf_ struct buf tried = { 0 };

	wide_table(v, order, &wide);
	table_text(&wide, &bare, 0, &tried);
	buf_keep(out, buf_error(&tried));
	if (style->wide || longest_line(&tried) <= columns) {
		table_text(&wide, style, 0, out);
		return;
	}
	tall_table(v, order, &tall);
	table_text(&tall, style, 0, out);
}

/* How far it goes on the architecture where it goes farthest. */
static double worst(const struct compare_arches_view *v, size_t row)
{
	double most = -1;

	for (size_t i = 0; i < v->n_columns; i++) {
		const struct compare_view *one = view_at(&v->columns[i], row);

		if (one && !one->failure && !(ratio_of(one) <= most))
			most = isnan(ratio_of(one)) ? INFINITY : ratio_of(one);
	}
	return most;
}

/* Largest ratio first, and what could not be measured last. */
static void sort_rows(const struct compare_arches_view *v, size_t *order)
{
	for (size_t i = 0; i < v->n_rows; i++) {
		size_t k = i;

		while (k && worst(v, order[k - 1]) < worst(v, i)) {
			order[k] = order[k - 1];
			k--;
		}
		order[k] = i;
	}
}

static void modes(const struct compare_arches_view *v, struct buf *out)
{
	size_t exact = 0, near = 0;

	for (size_t i = 0; i < v->n_columns; i++) {
		for (size_t k = 0; !v->columns[i].failure && k < v->n_rows; k++) {
			const struct compare_view *one = v->columns[i].views[k];

			if (!one->failure && !strcmp(compare_mode(one->comparison), "exact"))
				exact++;
			else if (!one->failure)
				near++;
		}
	}
	if (exact && near)
		buf_puts(out, "\n  ~ near-exact; the others are exact\n");
	else if (exact || near)
		buf_printf(out, "\n  %s%s\n", near ? "~ " : "",
			   near ? "near-exact" : "all of it is exact");
}

/* Each architecture's kernels, and its experiment. */
static void column_text(const struct compare_arches_view *v, const struct compare_column *c,
			const struct text_style *style, struct buf *out)
{
	struct text_style named = *style;
	struct ending x = { 0 };

	if (c->failure)
		return;
	x.id = c->views[0]->id;
	x.arch = c->arch->name;
	for (size_t i = 0; i < v->n_rows; i++) {
		x.seconds += c->views[i]->failure ? 0 : c->views[i]->total_seconds;
		if (!x.qemu_version)
			x.qemu_version = c->views[i]->qemu_version;
	}
	snprintf(named.id, sizeof(named.id), "%s", c->id);
	buf_printf(out, "\n  %s", c->arch->name);
	compare_kernels(c->views[0], style, out);
	ending_id_text(&x, &named, out);
}

static void next(const struct compare_arches_view *v, const char *scenario,
		 const struct text_style *style, struct buf *out)
{
	const char *first = "  next: ";

	for (size_t i = 0; i < v->n_columns; i++) {
		const struct compare_column *c = &v->columns[i];
		const char *const page[] = { "report", c->id, "--format", "html", NULL };
		char file[64];

		if (c->failure)
			continue;
		snprintf(file, sizeof(file), " > %s.html", c->arch->name);
		next_text(first, page, file, style, out);
		first = "";
	}
	for (size_t i = 0; i < v->n_columns; i++) {
		const struct compare_column *c = &v->columns[i];
		const char *one[] = { "compare", NULL, NULL, "-s", scenario, NULL };

		if (c->failure)
			continue;
		one[1] = c->views[0]->old_kernel->spec;
		one[2] = c->views[0]->new_kernel->spec;
		next_text("", one, "", style, out);
	}
}

int compare_arches_text(const struct compare_arches_view *v, const struct text_style *style,
			struct buf *out, struct err *e)
{
	_cleanup_free_ size_t *order = calloc(v->n_rows ? v->n_rows : 1, sizeof(*order));

	if (!order)
		return err_oom(e);
	sort_rows(v, order);
	for (size_t i = 0; i < v->n_rows; i++)
		group(v, i, name_at(v, i), style, out);
	for (size_t i = 0; i < v->n_columns; i++) {
		if (v->columns[i].failure)
			text_say(out, style, 0, "%s is not measured: %s", v->columns[i].arch->name,
				 v->columns[i].failure);
	}
	buf_puts(out, "\n");
	table(v, order, style, out);
	modes(v, out);
	for (size_t i = 0; i < v->n_columns; i++)
		column_text(v, &v->columns[i], style, out);
	buf_puts(out, "\n");
	next(v, name_at(v, order[0]), style, out);
	return buf_error(out) ? err_oom(e) : 0;
}

json_t *compare_arches_json(const struct compare_arches_view *v)
{
	json_t *list = json_array();

	for (size_t i = 0; i < v->n_columns; i++) {
		const struct compare_column *c = &v->columns[i];
		json_t *results = json_array();

		for (size_t k = 0; !c->failure && k < v->n_rows; k++)
			json_array_append(results, c->documents[k]);
		json_array_append_new(
			list,
			json_pack("{s:s,s:s?,s:s?,s:i,s:o}", "arch", c->arch->name, "id",
				  c->failure || !v->n_rows ? NULL : c->views[0]->id, "failure",
				  c->failure, "exit_status", c->exit_status, "results", results));
	}
	if (json_array_size(list) != v->n_columns) {
		json_decref(list);
		return NULL;
	}
	return json_pack("{s:s,s:s,s:s,s:o}", "schema", "slowpath/compare-arches/1", "old",
			 v->old_word, "new", v->new_word, "architectures", list);
}
