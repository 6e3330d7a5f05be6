// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/survey/surveying.h"

#include "drive/begin/metric.h"
#include "drive/begin/spec_words.h"
#include "kernel/name/vercmp.h"
#include "report/survey/survey.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Before the first that is newer; behind all of which one cannot tell. */
static size_t place_of(const struct surveying *x, const struct kernel *k)
{
	char own[64], other[64];
	size_t at = x->n_kernels;

	if (!debian_number(k, own))
		return at;
	for (size_t i = x->n_kernels; i > 0; i--) {
		if (debian_number(x->kernels[i - 1], other) && vercmp(other, own) > 0)
			at = i - 1;
	}
	return at;
}

static const struct kernel *same_build(const struct surveying *x, const struct kernel *k)
{
	for (size_t i = 0; i < x->n_kernels; i++) {
		if (!strcmp(x->kernels[i]->id, k->id))
			return x->kernels[i];
	}
	return NULL;
}

static int insert(struct surveying *x, size_t at, struct kernel **k, struct err *e)
{
	struct kernel **grown = realloc(x->kernels, (x->n_kernels + 1) * sizeof(*grown));

	if (!grown)
		return err_oom(e);
	x->kernels = grown;
	memmove(&grown[at + 1], &grown[at], (x->n_kernels - at) * sizeof(*grown));
	grown[at] = steal(k);
	x->n_kernels++;
	return 0;
}

/* Sides are called by their specs: two builds of one spec cannot be told apart. */
static int check_name(const struct surveying *x, const struct kernel *k, struct err *e)
{
	for (size_t i = 0; i < x->n_kernels; i++) {
		if (!strcmp(x->kernels[i]->spec, k->spec))
			return err_set(e, EINVAL,
				       "'%s' is another build by now than the one that the survey "
				       "has",
				       k->spec);
	}
	return 0;
}

int survey_add_kernel(struct surveying *x, struct kernel **k, struct err *e)
{
	const struct kernel *there = same_build(x, *k);
	int r;

	if (there) {
		if (strcmp(there->spec, (*k)->spec) != 0)
			teller_note(x->s->teller, "'%s' is the build of '%s'", (*k)->spec,
				    there->spec);
		return 0;
	}
	r = check_name(x, *k, e);
	if (r == 0)
		r = session_measures(x->s, k, 1, e);
	return r < 0 ? r : insert(x, place_of(x, *k), k, e);
}

/* It may have been left out before, and is had by now, or is left out for another reason. */
static void forget(struct surveying *x, const char *spec)
{
	for (size_t i = json_array_size(x->left_out); i > 0; i--) {
		const json_t *one = json_object_get(json_array_get(x->left_out, i - 1), "kernel");

		if (json_is_string(one) && !strcmp(json_string_value(one), spec))
			json_array_remove(x->left_out, i - 1);
	}
}

static int leave_out(struct surveying *x, const char *spec, const struct err *why, struct err *e)
{
	teller_note(x->s->teller, "left out %s: %s", spec, why->text);
	forget(x, spec);
	if (!x->left_out)
		x->left_out = json_array();
	return json_array_append_new(
		       x->left_out, json_pack("{s:s,s:s}", "kernel", spec, "reason", why->text)) < 0
		       ? err_oom(e)
		       : 0;
}

/* A kernel that nobody named, but a range, may be left out if it cannot be had. */
static int add_spec(struct surveying *x, const char *spec, bool from_range, struct err *e)
{
	_cleanup_free_ char *pinned = NULL;
	_cleanup_kernel_ struct kernel *k = NULL;
	struct err failure = { 0 };
	int r = kernel_pin(x->s->kernels, spec, teller_hear_note, x->s->teller, &pinned, e);

	if (r < 0)
		return r;
	r = kernel_resolve(x->s->kernels, pinned, x->n_kernels ? x->kernels[0]->compiler : NULL,
			   teller_hear_note, x->s->teller, &k, &failure);
	if (r == 0) {
		forget(x, spec);
		forget(x, pinned);
		return survey_add_kernel(x, &k, e);
	}
	if (r != -ECANCELED && from_range)
		return leave_out(x, spec, &failure, e);
	*e = failure;
	return r;
}

static int add_kernels(struct surveying *x, const struct survey_wish *wish, struct err *e)
{
	_cleanup_spec_words_ struct spec_words w = { 0 };
	int r = spec_words_take(x->s, wish->words, wish->n_words, &w, e);

	for (size_t i = 0; r == 0 && i < w.specs.count; i++)
		r = add_spec(x, w.specs.items[i], w.from_range[i], e);
	if (r == 0 && x->n_kernels < 2)
		r = err_set(e, EINVAL, "a survey has at least two kernels, and this one has %zu",
			    x->n_kernels);
	return r;
}

static bool has_scenario(const struct surveying *x, const struct scenario *s)
{
	for (size_t i = 0; i < x->n_scenarios; i++) {
		if (x->scenarios[i] == s)
			return true;
	}
	return false;
}

/* In the library's order, with those that are there. */
static int add_scenarios(struct surveying *x, const struct survey_wish *wish, struct err *e)
{
	const struct scenario_list *library = &x->s->scenarios;
	_cleanup_free_ size_t *found = calloc(library->count + 1, sizeof(*found));
	_cleanup_free_ const struct scenario **all = calloc(library->count + 1, sizeof(*all));
	int n = found && all ? library_choose(library, wish->globs, wish->n_globs, found, e)
			     : err_oom(e);
	size_t count = 0, next = 0;

	if (n < 0)
		return n;
	for (size_t i = 0; i < library->count; i++) {
		const bool meant = next < (size_t)n && found[next] == i;
		const bool chosen =
			meant && (!wish->shards || next % wish->shards == wish->shard - 1);

		next += meant;
		if (chosen || has_scenario(x, library->items[i]))
			all[count++] = library->items[i];
	}
	free(x->scenarios);
	x->scenarios = steal(&all);
	x->n_scenarios = count;
	return count ? 0
		     : err_set(e, EINVAL, "there are %d scenarios for %u shards: this one has none",
			       n, wish->shards);
}

/* Before hours of measuring: a page could not be called by a longer one. */
static int check_length(const struct scenario *s, struct err *e)
{
	return strlen(s->name) <= SURVEY_NAME_MAX
		       ? 0
		       : err_set(e, EINVAL,
				 "scenario '%s': its name is longer than the %d bytes that a "
				 "survey can have",
				 s->name, SURVEY_NAME_MAX);
}

int survey_add_scenarios(struct surveying *x, const struct survey_wish *wish, struct err *e)
{
	int r = add_scenarios(x, wish, e);

	for (size_t i = 0; r == 0 && i < x->n_scenarios; i++)
		r = check_length(x->scenarios[i], e);
	for (size_t i = 0; r == 0 && i < x->n_scenarios; i++)
		r = metric_set(x->s, x->scenarios[i], x->m->metric, e);
	return r;
}

int survey_add(struct surveying *x, const struct survey_wish *wish, struct err *e)
{
	int r = survey_add_scenarios(x, wish, e);

	return r < 0 ? r : add_kernels(x, wish, e);
}
