// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/execute/stored_rows.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "cmd/common/cmd.h"
#include "cmd/common/screen.h"
#include "cmd/terminal/terminal.h"
#include "drive/session/database.h"
#include "drive/session/home.h"
#include "judge/judgement/overall.h"
#include "kernel/store/title.h"
#include "report/views/claims.h"
#include "report/words/plain.h"
#include "report/views/show.h"
#include "store/catalog.h"
#include "store/load.h"
#include "store/resolve.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#define CLAIMS_SHOWN 3 /* of one experiment */

struct entry {
	char *id, *name, *mode, *started, *finished; /* finished: NULL until then */
	const char *verdict;			     /* NULL: none is known */
	json_t *command, *claims;
};

struct list {
	struct entry *items;
	size_t count;
	json_t *titles; /* {EXPERIMENT: {SIDE: its kernel's title}} */
	json_t *names;	/* {EXPERIMENT: [what its kernels are called: spec, release, title]} */
};

struct options {
	const char *scenario, *kernel; /* globs; NULL: any */
	unsigned limit;		       /* 0: none */
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
	json_decref(l->names);
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
	json_t *sides, *names;

	if (!json_object_get(l->titles, k->experiment)) {
		json_object_set_new(l->titles, k->experiment, json_object());
		json_object_set_new(l->names, k->experiment, json_array());
	}
	sides = json_object_get(l->titles, k->experiment);
	names = json_object_get(l->names, k->experiment);
	return json_object_set_new(sides, k->side, json_string(title.text)) |
			       json_array_append_new(names, json_string(title.text)) |
			       json_array_append_new(names, plain_json(k->spec)) |
			       json_array_append_new(names, plain_json(k->release))
		       ? err_oom(e)
		       : 0;
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
		if (stored_rows_load(s, l->items[i].id, NULL, &record, e) == 0) {
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

/* @glob without a "*", "?" or "[" may stand anywhere in a name. */
static bool name_matches(const char *glob, const char *name)
{
	if (!name)
		return false;
	return strpbrk(glob, "*?[") ? fnmatch(glob, name, 0) == 0 : strstr(name, glob) != NULL;
}

static bool has_kernel(const struct list *l, const struct entry *x, const char *glob)
{
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(l->names, x->id), i, one)
	{
		if (name_matches(glob, json_string_value(one)))
			return true;
	}
	return false;
}

/* What was concluded, or else what was asked for. */
static bool has_scenario(const struct entry *x, const char *glob)
{
	const json_t *one;
	size_t i;

	json_array_foreach(x->claims, i, one)
	{
		if (name_matches(glob, json_string_value(json_object_get(one, "scenario"))))
			return true;
	}
	return !i && name_matches(glob, json_string_value(json_object_get(x->command, "scenario")));
}

/* Whether each is listed: @kept has a place for each. */
static void choose(const struct list *l, const struct options *o, bool *kept)
{
	size_t count = 0;

	for (size_t i = l->count; i-- > 0;) {
		const struct entry *x = &l->items[i];

		kept[i] = (!o->scenario || has_scenario(x, o->scenario)) &&
			  (!o->kernel || has_kernel(l, x, o->kernel)) &&
			  (!o->limit || count < o->limit);
		count += kept[i];
	}
}

static json_t *list_json(const struct list *l, const struct store_ids *ids, const bool *kept)
{
	json_t *list = json_array();

	for (size_t i = 0; i < l->count; i++) {
		const struct entry *x = &l->items[i];
		_cleanup_free_ char *shorter = kept[i] ? store_ids_short(ids, x->id) : NULL;

		if (!kept[i])
			continue;
		json_array_append_new(
			list, json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:O}", "id",
					plain_json(x->id), "short_id", plain_json(shorter), "name",
					plain_json(x->name), "mode", plain_json(x->mode), "started",
					plain_json(x->started), "finished", plain_json(x->finished),
					"verdict", plain_json(x->verdict), "results", x->claims));
	}
	return json_pack("{s:s,s:o}", "schema", "slowpath/list/1", "experiments", list);
}

/* "2026-05-13 10:00, formal": when, and what it is called, if that is more than its command. */
static void put_about(const struct entry *x, struct buf *out)
{
	const char *command = json_string_value(json_object_get(x->command, "command"));
	_cleanup_buf_ struct buf started = { 0 };

	plain_line(&started, x->started, 60);
	buf_printf(out, "%.10s %.5s UTC, %s", buf_str(&started),
		   started.len > 11 ? started.data + 11 : "", command ? command : "");
	if (!command || strcmp(command, x->name) != 0) {
		buf_puts(out, command ? " " : "");
		plain_line(out, x->name, 60);
	}
	buf_puts(out, x->finished ? "" : ", unfinished");
	buf_keep(out, buf_error(&started));
}

