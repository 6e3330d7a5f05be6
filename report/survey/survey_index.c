// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/survey/survey_page.h"

#include "base/cleanup.h"
#include "report/page/html.h"
#include "report/views/next.h"
#include "report/words/number.h"
#include "report/words/plain.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct survey_file survey_file_of(const char *scenario)
{
	struct survey_file f = { "scenario/" };
	size_t at = strlen(f.text);

	for (const char *p = scenario; *p && at + strlen("_ff.html") < sizeof(f.text); p++) {
		const bool same = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
				  (*p >= '0' && *p <= '9') || *p == '-';

		at += (size_t)snprintf(f.text + at, sizeof(f.text) - at,
				       same	   ? "%c"
				       : *p == '/' ? "."
						   : "_%02x",
				       (unsigned char)*p);
	}
	snprintf(f.text + at, sizeof(f.text) - at, ".html");
	return f;
}

const char *survey_tone_class(const struct survey_step *s)
{
	return s->way == SURVEY_UP ? "bad" : s->way == SURVEY_DOWN ? "good" : "unsure";
}

void survey_put_step_mark(const struct survey_step *s, struct buf *out)
{
	static const char *const marks[] = { "\xe2\x96\xb2", "\xe2\x96\xbc", "?" };

	buf_printf(out, "<span class=%s>%s</span>", survey_tone_class(s), marks[s->way]);
}

/* How far from 1, in classes of the style sheet: m1 to m5 for more, l1 to l5 for less. */
static void put_heat(double ratio, struct buf *out)
{
	static const double limits[] = { 1.005, 1.05, 1.2, 1.5, 2 };
	const double away = ratio < 1 ? 1 / ratio : ratio;
	int level = 0;

	while (level < 5 && away >= limits[level])
		level++;
	if (level)
		buf_printf(out, " %c%d", ratio > 1 ? 'm' : 'l', level);
}

static void put_ratio(double ratio, struct buf *out)
{
	if (isfinite(ratio))
		buf_printf(out, "%.3f", ratio);
	else
		buf_puts(out, "-");
}

/*
 * What is seen is the ratio to the first kernel, beside it a step's mark; the script shows the one
 * to the kernel before, or the value.
 */
static void put_cell(const struct survey_cell *c, struct buf *out)
{
	if (!c->measured) {
		buf_puts(out, "<td class=n data-v=-1 title=\"");
		plain_html(out, c->why ? c->why : "");
		buf_puts(out, "\">&#8212;");
		return;
	}
	buf_puts(out, "<td class=\"n");
	put_heat(c->to_first, out);
	buf_puts(out, "\"");
	if (isfinite(c->to_first))
		buf_printf(out, " data-v=%.4f", c->to_first);
	if (isfinite(c->to_before))
		buf_printf(out, " data-b=%.3f", c->to_before);
	buf_printf(out, " data-c=\"%s\">", number_of(c->value).text);
	put_ratio(c->to_first, out);
	if (c->step)
		survey_put_step_mark(c->step, out);
}

static void put_ways(const struct survey_row *row, struct buf *out)
{
	static const char *const words[] = { "up", "down", "unclear" };
	bool any = false;

	buf_printf(out, "<td data-v=%zu>", row->n_steps);
	for (unsigned w = 0; w < 3; w++) {
		if (row->n_ways[w])
			buf_printf(out, "%s%zu %s", any ? ", " : "", row->n_ways[w], words[w]);
		any = any || row->n_ways[w];
	}
	buf_puts(out, any ? "" : "none");
}

static void put_link(const struct survey_row *row, struct buf *out)
{
	buf_puts(out, "<a href=\"");
	plain_html(out, survey_file_of(row->name).text);
	buf_puts(out, "\">");
	plain_html(out, row->name);
	buf_puts(out, "</a>");
}

static size_t number_length(const struct survey_kernel *k)
{
	return strncmp(k->spec, "debian:", 7) ? 0 : strcspn(k->release, "+-");
}

