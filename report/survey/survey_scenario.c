// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/survey/survey_page.h"

#include "base/json.h"
#include "base/cleanup.h"
#include "report/drawing/svg.h"
#include "report/page/html.h"
#include "report/page/table_html.h"
#include "report/views/next.h"
#include "report/words/number.h"
#include "report/words/plain.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FUNCTIONS_SHOWN 25

static const struct page_request no_links;

/* "6.17.13", for below a point. */
static char *brief_of(const struct survey_kernel *k)
{
	return strncmp(k->spec, "debian:", 7) != 0 ? strdup("")
						   : strndup(k->release, strcspn(k->release, "+-"));
}

static void put_series_plot(const struct survey *x, const struct survey_row *row, struct buf *out)
{
	_cleanup_free_ struct svg_point *points = calloc(x->n_kernels, sizeof(*points));
	_cleanup_free_ char **briefs = calloc(x->n_kernels, sizeof(*briefs));
	_cleanup_buf_ struct buf unit = { 0 };
	size_t n = 0;

	buf_printf(&unit, "%s per %s", row->unit, row->item);
	for (size_t i = 0; points && briefs && i < x->n_kernels; i++) {
		if (!row->cells[i].measured)
			continue;
		briefs[n] = brief_of(&x->kernels[i]);
		points[n] = (struct svg_point){ .name = x->kernels[i].title,
						.brief = briefs[n] ? briefs[n] : "",
						.value = row->cells[i].value,
						.spread = row->cells[i].spread };
		n++;
	}
	if (!points || !briefs)
		buf_keep(out, -ENOMEM);
	if (n > 1) {
		buf_puts(out, "<figure>");
		svg_series(out, row->name, buf_str(&unit), points, n);
		buf_puts(out, "</figure>\n");
	}
	for (size_t i = 0; briefs && i < n; i++)
		free(briefs[i]);
	buf_keep(out, buf_error(&unit));
}

static void put_measured(const struct survey_row *row, const struct survey_cell *c, struct table *t)
{
	const size_t n_states = json_array_size(json_object_get(row->json, "states"));
	const json_t *state = json_object_get(c->json, "state");

	table_number(t, c->value);
	table_ratio(t, c->to_first);
	table_ratio(t, c->to_before);
	if (c->step)
		table_tone(t, c->step->way == SURVEY_UP	    ? TONE_BAD
			      : c->step->way == SURVEY_DOWN ? TONE_GOOD
							    : TONE_UNSURE);
	table_put(t, "%s", c->exact ? "exact" : c->why ? c->why : "near-exact");
	if (json_is_integer(state) && json_integer_value(state) >= 0 &&
	    json_integer_value(state) < (json_int_t)n_states)
		table_put(t, "%lld", (long long)json_integer_value(state) + 1);
}

static void put_series(const struct survey *x, const struct survey_row *row, struct buf *out)
{
	_cleanup_table_ struct table t = { 0 };

	table_column(&t, "kernel", NULL, TABLE_WORD);
	table_column(&t, "count", row->unit, TABLE_NUMBER);
	table_column(&t, "to first", NULL, TABLE_NUMBER);
	table_column(&t, "to before", NULL, TABLE_NUMBER);
	table_column(&t, "exactness", NULL, TABLE_WORD);
	table_column(&t, "page state", NULL, TABLE_NUMBER);
	for (size_t i = 0; i < x->n_kernels; i++) {
		table_row(&t);
		table_put(&t, "%s", x->kernels[i].title);
		if (row->cells[i].measured)
			put_measured(row, &row->cells[i], &t);
		else
			table_note(&t, TONE_UNSURE, "not measured: %s", row->cells[i].why);
	}
	table_html(&t, &no_links, out);
}

/* One column an event that any kernel has. */
static void put_events(const struct survey *x, const struct survey_row *row, struct buf *out)
{
	const json_t *first = NULL;
	_cleanup_table_ struct table t = { 0 };
	const char *name;
	json_t *value;

	for (size_t i = 0; i < x->n_kernels && !json_object_size(first); i++)
		first = json_object_get(row->cells[i].json, "events");
	if (!json_object_size(first))
		return;
	table_column(&t, "kernel", NULL, TABLE_WORD);
	json_object_foreach((json_t *)(uintptr_t)first, name, value)
		table_column(&t, name, NULL, TABLE_NUMBER);
	for (size_t i = 0; i < x->n_kernels; i++) {
		const json_t *own = json_object_get(row->cells[i].json, "events");

		if (!json_object_size(own))
			continue;
		table_row(&t);
		table_put(&t, "%s", x->kernels[i].title);
		json_object_foreach((json_t *)(uintptr_t)first, name, value)
			table_number(&t, json_number_at(own, name));
	}
	buf_puts(out, "<h2>Events</h2>\n<p>What was executed beside instructions, per ");
	plain_html(out, row->item);
	buf_puts(out, ".</p>\n");
	table_html(&t, &no_links, out);
}

