// SPDX-License-Identifier: GPL-2.0-or-later
/* Formats that are text: KTAP, JUnit, OpenMetrics, CSV. */
#include "report/export/export.h"

#include "judge/table/csv.h"
#include "report/words/plain.h"

#include <math.h>
#include <string.h>

/* '#' begins a directive in KTAP. */
static void put_ktap_name(const struct export *x, const struct export_result *t, struct buf *out)
{
	_cleanup_buf_ struct buf name = { 0 };

	plain_line(&name, t->scenario, 200);
	buf_puts(&name, " on ");
	plain_line(&name, x->kernels[t->kernel].title.text, 300);
	for (size_t i = 0; i < name.len; i++) {
		if (name.data[i] == '#' || name.data[i] == '\\')
			name.data[i] = '_';
	}
	buf_puts(out, buf_str(&name));
	buf_keep(out, buf_error(&name));
}

static void put_ktap_result(const struct export *x, size_t at, struct buf *out)
{
	const struct export_result *t = &x->results[at];
	const bool good = t->status == EXPORT_PASS || t->status == EXPORT_DONE;
	_cleanup_buf_ struct buf said = { 0 };

	export_say(x, t, &said);
	if (isfinite(t->value))
		buf_printf(out, "# %.10g %s%s%s, %s\n", t->value, t->unit, *t->item ? " per " : "",
			   t->item, t->mode);
	if (said.len)
		buf_printf(out, "# %s\n", buf_str(&said));
	buf_printf(out, "%s %zu ", good || t->status == EXPORT_MISS ? "ok" : "not ok", at + 1);
	put_ktap_name(x, t, out);
	if (t->status == EXPORT_MISS)
		buf_puts(out, " # SKIP the kernels did not do the same work");
	else if (t->status == EXPORT_ERROR)
		buf_puts(out, " # ERROR");
	else if (t->untold)
		buf_printf(out, " # SKIP %s", t->reason);
	buf_puts(out, "\n");
	buf_keep(out, buf_error(&said));
}

void export_ktap(const struct export *x, struct buf *out)
{
	buf_printf(out, "KTAP version 1\n1..%zu\n", x->n_results);
	for (size_t i = 0; i < x->n_results; i++)
		put_ktap_result(x, i, out);
}

/* What is no test that passed: what was not told has the status of a measurement. */
static enum export_status outcome_of(const struct export_result *t)
{
	return t->untold ? EXPORT_MISS : t->status;
}

static size_t count(const struct export *x, enum export_status outcome)
{
	size_t n = 0;

	for (size_t i = 0; i < x->n_results; i++)
		n += outcome_of(&x->results[i]) == outcome;
	return n;
}

static double seconds_of(const struct export_result *t)
{
	return isfinite(t->seconds) ? t->seconds : 0;
}

static void put_property(const char *name, const char *value, struct buf *out)
{
	buf_printf(out, "<property name=\"%s\" value=\"", name);
	plain_html(out, value);
	buf_puts(out, "\"/>");
}

static void put_number_property(const char *name, double value, struct buf *out)
{
	if (isfinite(value))
		buf_printf(out, "<property name=\"%s\" value=\"%.10g\"/>", name, value);
}

static void put_outcome(const struct export *x, const struct export_result *t, struct buf *out)
{
	static const char *const tags[] = { "failure", "error", "skipped" };
	const enum export_status outcome = outcome_of(t);
	_cleanup_buf_ struct buf said = { 0 };

	if (outcome > EXPORT_MISS)
		return;
	export_say(x, t, &said);
	buf_printf(out, "<%s message=\"", tags[outcome]);
	plain_html(out, buf_str(&said));
	buf_puts(out, "\"");
	if (outcome != EXPORT_MISS)
		buf_printf(out, " type=\"%s\"", *t->verdict ? t->verdict : "failed");
	buf_puts(out, "/>");
	buf_keep(out, buf_error(&said));
}

static void put_junit_case(const struct export *x, const struct export_result *t, struct buf *out)
{
	buf_puts(out, "<testcase classname=\"slowpath.");
	plain_html(out, x->command);
	buf_puts(out, "\" name=\"");
	plain_html(out, t->scenario);
	buf_puts(out, " on ");
	plain_html(out, x->kernels[t->kernel].title.text);
	buf_printf(out, "\" time=\"%.3f\"><properties>", seconds_of(t));
	put_property("metric", t->metric, out);
	put_property("mode", t->mode, out);
	if (*t->verdict)
		put_property("verdict", t->verdict, out);
	put_number_property("value", t->value, out);
	put_number_property("old", t->old_value, out);
	put_number_property("ratio", t->ratio, out);
	buf_puts(out, "</properties>");
	put_outcome(x, t, out);
	buf_puts(out, "</testcase>\n");
}

