// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/output.h"

#include "stats/stats.h"

#include <errno.h>
#include <math.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_BYTES_MAX 8192

void output_free(struct output *o)
{
	free(o->text);
	*o = (struct output){ 0 };
}

static int add(struct output *o, const char *name, double value, struct err *e)
{
	for (size_t i = 0; i < o->n_metrics; i++) {
		if (!strcmp(o->metrics[i].name, name))
			return err_unmeasured(e, EPROTO, "the program prints the metric '%s' twice",
					      name);
	}
	if (o->n_metrics == OUTPUT_METRICS_MAX)
		return err_unmeasured(e, EPROTO, "the program prints more than %d metrics",
				      OUTPUT_METRICS_MAX);
	snprintf(o->metrics[o->n_metrics].name, OUTPUT_NAME_BYTES, "%s", name);
	o->metrics[o->n_metrics++].value = value;
	return 0;
}

/* A number that is all of @text, but for a full stop, a comma or the like behind it. */
static bool number(const char *text, double *out)
{
	char *end;

	*out = strtod(text, &end);
	end += strspn(end, ",;.");
	return end != text && !*end && isfinite(*out);
}

static bool is_key(const char *text, size_t len)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
	static const char others[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
				     "0123456789.-/";

	return len && len < OUTPUT_NAME_BYTES && strchr(letters, text[0]) &&
	       strspn(text, others) == len;
}

static int parse_words(const char *text, struct output *out, struct err *e)
{
	_cleanup_free_ char *copy = strdup(text);
	char *state = NULL;
	int r = copy ? 0 : err_oom(e);

	for (char *word = copy ? strtok_r(copy, " \t\r\n", &state) : NULL; r == 0 && word;
	     word = strtok_r(NULL, " \t\r\n", &state)) {
		char *equals = strchr(word, '=');
		double value;

		if (!equals || !number(equals + 1, &value) ||
		    !is_key(word, (size_t)(equals - word)))
			continue;
		*equals = '\0';
		r = add(out, word, value, e);
	}
	return r;
}

static int parse_pattern(const char *text, const struct program_metric *m, struct output *out,
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
	if (!number(found, &value))
		return err_unmeasured(e, EPROTO, "metric '%s': '%.60s' is no number", m->name,
				      found);
	return add(out, m->name, value, e);
}

int output_parse(const char *text, const struct program *p, struct output *out, struct err *e)
{
	int r = 0;

	*out = (struct output){ 0 };
	if (!p->n_metrics)
		return parse_words(text, out, e);
	for (size_t i = 0; r == 0 && i < p->n_metrics; i++)
		r = parse_pattern(text, &p->metrics[i], out, e);
	return r;
}

/* The values of every execution, [metric][execution]. */
struct table {
	double *values[OUTPUT_METRICS_MAX];
	size_t executions;
};

static void table_free(struct table *t)
{
	for (size_t i = 0; i < OUTPUT_METRICS_MAX; i++)
		free(t->values[i]);
}

static int take_one(const struct report_item *item, const struct program *p, struct table *t,
		    struct output *out, struct err *e)
{
	_cleanup_output_ struct output one = { 0 };
	struct report_item text = *item;
	int r;

	if (item->len < sizeof(struct report_output))
		return err_unmeasured(e, EPROTO, "the guest's frame of output is cut short");
	text.data += sizeof(struct report_output);
	text.len -= sizeof(struct report_output);
	free(out->text);
	out->text = report_text(&text);
	if (!out->text)
		return err_oom(e);
	r = output_parse(out->text, p, &one, e);
	if (r < 0)
		return r;
	if (!t->executions) {
		out->n_metrics = one.n_metrics;
		memcpy(out->metrics, one.metrics, sizeof(one.metrics));
	}
	for (size_t i = 0; i < out->n_metrics || i < one.n_metrics; i++) {
		double *grown = realloc(t->values[i], (t->executions + 1) * sizeof(*grown));

		if (!grown)
			return err_oom(e);
		t->values[i] = grown;
		if (i >= one.n_metrics || i >= out->n_metrics ||
		    strcmp(one.metrics[i].name, out->metrics[i].name) != 0)
			return err_unmeasured(e, EPROTO,
					      "the program does not print the same metrics every "
					      "time (%s)",
					      i < one.n_metrics ? one.metrics[i].name
								: out->metrics[i].name);
		grown[t->executions] = one.metrics[i].value;
	}
	t->executions++;
	return 0;
}

static void conclude(struct output_metric *m, double *values, size_t n)
{
	stats_sort(values, n);
	m->value = stats_median_sorted(values, n);
	m->spread = values[n - 1] - values[0];
}

static void keep_end(char *text)
{
	size_t len = strlen(text);

	if (len > TEXT_BYTES_MAX)
		memmove(text, text + len - TEXT_BYTES_MAX, TEXT_BYTES_MAX + 1);
}

int output_take(const struct report *report, const struct program *p, struct output *out,
		struct err *e)
{
	__attribute__((cleanup(table_free))) struct table t = { 0 };
	int r = 0;

	*out = (struct output){ 0 };
	for (size_t i = 0; r == 0 && i < report->count; i++) {
		if (report->items[i].type == FRAME_OUTPUT)
			r = take_one(&report->items[i], p, &t, out, e);
	}
	if (r == 0 && !t.executions)
		r = err_unmeasured(e, EPROTO, "the guest's report has no output");
	for (size_t i = 0; r == 0 && i < out->n_metrics; i++)
		conclude(&out->metrics[i], t.values[i], t.executions);
	if (out->text)
		keep_end(out->text);
	return r;
}

void output_explain(const struct report *report, struct err *e)
{
	_cleanup_free_ char *text = NULL;
	struct report_item last = { 0 };
	char *line;
	size_t len;

	for (size_t i = 0; i < report->count; i++) {
		if (report->items[i].type == FRAME_OUTPUT)
			last = report->items[i];
	}
	if (last.len <= sizeof(struct report_output))
		return;
	last.data += sizeof(struct report_output);
	last.len -= sizeof(struct report_output);
	text = report_text(&last);
	if (!text)
		return;
	len = strlen(text);
	while (len && text[len - 1] == '\n')
		text[--len] = '\0';
	line = strrchr(text, '\n');
	len = strlen(e->text);
	snprintf(e->text + len, sizeof(e->text) - len, "; it printed: %.200s",
		 line ? line + 1 : text);
}