static void put_id(struct table *t, const char *id)
{
	table_row(t);
	table_put(t, "%s", id);
	table_tone(t, TONE_HEADING);
}

/* A line for every claim and one below it, or one without; of many claims the first few. */
static int put_entry(const struct entry *x, const char *id, struct table *t)
{
	_cleanup_buf_ struct buf about = { 0 };
	const size_t count = json_array_size(x->claims);

	put_about(x, &about);
	for (size_t i = 0; i < count && i < CLAIMS_SHOWN; i++) {
		put_id(t, id);
		claims_row(t, json_array_get(x->claims, i), i ? "" : buf_str(&about));
	}
	if (count > CLAIMS_SHOWN)
		table_note(t, TONE_DIM, "and %zu more: slowpath show %s", count - CLAIMS_SHOWN, id);
	if (!count) {
		const char *scenario = json_string_value(json_object_get(x->command, "scenario"));

		put_id(t, id);
		table_put(t, "%s", x->verdict ? x->verdict : "-");
		table_put(t, "-");
		table_put(t, "-");
		table_put(t, "%s", scenario ? scenario : "-");
		table_note(t, TONE_DIM, "%s", buf_str(&about));
	}
	return buf_error(&about);
}

static int print_text(const struct cmd_ctx *ctx, const struct list *l, const struct store_ids *ids,
		      const bool *kept, struct err *e)
{
	const struct text_style style = screen_style(ctx);
	_cleanup_table_ struct table t = { 0 };
	_cleanup_buf_ struct buf out = { 0 };

	table_column(&t, "id", NULL, TABLE_WORD);
	claims_columns(&t);
	for (size_t i = 0; i < l->count; i++) {
		_cleanup_free_ char *id = kept[i] ? store_ids_short(ids, l->items[i].id) : NULL;

		if (kept[i])
			buf_keep(&out, id ? put_entry(&l->items[i], id, &t) : -ENOMEM);
	}
	if (t.n_lines)
		table_text(&t, &style, 0, &out);
	if (buf_error(&out))
		return err_oom(e), report_error(e);
	return print_buf(&out);
}

static int print(const struct cmd_ctx *ctx, const struct list *l, const struct store_ids *ids,
		 const struct options *o, struct err *e)
{
	_cleanup_free_ bool *kept = calloc(l->count + 1, sizeof(*kept));
	json_t *doc;
	int status;

	if (!kept)
		return err_oom(e), report_error(e);
	choose(l, o, kept);
	if (!ctx->json)
		return print_text(ctx, l, ids, kept, e);
	doc = list_json(l, ids, kept);
	status = print_json(doc);
	json_decref(doc);
	return status;
}

static int load(const struct cmd_ctx *ctx, struct list *l, struct store_ids *ids, struct err *e)
{
	_cleanup_(store_close_p) struct store *store = NULL;
	_cleanup_home_ struct home home = { 0 };
	int r;

	l->titles = json_object();
	l->names = json_object();
	r = l->titles && l->names ? home_open(ctx->home_arg, &home, e) : err_oom(e);
	if (r == 0)
		r = database_of_home(&home, terminal_teller(), &store, e);
	if (r == 0)
		r = store_each_kernel(store, NULL, add_title, l, e);
	if (r == 0)
		r = store_each_experiment(store, add, l, e);
	if (r == 0)
		r = judge_rest(store, l, e);
	return r < 0 ? r : store_ids_load(store, ids, e);
}

static int run(const struct cmd *self, struct cmd_ctx *ctx, int argc, char **argv)
{
	_cleanup_(list_free) struct list list = { 0 };
	_cleanup_store_ids_ struct store_ids ids = { 0 };
	struct options o = { 0 };
	const struct opt table[] = {
		{ "limit", 'n', OPT_UINT, "N", "only the last N", &o.limit },
		{ "scenario", 's', OPT_STRING, "SCENARIO", "only those of such scenarios (a glob)",
		  &o.scenario },
		{ "kernel", 'k', OPT_STRING, "KERNEL",
		  "only those of such a spec or release (a glob)", &o.kernel },
	};
	struct err e = { 0 };
	int status = opts_parse(self, ctx, table, ARRAY_SIZE(table), &argc, argv, NULL);

	if (status >= 0)
		return status;
	if (argc)
		return usage_error(self, "no argument is expected");
	if (load(ctx, &list, &ids, &e) < 0)
		return report_error(&e);
	return print(ctx, &list, &ids, &o, &e);
}

const struct cmd cmd_list = {
	.name = "list",
	.args = "[--limit N] [--scenario SCENARIO] [--kernel KERNEL]",
	.help = "the experiments that the database holds",
	.run = run,
};