void survey_put_brief(const struct survey *x, const struct survey_kernel *k, struct buf *out)
{
	const size_t len = number_length(k);
	_cleanup_free_ char *brief = strndup(k->release, len);
	bool alone = len > 0;

	for (size_t i = 0; i < x->n_kernels; i++) {
		const struct survey_kernel *other = &x->kernels[i];

		if (other != k && number_length(other) == len &&
		    !strncmp(other->release, k->release, len))
			alone = false;
	}
	plain_html(out, alone && brief ? brief : k->title);
	buf_keep(out, brief ? 0 : -ENOMEM);
}

/* Columns are narrow; the whole name is in the title. */
static void put_brief_cell(const struct survey *x, const struct survey_kernel *k, const char *tag,
			   struct buf *out)
{
	buf_printf(out, "<%s title=\"", tag);
	plain_html(out, k->title);
	buf_puts(out, "\">");
	survey_put_brief(x, k, out);
}

static void put_table(const struct survey *x, struct buf *out)
{
	buf_puts(out,
		 "<p class=js hidden><label>Filter: <input class=filter data-for=heat "
		 "type=search></label> <span class=found></span> <label>Show: <select id=shown>"
		 "<option value=v>ratio to the first kernel<option value=b>ratio to the kernel "
		 "before<option value=c>the count</select></label></p>\n"
		 "<div class=box><table id=heat class=\"heat sort\"><thead><tr><th>scenario"
		 "<th>steps");
	for (size_t k = 0; k < x->n_kernels; k++)
		put_brief_cell(x, &x->kernels[k], "th", out);
	buf_puts(out, "</thead><tbody>\n");
	for (size_t i = 0; i < x->n_rows; i++) {
		buf_puts(out, "<tr><td>");
		put_link(&x->rows[i], out);
		put_ways(&x->rows[i], out);
		for (size_t k = 0; k < x->n_kernels; k++)
			put_cell(&x->rows[i].cells[k], out);
		buf_puts(out, "\n");
	}
	html_table_end(out);
	buf_puts(out, survey_is_of_insns(x)
			      ? "<p class=legend>Executed instructions per page or call"
			      : "<p class=legend>Counts, in the unit of each row");
	buf_puts(
		out,
		", against the first kernel "
		"of the row that could be measured. <span class=bad>&#9650;</span> a step up, "
		"<span class=good>&#9660;</span> a step down, <span class=unsure>?</span> one that "
		"cannot be judged, &#8212; not measured. Colours begin at half a percent.</p>\n");
}

struct placed_step {
	const struct survey_row *row;
	const struct survey_step *step;
};

static double size_of(const struct placed_step *p)
{
	const double r = p->step->ratio;

	return isfinite(r) && r > 0 ? fabs(log(r)) : INFINITY;
}

/* The largest first; else by name and place, so that the same survey gives the same page. */
static int by_size(const void *a, const void *b)
{
	const struct placed_step *x = a, *y = b;
	const double d = size_of(y) - size_of(x);
	const int names = strcmp(x->row->name, y->row->name);

	if (size_of(x) != size_of(y))
		return d > 0 ? 1 : -1;
	return names ? names : (x->step->first_bad > y->step->first_bad) ? 1 : -1;
}

void survey_put_builds(const struct survey *x, const struct survey_step *s, struct buf *out)
{
	const struct survey_builds b = survey_builds(x, s);

	if (b.options < 0)
		buf_puts(out, "configs not known");
	else if (b.options)
		buf_printf(out, "%ld option%s", b.options, b.options == 1 ? "" : "s");
	else
		buf_puts(out, "same config");
	if (b.options > 0 && b.mm_options >= 0)
		buf_printf(out, ", %ld of mm", b.mm_options);
	buf_puts(out, b.other_compiler ? "; another compiler" : "; same compiler");
}

/* By what a cell is sorted: what is not known is below all else. */
static void put_key(double value, struct buf *out)
{
	if (isfinite(value))
		buf_printf(out, " data-v=%.6g>", value);
	else
		buf_puts(out, " data-v=-Infinity>");
}

