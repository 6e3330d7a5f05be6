// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/begin/metric.h"

#include "base/buf.h"
#include "base/nearest.h"
#include "kernel/store/title.h"
#include "lab/boot.h"
#include "scenario/metric.h"
#include "symbols/symbols.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *metric_kept(const json_t *command)
{
	const json_t *word = json_object_get(command, "metric");

	/* Before it could be chosen. */
	if (!word)
		return "iteration";
	return json_is_string(word) && strcmp(json_string_value(word), METRIC_DEFAULT) != 0
		       ? json_string_value(word)
		       : NULL;
}

int metric_set(struct session *s, const struct scenario *scenario, const char *word, struct err *e)
{
	struct metric_offer offer = { .n_segments = (unsigned)scenario->n_segments,
				      .program = scenario->program };
	struct scenario *own = session_scenario(s, scenario);
	struct metric_choice m;
	int r;

	if (!word || !own)
		return 0;
	for (unsigned i = 0; i < offer.n_segments; i++)
		offer.segments[i] = scenario->segments[i].name;
	r = metric_choose(word, &offer, &m, e);
	if (r < 0)
		return err_wrap(e, "%s", scenario->name);
	free(own->metric);
	own->metric = strdup(word);
	return own->metric ? 0 : err_oom(e);
}

/* Keeps the names near to the one that is meant. 1: the kernel has it. */
static int look(struct session *s, const struct kernel *k, const char *name, struct nearest *near,
		struct symbols **symbols, struct err *e)
{
	int r = boot_known_symbols(&s->lab, k, symbols, e);

	/* Nothing is known of it. */
	if (r == 0 && !*symbols)
		return 1;
	for (size_t i = 0; r == 0 && i < symbols_functions(*symbols); i++) {
		const char *one = symbols_name(*symbols, i);

		if (!strcmp(one, name))
			return 1;
		/* What stands before a function is none. */
		if (strncmp(one, "__pfx_", strlen("__pfx_")) != 0)
			nearest_try(near, one);
	}
	return r;
}

int metric_known(struct session *s, const char *word, struct kernel *const *kernels, size_t n,
		 struct err *e)
{
	const char *name = word ? strchr(word, ':') : NULL;
	struct nearest near = { .word = name ? name + 1 : "" };
	_cleanup_free_ struct symbols **symbols = calloc(n + 1, sizeof(struct symbols *));
	_cleanup_buf_ struct buf text = { 0 };
	int r = 0;

	if (!symbols)
		return err_oom(e);
	if (!name || !metric_is_function(word) || name[1] == '[')
		return 0;
	for (size_t i = 0; r == 0 && i < n; i++)
		r = look(s, kernels[i], name + 1, &near, &symbols[i], e);
	nearest_text(&near, "", &text);
	if (r == 0 && buf_error(&text))
		r = err_oom(e);
	else if (r == 0)
		r = err_set(e, EINVAL,
			    "metric '%.140s': none of the kernels has a function of that name; it "
			    "may be inlined%s",
			    word, buf_str(&text));
	for (size_t i = 0; i < n; i++)
		symbols_free(symbols[i]);
	return r < 0 ? r : 0;
}
