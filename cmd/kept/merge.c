// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/cleanup.h"
#include "cmd/common/cmd.h"
#include "cmd/terminal/terminal.h"
#include "drive/session/database.h"
#include "drive/session/home.h"
#include "store/catalog.h"

struct merged {
	json_t *lists[MERGE_OUTCOMES]; /* by outcome: ids */
};

static int note(void *arg, const char *id, enum merge_outcome outcome, struct err *e)
{
	struct merged *m = arg;

	return json_array_append_new(m->lists[outcome], json_string(id)) < 0 ? err_oom(e) : 0;
}

static int print(const struct cmd_ctx *ctx, const struct merged *m)
{
	json_t *doc;
	int status;

	if (!ctx->json) {
		printf("%zu added, %zu grew, %zu were there already, %zu in conflict\n",
		       json_array_size(m->lists[MERGE_ADDED]),
		       json_array_size(m->lists[MERGE_GROWN]),
		       json_array_size(m->lists[MERGE_SAME]),
		       json_array_size(m->lists[MERGE_CONFLICT]));
		return finish_stdout();
	}
	doc = json_pack("{s:s,s:O,s:O,s:O,s:O}", "schema", "slowpath/merge/1", "added",
			m->lists[MERGE_ADDED], "grown", m->lists[MERGE_GROWN], "same",
			m->lists[MERGE_SAME], "conflicts", m->lists[MERGE_CONFLICT]);
	status = print_json(doc);
	json_decref(doc);
	return status;
}

static int merge(const struct cmd_ctx *ctx, const char *path, struct merged *m, struct err *e)
{
	_cleanup_(store_close_p) struct store *store = NULL;
	_cleanup_home_ struct home home = { 0 };
	const json_t *id;
	size_t i;
	int status;

	terminal_wait("taking over experiments");
	if (home_open(ctx->home_arg, &home, e) < 0 ||
	    database_of_home(&home, terminal_teller(), &store, e) < 0 ||
	    store_merge(store, path, note, m, e) < 0)
		return report_error(e);
	terminal_end();
	json_array_foreach(m->lists[MERGE_CONFLICT], i, id)
	{
		fprintf(stderr,
			"slowpath: experiment '%s' is another here than in %s; it was left out\n",
			json_string_value(id), path);
	}
	status = print(ctx, m);
	return status ? status : i ? 1 : 0;
}

static int run(const struct cmd *self, struct cmd_ctx *ctx, int argc, char **argv)
{
	struct merged m = { { NULL } };
	struct err e = { 0 };
	int status = opts_parse(self, ctx, NULL, 0, &argc, argv, NULL);

	if (status < 0 && argc != 1)
		status = usage_error(self, "one database is expected");
	for (unsigned i = 0; i < MERGE_OUTCOMES; i++)
		m.lists[i] = json_array();
	if (status < 0)
		status = merge(ctx, argv[0], &m, &e);
	for (unsigned i = 0; i < MERGE_OUTCOMES; i++)
		json_decref(m.lists[i]);
	return status;
}

const struct cmd cmd_merge = {
	.name = "merge",
	.args = "FILE.db",
	.help = "take over the experiments of another database",
	.run = run,
};
