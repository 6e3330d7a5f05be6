// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/bundle/verify.h"

#include "base/cleanup.h"
#include "cmd/common/cmd.h"
#include "cmd/common/screen.h"
#include "cmd/terminal/terminal.h"
#include "report/words/plain.h"
#include "report/words/table.h"

static int print_text(const struct cmd_ctx *ctx, const struct verify *v, const char *dir)
{
	const struct text_style style = screen_style(ctx);
	_cleanup_buf_ struct buf out = { 0 };

	if (v->n_findings)
		buf_printf(&out, "%zu findings in %zu files of ", v->n_findings, v->files);
	else
		buf_printf(&out, "all of %zu files agree in ", v->files);
	plain_line(&out, dir, 4000);
	buf_puts(&out, "\n");
	for (size_t i = 0; i < v->n_findings; i++) {
		_cleanup_buf_ struct buf one = { 0 };

		plain_line(&one, v->findings[i].file, 200);
		buf_puts(&one, ": ");
		plain_line(&one, v->findings[i].what, 400);
		text_say(&out, &style, 0, "%s", buf_str(&one));
		buf_keep(&out, buf_error(&one));
	}
	for (size_t i = 0; i < v->n_hash_only; i++) {
		_cleanup_buf_ struct buf one = { 0 };

		plain_line(&one, v->hash_only[i], 400);
		text_say(&out, &style, 0, "held by its hash alone: %s", buf_str(&one));
		buf_keep(&out, buf_error(&one));
	}
	if (buf_error(&out)) {
		fputs("slowpath: out of memory\n", stderr);
		return ERR_TOOL;
	}
	fputs(buf_str(&out), stdout);
	return finish_stdout();
}

static int run(const struct cmd *self, struct cmd_ctx *ctx, int argc, char **argv)
{
	_cleanup_verify_ struct verify v = { 0 };
	struct err e = { 0 };
	int status = opts_parse(self, ctx, NULL, 0, &argc, argv, NULL);

	if (status >= 0)
		return status;
	if (argc != 1)
		return usage_error(self, "one bundle's folder is expected");
	terminal_wait("checking the bundle");
	if (verify_bundle(argv[0], &v, &e) < 0)
		return report_error(&e);
	terminal_end();
	if (ctx->json) {
		json_t *doc = verify_json(&v);

		status = print_json(doc);
		json_decref(doc);
	} else {
		status = print_text(ctx, &v, argv[0]);
	}
	return status ? status : v.n_findings > 0;
}

const struct cmd cmd_verify = {
	.name = "verify",
	.args = "DIR",
	.help = "check a bundle: hashes, and every number and verdict from the raw rows",
	.run = run,
};
