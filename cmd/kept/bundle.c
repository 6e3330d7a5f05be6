// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/bundle/bundle.h"

#include "base/cleanup.h"
#include "cmd/common/cmd.h"
#include "cmd/kept/evidence.h"
#include "cmd/terminal/terminal.h"
#include "cmd/common/version.h"
#include "report/bundle/bundle_dir.h"

static int print(const struct cmd_ctx *ctx, const struct record *r, const struct bundle *b,
		 const char *dir)
{
	json_t *doc;
	int status;

	if (!ctx->json) {
		printf("%s: %zu files; 'slowpath verify %s' checks them\n", dir, b->count, dir);
		return finish_stdout();
	}
	doc = json_pack("{s:s,s:s,s:s,s:I,s:b}", "schema", "slowpath/bundled/1", "id", r->id, "dir",
			dir, "files", (json_int_t)b->count, "finished", r->finished != NULL);
	status = print_json(doc);
	json_decref(doc);
	return status;
}

static int run(const struct cmd *self, struct cmd_ctx *ctx, int argc, char **argv)
{
	_cleanup_bundle_ struct bundle bundle = { 0 };
	_cleanup_evidence_set_ struct evidence_set set = { 0 };
	_cleanup_opt_list_ struct opt_list with = { 0 };
	struct err e = { 0 };
	const char *dir = NULL;
	bool keep_host = false;
	const struct opt table[] = {
		{ "output", 'o', OPT_STRING, "DIR", "the new folder", &dir },
		EVIDENCE_WITH_OPT(&with),
		{ "keep-host", 0, OPT_FLAG, NULL, "leave paths and names of this machine in",
		  &keep_host },
	};
	int status = opts_parse(self, ctx, table, ARRAY_SIZE(table), &argc, argv, NULL);

	if (status >= 0)
		return status;
	if (argc != 1 || !dir)
		return usage_error(self, "one experiment's ID and -o DIR are expected");
	terminal_wait("reading the experiment");
	if (evidence_load(ctx, argv[0], &with, keep_host, &set, &e) < 0 ||
	    bundle_make(&set, slowpath_version(), &bundle, &e) < 0 ||
	    bundle_write(&bundle, dir, &e) < 0)
		return report_error(&e);
	terminal_end();
	return print(ctx, &set.records[0], &bundle, dir);
}

const struct cmd cmd_bundle = {
	.name = "bundle",
	.args = "ID -o DIR [--with ID]... [--keep-host]",
	.help = "all the evidence of an experiment, as a folder to give away",
	.run = run,
};
