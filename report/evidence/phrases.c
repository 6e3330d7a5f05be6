// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/evidence/phrases.h"

#include "report/words/number.h"
#include "report/words/plain.h"
#include "report/words/release.h"

#include <math.h>
#include <string.h>

#define LISTED_MIN 1 /* instructions per item */

void phrase_value(double value, struct buf *out)
{
	buf_puts(out, number_of(value).text);
}

void phrase_ratio(double ratio, struct buf *out)
{
	if (isfinite(ratio))
		buf_printf(out, "%.4f", ratio);
	else
		buf_puts(out, "-");
}

void phrase_interval(const struct evidence_case *c, struct buf *out)
{
	if (isfinite(c->low) && isfinite(c->high))
		buf_printf(out, "[%.4f, %.4f]", c->low, c->high);
	else
		buf_puts(out, "-");
}

void phrase_case(const struct evidence_case *c, struct buf *out)
{
	buf_puts(out, c->scenario->name);
	if (*c->what) {
		buf_puts(out, ", ");
		buf_puts(out, c->what);
	}
}

/* Whose state differs has no verdict, of no part either. */
static bool has_part(const struct evidence_case *c)
{
	return c->part && c->verdict != VERDICT_DIFFERENT_STATE &&
	       c->verdict != VERDICT_INCONCLUSIVE;
}

void phrase_verdict(const struct evidence_case *c, struct buf *out)
{
	char words[VERDICT_WORDS_BYTES];

	if (c->verdict != VERDICT_SUSPECT)
		buf_puts(out, verdict_words(c->verdict, c->part, words));
	else if (c->time && c->time->joined)
		buf_puts(out, "suspect, count and time disagree");
	else
		buf_printf(out, "suspect, %s", c->ratio > 1 ? "slower" : "faster");
}

void phrase_kernel(const struct record_run *run, bool brief, struct buf *out)
{
	struct kernel_title title;
	const char *at;

	if (!run) {
		buf_puts(out, "a kernel");
		return;
	}
	at = strncmp(run->kernel_spec, "git:", 4) == 0 ? strrchr(run->kernel_spec, '@') : NULL;
	/* By a tag or a branch: what was built has the commit's id, but a bundle may say this. */
	if (at && !kernel_commit(run->kernel_spec).id[0]) {
		plain_line(out, at + 1, 80);
		return;
	}
	title = evidence_title(run);
	/* The commit, or the commit without another; its subject follows in brackets. */
	if (brief && strstr(title.text, " (\""))
		*strstr(title.text, " (\"") = '\0';
	plain_line(out, title.text, sizeof(title.text));
}

void phrase_release(const struct record_run *run, struct buf *out)
{
	struct release r;

	if (run && strncmp(run->kernel_spec, "git:", 4) != 0 &&
	    release_parse(run->kernel_release, &r))
		buf_puts(out, release_name(&r).text);
	else
		phrase_kernel(run, true, out);
}

/* "X executes 2.22 times as many instructions per page as Y in S: 669.442 instead of 301.340" */
static void amounts(const struct evidence_case *c, struct buf *out)
{
	const bool counted = !strcmp(c->unit, "insns"), chosen = evidence_metric_chosen(c);
	const bool calls = !strncmp(c->metric, "calls:", strlen("calls:"));
	const bool printed = counted && !strstr(c->metric, "_per_");

	phrase_kernel(c->new_run, false, out);
	buf_puts(out, printed	? " prints "
		      : calls	? " makes "
		      : counted ? " executes "
				: " takes ");
	phrase_ratio(c->ratio, out);
	if (printed)
		buf_puts(out, " times as much as ");
	else
		buf_printf(out, " times as %s per %s as ",
			   calls     ? "many calls"
			   : counted ? "many instructions"
				     : "long",
			   c->item);
	phrase_kernel(c->old_run, false, out);
	buf_printf(out, " in %s%s%s", c->scenario->name, chosen ? ", " : "",
		   chosen ? c->metric : "");
	buf_puts(out, ": ");
	phrase_value(c->new_value, out);
	buf_puts(out, " instead of ");
	phrase_value(c->old_value, out);
	buf_printf(out, "%s (%s, %s", counted ? "" : " ns", evidence_mode_words(c),
		   evidence_cpus(c->cpus).text);
	if (isfinite(c->low) && isfinite(c->high)) {
		buf_printf(out, ", %g %% interval of the ratio ", 100 * (1 - c->alpha));
		phrase_interval(c, out);
	}
	buf_puts(out, ")");
}

