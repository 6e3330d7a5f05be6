// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/buf.h"
#include "base/cleanup.h"
#include "cmd/cmd.h"
#include "cmd/terminal.h"
#include "drive/database.h"
#include "drive/home.h"
#include "judge/judgement/overall.h"
#include "kernel/store/title.h"
#include "report/views/claims.h"
#include "report/words/plain.h"
#include "report/views/show.h"
#include "store/catalog.h"
#include "store/load.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct entry {
	char *id, *name, *mode, *started, *finished; /* finished: NULL until then */
	const char *verdict;			     /* NULL: none is known */
	json_t *command, *claims;
};

struct list {
	struct entry *items;
	size_t count;
	json_t *titles; /* {EXPERIMENT: {SIDE: its kernel's title}} */
};

static void list_free(struct list *l)
{
	for (size_t i = 0; i < l->count; i++) {
		free(l->items[i].id);
		free(l->items[i].name);
		free(l->items[i].mode);
		free(l->items[i].started);
		free(l->items[i].finished);
		json_decref(l->items[i].command);
		json_decref(l->items[i].claims);
	}
	free(l->items);
	json_decref(l->titles);
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

static int add_title(void *arg, const struct catalog_kernel *k, struct err *e)
{
	const struct kernel_title title =
		kernel_title_of(k->spec, k->release, k->subject, k->vmlinux_sha256);
	struct list *l = arg;
	json_t *sides;

	if (!l->titles)
		l->titles = json_object();
	sides = json_object_get(l->titles, k->experiment);
	if (!sides) {
		sides = json_object();
		json_object_set_new(l->titles, k->experiment, sides);
	}
	return json_object_set_new(sides, k->side, json_string(title.text)) < 0 ? err_oom(e) : 0;
}

static int add_claims(const struct list *l, struct entry *x, const struct catalog_row *row,
		      struct err *e)
{
	_cleanup_json_ json_t *digest =
		row->digest ? json_loads(row->digest, JSON_DECODE_ANY, NULL) : NULL;
	const struct claims_of of = { x->command, json_object_get(l->titles, x->id) };
	_cleanup_json_ json_t *claims = claims_make(&of, row->scenario, row->verdict, digest);

	return claims && json_array_extend(x->claims, claims) == 0 ? 0 : err_oom(e);
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
				     NULL,
				     json_loads(row->command, 0, NULL),
				     json_array() };
		if (!x->claims || !x->id || !x->name || !x->mode || !x->started ||
		    (row->finished && !x->finished))
			return err_oom(e);
	}
	add_verdict(x, row->verdict);
	return row->scenario ? add_claims(l, x, row, e) : 0;
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
		if (store_load(s, l->items[i].id, LOAD_CHECKED, &record, e) == 0) {
			l->items[i].verdict = record_verdict(&record);
			json_decref(l->items[i].claims);
			l->items[i].claims = record_claims(&record);
			continue;
		}
		if (e->code != -EIO && e->code != -EINVAL)
			return e->code;
		fprintf(stderr, "slowpath: warning: %s\n", e->text);
		err_clear(e);
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
			json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:O}", "id", plain_json(x->id), "name",
				  plain_json(x->name), "mode", plain_json(x->mode), "started",
				  plain_json(x->started), "finished", plain_json(x->finished),
				  "verdict", plain_json(x->verdict), "results", x->claims));
	}
	return json_pack("{s:s,s:o}", "schema", "slowpath/list/1", "experiments", list);
}

/* One line for every claim, or one without. */
static int put_entry(const struct entry *x, struct buf *out)
{
	const json_t *one;
	size_t i;
	int r = 0;

	json_array_foreach(x->claims, i, one)
	{
		r |= buf_printf(out, "%-22s  ", x->id) | claims_line(one, out);
		r |= buf_puts(out, "  [") | plain_line(out, x->name, 60);
		r |= buf_puts(out, x->finished ? "]\n" : ", unfinished]\n");
	}
	if (i)
		return r;
	r |= buf_printf(out, "%-22s  %-15s  %-10s  %8s  [", x->id, x->verdict ? x->verdict : "-",
			"-", "-");
	return r | plain_line(out, x->name, 60) |
	       buf_puts(out, x->finished ? "]\n" : ", unfinished]\n");
}

static int print_text(const struct list *l)
{
	_cleanup_buf_ struct buf out = { 0 };
	int r = 0;

	for (size_t i = 0; i < l->count; i++)
		r |= put_entry(&l->items[i], &out);
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
	if (home_open(ctx->home_arg, &home, &e) < 0 ||
	    database_of_home(&home, terminal_teller(), &store, &e) < 0 ||
	    store_each_kernel(store, NULL, add_title, &list, &e) < 0 ||
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
