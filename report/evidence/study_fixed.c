// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether a candidate closes a gap: all of it is made again from the rows. */
#include "report/views/search/fixed.h"
#include "report/words/number.h"
#include "report/words/plain.h"
#include "report/evidence/study_kind.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define BLOCKS_MAX 1000

/* As drive/fixed.h has it for the command. */
static const char *const sides[3] = { "old", "new", "candidate" };

/* The value of a side in a block; 0: there is none. */
static double timed_value(const struct evidence *x, int64_t block, const char *side)
{
	const struct record *r = x->record;
	double ns = 0;

	for (size_t i = 0; i < r->n_runs; i++) {
		struct run run = evidence_run(&r->runs[i]);

		if (r->runs[i].block == block && !strcmp(r->runs[i].side, side) &&
		    record_run_ok(&r->runs[i]) && !record_run_counted(&r->runs[i]) &&
		    reading_deciding_ns(x->study.scenario, &run, &ns, NULL) < 0)
			ns = 0;
	}
	return ns;
}

static int gap_of_times(const struct evidence *x, struct gap *out, unsigned *blocks, struct err *e)
{
	_cleanup_free_ double *room = calloc(3 * x->record->n_runs + 1, sizeof(*room));
	double *ns[3] = { room, room + x->record->n_runs, room + 2 * x->record->n_runs };
	size_t n = 0;

	if (!room)
		return err_oom(e);
	for (size_t i = 0; i < x->record->n_runs; i++) {
		int64_t block = x->record->runs[i].block;
		bool seen = false, whole = true;

		for (size_t k = 0; k < i; k++)
			seen = seen || x->record->runs[k].block == block;
		for (unsigned k = 0; !seen && k < 3; k++) {
			ns[k][n] = timed_value(x, block, sides[k]);
			whole = whole && ns[k][n] > 0;
		}
		n += !seen && whole;
	}
	*blocks = (unsigned)n;
	if (n > BLOCKS_MAX)
		return err_set(e, EINVAL, "more than %d blocks", BLOCKS_MAX);
	return gap_timed(ns[0], ns[1], ns[2], n, GAP_ALPHA,
			 study_number(x->record->command, "threshold"),
			 x->study.scenario->item == ITEM_PAGE ? "iteration_ns_per_page"
							      : "iteration_ns_per_call",
			 out, e);
}

struct making {
	struct gap gap;
	struct audit audit;
	struct run runs[3];
	struct kernel kernels[3];
};

static int judge(struct evidence *x, const struct record_run *const rows[3], bool timed,
		 struct making *m, struct fixed_view *v, struct err *e)
{
	double threshold = study_number(x->record->command, "threshold");
	int r;

	if (!(threshold >= 0 && threshold < 1e6))
		return err_set(e, EINVAL, "the experiment does not say its threshold");
	v->blocks = 1;
	r = timed ? gap_of_times(x, &m->gap, &v->blocks, e)
		  : gap_exact(x->study.scenario, &m->runs[0], &m->runs[1], &m->runs[2],
			      (unsigned)rows[0]->cpus, threshold, &m->gap, e);
	if (r == 0)
		r = audit_sides(&m->kernels[0], &m->kernels[2], &m->runs[0], &m->runs[2], &m->audit,
				e);
	if (r < 0)
		return r;
	v->threshold = threshold;
	v->mode = timed					     ? "timed"
		  : m->gap.opened.exact && m->gap.left.exact ? "exact"
							     : "near-exact";
	json_decref(x->study.document);
	x->study.document = fixed_json(v);
	json_object_del(x->study.document, "seconds");
	x->verdict = m->gap.verdict;
	x->concluded = true;
	return x->study.document ? 0 : err_oom(e);
}

/* OLD with NEW, and OLD with the candidate. */
static int add_cases(struct evidence *x, const struct record_run *const rows[3],
		     const struct fixed_view *v, struct err *e)
{
	const bool timed = !strcmp(v->mode, "timed");
	const struct gap *g = v->gap;
	const enum verdict verdicts[3] = { [1] = g->gap_verdict, [2] = g->verdict };
	const struct gap_row *m = &g->metrics[0];
	const double values[3] = { m->old_value, m->new_value, m->candidate };

	for (unsigned i = 1; i < 3; i++) {
		struct evidence_case *c =
			evidence_add_pair(x, x->study.scenario, rows[0], rows[i], e);

		if (!c)
			return e->code;
		c->verdict = verdicts[i];
		snprintf(c->what, sizeof(c->what), "%s against OLD",
			 i == 1 ? "NEW" : "the candidate");
		if (!timed)
			continue;
		c->verdict = study_of_one_build(c->verdict);
		c->blocks = v->blocks;
		c->mode = "timed";
		c->unit = "ns";
		c->old_value = values[0];
		c->new_value = values[i];
		c->ratio = values[i] / values[0];
		snprintf(c->metric, sizeof(c->metric), "%s", m->name);
		snprintf(c->reason, sizeof(c->reason), "%.500s", g->reason);
	}
	return 0;
}