static void put_step(const struct survey *x, const struct placed_step *p, struct buf *out)
{
	const struct survey_step *s = p->step;
	double delta;
	const char *function = survey_function(s, &delta);

	buf_puts(out, "<tr><td>");
	put_link(p->row, out);
	put_brief_cell(x, &x->kernels[s->last_good], "td", out);
	put_brief_cell(x, &x->kernels[s->first_bad], "td", out);
	buf_puts(out, "<td class=n");
	put_key(s->old_value, out);
	buf_printf(out, "%s<td class=n", number_of(s->old_value).text);
	put_key(s->new_value, out);
	buf_printf(out, "%s<td class=\"n %s\"", number_of(s->new_value).text, survey_tone_class(s));
	put_key(s->ratio, out);
	put_ratio(s->ratio, out);
	survey_put_step_mark(s, out);
	html_cell(out, function);
	buf_puts(out, "<td class=n");
	put_key(delta, out);
	buf_puts(out, number_change(delta).text);
	buf_puts(out, "<td>");
	survey_put_builds(x, s, out);
	buf_puts(out, "\n");
}

static void put_steps(const struct survey *x, struct buf *out)
{
	static const char *const heads[] = { "scenario", "from",    "to",     "old",	   "new",
					     "ratio",	 "most by", "change", "beside it", NULL };
	struct placed_step *all = calloc(x->n_steps + 1, sizeof(*all));
	size_t n = 0;

	if (!all)
		buf_keep(out, -ENOMEM);
	for (size_t i = 0; all && i < x->n_rows; i++) {
		for (size_t k = 0; k < x->rows[i].n_steps; k++)
			all[n++] = (struct placed_step){ &x->rows[i], &x->rows[i].steps[k] };
	}
	if (n)
		qsort(all, n, sizeof(*all), by_size);
	buf_puts(out, "<h2 id=steps>Steps, the largest first</h2>\n");
	if (n) {
		buf_puts(out,
			 "<p class=js hidden><label>Filter: <input class=filter "
			 "data-for=changes type=search></label> <span class=found></span></p>\n");
		html_table_begin(out, "changes", heads);
	} else {
		buf_puts(out, "<p>None.</p>\n");
	}
	for (size_t i = 0; i < n; i++)
		put_step(x, &all[i], out);
	if (n)
		html_table_end(out);
	free(all);
}

static void put_options(const json_t *config, struct buf *out)
{
	const size_t n = json_array_size(config);
	size_t others = 0, mm = 0;

	for (size_t i = 0; i < n; i++) {
		const json_t *o = json_array_get(config, i);
		const char *name = json_string_value(json_object_get(o, "option"));
		const char *old_value = json_string_value(json_object_get(o, "old"));
		const char *new_value = json_string_value(json_object_get(o, "new"));

		if (!json_is_true(json_object_get(o, "mm"))) {
			others++;
			continue;
		}
		buf_puts(out, mm++ ? ", " : "");
		plain_html(out, name ? name : "?");
		buf_puts(out, " ");
		plain_html(out, old_value ? old_value : "?");
		buf_puts(out, " &#8594; ");
		plain_html(out, new_value ? new_value : "?");
	}
	if (!n)
		buf_puts(out, "none");
	else if (others)
		buf_printf(out, "%s%zu other%s", mm ? ", and " : "", others,
			   others == 1 ? "" : "s");
}

static void put_kernels(const struct survey *x, struct buf *out)
{
	static const char *const heads[] = { "kernel", "version", "compiler",
					     "options that changed from the one before", NULL };

	buf_puts(out, "<h2>Kernels</h2>\n");
	html_table_begin(out, "kernels", heads);
	for (size_t i = 0; i < x->n_kernels; i++) {
		const struct survey_kernel *k = &x->kernels[i];

		buf_puts(out, "<tr>");
		html_cell(out, k->title);
		html_cell(out, k->version);
		buf_printf(out, "<td%s>", k->other_compiler ? " class=unsure" : "");
		plain_html(out, k->compiler);
		buf_puts(out, "<td>");
		if (i && k->config)
			put_options(k->config, out);
		else
			buf_puts(out, i ? "not known" : "");
		buf_puts(out, "\n");
	}
	html_table_end(out);
	buf_puts(out, "<p>survey.json beside this page has every option.</p>\n");
}

