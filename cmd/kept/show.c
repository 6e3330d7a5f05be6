// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/execute/stored_rows.h"
#include "report/views/show.h"

#include "base/cleanup.h"
#include "cmd/common/cmd.h"
#include "cmd/common/screen.h"
#include "cmd/terminal/terminal.h"
#include "drive/session/database.h"
#include "drive/session/home.h"
#include "store/load.h"
#include "store/resolve.h"

static int print(const struct cmd_ctx *ctx, const struct record *r, struct err *e)
{
	const struct text_style style = screen_style(ctx);
	_cleanup_buf_ struct buf out = { 0 };
	json_t *doc;
	int status;

	if (ctx->json) {
		doc = show_json(r);
		status = print_json(doc);
		json_decref(doc);
		return status;
	}
	show_text(r, &style, &out);
	if (buf_error(&out))
		return err_oom(e), report_error(e);
	return print_buf(&out);
}

static int run(const struct cmd *self, struct cmd_ctx *ctx, int argc, char **argv)
{
	_cleanup_(store_close_p) struct store *store = NULL;
	_cleanup_record_ struct record record = { 0 };
	_cleanup_free_ char *id = NULL;
	_cleanup_home_ struct home home = { 0 };
	struct err e = { 0 };
	int status = opts_parse(self, ctx, NULL, 0, &argc, argv, NULL);

	if (status >= 0)
		return status;
	if (argc != 1)
		return usage_error(self, "one experiment's ID is expected");
	if (home_open(ctx->home_arg, &home, &e) < 0 ||
	    database_of_home(&home, terminal_teller(), &store, &e) < 0 ||
	    store_resolve(store, argv[0], &id, &e) < 0 ||
	    stored_rows_load(store, id, NULL, &record, &e) < 0)
		return report_error(&e);
	return print(ctx, &record, &e);
}

const struct cmd cmd_show = {
	.name = "show",
	.args = "ID",
	.help = "what the database holds of one experiment",
	.run = run,
};
