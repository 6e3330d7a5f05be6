// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/evidence/by_time.h"

#include "base/json.h"

#include <stdlib.h>
#include <string.h>

/* "suspect" is of a count what only a time that was replayed makes of it. */
static char *reason_of(const struct record_result *result)
{
	_cleanup_json_ json_t *document =
		result->document ? json_loads(result->document, JSON_REJECT_DUPLICATES, NULL)
				 : NULL;
	const json_t *time = json_object_get(document, "time");

	if (strcmp(json_text_at(document, "verdict", ""), "suspect") != 0 ||
	    !json_is_number(json_object_get(time, "ratio")))
		return NULL;
	return strdup(json_text_at(document, "reason", "no reason was kept"));
}

char *by_time(const struct record *r, const char *scenario)
{
	char *reason = NULL;

	for (size_t i = 0; !reason && i < r->n_results; i++) {
		if (!scenario || !strcmp(r->results[i].scenario, scenario))
			reason = reason_of(&r->results[i]);
	}
	return reason;
}