/* Of some numbers of a moment. */
static void put_numbers(const json_t *state, const char *moment, struct buf *out)
{
	const char *name;
	json_t *value;
	bool any = false;

	json_object_foreach(json_object_get(state, moment), name, value)
	{
		if (!json_is_integer(value))
			continue;
		buf_puts(out, any ? ", " : "");
		plain_html(out, name);
		buf_printf(out, " %lld", (long long)json_integer_value(value));
		any = true;
	}
	buf_puts(out, any ? "" : "-");
}

static void put_states(const struct survey_row *row, struct buf *out)
{
	static const char *const heads[] = { "page state", "before the windows", "after them",
					     NULL };
	const json_t *states = json_object_get(row->json, "states");
	const size_t n = json_array_size(states);

	if (!n)
		return;
	buf_puts(out, "<h2>Page states</h2>\n<p>What the guest looked at; numbers that are 0, or "
		      "could not be read, are left out.</p>\n");
	html_table_begin(out, NULL, heads);
	for (size_t i = 0; i < n; i++) {
		buf_printf(out, "<tr><td class=n>%zu<td>", i + 1);
		put_numbers(json_array_get(states, i), "before", out);
		buf_puts(out, "<td>");
		put_numbers(json_array_get(states, i), "after", out);
		buf_puts(out, "\n");
	}
	html_table_end(out);
}

static void put_functions(const struct survey_row *row, const json_t *list, struct buf *out)
{
	_cleanup_table_ struct table t = { 0 };
	const size_t n = json_array_size(list);

	table_column(&t, "function", NULL, TABLE_WORD);
	table_column(&t, "old", row->unit, TABLE_NUMBER);
	table_column(&t, "new", row->unit, TABLE_NUMBER);
	table_column(&t, "change", row->unit, TABLE_NUMBER);
	for (size_t i = 0; i < n && i < FUNCTIONS_SHOWN; i++) {
		const json_t *f = json_array_get(list, i);

		table_row(&t);
		table_put(&t, "%s", json_text_at(f, "name", "-"));
		table_number(&t, json_number_at(f, "old"));
		table_number(&t, json_number_at(f, "new"));
		table_change(&t, json_number_at(f, "delta"));
		table_tone(&t, json_number_at(f, "delta") > 0 ? TONE_BAD : TONE_GOOD);
	}
	table_html(&t, &no_links, out);
	if (n > FUNCTIONS_SHOWN)
		buf_printf(out,
			   "<p class=how>And %zu more, each by less; survey.json has them.</p>\n",
			   n - FUNCTIONS_SHOWN);
}

/* "name: old -> new", of what differs. */
static void put_pairs(const char *title, const json_t *list, struct buf *out)
{
	const size_t n = json_array_size(list);

	if (!n)
		return;
	html_fold(out, false, "%s: %zu", title, n);
	buf_puts(out, "<ul>\n");
	for (size_t i = 0; i < n; i++) {
		const json_t *o = json_array_get(list, i);
		const json_t *named = json_object_get(o, "option");

		buf_puts(out, "<li>");
		plain_html(out, json_text_at(o, named ? "option" : "name", "-"));
		buf_puts(out, ": ");
		if (json_is_number(json_object_get(o, "old")))
			buf_printf(out, "%s &#8594; %s", number_of(json_number_at(o, "old")).text,
				   number_of(json_number_at(o, "new")).text);
		else {
			plain_html(out, json_text_at(o, "old", "-"));
			buf_puts(out, " &#8594; ");
			plain_html(out, json_text_at(o, "new", "-"));
		}
		buf_puts(out, "\n");
	}
	buf_puts(out, "</ul>\n");
	html_fold_end(out);
}

/* Of each kernel from the one before it: a step may have others between, that were not measured. */
static void put_options(const struct survey *x, size_t kernel, struct buf *out)
{
	_cleanup_buf_ struct buf title = { 0 };

	buf_printf(&title, "Options of the config, up to %s", x->kernels[kernel].title);
	put_pairs(buf_str(&title), x->kernels[kernel].config, out);
	buf_keep(out, buf_error(&title));
}

static void put_other_state(const json_t *state, struct buf *out)
{
	const json_t *checks = json_object_get(state, "checks");

	if (json_is_true(json_object_get(state, "same")))
		return;
	buf_puts(out, "<p class=unsure>The pages differed before the windows:");
	for (size_t i = 0; i < json_array_size(checks); i++) {
		const json_t *c = json_array_get(checks, i);

		if (strcmp(json_text_at(c, "result", "-"), "fail") != 0)
			continue;
		buf_puts(out, " ");
		plain_html(out, json_text_at(c, "name", "-"));
		buf_printf(out, " %.0f &#8594; %.0f", json_number_at(c, "old"),
			   json_number_at(c, "new"));
	}
	buf_puts(out, "</p>\n");
}

