// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/mail.h"

#include "base/cleanup.h"
#include "base/file.h"
#include "cmd/cmd.h"
#include "cmd/evidence.h"
#include "cmd/maintainers.h"
#include "report/bundle_dir.h"
#include "report/page.h"
#include "report/page_files.h"

#include <errno.h>
#include <string.h>

struct options {
	const char *format, *output, *follow_up, *tree;
	bool keep_host;
	struct opt_list *with;
	struct mail_request mail;
};

static int parse(const struct cmd *self, struct cmd_ctx *ctx, struct options *o, int *argc,
		 char **argv)
{
	const struct opt table[] = {
		{ "format", 0, OPT_STRING, "FORMAT", "mail, md or html", &o->format },
		{ "output", 'o', OPT_STRING, "PATH",
		  "the new file, or folder of md (mail, html: "
		  "standard output)",
		  &o->output },
		EVIDENCE_WITH_OPT(o->with),
		{ "tree", 0, OPT_STRING, "DIR", "a kernel tree, for its get_maintainer.pl",
		  &o->tree },
		{ "introduced", 0, OPT_STRING, "A..B|COMMIT", "where it began",
		  &o->mail.introduced },
		{ "title", 0, OPT_STRING, "TEXT", "'mm/FILE: ...' instead of the one that is made",
		  &o->mail.title },
		{ "reply-to", 0, OPT_STRING, "MESSAGE-ID", "a follow-up in this thread",
		  &o->mail.reply_to },
		{ "follow-up", 0, OPT_STRING, "KIND",
		  "correction (default), range, candidate or withdrawal", &o->follow_up },
		{ "reason", 0, OPT_STRING, "TEXT", "of a correction or withdrawal",
		  &o->mail.reason },
		{ "keep-host", 0, OPT_FLAG, NULL, "leave paths and names of this machine in",
		  &o->keep_host },
	};
	int status = opts_parse(self, ctx, table, ARRAY_SIZE(table), argc, argv, NULL);

	if (status >= 0)
		return status;
	if (*argc != 1 || !o->format)
		return usage_error(self, "one experiment's ID and --format are expected");
	if (strcmp(o->format, "mail") != 0 && strcmp(o->format, "md") != 0 &&
	    strcmp(o->format, "html") != 0)
		return usage_error(self, "--format: '%s' is neither mail, md nor html", o->format);
	if (!strcmp(o->format, "md") && !o->output)
		return usage_error(self, "-o DIR is expected: the pictures are files of their own");
	if (o->mail.reply_to && !o->follow_up)
		o->follow_up = "correction";
	for (int i = 0; o->follow_up && i < MAIL_KINDS; i++) {
		if (!strcmp(o->follow_up, mail_kinds[i]) && i != MAIL_REPORT)
			o->mail.kind = (enum mail_kind)i;
	}
	if (o->follow_up && o->mail.kind == MAIL_REPORT)
		return usage_error(self, "--follow-up: '%s' is no kind of follow-up", o->follow_up);
	return -1;
}

static int write_mail(const struct options *o, const struct evidence *x, struct buf *out,
		      struct err *e)
{
	_cleanup_maintainers_ struct maintainers cc = { 0 };
	const struct evidence_case *c = mail_case(x);
	struct mail_request mail = o->mail;
	int r = 0;

	if (o->tree && c)
		r = maintainers_find(o->tree, mail_source(c).text, &cc, e);
	mail.cc = (const char *const *)cc.items;
	mail.n_cc = cc.count;
	return r < 0 ? r : mail_write(&mail, x, out, e);
}

/* A file that is there already is not written over. */
static int give_file(const struct options *o, const struct buf *text, struct err *e)
{
	if (!o->output)
		return print_buf(text);
	if (file_exists(o->output)) {
		err_set(e, EEXIST, "%s exists", o->output);
		return report_error(e);
	}
	return file_write(o->output, buf_str(text), text->len, e) < 0 ? report_error(e) : 0;
}

static int render(struct options *o, struct evidence_set *set, struct err *e)
{
	const struct evidence *x = &set->all[0];
	_cleanup_bundle_ struct bundle files = { 0 };
	_cleanup_buf_ struct buf text = { 0 };
	int r = evidence_set_make(set, e);

	if (r == 0 && !strcmp(o->format, "md")) {
		r = page_files(x, &files, e);
		if (r == 0)
			r = bundle_write(&files, o->output, e);
		return r < 0 ? report_error(e) : 0;
	}
	if (r == 0)
		r = strcmp(o->format, "mail") != 0 ? page_html(x, &text, e)
						   : write_mail(o, x, &text, e);
	return r < 0 ? report_error(e) : give_file(o, &text, e);
}

static int run(const struct cmd *self, struct cmd_ctx *ctx, int argc, char **argv)
{
	_cleanup_evidence_set_ struct evidence_set set = { 0 };
	_cleanup_opt_list_ struct opt_list with = { 0 };
	struct options o = { .with = &with };
	struct err e = { 0 };
	int status = parse(self, ctx, &o, &argc, argv);

	if (status >= 0)
		return status;
	if (ctx->json && !o.output)
		return usage_error(self, "--json needs -o: the report itself is no JSON");
	if (evidence_load(ctx, argv[0], &with, o.keep_host, &set, &e) < 0)
		return report_error(&e);
	status = render(&o, &set, &e);
	if (status || !ctx->json)
		return status;
	{
		json_t *doc = json_pack("{s:s,s:s,s:s,s:s}", "schema", "slowpath/report/1", "id",
					set.records[0].id, "format", o.format, "output", o.output);

		status = print_json(doc);
		json_decref(doc);
	}
	return status;
}

const struct cmd cmd_report = {
	.name = "report",
	.args = "ID --format mail|md|html [-o PATH] [--with ID]...",
	.help = "what an experiment says, as a mail, a page or a README",
	.run = run,
};
