// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/judgement/overall.h"

#include <string.h>

static const enum verdict by_weight[] = {
	VERDICT_REGRESSION,   VERDICT_SUSPECT,	   VERDICT_DIFFERENT_STATE, VERDICT_UNSTABLE,
	VERDICT_INCONCLUSIVE, VERDICT_IMPROVEMENT, VERDICT_TRIVIAL,	    VERDICT_EQUIVALENT,
};

#define VERDICTS (sizeof(by_weight) / sizeof(by_weight[0]))

bool verdict_parse(const char *name, enum verdict *out)
{
	for (size_t i = 0; i < VERDICTS; i++) {
		if (!strcmp(name, verdict_name(by_weight[i]))) {
			*out = by_weight[i];
			return true;
		}
	}
	return false;
}

enum verdict verdict_overall(enum verdict a, enum verdict b)
{
	for (size_t i = 0; i < VERDICTS; i++) {
		if (by_weight[i] == a || by_weight[i] == b)
			return by_weight[i];
	}
	return a;
}

bool judgement_overall(const struct judgement *j, uint32_t scenario, enum verdict *out)
{
	bool others = false, found = false;

	for (size_t i = 0; i < j->count; i++)
		others = others || (!j->rows[i].is_baseline && !j->rows[i].is_control);
	for (size_t i = 0; i < j->count; i++) {
		const struct judged_row *r = &j->rows[i];

		if (r->is_baseline || !r->primary || (r->is_control && others) ||
		    (scenario != INTERN_NONE && r->scenario != scenario))
			continue;
		*out = found ? verdict_overall(*out, r->verdict) : r->verdict;
		found = true;
	}
	return found;
}
