// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/why/source_change.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct function_delta *row_of(const struct comparison *c, const char *name, size_t len)
{
	for (size_t i = 0; i < c->n_functions; i++) {
		const struct function_delta *f = &c->functions[i];
		const char *const names[] = { f->name, f->renamed_from ? f->renamed_from : "" };

		for (unsigned k = 0; k < 2; k++) {
			if (strlen(names[k]) == len && !memcmp(names[k], name, len))
				return f;
		}
	}
	return NULL;
}

/* One of "a|b" that both sides executed; NULL: none. */
static const struct function_delta *find(const struct comparison *c, const char *either)
{
	while (*either) {
		size_t len = strcspn(either, "|");
		const struct function_delta *f = row_of(c, either, len);

		if (f && f->old_insns > 0 && f->new_insns > 0)
			return f;
		either += len + (either[len] == '|');
	}
	return NULL;
}

void source_change_find(struct comparison *c, const struct scenario *s, double threshold)
{
	size_t len = 0;

	c->source_change = SOURCE_UNKNOWN;
	c->source_functions[0] = '\0';
	if (!s->n_source || !c->n_functions)
		return;
	for (size_t i = 0; i < s->n_source; i++) {
		const struct function_delta *f = find(c, s->source[i]);
		const char *between = !i ? "" : i + 1 == s->n_source ? " and " : ", ";
		int n;

		if (!f) {
			c->source_change = SOURCE_UNKNOWN;
			return;
		}
		if (fabs(f->new_insns - f->old_insns) >= threshold * f->old_insns)
			c->source_change = SOURCE_CHANGED;
		n = snprintf(c->source_functions + len, sizeof(c->source_functions) - len, "%s%s",
			     between, f->name);
		/* Half a list would say something else. */
		if (n < 0 || (size_t)n >= sizeof(c->source_functions) - len) {
			c->source_change = SOURCE_UNKNOWN;
			return;
		}
		len += (size_t)n;
	}
	if (c->source_change == SOURCE_UNKNOWN)
		c->source_change = SOURCE_SAME;
}
