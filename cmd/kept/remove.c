// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/buf.h"
#include "base/cleanup.h"
#include "bisect/journal.h"
#include "cmd/common/cmd.h"
#include "drive/session/home.h"
#include "store/resolve.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The experiments that the words of the command line mean. */
struct wishes {
	char **ids;
	size_t count;
};

static void wishes_free(struct wishes *w)
{
	for (size_t i = 0; w->ids && i < w->count; i++)
		free(w->ids[i]);
	free(w->ids);
}

/* Every word is known and means one experiment, or nothing is removed. */
static int find(struct store *s, char **words, int count, struct wishes *w, struct err *e)
{
	int r = 0;

	w->ids = calloc((size_t)count, sizeof(*w->ids));
	if (!w->ids)
		return err_oom(e);
	w->count = (size_t)count;
	for (int i = 0; r == 0 && i < count; i++)
		r = store_resolve(s, words[i], &w->ids[i], e);
	return r;
}

/* Nor is anything removed if another process is at one of them. */
static int claim(struct store *s, const struct wishes *w, struct err *e)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < w->count; i++)
		r = store_claim(s, w->ids[i], e);
	return r;
}

static bool named_before(const struct wishes *w, size_t index)
{
	for (size_t i = 0; i < index; i++) {
		if (!strcmp(w->ids[i], w->ids[index]))
			return true;
	}
	return false;
}

static int remove_all(struct store *s, const char *data_dir, const struct wishes *w,
		      json_t *removed, struct err *e)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < w->count; i++) {
		const char *id = w->ids[i];

		if (named_before(w, i))
			continue;
		r = store_remove_experiment(s, id, e);
		if (r == 0)
			json_array_append_new(removed, json_string(id));
		if (r == 0)
			r = journal_remove(data_dir, id, e);
	}
	return r;
}

/* Also after a failure: what is gone has to be said. */
static int print(const struct cmd_ctx *ctx, json_t *removed)
{
	json_t *doc, *id;
	int status;
	size_t i;

	if (!ctx->json) {
		json_array_foreach(removed, i, id)
		{
			printf("removed %s\n", json_string_value(id));
		}
		return finish_stdout();
	}
	doc = json_pack("{s:s,s:O}", "schema", "slowpath/remove/1", "removed", removed);
	status = print_json(doc);
	json_decref(doc);
	return status;
}

static int remove_words(const struct cmd_ctx *ctx, char **words, int count, struct err *e)
{
	__attribute__((cleanup(wishes_free))) struct wishes w = { 0 };
	_cleanup_(store_close_p) struct store *store = NULL;
	_cleanup_home_ struct home home = { 0 };
	json_t *removed = json_array();
	int r = removed ? home_open(ctx->home_arg, &home, e) : err_oom(e), status = 0;

	if (r == 0)
		r = store_open(home.data, &store, e);
	if (r == 0)
		r = find(store, words, count, &w, e);
	if (r == 0)
		r = claim(store, &w, e);
	if (r == 0)
		r = remove_all(store, home.data, &w, removed, e);
	if (r == 0 || json_array_size(removed))
		status = print(ctx, removed);
	json_decref(removed);
	return r < 0 ? report_error(e) : status;
}

static int run(const struct cmd *self, struct cmd_ctx *ctx, int argc, char **argv)
{
	struct err e = { 0 };
	int status = opts_parse(self, ctx, NULL, 0, &argc, argv, NULL);

	if (status >= 0)
		return status;
	if (!argc)
		return usage_error(self, "experiments are expected; 'slowpath list' lists them");
	for (int i = 0; i < argc; i++) {
		if (!argv[i][0])
			return usage_error(self, "an experiment's name is expected, not ''");
	}
	return remove_words(ctx, argv, argc, &e);
}

const struct cmd cmd_remove = {
	.name = "remove",
	.args = "ID...",
	.help = "take experiments out of the database",
	.run = run,
};
