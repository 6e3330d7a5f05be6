// SPDX-License-Identifier: GPL-2.0-or-later
/* A series: all of it is made again from the rows, but for why a kernel could not be had. */
#include "bisect/narrow_record.h"
#include "report/views/search/narrow.h"
#include "report/words/number.h"
#include "report/evidence/study_kind.h"

#include <errno.h>
#include <string.h>

static const char *mode_of(const struct record *r, const struct narrow *n)
{
	bool timed = !strcmp(r->mode, "timed");

	if (timed)
		return r->n_runs && !strcmp(r->runs[0].accelerator, accel_name(ACCEL_KVM))
			       ? "timed"
			       : "emulated";
	return reading_exactness(n->exact);
}

/* The row that an item's measurement is of: the first good one. */
static const struct record_run *row_of(const struct record *r, const struct narrow *n, size_t item)
{
	return study_run(r, n->items[item].spec);
}

static int add_step(struct evidence *x, const struct narrow *n, const struct narrow_step *s,
		    const char *mode, struct err *e)
{
	const struct record_run *rows[2] = { row_of(x->record, n, s->last_good),
					     row_of(x->record, n, s->first_bad) };
	struct evidence_case *c;

	if (!rows[0] || !rows[1])
		return err_set(e, EINVAL, "a step has no rows");
	c = evidence_add_pair(x, x->study.scenario, rows[0], rows[1], e);
	if (!c)
		return e->code;
	c->verdict = s->verdict;
	snprintf(c->what, sizeof(c->what), "step %zu of %zu", (size_t)(s - n->steps) + 1,
		 n->n_steps);
	snprintf(c->reason, sizeof(c->reason), "%s", s->reason);
	c->mode = mode;
	c->old_value = s->old_value;
	c->new_value = s->new_value;
	c->ratio = narrow_ratio(s);
	if (!s->compared) {
		c->unit = "ns";
		snprintf(c->metric, sizeof(c->metric), "iteration_ns_per_%s", c->item);
		c->blocks = n->items[s->last_good].runs < n->items[s->first_bad].runs
				    ? n->items[s->last_good].runs
				    : n->items[s->first_bad].runs;
	}
	return 0;
}

static int make(struct evidence *x, struct err *e)
{
	const struct record *r = x->record;
	struct narrow narrow;
	struct narrow_view v = { .id = r->id,
				 .scenario = x->study.scenario,
				 .narrow = &narrow,
				 .qemu_version = r->runs[0].qemu_version,
				 .threshold = x->options.threshold,
				 .cpus = (unsigned)r->runs[0].cpus };
	json_t *document = NULL;
	int rc = narrow_of_record(r, x->study.scenario,
				  json_object_get(x->study.document, "skipped"), &narrow, e);

	if (rc < 0)
		return err_wrap(e, "the series");
	v.mode = mode_of(r, &narrow);
	v.threshold = study_number(r->command, "threshold");
	document = narrow_json(&v);
	if (!document)
		rc = err_oom(e);
	for (size_t i = 0; rc == 0 && i < narrow.n_steps; i++)
		rc = add_step(x, &narrow, &narrow.steps[i], v.mode, e);
	if (rc == 0) {
		json_object_del(document, "seconds");
		json_decref(x->study.document);
		x->study.document = json_incref(document);
		x->verdict = narrow.verdict;
		x->concluded = true;
	}
	json_decref(document);
	narrow_free(&narrow);
	return rc;
}

/* Of a step that is one of the exact part alone. */
static const char *part_of(const json_t *step)
{
	return *study_text(step, "part") ? ", exact part" : "";
}

static int lines(const struct evidence *x, phrase_fn fn, void *arg)
{
	const json_t *d = x->study.document, *one;
	size_t i;
	_cleanup_buf_ struct buf text = { 0 };
	int r;

	buf_printf(&text, "Of a series of kernels, %zu were measured: ",
		   json_array_size(json_object_get(d, "series")));
	buf_puts(&text, study_text(d, "reason"));
	buf_printf(&text, " (%s, %s).", study_text(d, "verdict"), study_text(d, "mode"));
	r = buf_error(&text);
	r = r ? r : fn(arg, buf_str(&text));
	if (r)
		return r;
	buf_free(&text);
	r = buf_printf(&text,
		       "What the ends differ by, less all steps: %s. Left out: %zu; not "
		       "needed by the search: %zu.",
		       number_of(study_number(d, "rest")).text,
		       json_array_size(json_object_get(d, "skipped")),
		       json_array_size(json_object_get(d, "untested")));
	r = r ? r : fn(arg, buf_str(&text));
	json_array_foreach(json_object_get(d, "steps"), i, one)
	{
		_cleanup_buf_ struct buf step = { 0 };

		if (r)
			return r;
		buf_puts(&step, study_text(one, "before"));
		buf_puts(&step, " to ");
		buf_puts(&step, study_text(one, "after"));
		buf_printf(&step, ": %s to %s, NEW / OLD = %.4f (%s%s).",
			   number_of(study_number(one, "old")).text,
			   number_of(study_number(one, "new")).text, study_number(one, "ratio"),
			   study_text(one, "verdict"), part_of(one));
		r = buf_error(&step);
		r = r ? r : fn(arg, buf_str(&step));
	}
	return r;
}

static int tables(const struct evidence *x, struct study_tables *out)
{
	static const char *const heads[] = { "kernel", "spec", "value", "spread", "runs" };
	static const char *const steps[] = { "before", "after",	  "old",   "new",
					     "ratio",  "verdict", "reason" };
	const json_t *d = x->study.document, *one;
	struct study_table *t = study_table(out, "Series", ARRAY_SIZE(heads), heads);
	size_t i;

	json_array_foreach(json_object_get(d, "series"), i, one)
	{
		study_cell(t, "%s", study_text(one, "title"));
		study_cell(t, "%s", study_text(one, "kernel"));
		study_cell(t, "%s", number_of(study_number(one, "value")).text);
		study_cell(t, "%s", number_of(study_number(one, "spread")).text);
		study_cell(t, "%.0f", study_number(one, "runs"));
	}
	t = study_table(out, "Steps", ARRAY_SIZE(steps), steps);
	json_array_foreach(json_object_get(d, "steps"), i, one)
	{
		study_cell(t, "%s", study_text(one, "before"));
		study_cell(t, "%s", study_text(one, "after"));
		study_cell(t, "%s", number_of(study_number(one, "old")).text);
		study_cell(t, "%s", number_of(study_number(one, "new")).text);
		study_cell(t, "%.4f", study_number(one, "ratio"));
		study_cell(t, "%s%s", study_text(one, "verdict"), part_of(one));
		study_cell(t, "%s", study_text(one, "reason"));
	}
	return 0;
}

static const char *const kept[] = { "skipped", NULL };
static const char *const unproven[] = {
	"raw/result.json, skipped: why a kernel could not be fetched or built", NULL
};

static const char *const limits[] = {
	"Which commits: a step lies between two kernels that were measured, and what came with the "
	"second may have done it.",
	NULL
};

const struct study_kind study_narrow = { .command = "narrow",
					 .kept = kept,
					 .make = make,
					 .lines = lines,
					 .tables = tables,
					 .limits = limits,
					 .unproven = unproven };
