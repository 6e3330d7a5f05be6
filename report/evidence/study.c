// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/evidence/study_kind.h"

#include "report/words/plain.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Numbers went through JSON with 15 digits or more. */
#define SAME 1e-9

static const struct study_kind *const kinds[] = {
	&study_attribute, &study_audit,	 &study_bisect, &study_cover,  &study_cycles,
	&study_fixed,	  &study_narrow, &study_probe,	&study_replay, &study_state,
};

const struct study_kind *study_find(const char *command)
{
	for (size_t i = 0; command && i < ARRAY_SIZE(kinds); i++) {
		if (!strcmp(kinds[i]->command, command))
			return kinds[i];
	}
	return NULL;
}

const char *study_name(const struct evidence *x)
{
	return x->study.kind->command;
}

void study_free(struct study *s)
{
	json_decref(s->document);
	*s = (struct study){ 0 };
}

json_t *study_kept(const char *command, const json_t *document)
{
	const struct study_kind *kind = study_find(command);
	json_t *out;

	if (!kind || !json_is_object(document))
		return NULL;
	if (!kind->kept) {
		out = json_copy((json_t *)document);
		json_object_del(out, "seconds");
		return out;
	}
	if (!kind->kept[0])
		return NULL;
	out = json_object();
	for (size_t i = 0; out && kind->kept[i]; i++) {
		json_t *member = json_object_get(document, kind->kept[i]);

		if (member)
			json_object_set(out, kind->kept[i], member);
	}
	return out;
}

const struct record_run *study_run(const struct record *r, const char *side)
{
	for (size_t i = 0; i < r->n_runs; i++) {
		if (record_run_ok(&r->runs[i]) && !strcmp(r->runs[i].side, side))
			return &r->runs[i];
	}
	return NULL;
}

const struct record_run *study_kernel_run(const struct record *r, const char *spec)
{
	for (size_t i = 0; i < r->n_runs; i++) {
		if (record_run_ok(&r->runs[i]) && !strcmp(r->runs[i].kernel_spec, spec))
			return &r->runs[i];
	}
	return NULL;
}

enum verdict study_of_one_build(enum verdict v)
{
	return v == VERDICT_REGRESSION || v == VERDICT_IMPROVEMENT ? VERDICT_SUSPECT : v;
}

int study_expect(const char *what, const char *name, const json_t *have, double want, struct err *e)
{
	double value = json_is_boolean(have)  ? json_is_true(have)
		       : json_is_number(have) ? json_number_value(have)
					      : NAN;

	if (!isfinite(value) && !isfinite(want) && !json_is_number(have))
		return 0;
	if (isfinite(value) && fabs(value - want) <= SAME * fmax(1, fabs(want)))
		return 0;
	return err_set(e, EINVAL,
		       "raw/result.json: %.80s, %.40s: %.15g stands there, %.15g follows from the "
		       "rows",
		       what, name, value, want);
}

const json_t *study_gap_row(const json_t *document, bool *part)
{
	const json_t *exact = json_array_get(json_object_get(document, "exact_part"), 0);

	if (part)
		*part = exact != NULL;
	return exact ? exact : json_array_get(json_object_get(document, "metrics"), 0);
}

const char *study_text(const json_t *object, const char *name)
{
	const char *value = json_string_value(json_object_get(object, name));

	return value ? value : "";
}

double study_number(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);

	return json_is_number(value) ? json_number_value(value) : NAN;
}

/* The kept document, of the experiment's one result; *out is empty if nothing is kept. */
static int read_kept(const struct record *r, json_t **out, struct err *e)
{
	*out = NULL;
	if (r->n_results > 1)
		return err_set(e, EINVAL, "the experiment has several results");
	if (r->n_results && r->results[0].document)
		*out = json_loads(r->results[0].document, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(*out)) {
		json_decref(*out);
		*out = json_object();
	}
	return *out ? 0 : err_oom(e);
}