static void put_word(const char *word, struct buf *out)
{
	_cleanup_buf_ struct buf quoted = { 0 };

	next_word(&quoted, word);
	buf_puts(out, " ");
	plain_html(out, buf_str(&quoted));
	buf_keep(out, buf_error(&quoted));
}

/* What the survey was asked for, as "compare" takes it or as it was typed. */
static void put_asked(const struct survey *x, bool compare, struct buf *out)
{
	const size_t n = json_array_size(x->options);

	for (size_t i = 0; i < n; i++) {
		const char *word = json_string_value(json_array_get(x->options, i));
		const char *value = json_string_value(json_array_get(x->options, i + 1));

		if (compare && value && !strcmp(word, "--cmdline")) {
			put_word("--old-cmdline", out);
			put_word(value, out);
			word = "--new-cmdline";
		}
		put_word(word, out);
	}
}

static void put_command(const struct survey *x, bool compare, const char *const *words, size_t n,
			struct buf *out)
{
	buf_printf(out, "<pre>slowpath %s", compare ? "compare" : "survey");
	for (size_t i = 0; i < n; i++)
		put_word(words[i], out);
	put_asked(x, compare, out);
	buf_puts(out, "</pre>\n");
}

static void put_step(const struct survey *x, const struct survey_row *row,
		     const struct survey_step *s, struct buf *out)
{
	const struct survey_kernel *a = &x->kernels[s->last_good], *b = &x->kernels[s->first_bad];
	const char *const words[] = { a->spec, b->spec, "-s", row->name };

	buf_puts(out, "<section><h2>");
	survey_put_step_mark(s, out);
	buf_puts(out, " ");
	plain_html(out, a->title);
	buf_puts(out, " &#8594; ");
	plain_html(out, b->title);
	buf_printf(out, "</h2>\n<p><b class=%s>%s &#8594; %s", survey_tone_class(s),
		   number_of(s->old_value).text, number_of(s->new_value).text);
	if (isfinite(s->ratio))
		buf_printf(out, ", ratio %.4f", s->ratio);
	buf_puts(out, "</b>: ");
	plain_html(out, s->reason);
	buf_puts(out, ".</p>\n");
	if (s->gradual)
		buf_puts(out, json_integer_value(json_object_get(row->json, "undecided"))
				      ? "<p>Some neighbours cannot be told apart by the threshold: "
					"where between the two it changed is not known.</p>\n"
				      : "<p>It is made of changes between neighbours that are each "
					"below the threshold.</p>\n");
	put_other_state(json_object_get(s->json, "state"), out);
	put_functions(row, json_object_get(s->json, "functions"), out);
	put_pairs("Events that differ", json_object_get(s->json, "events"), out);
	buf_puts(out, "<p>Beside the source: ");
	survey_put_builds(x, s, out);
	buf_puts(out, ".</p>\n");
	for (size_t k = s->last_good + 1; k <= s->first_bad; k++)
		put_options(x, k, out);
	put_pairs("What the guests saw otherwise", json_object_get(s->json, "audit"), out);
	put_command(x, true, words, ARRAY_SIZE(words), out);
	buf_puts(out, "</section>\n");
}

static void put_repeat(const struct survey *x, const struct survey_row *row, struct buf *out)
{
	_cleanup_free_ const char **words = calloc(x->n_kernels + 2, sizeof(*words));

	if (!words) {
		buf_keep(out, -ENOMEM);
		return;
	}
	for (size_t i = 0; i < x->n_kernels; i++)
		words[i] = x->kernels[i].spec;
	words[x->n_kernels] = "-s";
	words[x->n_kernels + 1] = row->name;
	buf_puts(out, "<h2>How to repeat</h2>\n");
	put_command(x, false, words, x->n_kernels + 2, out);
	buf_puts(out, "<p>The same kernels, QEMU and slowpath give the same counts where they are "
		      "called exact.</p>\n");
}

void survey_scenario(const struct survey *x, const struct survey_row *row, struct buf *out)
{
	_cleanup_buf_ struct buf title = { 0 };

	buf_printf(&title, "%s, %s to %s", row->name, x->kernels[0].title,
		   x->kernels[x->n_kernels - 1].title);
	page_open(buf_str(&title), out);
	page_verdict("", row->reason, out);
	buf_puts(out, "<p>");
	plain_html(out, row->help);
	buf_puts(out, ". Counted: ");
	plain_html(out, row->metric);
	buf_printf(out, ", on %u CPU%s. <a href=\"../index.html\">All scenarios</a></p>\n",
		   row->cpus, row->cpus == 1 ? "" : "s");
	put_series_plot(x, row, out);
	put_series(x, row, out);
	for (size_t i = 0; i < row->n_steps; i++)
		put_step(x, row, &row->steps[i], out);
	put_events(x, row, out);
	put_states(row, out);
	put_repeat(x, row, out);
	page_close(out);
	buf_keep(out, buf_error(&title));
}
