// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/table/verdict.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

const char *verdict_name(enum verdict v)
{
	switch (v) {
	case VERDICT_REGRESSION:
		return "regression";
	case VERDICT_IMPROVEMENT:
		return "improvement";
	case VERDICT_EQUIVALENT:
		return "equivalent";
	case VERDICT_TRIVIAL:
		return "trivial";
	case VERDICT_SUSPECT:
		return "suspect";
	case VERDICT_INCONCLUSIVE:
		return "inconclusive";
	case VERDICT_UNSTABLE:
		return "unstable";
	case VERDICT_DIFFERENT_STATE:
		return "different-state";
	}
	return "unknown";
}

const char *verdict_words(enum verdict v, const char *part, char out[VERDICT_WORDS_BYTES])
{
	bool claims = v == VERDICT_REGRESSION || v == VERDICT_IMPROVEMENT;

	snprintf(out, VERDICT_WORDS_BYTES, "%s%s%s", verdict_name(v), part && claims ? ", " : "",
		 part && claims ? part : "");
	return out;
}

int verdict_exit(enum verdict v, int slower)
{
	switch (v) {
	case VERDICT_REGRESSION:
		return 1;
	case VERDICT_SUSPECT:
		return slower ? 1 : 0;
	case VERDICT_IMPROVEMENT:
	case VERDICT_EQUIVALENT:
	case VERDICT_TRIVIAL:
		return 0;
	case VERDICT_INCONCLUSIVE:
	case VERDICT_UNSTABLE:
	case VERDICT_DIFFERENT_STATE:
		break;
	}
	return 125;
}

void reason_add(struct reason *r, const char *fmt, ...)
{
	size_t len = strlen(r->text);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(r->text + len, sizeof(r->text) - len, fmt, ap);
	va_end(ap);
}