/* Of the exact part: nothing is said of how much the whole costs. */
static void part_claim(const struct evidence_case *c, struct buf *out)
{
	phrase_kernel(c->new_run, false, out);
	buf_puts(out, " against ");
	phrase_kernel(c->old_run, false, out);
	buf_printf(out, " in %s: %s %s in a part (%s, %s): ", c->scenario->name,
		   c->verdict == VERDICT_REGRESSION ? "a" : "an", verdict_name(c->verdict),
		   evidence_mode_words(c), evidence_cpus(c->cpus).text);
	buf_puts(out, c->reason);
	buf_puts(out, ".");
}

static void counted_claim(const struct evidence_case *c, struct buf *out)
{
	bool known = isfinite(c->ratio);

	if (has_part(c)) {
		part_claim(c, out);
		return;
	}
	switch (c->verdict) {
	case VERDICT_REGRESSION:
	case VERDICT_IMPROVEMENT:
		amounts(c, out);
		buf_printf(out, ", %s %s.", c->verdict == VERDICT_REGRESSION ? "a" : "an",
			   verdict_name(c->verdict));
		return;
	case VERDICT_SUSPECT:
		amounts(c, out);
		if (c->time && c->time->joined) {
			buf_printf(out, "; this is suspect, as the time of a call in it says "
					"otherwise.");
			return;
		}
		buf_puts(out, "; this is suspect and not yet a regression or improvement: "
			      "one build or one machine only.");
		return;
	case VERDICT_TRIVIAL:
		amounts(c, out);
		buf_puts(out, ": real, but too small to matter.");
		return;
	case VERDICT_EQUIVALENT:
		amounts(c, out);
		buf_puts(out, ": no difference that matters.");
		return;
	case VERDICT_INCONCLUSIVE:
	case VERDICT_UNSTABLE:
	case VERDICT_DIFFERENT_STATE:
		break;
	}
	buf_printf(out, "No verdict on %s (%s, %s): ", c->scenario->name,
		   evidence_cpus(c->cpus).text, verdict_name(c->verdict));
	buf_puts(out, c->reason);
	buf_puts(out, known ? "; " : ".");
	if (known) {
		amounts(c, out);
		buf_puts(out, ".");
	}
}

void phrase_claim(const struct evidence_case *c, struct buf *out)
{
	counted_claim(c, out);
	if (!c->time)
		return;
	buf_puts(out, " In time: ");
	in_time_sentence(c->time, out);
}

void phrase_scenario(const struct evidence *x, const struct evidence_case *c, struct buf *out)
{
	buf_puts(out, c->scenario->name);
	buf_puts(out, ": ");
	buf_puts(out, c->scenario->help);
	buf_puts(out, ". ");
	for (unsigned i = 0; x->experiment && i < x->experiment->n_scenarios; i++) {
		const struct experiment_scenario *s = &x->experiment->scenarios[i];

		for (size_t k = 0; s->scenario == c->scenario && k < s->n_settings; k++)
			buf_printf(out, "%s%s %s%s",
				   k ? ", " : "Set otherwise here: ", s->settings[k].key,
				   s->settings[k].value, k + 1 == s->n_settings ? ". " : "");
	}
	if (c->scenario->program && !scenario_pages(c->scenario)) {
		buf_puts(out, "Values are per execution of the program.");
		return;
	}
	buf_printf(out, "%llu pages of 4 KiB; values are per %s.",
		   (unsigned long long)scenario_pages(c->scenario), c->item);
}

