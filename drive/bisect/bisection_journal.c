// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/bisect/bisection_journal.h"

#include "base/buf.h"
#include "drive/measure/measuring.h"
#include "stats/stats.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

bool bisection_skips(const struct err *e)
{
	return failure_is_the_kernels(e);
}

/* Of counts: every value that the search went by. */
static bool all_exact(const struct bisection *b)
{
	const json_t *entries = journal_entries(b->journal);
	bool exact = true;

	for (size_t i = 0; i < json_array_size(entries); i++) {
		const json_t *entry = json_array_get(entries, i);

		if (json_object_get(entry, "value"))
			exact = exact && json_is_true(json_object_get(entry, "exact"));
	}
	return exact;
}

const char *bisection_mode(const struct bisection *b)
{
	const json_t *entry = journal_find(b->journal, "accelerator");
	const char *name = json_string_value(json_object_get(entry, "name"));

	if (!b->o.timed)
		return reading_exactness(all_exact(b));
	return name && !strcmp(name, accel_name(ACCEL_KVM)) ? "timed" : "emulated";
}

static bool is_of(const json_t *run, const char *commit)
{
	const char *of = json_string_value(json_object_get(run, "commit"));

	return of && !strcmp(of, commit);
}

unsigned bisection_runs_of(const struct bisection *b, const char *commit, double *median_ns,
			   const char **failed)
{
	const json_t *entries = journal_entries(b->journal);
	_cleanup_free_ double *ns = calloc(json_array_size(entries) + 1, sizeof(*ns));
	unsigned n = 0;

	*failed = NULL;
	for (size_t i = 0; ns && i < json_array_size(entries); i++) {
		const json_t *run = json_array_get(entries, i);

		if (!is_of(run, commit))
			continue;
		if (json_is_number(json_object_get(run, "ns")))
			ns[n++] = json_number_value(json_object_get(run, "ns"));
		else
			*failed = json_string_value(json_object_get(run, "failed"));
	}
	*median_ns = n ? stats_median_select(ns, n) : NAN;
	return n;
}

json_t *bisection_unlike(const struct bisection *b)
{
	const json_t *entry = journal_find(b->journal, "config");
	const char *text = json_string_value(json_object_get(entry, "unlike"));

	return text ? json_string(text) : json_null();
}

const char *bisection_skipped(const struct bisection *b, const char *commit)
{
	_cleanup_free_ char *key = str_printf("commit:%s", commit);
	const json_t *entry = key ? journal_find(b->journal, key) : NULL;
	const char *why = json_string_value(json_object_get(entry, "skipped")), *failed;
	double ns;

	if (why || !b->o.timed)
		return why;
	return bisection_runs_of(b, commit, &ns, &failed) ? NULL : failed;
}
