// SPDX-License-Identifier: GPL-2.0-or-later
/* Events are counted by 'slowpath attribute' alone. */
#include "report/evidence/study_kind.h"
#include "report/page/html.h"

#include <string.h>

static bool of_one(const struct evidence *x, const struct evidence_case *c, const char *name,
		   double *old_value, double *new_value)
{
	const json_t *whole;

	if (x->study.kind != &study_attribute || x->unjudged || !x->n_cases ||
	    strcmp(x->study.scenario->name, c->scenario->name) != 0 ||
	    x->cases[0].cpus != c->cpus || !c->old_run || !c->new_run ||
	    strcmp(x->cases[0].old_run->vmlinux_sha256, c->old_run->vmlinux_sha256) != 0 ||
	    strcmp(x->cases[0].new_run->vmlinux_sha256, c->new_run->vmlinux_sha256) != 0)
		return false;
	whole = json_array_get(json_object_get(x->study.document, "segments"), 0);
	*old_value = study_number(json_object_get(whole, "old"), name);
	*new_value = study_number(json_object_get(whole, "new"), name);
	return isfinite(*old_value) && isfinite(*new_value);
}

bool events_find(const struct evidence *x, const struct evidence_case *c, const char *name,
		 double *old_value, double *new_value)
{
	if (of_one(x, c, name, old_value, new_value))
		return true;
	for (size_t i = 0; i < x->n_with; i++) {
		if (of_one(&x->with[i], c, name, old_value, new_value))
			return true;
	}
	return false;
}