int phrase_each_scenario(const struct evidence *x, phrase_fn fn, void *arg)
{
	struct evidence_case alone = { .scenario = x->study.scenario };
	int r = 0;

	/* What measures one kernel has no cases. */
	for (size_t i = 0; r == 0 && (i < x->n_cases || (!i && alone.scenario)); i++) {
		_cleanup_buf_ struct buf text = { 0 };

		if (x->n_cases && !evidence_first_of_scenario(x, i))
			continue;
		alone.item = x->n_cases ? NULL : scenario_item_name(alone.scenario);
		phrase_scenario(x, x->n_cases ? &x->cases[i] : &alone, &text);
		r = buf_error(&text);
		r = r ? r : fn(arg, buf_str(&text));
	}
	return r;
}

int phrase_each_plan(const struct evidence *x, int (*fn)(void *arg, const struct scenario *s),
		     void *arg)
{
	int r = 0;

	if (!x->n_cases)
		return x->study.scenario ? fn(arg, x->study.scenario) : 0;
	for (size_t i = 0; r == 0 && i < x->n_cases; i++)
		r = evidence_first_of_scenario(x, i) ? fn(arg, x->cases[i].scenario) : 0;
	return r;
}

static bool any_mode(const struct evidence *x, const char *mode)
{
	for (size_t i = 0; i < x->n_cases; i++) {
		if (strstr(x->cases[i].mode, mode))
			return true;
	}
	return false;
}

static bool any_time(const struct evidence *x)
{
	for (size_t i = 0; i < x->n_cases; i++) {
		if (x->cases[i].time)
			return true;
	}
	return false;
}

/* By the time of a call, or otherwise. */
static bool any_suspect(const struct evidence *x, bool by_time)
{
	for (size_t i = 0; i < x->n_cases; i++) {
		const struct evidence_case *c = &x->cases[i];

		if (c->verdict == VERDICT_SUSPECT && (c->time && c->time->joined) == by_time)
			return true;
	}
	return false;
}

/* A time that was asked for, and is not known. */
static int not_timed(const struct evidence_case *c, phrase_fn fn, void *arg)
{
	_cleanup_buf_ struct buf text = { 0 };

	if (!c->no_time)
		return 0;
	phrase_case(c, &text);
	buf_puts(&text, ": no call could be replayed, so how long it takes is not known: ");
	plain_line(&text, c->no_time, 300);
	buf_puts(&text, ".");
	return buf_error(&text) ? buf_error(&text) : fn(arg, buf_str(&text));
}

/* Of a count that is not exact: why, and how far it can be off. */
static int near_exact(const struct evidence_case *c, phrase_fn fn, void *arg)
{
	_cleanup_buf_ struct buf text = { 0 };
	char floor[READING_NUMBER_BYTES];

	if (!c->why_not[0])
		return 0;
	phrase_case(c, &text);
	buf_printf(&text, ", %s: near-exact (", evidence_cpus(c->cpus).text);
	buf_puts(&text, c->why_not);
	buf_puts(&text, ")");
	if (isfinite(c->floor))
		buf_printf(&text,
			   "; a change below %s instructions per %s could not have been seen",
			   reading_number(c->floor, floor), c->item);
	buf_puts(&text, ".");
	return buf_error(&text) ? buf_error(&text) : fn(arg, buf_str(&text));
}

