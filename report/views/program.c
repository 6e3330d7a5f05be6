// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/views/program.h"

#include "report/views/parts.h"
#include "report/words/number.h"
#include "report/words/plain.h"
#include "report/words/table.h"

#include <errno.h>
#include <string.h>

#define LINES_SHOWN 10	 /* that differ, on a screen */
#define LINES_LISTED 100 /* in a document */
#define LINE_BYTES 120

static json_t *line_json(const struct work_line *x)
{
	_cleanup_free_ char *text = strndup(x->text, strcspn(x->text, "\n"));

	return json_pack("{s:o,s:i,s:i}", "line", part_text(text), "old", (int)x->old_times, "new",
			 (int)x->new_times);
}

static json_t *lines_json(const struct work *w)
{
	json_t *list = json_array();

	for (size_t i = 0; i < w->n_lines && i < LINES_LISTED; i++)
		json_array_append_new(list, line_json(&w->lines[i]));
	return list;
}

/* Lines of @text, without their ends. */
static json_t *notes_json(const char *text)
{
	json_t *list = json_array();

	for (const char *line = text ? text : ""; *line;) {
		size_t len = strcspn(line, "\n");
		_cleanup_free_ char *one = strndup(line, len);

		json_array_append_new(list, part_text(one));
		line += len + (line[len] == '\n');
	}
	return list;
}

static json_t *user_json(const struct work *w)
{
	return json_pack("{s:o,s:o,s:o,s:o,s:o,s:b}", "old", part_number(w->user_old), "new",
			 part_number(w->user_new), "delta", part_number(w->user_new - w->user_old),
			 "spread_old", part_number(w->user_spread_old), "spread_new",
			 part_number(w->user_spread_new), "same", !w->user_differs);
}

static json_t *output_json(const struct comparison *c)
{
	const struct work *w = &c->work;
	json_t *same = w->n_lines ? json_false() : w->output_known ? json_true() : json_null();

	return json_pack("{s:o,s:o,s:o,s:I,s:o}", "old", part_text(c->outputs[0].text), "new",
			 part_text(c->outputs[1].text), "same", same, "different_lines",
			 (json_int_t)w->n_lines, "lines", lines_json(w));
}

json_t *program_json(const struct compare_view *v)
{
	const struct comparison *c = v->comparison;
	const struct work *w = &c->work;

	return json_pack("{s:o,s:b,s:o,s:o,s:b,s:b,s:{s:o,s:o},s:{s:o,s:o}}", "sha256",
			 part_text(v->scenario->program->sha256.text), "same_work", !w->different,
			 "user", user_json(w), "output", output_json(c), "region",
			 c->outputs[0].region, "by_the_clock", w->by_the_clock, "execution_seconds",
			 "old", part_number(w->old_ns / 1e9), "new", part_number(w->new_ns / 1e9),
			 "notes", "old", notes_json(c->outputs[0].notes), "new",
			 notes_json(c->outputs[1].notes));
}

static void put_line(const struct work_line *x, struct buf *out)
{
	_cleanup_free_ char *text = strndup(x->text, strcspn(x->text, "\n"));

	if (!text)
		buf_keep(out, -ENOMEM);
	buf_printf(out, "    %s ", !x->new_times ? "OLD:" : !x->old_times ? "NEW:" : "    ");
	plain_line(out, text ? text : "", LINE_BYTES);
	if (x->old_times && x->new_times)
		buf_printf(out, " (%u / %u times)", x->old_times, x->new_times);
	buf_puts(out, "\n");
}

static void put_lines(const struct work *w, struct buf *out)
{
	for (size_t i = 0; i < w->n_lines && i < LINES_SHOWN; i++)
		put_line(&w->lines[i], out);
	if (w->n_lines > LINES_SHOWN)
		buf_printf(out, "    and %zu more\n", w->n_lines - LINES_SHOWN);
}

static void put_notes(const char *side, const char *notes, const struct text_style *style,
		      struct buf *out)
{
	for (const char *line = notes; *line;) {
		size_t len = strcspn(line, "\n");

		text_say(out, style, 2, "%s%.*s", side, (int)len, line);
		line += len + (line[len] == '\n');
	}
}

static void put_all_notes(const struct comparison *c, const struct text_style *style,
			  struct buf *out)
{
	const char *o = c->outputs[0].notes ? c->outputs[0].notes : "";
	const char *n = c->outputs[1].notes ? c->outputs[1].notes : "";

	if (!strcmp(o, n)) {
		put_notes("", o, style, out);
		return;
	}
	put_notes("OLD: ", o, style, out);
	put_notes("NEW: ", n, style, out);
}

void program_text(const struct compare_view *v, const struct text_style *style, struct buf *out)
{
	const struct comparison *c = v->comparison;
	const struct work *w = &c->work;
	char lines[64] = "the same lines printed";

	if (w->n_lines)
		snprintf(lines, sizeof(lines), "%zu printed line%s differ%s", w->n_lines,
			 w->n_lines == 1 ? "" : "s", w->n_lines == 1 ? "s" : "");
	else if (!w->output_known)
		snprintf(lines, sizeof(lines), "what it prints differs every time");
	buf_puts(out, "\n");
	text_say(out, style, 2, "same work: %s ([user] %s / %s, %s)", w->different ? "NO" : "yes",
		 number_of(w->user_old).text, number_of(w->user_new).text, lines);
	put_lines(w, out);
	if (c->outputs[0].region)
		text_say(out, style, 2, "only the program's region is counted");
	put_all_notes(c, style, out);
}
