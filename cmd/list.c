// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/buf.h"
#include "base/cleanup.h"
#include "cmd/cmd.h"
#include "cmd/home.h"
#include "judge/overall.h"
#include "report/plain.h"
#include "report/show.h"
#include "store/catalog.h"
#include "store/load.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct entry {
	char *id, *name, *mode, *started, *finished; /* finished: NULL until then */
	const char *verdict;			     /* NULL: none is known */
};

struct list {
	struct entry *items;
	size_t count;
};

static void list_free(struct list *l)
{
	for (size_t i = 0; i < l->count; i++) {
		free(l->items[i].id);
		free(l->items[i].name);
		free(l->items[i].mode);
		free(l->items[i].started);
		free(l->items[i].finished);
	}
	free(l->items);
}

static void add_verdict(struct entry *x, const char *name)
{
	enum verdict all, one;

	if (!name || !verdict_parse(name, &one))
		return;
	if (x->verdict && verdict_parse(x->verdict, &all))
		one = verdict_overall(all, one);
	x->verdict = verdict_name(one);
}

static int add(void *arg, const struct catalog_row *row, struct err *e)
{
	struct list *l = arg;
	struct entry *x = l->count ? &l->items[l->count - 1] : NULL;

	if (!x || strcmp(x->id, row->id) != 0) {
		struct entry *grown = realloc(l->items, (l->count + 1) * sizeof(*grown));

		if (!grown)
			return err_oom(e);
		l->items = grown;
		x = &grown[l->count++];
		*x = (struct entry){ strdup(row->id),
				     strdup(row->name),
				     strdup(row->mode),
				     strdup(row->started),
				     row->finished ? strdup(row->finished) : NULL,
				     NULL };
		if (!x->id || !x->name || !x->mode || !x->started ||
		    (row->finished && !x->finished))
			return err_oom(e);
	}
	add_verdict(x, row->verdict);
	return 0;
}

/*
 * Where nothing was concluded, because it goes on or was interrupted: what its runs say so far. A
 * damaged one keeps nobody from seeing the others.
 */
static int judge_rest(struct store *s, struct list *l, struct err *e)
{
	for (size_t i = 0; i < l->count; i++) {
		_cleanup_record_ struct record record = { 0 };

		if (l->items[i].verdict)
			continue;
		if (store_load(s, l->items[i].id, LOAD_ROWS, &record, e) == 0)
			l->items[i].verdict = record_verdict(&record);
		else if (e->code == -EIO || e->code == -EINVAL)
			fprintf(stderr, "slowpath: warning: %s\n", e->text);
		else
			return e->code;
	}
	return 0;
}

static json_t *list_json(const struct list *l)
{
	json_t *list = json_array();

	for (size_t i = 0; i < l->count; i++) {
		const struct entry *x = &l->items[i];

		json_array_append_new(
			list,
			json_pack("{s:o,s:o,s:o,s:o,s:o,s:o}", "id", plain_json(x->id), "name",
				  plain_json(x->name), "mode", plain_json(x->mode), "started",
				  plain_json(x->started), "finished", plain_json(x->finished),
				  "verdict", plain_json(x->verdict)));
	}
	return json_pack("{s:s,s:o}", "schema", "slowpath/list/1", "experiments", list);
}

static int print_text(const struct list *l)
{
	_cleanup_buf_ struct buf out = { 0 };
	int r = 0;

	for (size_t i = 0; i < l->count; i++) {
		const struct entry *x = &l->items[i];

		r |= buf_printf(&out, "%-22s  %-6s  %-15s  ", x->id, x->mode,
				x->verdict ? x->verdict : "-");
		r |= plain_line(&out, x->name, 60) |
		     buf_puts(&out, x->finished ? "\n" : "  (unfinished)\n");
	}
	if (r) {
		fputs("slowpath: out of memory\n", stderr);
		return ERR_TOOL;
	}
	fputs(buf_str(&out), stdout);
	return finish_stdout();
}

static int run(const struct cmd *self, struct cmd_ctx *ctx, int argc, char **argv)
{
	_cleanup_(store_close_p) struct store *store = NULL;
	_cleanup_(list_free) struct list list = { 0 };
	_cleanup_home_ struct home home = { 0 };
	struct err e = { 0 };
	int status = opts_parse(self, ctx, NULL, 0, &argc, argv, NULL);
	json_t *doc;

	if (status >= 0)
		return status;
	if (argc)
		return usage_error(self, "no argument is expected");
	if (home_open(ctx->home_arg, &home, &e) < 0 || store_open(home.data, &store, &e) < 0 ||
	    store_each_experiment(store, add, &list, &e) < 0 || judge_rest(store, &list, &e) < 0)
		return report_error(&e);
	if (!ctx->json)
		return print_text(&list);
	doc = list_json(&list);
	status = print_json(doc);
	json_decref(doc);
	return status;
}

const struct cmd cmd_list = {
	.name = "list",
	.args = "",
	.help = "the experiments that the database holds",
	.run = run,
};
