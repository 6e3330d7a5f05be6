// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/output/output.h"

#include "lab/output/printed.h"
#include "lab/output/steady.h"

#include <errno.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

void output_free(struct output *o)
{
	free(o->text);
	free(o->notes);
	free(o->steady);
	free(o->unsteady);
	*o = (struct output){ 0 };
}

static int parse_words(const char *text, struct printed *p, struct err *e)
{
	_cleanup_free_ char *copy = strdup(text);
	char *state = NULL;
	int r = copy ? 0 : err_oom(e);

	for (char *word = copy ? strtok_r(copy, " \t\r\n", &state) : NULL; r == 0 && word;
	     word = strtok_r(NULL, " \t\r\n", &state))
		r = printed_word(p, word, e);
	return r;
}

static int parse_pattern(const char *text, const struct program_metric *m, struct printed *p,
			 struct err *e)
{
	_cleanup_free_ char *found = NULL;
	regmatch_t match[2], again[2];
	regex_t regex;
	double value;
	int r;

	if (regcomp(&regex, m->pattern, REG_EXTENDED | REG_NEWLINE))
		return err_set(e, EINVAL, "metric '%s': pattern '%s'", m->name, m->pattern);
	r = regexec(&regex, text, 2, match, 0);
	if (r || match[1].rm_so < 0)
		r = err_unmeasured(e, ENODATA, "the program does not print the metric '%s' ('%s')",
				   m->name, m->pattern);
	else if (!regexec(&regex, text + match[0].rm_eo, 2, again, REG_NOTBOL) &&
		 again[0].rm_eo > again[0].rm_so)
		r = err_unmeasured(e, EPROTO, "the program prints the metric '%s' twice", m->name);
	regfree(&regex);
	if (r < 0)
		return r;
	found = strndup(text + match[1].rm_so, (size_t)(match[1].rm_eo - match[1].rm_so));
	if (!found)
		return err_oom(e);
	if (!printed_number(found, &value))
		return err_unmeasured(e, EPROTO, "metric '%s': '%.60s' is no number", m->name,
				      found);
	return printed_add(p, m->name, value, e);
}

static int parse(const char *text, const struct program *program, struct printed *p, struct err *e)
{
	int r = 0;

	printed_execution(p);
	if (!program->n_metrics)
		return parse_words(text, p, e);
	for (size_t i = 0; r == 0 && i < program->n_metrics; i++)
		r = parse_pattern(text, &program->metrics[i], p, e);
	return r;
}

int output_parse(const char *text, const struct program *program, struct output *out, struct err *e)
{
	_cleanup_printed_ struct printed p = { 0 };
	int r = parse(text, program, &p, e);

	*out = (struct output){ 0 };
	return r < 0 ? r : printed_conclude(&p, out, e);
}

/* The text of a frame, or NULL. */
static char *text_of(const struct report_item *item)
{
	struct report_item text = *item;

	text.data += sizeof(struct report_output);
	text.len -= sizeof(struct report_output);
	return report_text(&text);
}

static int take_one(const struct report_item *item, const struct program *program,
		    struct printed *p, struct steady *steady, struct output *out, struct err *e)
{
	int r;

	if (item->len < sizeof(struct report_output))
		return err_unmeasured(e, EPROTO, "the guest's frame of output is cut short");
	free(out->text);
	out->text = text_of(item);
	if (!out->text)
		return err_oom(e);
	r = parse(out->text, program, p, e);
	return r < 0 ? r : steady_add(steady, out->text, program, e);
}

int output_take(const struct report *report, const struct program *program, struct output *out,
		struct err *e)
{
	_cleanup_printed_ struct printed p = { 0 };
	_cleanup_steady_ struct steady steady = { 0 };
	int r = 0;

	*out = (struct output){ 0 };
	for (size_t i = 0; r == 0 && i < report->count; i++) {
		if (report->items[i].type == FRAME_OUTPUT)
			r = take_one(&report->items[i], program, &p, &steady, out, e);
	}
	if (r == 0 && !p.executions)
		r = err_unmeasured(e, EPROTO, "the guest's report has no output");
	if (r == 0)
		r = printed_conclude(&p, out, e);
	return r < 0 ? r : steady_conclude(&steady, &out->steady, &out->unsteady, e);
}

void output_explain(const struct report *report, struct output *out, struct err *e)
{
	const struct report_item *last = NULL;
	const char *line;
	size_t len, end;

	for (size_t i = 0; i < report->count; i++) {
		if (report->items[i].type == FRAME_OUTPUT)
			last = &report->items[i];
	}
	if (!last || last->len <= sizeof(struct report_output))
		return;
	free(out->text);
	out->text = text_of(last);
	if (!out->text)
		return;
	for (end = strlen(out->text); end && out->text[end - 1] == '\n';)
		end--;
	line = memrchr(out->text, '\n', end);
	line = line ? line + 1 : out->text;
	len = strlen(e->text);
	snprintf(e->text + len, sizeof(e->text) - len, "; it printed: %.*s",
		 (int)(out->text + end - line < 200 ? out->text + end - line : 200), line);
}