void export_junit(const struct export *x, struct buf *out)
{
	double seconds = 0;

	for (size_t i = 0; i < x->n_results; i++)
		seconds += seconds_of(&x->results[i]);
	buf_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n<testsuite name=\""
		      "slowpath ");
	plain_html(out, x->id);
	buf_printf(out,
		   "\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\" "
		   "time=\"%.3f\">\n",
		   x->n_results, count(x, EXPORT_FAIL), count(x, EXPORT_ERROR),
		   count(x, EXPORT_MISS), seconds);
	for (size_t i = 0; i < x->n_results; i++)
		put_junit_case(x, &x->results[i], out);
	buf_puts(out, "</testsuite>\n</testsuites>\n");
}

/* A label's value: backslash, quote and newline are escaped. */
static void put_label(const char *name, const char *value, bool first, struct buf *out)
{
	_cleanup_buf_ struct buf line = { 0 };

	plain_line(&line, value, 400);
	buf_printf(out, "%s%s=\"", first ? "" : ",", name);
	for (const char *p = buf_str(&line); *p; p++)
		buf_printf(out, *p == '\\' || *p == '"' ? "\\%c" : "%c", *p);
	buf_puts(out, "\"");
	buf_keep(out, buf_error(&line));
}

static void put_sample(const char *name, const struct export *x, const struct export_result *t,
		       double value, struct buf *out)
{
	buf_printf(out, "%s{", name);
	put_label("scenario", t->scenario, true, out);
	put_label("kernel", x->kernels[t->kernel].spec, false, out);
	put_label("side", x->kernels[t->kernel].side, false, out);
	put_label("metric", t->metric, false, out);
	put_label("unit", t->unit, false, out);
	put_label("item", t->item, false, out);
	put_label("mode", t->mode, false, out);
	put_label("status", export_status_names[t->status], false, out);
	if (*t->verdict)
		put_label("against", x->kernels[t->against].spec, false, out);
	buf_printf(out, ",cpus=\"%u\"} %.17g\n", t->cpus, value);
}

/* All samples of a family stand together. */
static void put_family(const char *name, const char *help, const struct export *x,
		       double (*value)(const struct export_result *t), struct buf *out)
{
	buf_printf(out, "# TYPE %s gauge\n# HELP %s %s\n", name, name, help);
	for (size_t i = 0; i < x->n_results; i++) {
		const double v = value(&x->results[i]);

		if (isfinite(v))
			put_sample(name, x, &x->results[i], v, out);
	}
}

static double cost_of(const struct export_result *t)
{
	return t->value;
}

static double ratio_of(const struct export_result *t)
{
	return t->ratio;
}

static double regression_of(const struct export_result *t)
{
	return *t->verdict ? t->status == EXPORT_FAIL : NAN;
}

void export_openmetrics(const struct export *x, struct buf *out)
{
	put_family("slowpath_cost", "What an item costs, in the unit of the label.", x, cost_of,
		   out);
	put_family("slowpath_ratio", "That by the cost on the kernel of the label against.", x,
		   ratio_of, out);
	put_family("slowpath_regression", "1 if the verdict is regression, 0 if it is another.", x,
		   regression_of, out);
	buf_puts(out, "# EOF\n");
}

static void put_text(struct buf *out, const char *text)
{
	buf_puts(out, ",");
	csv_put(out, text ? text : "");
}

static void put_number(struct buf *out, double value)
{
	buf_puts(out, ",");
	if (isfinite(value))
		buf_printf(out, "%.10g", value);
}

void export_csv(const struct export *x, struct buf *out)
{
	buf_puts(out, "scenario,kernel,release,against,metric,unit,item,cpus,mode,value,old,ratio,"
		      "verdict,status,reason,side,cmdline\n");
	for (size_t i = 0; i < x->n_results; i++) {
		const struct export_result *t = &x->results[i];

		csv_put(out, t->scenario);
		put_text(out, x->kernels[t->kernel].spec);
		put_text(out, x->kernels[t->kernel].release);
		put_text(out, *t->verdict ? x->kernels[t->against].spec : "");
		put_text(out, t->metric);
		put_text(out, t->unit);
		put_text(out, t->item);
		buf_printf(out, ",%u", t->cpus);
		put_text(out, t->mode);
		put_number(out, t->value);
		put_number(out, t->old_value);
		put_number(out, t->ratio);
		put_text(out, t->verdict);
		put_text(out, export_status_names[t->status]);
		put_text(out, t->reason);
		put_text(out, x->kernels[t->kernel].side);
		put_text(out, x->kernels[t->kernel].cmdline);
		buf_puts(out, "\n");
	}
}