int phrase_each_limit(const struct evidence *x, phrase_fn fn, void *arg)
{
	const struct {
		bool applies;
		const char *text;
	} limits[] = {
		{ true, "Other scenarios, mapping kinds and sizes than those named here were not "
			"measured in this experiment, and nothing is said of them." },
		{ true, "Whether a real workload notices was not measured." },
		{ any_mode(x, "exact"),
		  "Executed instructions are not time: what caches, TLBs, atomics and contention "
		  "cost is not seen, and equal counts do not show that nothing became slower." },
		{ any_time(x), "The replayed time is of one function's calls on one processor, one "
			       "build a side: other processors, other layouts and the rest of the "
			       "path may differ." },
		{ any_mode(x, "emulated"),
		  "Times under an emulator are no evidence about any hardware." },
		{ any_suspect(x, false),
		  "One build is one sample of code layout, however often it is run: a suspect "
		  "result is not called a regression before another build or machine shows it." },
		{ any_suspect(x, true),
		  "A count that the time of a call contradicts is no regression and no improvement "
		  "before it is known why." },
		{ true, "The kernels are the builds named below; other compilers, configurations "
			"and command lines may differ." },
	};

	for (size_t i = 0; i < ARRAY_SIZE(limits); i++) {
		int r = limits[i].applies ? fn(arg, limits[i].text) : 0;

		if (r)
			return r;
	}
	for (size_t i = 0; i < x->n_cases; i++) {
		int r = near_exact(&x->cases[i], fn, arg);

		if (!r)
			r = not_timed(&x->cases[i], fn, arg);
		if (r)
			return r;
	}
	return 0;
}

static int give(phrase_fn fn, void *arg, struct buf *text, int rc)
{
	int r = rc ? rc : fn(arg, buf_str(text));

	buf_free(text);
	return r;
}

static bool noted_before(const struct record *r, size_t at)
{
	const struct record_run *one = &r->runs[at];

	for (size_t i = 0; i < at; i++) {
		const struct record_run *other = &r->runs[i];

		if (other->notes && !strcmp(other->notes, one->notes) &&
		    !strcmp(other->side, one->side) && !strcmp(other->scenario, one->scenario))
			return true;
	}
	return false;
}

/* Of runs; of those of one kernel and scenario that have the same to say, the first. */
static int each_note(const struct record *r, phrase_fn fn, void *arg)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < r->n_runs; i++) {
		const struct record_run *run = &r->runs[i];
		struct buf text = { 0 };

		if (!run->notes || noted_before(r, i))
			continue;
		buf_printf(&text, "NOTED of %s on %s: ", run->scenario, run->side);
		plain_line(&text, run->notes, 1000);
		rc = give(fn, arg, &text, buf_printf(&text, "."));
	}
	return rc;
}

int phrase_each_mark(const struct evidence *x, phrase_fn fn, void *arg)
{
	const struct record *r = x->record;
	struct buf text = { 0 };
	int rc = 0;

	if (!r->finished)
		rc = fn(arg, "UNFINISHED: the experiment was interrupted; what is here is what was "
			     "measured until then.");
	if (!rc && strcmp(r->purpose, "performance") != 0)
		rc = give(fn, arg, &text,
			  buf_printf(&text,
				     "PURPOSE %s: probes were on while this was measured; its "
				     "values carry no verdict on performance.",
				     r->purpose));
	if (!rc && x->failed_runs)
		rc = give(fn, arg, &text,
			  buf_printf(&text,
				     "FAILED RUNS: %zu of %zu; each is kept in raw/runs.csv with "
				     "its reason and console, and none was replaced in silence.",
				     x->failed_runs, r->n_runs));
	if (!rc)
		rc = each_note(r, fn, arg);
	if (!rc && x->unjudged)
		rc = give(fn, arg, &text, buf_printf(&text, "NOT JUDGED: %s.", x->unjudged));
	for (size_t i = 0; !rc && i < x->n_cases; i++) {
		const struct evidence_case *c = &x->cases[i];

		if (!evidence_same_state(c))
			rc = give(fn, arg, &text,
				  buf_printf(&text,
					     "DIFFERENT STATE in %s: the kernels did not do the "
					     "same work; see the state audit.",
					     c->scenario->name));
	}
	return rc;
}

size_t phrase_functions(const struct evidence_case *c, size_t max)
{
	size_t n = 0;

	while (n < c->comparison.n_functions && n < max) {
		const struct function_delta *f = &c->comparison.functions[n];

		if (fabs(f->new_insns - f->old_insns) < LISTED_MIN)
			break;
		n++;
	}
	return n;
}

bool phrase_has_negative(const struct evidence_case *c, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (function_has_negative(&c->comparison.functions[i]))
			return true;
	}
	return false;
}
