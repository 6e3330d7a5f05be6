// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/cleanup.h"
#include "cmd/cmd.h"
#include "cmd/parts.h"
#include "scenario/library.h"

#include <string.h>

static json_t *words(char *const *list, size_t n)
{
	json_t *out = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(out, json_string(list[i]));
	return out;
}

static json_t *scenario_json(const struct scenario *s)
{
	return json_pack("{s:s,s:s,s:o,s:o}", "name", s->name, "help", s->help, "source",
			 words(s->source, s->n_source), "needs", words(s->needs, s->n_needs));
}

static json_t *detailed_json(const struct scenario *s)
{
	json_t *doc = scenario_json(s), *segments = json_array();

	for (size_t i = 0; i < s->n_segments; i++)
		json_array_append_new(segments, json_string(s->segments[i].name));
	json_object_set_new(doc, "schema", json_string("slowpath/scenario/1"));
	json_object_set_new(doc, "segments", segments);
	json_object_set_new(doc, "item", json_string(scenario_item_name(s)));
	json_object_set_new(doc, "pages", json_integer((json_int_t)scenario_pages(s)));
	json_object_set_new(doc, "warmup", json_integer(s->warmup_iterations));
	json_object_set_new(doc, "iterations", json_integer(s->iterations));
	json_object_set_new(doc, "rounds", json_integer(s->rounds_max));
	json_object_set_new(doc, "min_time_ms", json_integer(s->min_time_ms));
	json_object_set_new(doc, "sha256", json_string(s->sha256.text));
	return doc;
}

static int print_owned(json_t *doc)
{
	int status = doc ? print_json(doc) : ERR_TOOL;

	json_decref(doc);
	return status;
}

static int list(const struct cmd_ctx *ctx, const struct scenario_list *l)
{
	json_t *all;

	if (!ctx->json) {
		for (size_t i = 0; i < l->count; i++)
			printf("%-32s %s\n", l->items[i]->name, l->items[i]->help);
		return finish_stdout();
	}
	all = json_array();
	for (size_t i = 0; i < l->count; i++)
		json_array_append_new(all, scenario_json(l->items[i]));
	return print_owned(
		json_pack("{s:s,s:o}", "schema", "slowpath/scenarios/1", "scenarios", all));
}

static const char *op_name(const struct plan_op *op)
{
	switch (op->code) {
	case PLAN_OP_TOUCH_READ:
		return "read every page of";
	case PLAN_OP_TOUCH_WRITE:
		return "write every page of";
	case PLAN_OP_MPROTECT:
		return op->arg == 0 ? "mprotect none" : op->arg == 1 ? "mprotect r" : "mprotect rw";
	case PLAN_OP_MADVISE:
		return "madvise";
	}
	return "?";
}

static void print_ops(const struct scenario *s, const char *title, size_t from, size_t n)
{
	for (size_t i = from; i < from + n; i++) {
		const struct plan_op *op = &s->ops[i];

		printf("  %-12s %s %s", i == from ? title : "", op_name(op), s->map_names[op->map]);
		if (op->code == PLAN_OP_MADVISE)
			printf(" (advice %llu)", (unsigned long long)op->arg);
		if (op->bytes != s->maps[op->map].bytes)
			printf(" [%llu, +%llu)", (unsigned long long)op->offset,
			       (unsigned long long)op->bytes);
		putchar('\n');
	}
}

static void print_words(const char *title, char *const *list_of, size_t n)
{
	if (!n)
		return;
	printf("  %-12s", title);
	for (size_t i = 0; i < n; i++)
		printf(" %s", list_of[i]);
	putchar('\n');
}

static int show_text(const struct scenario *s)
{
	size_t at = s->n_prepare;

	printf("%s\n  %s\n\n", s->name, s->help);
	for (size_t i = 0; i < s->n_maps; i++)
		printf("  %-12s %s, %s, %llu KiB\n", i ? "" : "maps", s->map_names[i],
		       s->maps[i].kind == PLAN_MAP_ANON_SHARED ? "shared anonymous"
							       : "private anonymous",
		       (unsigned long long)s->maps[i].bytes / 1024);
	print_ops(s, "prepare", 0, s->n_prepare);
	for (size_t i = 0; i < s->n_segments; i++) {
		print_ops(s, s->segments[i].name, at, s->segments[i].n_ops);
		at += s->segments[i].n_ops;
	}
	printf("  %-12s %u and %u, after %u to warm up; per %s (%llu)\n", "iterations",
	       s->iterations, 2 * s->iterations, s->warmup_iterations, scenario_item_name(s),
	       (unsigned long long)scenario_items(s));
	print_words("reaches", s->source, s->n_source);
	print_words("needs", s->needs, s->n_needs);
	return finish_stdout();
}

static int show(const struct cmd_ctx *ctx, const struct scenario_list *l, const char *name)
{
	struct err e = { 0 };

	for (size_t i = 0; i < l->count; i++) {
		if (!strcmp(l->items[i]->name, name))
			return ctx->json ? print_owned(detailed_json(l->items[i]))
					 : show_text(l->items[i]);
	}
	err_set(&e, 2, "scenario '%s': no such name; 'slowpath scenario list' has them", name);
	return report_error(&e);
}

static int run(const struct cmd *self, struct cmd_ctx *ctx, int argc, char **argv)
{
	_cleanup_scenario_list_ struct scenario_list l = { 0 };
	_cleanup_parts_ struct parts parts = { 0 };
	struct err e = { 0 };
	int status = opts_parse(self, ctx, NULL, 0, &argc, argv, NULL);
	bool is_list, is_show;

	if (status >= 0)
		return status;
	is_list = argc == 1 && !strcmp(argv[0], "list");
	is_show = argc == 2 && !strcmp(argv[0], "show");
	if (!is_list && !is_show)
		return usage_error(self, "'list' or 'show NAME' is expected");
	if (parts_find(&parts, &e) < 0 || library_open(parts.scenarios, &l, &e) < 0)
		return report_error(&e);
	return is_list ? list(ctx, &l) : show(ctx, &l, argv[1]);
}

const struct cmd cmd_scenario = {
	.name = "scenario",
	.args = "list | show NAME",
	.help = "the library of scenarios",
	.run = run,
};
