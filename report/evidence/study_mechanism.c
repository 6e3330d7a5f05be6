// SPDX-License-Identifier: GPL-2.0-or-later
/* attribute, cover, probe, state and audit: what of their documents follows from the rows. */
#include "lab/counts/histogram.h"
#include "report/drawing/flame.h"
#include "report/words/number.h"
#include "report/evidence/study_kind.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define LISTED 20
/* What "%.3f" shows of a class. */
#define SHOWN_MIN 0.0005

/* OLD and NEW as a case; 0 too if a side failed, and there is nothing to compare. */
static int add_sides(struct evidence *x, struct err *e)
{
	const struct record_run *old_run = study_run(x->record, "old");
	const struct record_run *new_run = study_run(x->record, "new");

	if (!old_run || !new_run)
		return 0;
	return evidence_add_pair(x, x->study.scenario, old_run, new_run, e) ? 0 : e->code;
}

static int expect_pair(const char *what, const json_t *have, double old_value, double new_value,
		       struct err *e)
{
	int r = study_expect(what, "old, insns",
			     json_object_get(json_object_get(have, "old"), "insns"), old_value, e);

	return r < 0 ? r
		     : study_expect(what, "new, insns",
				    json_object_get(json_object_get(have, "new"), "insns"),
				    new_value, e);
}

static const struct function_delta *find_function(const struct comparison *c, const char *name)
{
	for (size_t i = 0; i < c->n_functions; i++) {
		if (!strcmp(c->functions[i].name, name))
			return &c->functions[i];
	}
	return NULL;
}