static int make(struct evidence *x, struct err *e)
{
	const struct record *r = x->record;
	const struct record_run *rows[3];
	struct making m = { 0 };
	struct fixed_view v = { .id = r->id,
				.scenario = x->study.scenario,
				.kernels = { &m.kernels[0], &m.kernels[1], &m.kernels[2] },
				.gap = &m.gap,
				.audit = &m.audit,
				.qemu_version = r->runs[0].qemu_version,
				.cpus = (unsigned)r->runs[0].cpus };
	bool timed = !record_run_counted(&r->runs[0]);
	int rc;

	for (unsigned i = 0; i < 3; i++) {
		rows[i] = study_run(r, sides[i]);
		if (!rows[i]) {
			x->unjudged = strdup("a kernel could not be measured");
			return x->unjudged ? 0 : err_oom(e);
		}
		if (record_run_counted(rows[i]) == timed)
			return err_set(e, EINVAL, "runs are counted and timed");
		m.runs[i] = evidence_run(rows[i]);
		m.kernels[i] = evidence_kernel(rows[i]);
	}
	rc = judge(x, rows, timed, &m, &v, e);
	if (rc == 0)
		rc = add_cases(x, rows, &v, e);
	gap_free(&m.gap);
	audit_free(&m.audit);
	return rc;
}

static void put_share(const json_t *m, struct buf *out)
{
	double closed = study_number(m, "closed");
	double low = study_number(m, "closed_low"), high = study_number(m, "closed_high");

	if (!isfinite(closed)) {
		buf_puts(out, "; which share of the difference that is, is not known");
		return;
	}
	buf_printf(out, ", which is %.1f %% of the difference closed", closed);
	if (isfinite(low) && isfinite(high) && low != high)
		buf_printf(out, " (between %.1f %% and %.1f %%)", low, high);
}

/* The three values and the share. */
static void put_values(const struct evidence *x, struct buf *out)
{
	const struct evidence_case *c = &x->cases[0];
	bool part;
	const json_t *m = study_gap_row(x->study.document, &part);

	buf_printf(out, " in %s%s: OLD ", c->scenario->name,
		   part ? ", in the functions that are exact on all three" : "");
	phrase_value(study_number(m, "old"), out);
	buf_puts(out, ", NEW ");
	phrase_value(study_number(m, "new"), out);
	buf_puts(out, ", candidate ");
	phrase_value(study_number(m, "candidate"), out);
	buf_printf(out, " %s per %s", strcmp(c->unit, "ns") ? "executed instructions" : "ns",
		   c->item);
	put_share(m, out);
	buf_printf(out, " (%s, %s).", study_text(x->study.document, "mode"),
		   evidence_cpus(c->cpus).text);
}

static int lines(const struct evidence *x, phrase_fn fn, void *arg)
{
	const json_t *d = x->study.document;
	const char *status = study_text(d, "status");
	const char *does = !strcmp(status, "closed")	      ? "closes the difference"
			   : !strcmp(status, "partly closed") ? "closes a part of the difference"
			   : !strcmp(status, "not closed")    ? "does not close the difference"
							      : NULL;
	_cleanup_buf_ struct buf text = { 0 };

	buf_puts(&text, "The candidate, ");
	phrase_kernel(study_run(x->record, "candidate"), false, &text);
	if (does) {
		buf_printf(&text, ", %s between OLD, ", does);
	} else {
		buf_printf(&text, ": %s, ", status);
		plain_line(&text, study_text(d, "reason"), 500);
		buf_puts(&text, ". OLD is ");
	}
	phrase_kernel(study_run(x->record, "old"), false, &text);
	buf_puts(&text, does ? ", and NEW, " : ", NEW is ");
	phrase_kernel(study_run(x->record, "new"), false, &text);
	if (does) {
		buf_puts(&text, ",");
		put_values(x, &text);
	} else {
		buf_puts(&text, ".");
	}
	return buf_error(&text) ? buf_error(&text) : fn(arg, buf_str(&text));
}

/* Of the functions most cost the same on all three. */
static bool is_same(const json_t *one)
{
	double old_value = study_number(one, "old");

	return study_number(one, "new") == old_value && study_number(one, "candidate") == old_value;
}

static void put_rows(struct study_table *t, const json_t *list, bool all, size_t max)
{
	size_t listed = 0;
	const json_t *one;
	size_t i;

	json_array_foreach(list, i, one)
	{
		double closed = study_number(one, "closed");

		if (listed == max || (!all && is_same(one)))
			continue;
		listed++;
		t->negative = t->negative || number_is_negative(study_number(one, "old")) ||
			      number_is_negative(study_number(one, "new")) ||
			      number_is_negative(study_number(one, "candidate"));
		study_cell(t, "%s", study_text(one, "name"));
		study_cell(t, "%s", number_of(study_number(one, "old")).text);
		study_cell(t, "%s", number_of(study_number(one, "new")).text);
		study_cell(t, "%s", number_of(study_number(one, "candidate")).text);
		if (isfinite(closed))
			study_cell(t, "%.1f %%", closed);
		else
			study_cell(t, "-");
	}
}

static int tables(const struct evidence *x, struct study_tables *out)
{
	static const char *const heads[] = { "", "OLD", "NEW", "candidate", "closed" };
	const json_t *d = x->study.document;

	put_rows(study_table(out, "The gap", ARRAY_SIZE(heads), heads),
		 json_object_get(d, "metrics"), true, SIZE_MAX);
	put_rows(study_table(out, "The gap by function", ARRAY_SIZE(heads), heads),
		 json_object_get(d, "functions"), false, 20);
	return 0;
}

static const char *const kept[] = { NULL };

static const char *const limits[] = {
	"What of the candidate does it: it was measured as a whole kernel.", NULL
};

const struct study_kind study_fixed = { .command = "fixed",
					.kept = kept,
					.make = make,
					.lines = lines,
					.tables = tables,
					.limits = limits };