static void put_left_out(const struct survey *x, struct buf *out)
{
	const json_t *left = json_object_get(x->document, "left_out");
	const size_t n = json_array_size(left);

	if (!n)
		return;
	buf_puts(out, "<h2>Left out</h2>\n<ul>\n");
	for (size_t i = 0; i < n; i++) {
		const json_t *o = json_array_get(left, i);
		const char *kernel = json_string_value(json_object_get(o, "kernel"));
		const char *reason = json_string_value(json_object_get(o, "reason"));

		buf_puts(out, "<li>");
		plain_html(out, kernel ? kernel : "?");
		buf_puts(out, ": ");
		plain_html(out, reason ? reason : "?");
		buf_puts(out, "\n");
	}
	buf_puts(out, "</ul>\n");
}

static void put_not_measured(const struct survey *x, struct buf *out)
{
	const size_t cells = x->n_rows * x->n_kernels;

	if (x->cells_measured == cells)
		return;
	buf_printf(out, "<h2>Not measured</h2>\n<p>%zu of %zu cells:</p>\n<ul>\n",
		   cells - x->cells_measured, cells);
	for (size_t i = 0; i < x->n_rows; i++) {
		for (size_t k = 0; k < x->n_kernels; k++) {
			const struct survey_cell *c = &x->rows[i].cells[k];

			if (c->measured)
				continue;
			buf_puts(out, "<li>");
			plain_html(out, x->rows[i].name);
			buf_puts(out, " on ");
			plain_html(out, x->kernels[k].title);
			buf_puts(out, ": ");
			plain_html(out, c->why);
			buf_puts(out, "\n");
		}
	}
	buf_puts(out, "</ul>\n");
}

static void put_limits(const struct survey *x, struct buf *out)
{
	_cleanup_buf_ struct buf id = { 0 };

	buf_printf(
		out,
		"<h2>Not claimed</h2>\n<ul>\n<li>%s; cache, TLB and contention are not "
		"seen.\n<li>A step is a change of "
		"%g %% or more between two kernels with none measured between; which commit made "
		"it is not known, and what the config or the compiler did to it is not told apart "
		"from the source.\n</ul>\n",
		survey_is_of_insns(x) ? "Nothing here is a time: counts are executed instructions"
				      : "Nothing here is a time: counts are of what was executed",
		x->threshold * 100);
	buf_puts(out, "<p class=how>Measured by slowpath ");
	plain_html(out, x->slowpath);
	buf_puts(out, " under QEMU ");
	plain_html(out, x->qemu);
	buf_puts(out, ", ");
	plain_html(out, x->arch);
	if (x->cpu_model) {
		buf_puts(out, ", CPU model ");
		plain_html(out, x->cpu_model);
	}
	for (size_t i = 0; i < json_array_size(x->options); i++) {
		_cleanup_buf_ struct buf word = { 0 };

		next_word(&word, json_string_value(json_array_get(x->options, i)));
		buf_puts(out, i ? " " : "; with ");
		plain_html(out, buf_str(&word));
		buf_keep(out, buf_error(&word));
	}
	buf_puts(out, "; experiment ");
	survey_put_id(x, &id);
	plain_html(out, buf_str(&id));
	buf_keep(out, buf_error(&id));
	buf_puts(out, ".</p>\n");
}

void survey_index(const struct survey *x, struct buf *out)
{
	_cleanup_buf_ struct buf title = { 0 }, headline = { 0 };

	buf_printf(&title, "Survey of %zu scenario%s on %zu kernels, %s to %s", x->n_rows,
		   x->n_rows == 1 ? "" : "s", x->n_kernels, x->kernels[0].title,
		   x->kernels[x->n_kernels - 1].title);
	survey_headline(x, &headline);
	page_open(buf_str(&title), out);
	page_verdict("", buf_str(&headline), out);
	put_table(x, out);
	put_steps(x, out);
	put_kernels(x, out);
	put_left_out(x, out);
	put_not_measured(x, out);
	put_limits(x, out);
	page_close(out);
	buf_keep(out, buf_error(&title));
	buf_keep(out, buf_error(&headline));
}