static const struct scenario *find_scenario(const struct evidence *x)
{
	const char *name = study_text(x->record->command, "scenario");

	for (size_t i = 0; i < x->scenarios.count; i++) {
		if (!strcmp(x->scenarios.items[i]->name, name))
			return x->scenarios.items[i];
	}
	return NULL;
}

/* One that measured for something else than performance says nothing of it. */
static void take_back_verdicts(struct evidence *x)
{
	for (size_t i = 0; i < x->n_cases; i++) {
		struct evidence_case *c = &x->cases[i];

		if (c->verdict == VERDICT_DIFFERENT_STATE)
			continue;
		c->verdict = VERDICT_INCONCLUSIVE;
		snprintf(c->reason, sizeof(c->reason),
			 "it was measured for %.20s, and is not judged", x->record->purpose);
	}
	x->concluded = false;
}

int study_make(struct evidence *x, struct err *e)
{
	const struct study_kind *kind = x->study.kind;
	json_t *kept = NULL;
	int r;

	x->study.scenario = find_scenario(x);
	if (!x->study.scenario)
		return err_set(e, EINVAL, "the experiment has no scenario '%.80s'",
			       study_text(x->record->command, "scenario"));
	r = read_kept(x->record, &kept, e);
	if (r < 0)
		return r;
	x->study.document = kept;
	json_object_del(x->study.document, "seconds");
	if (!kind->kept && !json_object_size(x->study.document)) {
		x->unjudged = strdup("the command did not end, and there is no result");
		return x->unjudged ? 0 : err_oom(e);
	}
	if (!kind->kept &&
	    strcmp(study_text(x->study.document, "scenario"), x->study.scenario->name) != 0)
		return err_set(e, EINVAL, "raw/result.json is of another scenario");
	r = kind->make(x, e);
	if (r == 0 && strcmp(x->record->purpose, "performance") != 0)
		take_back_verdicts(x);
	return r;
}

bool study_searches(const struct evidence *x)
{
	return x->study.kind == &study_narrow || x->study.kind == &study_fixed ||
	       x->study.kind == &study_bisect;
}

const char *study_headline(const struct evidence *x)
{
	const char *status = study_text(x->study.document, "status");

	if (!study_searches(x) || x->unjudged)
		return NULL;
	return *status ? status : study_text(x->study.document, "verdict");
}

int study_each_line(const struct evidence *x, phrase_fn fn, void *arg)
{
	return x->study.kind && x->study.kind->lines && !x->unjudged
		       ? x->study.kind->lines(x, fn, arg)
		       : 0;
}

static int each(const char *const *text, phrase_fn fn, void *arg)
{
	int r = 0;

	for (; r == 0 && text && *text; text++)
		r = fn(arg, *text);
	return r;
}

int study_each_limit(const struct evidence *x, phrase_fn fn, void *arg)
{
	return each(x->study.kind ? x->study.kind->limits : NULL, fn, arg);
}

int study_each_unproven(const struct evidence *x, phrase_fn fn, void *arg)
{
	return each(x->study.kind ? x->study.kind->unproven : NULL, fn, arg);
}

static void put_word(struct buf *out, const char *word)
{
	if (word && *word) {
		buf_puts(out, " '");
		plain_line(out, word, 200);
		buf_puts(out, "'");
	}
}

void study_command_line(const struct evidence *x, struct buf *out)
{
	static const char *const options[] = { "old", "new", "candidate", "good", "bad" };
	const json_t *command = x->record->command, *kernel;
	size_t i;

	buf_printf(out, "slowpath %s", x->study.kind->command);
	json_array_foreach(json_object_get(command, "kernels"), i, kernel)
		put_word(out, json_string_value(kernel));
	for (i = 0; i < ARRAY_SIZE(options); i++) {
		const char *word = study_text(command, options[i]);

		if (*word) {
			buf_printf(out, " --%s", options[i]);
			put_word(out, word);
		}
	}
	buf_puts(out, " -s");
	put_word(out, study_text(command, "scenario"));
}
