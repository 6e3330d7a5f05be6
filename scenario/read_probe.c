// SPDX-License-Identifier: GPL-2.0-or-later
#include "scenario/read_probe.h"

#include <string.h>

/* A C name and no more: it is written into the guest's tracefs. */
static int read_place(const char *text, struct scenario_probe *out)
{
	static const char word[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
	size_t len = strspn(text, word);

	if (!len || len >= sizeof(out->function) || text[len] != ':' || text[len + 1] < '1' ||
	    text[len + 1] > '0' + PLAN_PROBE_ARGUMENTS || text[len + 2])
		return -1;
	memcpy(out->function, text, len);
	out->argument = (unsigned)(text[len + 1] - '0');
	return 0;
}

int read_probe(struct yaml_doc *d, const yaml_node_t *n, struct scenario *s, struct err *e)
{
	int r = yaml_doc_sequence(d, n, "probe", e);

	if (r < 0)
		return r;
	if (yaml_doc_items(n) > SCENARIO_PROBES_MAX)
		return yaml_doc_error(d, n, e, "more than %d entries", SCENARIO_PROBES_MAX);
	for (size_t i = 0; r == 0 && i < yaml_doc_items(n); i++) {
		yaml_node_t *item = yaml_doc_item(d, n, i);
		const char *text;

		r = yaml_doc_string(d, item, &text, e);
		if (r == 0 && read_place(text, &s->probes[s->n_probes++]) < 0)
			r = yaml_doc_error(d, item, e,
					   "'%s': FUNCTION:ARGUMENT is expected, the argument from "
					   "1 to %d",
					   text, PLAN_PROBE_ARGUMENTS);
	}
	return r;
}
