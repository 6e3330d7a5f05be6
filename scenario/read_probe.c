// SPDX-License-Identifier: GPL-2.0-or-later
#include "scenario/read_probe.h"

#include <string.h>

bool scenario_probe_read(const char *text, bool bare, struct scenario_probe *out)
{
	static const char word[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
	size_t len = strspn(text, word);

	*out = (struct scenario_probe){ 0 };
	if (!len || len >= sizeof(out->function) || (text[0] >= '0' && text[0] <= '9'))
		return false;
	memcpy(out->function, text, len);
	if (bare && !text[len])
		return true;
	if (text[len] != ':' || text[len + 1] < '1' || text[len + 1] > '0' + PLAN_PROBE_ARGUMENTS ||
	    text[len + 2])
		return false;
	out->argument = (unsigned)(text[len + 1] - '0');
	return true;
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
		if (r == 0 && !scenario_probe_read(text, false, &s->probes[s->n_probes++]))
			r = yaml_doc_error(d, item, e,
					   "'%s': FUNCTION:ARGUMENT is expected, the argument from "
					   "1 to %d",
					   text, PLAN_PROBE_ARGUMENTS);
	}
	return r;
}
