// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/cleanup.h"
#include "cmd/common/cmd.h"
#include "drive/session/parts.h"
#include "cmd/common/version.h"
#include "report/reproducer/reproducer.h"
#include "scenario/library.h"

#include <stdlib.h>
#include <string.h>

#define SETTINGS_MAX (PLAN_MAX_MAPS + 1) /* one a map, and "size" */

struct settings {
	struct scenario_setting items[SETTINGS_MAX];
	size_t count;
	char *texts[SETTINGS_MAX]; /* what the items point into */
};

static void settings_free(struct settings *s)
{
	for (size_t i = 0; i < s->count; i++)
		free(s->texts[i]);
}

/* "size=8M"; -1 to go on, or the exit status. */
static int add_setting(const struct cmd *self, const char *text, struct settings *out)
{
	const char *equals = strchr(text, '=');
	char *copy;

	if (!equals || equals == text)
		return usage_error(self, "--set: '%s' is not KEY=SIZE, such as size=8M", text);
	if (out->count == SETTINGS_MAX)
		return usage_error(self, "--set: more than %d settings", SETTINGS_MAX);
	copy = strdup(text);
	if (!copy)
		return ERR_TOOL;
	out->texts[out->count] = copy;
	copy[equals - text] = '\0';
	out->items[out->count] =
		(struct scenario_setting){ .key = copy, .value = copy + (equals - text) + 1 };
	out->count++;
	for (size_t i = 0; i + 1 < out->count; i++) {
		if (!strcmp(out->items[i].key, copy))
			return usage_error(self, "--set: '%s' is given twice", copy);
	}
	return -1;
}

static int print_source(const struct cmd_ctx *ctx, const struct scenario *s, bool is_short,
			const struct buf *b)
{
	json_t *doc;
	int status;

	if (!ctx->json)
		return print_buf(b);
	doc = json_pack("{s:s,s:s,s:s,s:s}", "schema", "slowpath/reproducer/1", "scenario", s->name,
			"sha256", s->sha256.text, "source", b->data);
	if (is_short)
		json_object_set_new(doc, "short", json_true());
	status = doc ? print_json(doc) : ERR_TOOL;
	json_decref(doc);
	return status;
}

static int write_reproducer(const struct cmd_ctx *ctx, const char *name,
			    const struct settings *settings, bool is_short)
{
	_cleanup_scenario_list_ struct scenario_list l = { 0 };
	_cleanup_(scenario_free_p) struct scenario *changed = NULL;
	_cleanup_parts_ struct parts parts = { 0 };
	_cleanup_buf_ struct buf source = { 0 };
	struct reproducer_request q = { .settings = settings->items,
					.n_settings = settings->count,
					.version = slowpath_version() };
	struct err e = { 0 };
	size_t bad = 0;

	if (parts_find(&parts, &e) < 0 || library_open(parts.scenarios, &l, &e) < 0)
		return report_error(&e);
	q.scenario = library_get(&l, name, &e);
	if (!q.scenario)
		return report_error(&e);
	if (settings->count) {
		if (scenario_set(q.scenario, settings->items, settings->count, &changed, &bad, &e) <
		    0) {
			err_wrap(&e, "--set %s=%s", settings->items[bad].key,
				 settings->items[bad].value);
			return report_error(&e);
		}
		q.scenario = changed;
	}
	if ((is_short ? reproducer_write_short : reproducer_write)(&q, &source, &e) < 0)
		return report_error(&e);
	return print_source(ctx, q.scenario, is_short, &source);
}

static int run(const struct cmd *self, struct cmd_ctx *ctx, int argc, char **argv)
{
	struct opt_list list = { 0 };
	bool is_short = false;
	const struct opt table[] = {
		{ "set", 0, OPT_LIST, "KEY=SIZE", "another size: of every map (size=8M), or of one",
		  &list },
		{ "short", 0, OPT_FLAG, NULL, "a screen of C that prints one number, for a mail",
		  &is_short },
	};
	struct settings settings = { 0 };
	int status = opts_parse(self, ctx, table, ARRAY_SIZE(table), &argc, argv, NULL);

	for (size_t i = 0; status < 0 && i < list.count; i++)
		status = add_setting(self, list.items[i], &settings);
	if (status < 0 && argc != 1)
		status = usage_error(self, "one scenario is expected, %d were given", argc);
	if (status < 0)
		status = write_reproducer(ctx, argv[0], &settings, is_short);
	settings_free(&settings);
	free(list.items);
	return status;
}

const struct cmd cmd_reproducer = {
	.name = "reproducer",
	.args = "SCENARIO [--short] [--set KEY=SIZE]...",
	.help = "a scenario as one C file that needs nothing but a compiler",
	.run = run,
};
