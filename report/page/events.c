// SPDX-License-Identifier: GPL-2.0-or-later
/* Events are counted with every run; experiments of an older slowpath have those of attribute. */
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

static bool of_case(const struct evidence_case *c, const char *name, double *old_value,
		    double *new_value)
{
	const struct events *x = &c->comparison.events;

	for (enum event i = 0; x->known && i < EVENT_COUNT; i++) {
		if (strcmp(event_name(i), name) != 0)
			continue;
		*old_value = x->at[i].old_value;
		*new_value = x->at[i].new_value;
		return true;
	}
	return false;
}

bool events_find(const struct evidence *x, const struct evidence_case *c, const char *name,
		 double *old_value, double *new_value)
{
	if (of_case(c, name, old_value, new_value) || of_one(x, c, name, old_value, new_value))
		return true;
	for (size_t i = 0; i < x->n_with; i++) {
		if (of_one(&x->with[i], c, name, old_value, new_value))
			return true;
	}
	return false;
}
