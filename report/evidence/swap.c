// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/evidence/swap.h"

#include "base/cleanup.h"
#include "report/evidence/study.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A profile's kernels go by the names of the sides, which are exchanged. */
static int swap_names(json_t *kernels, const char *first, const char *second)
{
	json_t *k;
	size_t i;
	int rc = 0;

	json_array_foreach(kernels, i, k)
	{
		const char *name = json_string_value(json_object_get(k, "name"));

		if (name && !strcmp(name, first))
			rc |= json_object_set_new(k, "name", json_string(second));
		else if (name && !strcmp(name, second))
			rc |= json_object_set_new(k, "name", json_string(first));
	}
	return rc;
}

/* What was asked for, too: "old" and "new" are specs there. */
static int swap_command(struct record *r, const char *first, const char *second, struct err *e)
{
	json_t *old_spec = json_object_get(r->command, "old");
	json_t *new_spec = json_object_get(r->command, "new");
	int rc = 0;

	if (swap_names(json_object_get(r->command, "kernels"), first, second) != 0)
		return err_oom(e);
	if (!old_spec || !new_spec)
		return 0;
	json_incref(old_spec);
	rc = json_object_set(r->command, "old", new_spec) |
	     json_object_set_new(r->command, "new", old_spec);
	return rc ? err_oom(e) : 0;
}

int record_swap_sides(struct record *r, struct err *e)
{
	const char *command = json_string_value(json_object_get(r->command, "command"));
	_cleanup_free_ char *first = NULL;
	_cleanup_free_ char *second = NULL;

	if (study_find(command))
		return err_set(
			e, EINVAL,
			"--swap: 'slowpath %s' has not just OLD and NEW: measure again in the "
			"other order",
			command);
	for (size_t i = 0; i < r->n_runs; i++) {
		const char *side = r->runs[i].side;

		if (!first)
			first = strdup(side);
		else if (strcmp(side, first) != 0 && !second)
			second = strdup(side);
		else if (second && strcmp(side, first) != 0 && strcmp(side, second) != 0)
			return err_set(e, EINVAL, "--swap: the experiment has more than two sides");
	}
	if (!first || !second)
		return err_set(e, EINVAL, "--swap: the experiment has not two sides");
	for (size_t i = 0; i < r->n_runs; i++) {
		struct record_run *run = &r->runs[i];
		char *other = strdup(!strcmp(run->side, first) ? second : first);

		if (!other)
			return err_oom(e);
		free(run->side);
		run->side = other;
	}
	return swap_command(r, first, second, e);
}