/* Instructions and calls of segments and functions; the other classes were not kept by the runs. */
static int check_attribute(const struct evidence *x, const struct comparison *c, struct err *e)
{
	const json_t *functions = json_object_get(x->study.document, "functions"), *one;
	const json_t *segments = json_object_get(x->study.document, "segments");
	size_t i;

	if (json_array_size(segments) != x->study.scenario->n_segments + 1u ||
	    json_array_size(functions) != c->n_functions)
		return err_set(e, EINVAL,
			       "raw/result.json has other segments or functions than the rows");
	json_array_foreach(segments, i, one)
	{
		int r = expect_pair(study_text(one, "name"), one, c->metrics[i].old_one.value,
				    c->metrics[i].new_one.value, e);

		if (r < 0)
			return r;
	}
	json_array_foreach(functions, i, one)
	{
		const struct function_delta *f = find_function(c, study_text(one, "name"));
		int r;

		if (!f)
			return err_set(e, EINVAL, "raw/result.json: no row has '%.80s'",
				       study_text(one, "name"));
		r = expect_pair(f->name, one, f->old_insns, f->new_insns, e);
		if (r == 0)
			r = study_expect(f->name, "calls_old", json_object_get(one, "calls_old"),
					 f->old_calls, e);
		if (r == 0)
			r = study_expect(f->name, "calls_new", json_object_get(one, "calls_new"),
					 f->new_calls, e);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Own instructions of all paths add up to the iteration's; frames are read for good here. */
static int check_tree(const struct evidence *x, const struct comparison *c, struct err *e)
{
	const json_t *tree = json_object_get(x->study.document, "tree");
	const json_t *nodes = json_object_get(tree, "nodes");
	_cleanup_flame_ struct flame f = { 0 };
	int r;

	if (!nodes)
		return 0;
	r = flame_of_json(nodes, &f, e);
	if (r < 0)
		return err_wrap(e, "raw/result.json");
	r = study_expect("the call tree", "old", json_object_get(tree, "old"), f.nodes[0].whole[0],
			 e);
	if (r == 0)
		r = study_expect("the call tree", "new", json_object_get(tree, "new"),
				 f.nodes[0].whole[1], e);
	if (r == 0)
		r = study_expect("the call tree", "old", json_object_get(tree, "old"),
				 c->metrics[0].old_one.value, e);
	return r < 0 ? r
		     : study_expect("the call tree", "new", json_object_get(tree, "new"),
				    c->metrics[0].new_one.value, e);
}

/* Instructions of a list's rows, each of which has sides as functions have them. */
static double sum_of(const json_t *rows, const char *side)
{
	const json_t *one;
	double sum = 0;
	size_t i;

	json_array_foreach(rows, i, one)
	{
		sum += study_number(json_object_get(one, side), "insns");
	}
	return sum;
}

/* Functions as written add up to the iteration, which was checked, and lines to their function. */
static int check_lines(const struct evidence *x, struct err *e)
{
	const json_t *document = x->study.document, *one;
	const json_t *functions = json_object_get(json_object_get(document, "lines"), "functions");
	size_t i;
	int r;

	if (!functions)
		return 0;
	r = expect_pair("the lines", json_array_get(json_object_get(document, "segments"), 0),
			sum_of(functions, "old"), sum_of(functions, "new"), e);
	if (r < 0)
		return r;
	json_array_foreach(functions, i, one)
	{
		const json_t *lines = json_object_get(one, "lines");

		r = expect_pair(study_text(one, "name"), one, sum_of(lines, "old"),
				sum_of(lines, "new"), e);
		if (r < 0)
			return r;
	}
	return 0;
}

static int make_attribute(struct evidence *x, struct err *e)
{
	int r = add_sides(x, e);

	if (r < 0 || !x->n_cases)
		return r < 0 ? r : err_set(e, EINVAL, "raw/result.json compares runs that failed");
	r = check_attribute(x, &x->cases[0].comparison, e);
	if (r == 0)
		r = check_tree(x, &x->cases[0].comparison, e);
	return r == 0 ? check_lines(x, e) : r;
}

static int attribute_lines(const struct evidence *x, phrase_fn fn, void *arg)
{
	const json_t *whole = json_array_get(json_object_get(x->study.document, "segments"), 0);
	const json_t *old_side = json_object_get(whole, "old");
	const json_t *new_side = json_object_get(whole, "new");
	_cleanup_buf_ struct buf text = { 0 };
	bool any = false;

	buf_printf(&text, "Per %s of an iteration, OLD and NEW:", x->cases[0].item);
	for (enum cost c = 0; c < COST_COUNT; c++) {
		double was = study_number(old_side, cost_name(c));
		double is = study_number(new_side, cost_name(c));

		if (!(fmax(was, is) >= SHOWN_MIN))
			continue;
		buf_printf(&text, "%s %s %s and %s", any ? "," : "", cost_name(c),
			   number_of(was).text, number_of(is).text);
		any = true;
	}
	buf_puts(&text, ".");
	return buf_error(&text) ? buf_error(&text) : fn(arg, buf_str(&text));
}

/* A difference that is worth a place: most classes of most functions did not change. */
static bool is_change(const json_t *function, enum cost c)
{
	double delta = study_number(json_object_get(function, "delta"), cost_name(c));

	return fabs(delta) >= SHOWN_MIN;
}

static bool has_change(const json_t *function)
{
	for (enum cost c = 0; c < COST_OF_FUNCTIONS; c++) {
		if (is_change(function, c))
			return true;
	}
	return false;
}

static bool any_changes(const json_t *functions, enum cost c)
{
	const json_t *one;
	size_t i;

	json_array_foreach(functions, i, one)
	{
		if (is_change(one, c))
			return true;
	}
	return false;
}

static void lines_table(const json_t *functions, struct study_tables *out)
{
	static const char *const heads[] = { "function", "old",		 "new",
					     "delta",	 "old, inlined", "new, inlined" };
	const json_t *one, *first;
	struct study_table *t;
	size_t i, listed = 0;

	if (!functions)
		return;
	t = study_table(out, "Instructions as written, wherever functions are inlined",
			ARRAY_SIZE(heads), heads);
	json_array_foreach(functions, i, one)
	{
		if (listed == LISTED || !is_change(one, COST_INSNS))
			continue;
		listed++;
		first = json_array_get(json_object_get(one, "lines"), 0);
		study_cell(t, "%s", study_text(one, "name"));
		study_source(t, study_text(first, "file"), study_number(first, "line_new"));
		study_cell(t, "%s",
			   number_of(study_number(json_object_get(one, "old"), "insns")).text);
		study_cell(t, "%s",
			   number_of(study_number(json_object_get(one, "new"), "insns")).text);
		study_cell(
			t, "%s",
			number_change(study_number(json_object_get(one, "delta"), "insns")).text);
		study_cell(t, "%s", number_of(study_number(one, "inlined_old")).text);
		study_cell(t, "%s", number_of(study_number(one, "inlined_new")).text);
	}
}

/* Without the classes in which nothing changed, and the functions. */
static int attribute_tables(const struct evidence *x, struct study_tables *out)
{
	const json_t *functions = json_object_get(x->study.document, "functions"), *one;
	const char *heads[1 + COST_OF_FUNCTIONS] = { "function" };
	enum cost shown[COST_OF_FUNCTIONS];
	size_t n = 0, listed = 0, i;
	struct study_table *t;

	for (enum cost c = 0; c < COST_OF_FUNCTIONS; c++) {
		if (!any_changes(functions, c))
			continue;
		shown[n++] = c;
		heads[n] = cost_name(c);
	}
	t = study_table(out, "Change of every class, NEW - OLD, by function", n + 1, heads);
	json_array_foreach(functions, i, one)
	{
		if (listed == LISTED || !has_change(one))
			continue;
		listed++;
		study_cell(t, "%s", study_text(one, "name"));
		for (size_t k = 0; k < n; k++)
			study_cell(
				t, "%s",
				is_change(one, shown[k])
					? number_change(study_number(json_object_get(one, "delta"),
								     cost_name(shown[k])))
						  .text
					: "-");
	}
	lines_table(json_object_get(json_object_get(x->study.document, "lines"), "functions"), out);
	return 0;
}

/* What a good run counted of a symbol; NULL: it was not executed. */
static const struct profile_function *find_counts(const struct record_run *run, const char *symbol)
{
	const struct profile *p = &run->measured.profile;

	for (size_t i = 0; i < p->count; i++) {
		if (!strcmp(p->functions[i].name, symbol))
			return &p->functions[i];
	}
	return NULL;
}

struct covering {
	size_t runs, any, all, with_symbol, ambiguous;
};

static int check_covered(const struct evidence *x, const json_t *one, struct covering *sum,
			 struct err *e)
{
	const char *symbol = study_text(one, "symbol"), *name = study_text(one, "name");
	bool ambiguous = json_is_true(json_object_get(one, "ambiguous"));
	double insns = 0, calls = 0;
	size_t runs = 0;
	int r;

	for (size_t i = 0; i < x->record->n_runs; i++) {
		const struct record_run *run = &x->record->runs[i];
		const struct profile_function *f =
			*symbol && record_run_ok(run) ? find_counts(run, symbol) : NULL;

		for (unsigned slot = 0; f && !i && slot < MARKER_SLOTS; slot++) {
			insns += (double)f->insns[slot];
			calls += (double)f->calls[slot];
		}
		runs += f != NULL;
	}
	sum->with_symbol += *symbol != '\0';
	sum->any += runs && !ambiguous;
	sum->all += runs && runs == sum->runs && !ambiguous;
	sum->ambiguous += runs && ambiguous;
	r = study_expect(name, "runs", json_object_get(one, "runs"), (double)runs, e);
	if (r == 0)
		r = study_expect(name, "insns", json_object_get(one, "insns"), insns, e);
	if (r == 0)
		r = study_expect(name, "calls", json_object_get(one, "calls"), calls, e);
	if (r == 0)
		r = study_expect(name, "covered_any", json_object_get(one, "covered_any"),
				 runs && !ambiguous, e);
	return r < 0 ? r
		     : study_expect(name, "covered_all", json_object_get(one, "covered_all"),
				    runs && runs == sum->runs && !ambiguous, e);
}

static int make_cover(struct evidence *x, struct err *e)
{
	const json_t *d = x->study.document, *one;
	const json_t *functions = json_object_get(d, "functions");
	struct covering sum = { .runs = x->record->n_runs };
	size_t i;
	int r = 0;

	json_array_foreach(functions, i, one)
	{
		r = check_covered(x, one, &sum, e);
		if (r < 0)
			return r;
	}
	const struct {
		const char *name;
		double want;
	} totals[] = {
		{ "runs", (double)sum.runs },
		{ "total_source_functions", (double)json_array_size(functions) },
		{ "total_functions", (double)sum.with_symbol },
		{ "covered_any", (double)sum.any },
		{ "covered_all", (double)sum.all },
		{ "ambiguous", (double)sum.ambiguous },
		{ "ratio_any", (double)sum.any / (double)sum.with_symbol },
		{ "ratio_all", (double)sum.all / (double)sum.with_symbol },
		{ "source_ratio_any", (double)sum.any / (double)json_array_size(functions) },
	};

	for (i = 0; r == 0 && i < ARRAY_SIZE(totals); i++)
		r = study_expect("the source", totals[i].name, json_object_get(d, totals[i].name),
				 totals[i].want, e);
	return r;
}

static int cover_lines(const struct evidence *x, phrase_fn fn, void *arg)
{
	const json_t *d = x->study.document;
	_cleanup_buf_ struct buf text = { 0 };

	buf_printf(&text, "Of the %.0f functions that ", study_number(d, "total_source_functions"));
	buf_puts(&text, study_text(d, "source"));
	buf_printf(&text,
		   " defines, %.0f have a symbol in this kernel; %.0f of these were executed "
		   "in any of %.0f runs, %.0f in all. A function without a symbol was inlined "
		   "or compiled out: whether its code ran is not known.",
		   study_number(d, "total_functions"), study_number(d, "covered_any"),
		   study_number(d, "runs"), study_number(d, "covered_all"));
	return buf_error(&text) ? buf_error(&text) : fn(arg, buf_str(&text));
}

static int cover_tables(const struct evidence *x, struct study_tables *out)
{
	static const char *const heads[] = { "function", "line", "executed", "instructions",
					     "calls" };
	struct study_table *t = study_table(out, "Coverage", ARRAY_SIZE(heads), heads);
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(x->study.document, "functions"), i, one)
	{
		bool ambiguous = json_is_true(json_object_get(one, "ambiguous"));

		study_cell(t, "%s", study_text(one, "name"));
		study_source(t, study_text(x->study.document, "source"), study_number(one, "line"));
		study_cell(t, "%.0f", study_number(one, "line"));
		study_cell(t, "%s",
			   !*study_text(one, "symbol")	      ? "not known"
			   : !(study_number(one, "runs") > 0) ? "no"
			   : ambiguous			      ? "perhaps another file's"
							      : "yes");
		study_cell(t, "%.0f", study_number(one, "insns"));
		study_cell(t, "%.0f", study_number(one, "calls"));
	}
	return 0;
}

/* A histogram's own sums: no row has what a probe saw. */
/* A model's estimate proves nothing, and what it was made of is not kept. */
static int make_cycles(struct evidence *x, struct err *e)
{
	(void)x;
	(void)e;
	return 0;
}

static int cycles_lines(const struct evidence *x, phrase_fn fn, void *arg)
{
	const json_t *d = x->study.document, *segment;
	_cleanup_buf_ struct buf text = { 0 };
	size_t i;

	buf_printf(&text, "Estimated by a model of %s; no time was measured.",
		   study_text(json_object_get(d, "model"), "title"));
	json_array_foreach(json_object_get(d, "segments"), i, segment)
	{
		const json_t *ratio = json_object_get(json_object_get(segment, "cycles"), "ratio");

		if (ratio)
			buf_printf(&text, " %s: instructions %.2f, estimated cycles %.2f to %.2f.",
				   study_text(segment, "name"),
				   study_number(json_object_get(segment, "insns"), "ratio"),
				   study_number(ratio, "low"), study_number(ratio, "high"));
		else
			buf_printf(&text, " %s: not estimated: %s.", study_text(segment, "name"),
				   study_text(segment, "why_not"));
	}
	return buf_error(&text) ? buf_error(&text) : fn(arg, buf_str(&text));
}

static int read_replayed(const struct evidence *x, struct in_time **out, struct err *e)
{
	return in_time_read(x->record, json_object_get(x->study.document, "time"),
			    x->study.scenario->name, 0, out, e);
}

/* The ratio has to follow from the blocks. */
static int make_replay(struct evidence *x, struct err *e)
{
	struct in_time *t = NULL;
	int r;

	/* Of --capture-only, or by a slowpath that did not keep them. */
	if (!json_object_get(json_object_get(x->study.document, "time"), "blocks")) {
		x->unjudged = strdup("no times were kept");
		return x->unjudged ? 0 : err_oom(e);
	}
	r = read_replayed(x, &t, e);
	in_time_free(t);
	return r;
}

static int replay_lines(const struct evidence *x, phrase_fn fn, void *arg)
{
	_cleanup_buf_ struct buf text = { 0 };
	struct in_time *t = NULL;
	struct err e = { 0 };

	if (read_replayed(x, &t, &e) < 0)
		return e.code;
	in_time_sentence(t, &text);
	in_time_free(t);
	return buf_error(&text) ? buf_error(&text) : fn(arg, buf_str(&text));
}

static int make_probe(struct evidence *x, struct err *e)
{
	const json_t *d = x->study.document, *classes = json_object_get(d, "classes");
	double calls = study_number(d, "calls"), sum = 0;
	int r;

	if (strcmp(study_text(d, "source"), "kprobe") != 0)
		return 0; /* from counts */
	for (enum histogram_class c = 0; c < HISTOGRAM_CLASSES; c++)
		sum += fmax(0, study_number(classes, histogram_class_name(c)));
	r = study_expect("the probe", "calls", json_object_get(d, "calls"), sum, e);
	return r < 0 ? r
		     : study_expect("the probe", "mean", json_object_get(d, "mean"),
				    study_number(d, "total") / calls, e);
}

static int probe_lines(const struct evidence *x, phrase_fn fn, void *arg)
{
	const json_t *d = x->study.document;
	_cleanup_buf_ struct buf text = { 0 };

	if (!strcmp(study_text(d, "source"), "kprobe")) {
		buf_puts(&text, study_text(d, "function"));
		buf_printf(&text,
			   " was called %.0f times, argument %.0f: %.3f in the mean, from "
			   "%.0f to %.0f.",
			   study_number(d, "calls"), study_number(d, "argument"),
			   study_number(d, "mean"), study_number(d, "min"), study_number(d, "max"));
	} else {
		const json_t *place = json_array_get(json_object_get(d, "places"), 0);

		/* A function alone was asked for, no argument of it. */
		if (strcmp(study_text(place, "result"), "counted") != 0) {
			buf_puts(&text, "No place can be probed in this kernel. ");
		} else {
		}
		buf_puts(&text, "From exact counts: ");
		buf_puts(&text, study_text(d, "function"));
		buf_printf(&text,
			   " is called %.1f times an iteration, for %.3f pages in the "
			   "mean; how they are spread is not known.",
			   study_number(d, "calls"), study_number(d, "mean"));
	}
	return buf_error(&text) ? buf_error(&text) : fn(arg, buf_str(&text));
}

static int probe_tables(const struct evidence *x, struct study_tables *out)
{
	static const char *const heads[] = { "batch", "calls" };
	const json_t *classes = json_object_get(x->study.document, "classes");
	struct study_table *t;

	if (!json_is_object(classes))
		return 0;
	t = study_table(out, "Batches", ARRAY_SIZE(heads), heads);
	for (enum histogram_class c = 0; c < HISTOGRAM_CLASSES; c++) {
		study_cell(t, "%s", histogram_class_name(c));
		study_cell(t, "%.0f", study_number(classes, histogram_class_name(c)));
	}
	return 0;
}

static const char *const attribute_unproven[] = { "raw/result.json: all classes but instructions "
						  "and calls (loads, stores, atomics, branches, "
						  "TLB flushes...), the call tree's paths, and "
						  "which lines instructions are of",
						  NULL };
static const char *const cover_unproven[] = {
	"raw/result.json: which functions the source file defines, their lines and their symbols",
	NULL
};
static const char *const probe_unproven[] = {
	"raw/result.json: the histogram; of it only the sums are computed again", NULL
};
static const char *const state_unproven[] = {
	"raw/result.json: the document as it was printed; the states themselves are in "
	"raw/state.csv",
	NULL
};
static const char *const cycles_unproven[] = {
	"raw/result.json: what a model said of traces, which are not kept", NULL
};
static const char *const replay_unproven[] = { "raw/result.json: what was captured, replaced and "
					       "compared, and what calls with cold caches took",
					       NULL };
static const char *const audit_unproven[] = {
	"raw/result.json: what configs and machine code differ in", NULL
};

const struct study_kind study_attribute = { .command = "attribute",
					    .make = make_attribute,
					    .lines = attribute_lines,
					    .tables = attribute_tables,
					    .unproven = attribute_unproven };
const struct study_kind study_cover = { .command = "cover",
					.make = make_cover,
					.lines = cover_lines,
					.tables = cover_tables,
					.unproven = cover_unproven };
const struct study_kind study_probe = { .command = "probe",
					.make = make_probe,
					.lines = probe_lines,
					.tables = probe_tables,
					.unproven = probe_unproven };
const struct study_kind study_state = { .command = "state",
					.make = add_sides,
					.unproven = state_unproven };
const struct study_kind study_cycles = {
	.command = "cycles", .make = make_cycles, .lines = cycles_lines, .unproven = cycles_unproven
};
const struct study_kind study_replay = {
	.command = "replay", .make = make_replay, .lines = replay_lines, .unproven = replay_unproven
};
const struct study_kind study_audit = { .command = "audit",
					.make = add_sides,
					.unproven = audit_unproven };
