// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/mail/mail.h"

#include "base/cleanup.h"
#include "base/file.h"
#include "cmd/common/cmd.h"
#include "cmd/kept/evidence.h"
#include "cmd/kept/maintainers.h"
#include "cmd/terminal/terminal.h"
#include "cmd/common/tree_version.h"
#include "report/bundle/bundle_dir.h"
#include "report/page/page.h"
#include "report/bundle/page_files.h"
#include "report/words/release.h"
#include "report/evidence/swap.h"

#include <errno.h>
#include <string.h>

struct options {
	const char *format, *output, *follow_up, *tree;
	bool keep_host, swap;
	struct opt_list *with;
	struct mail_request mail;
	struct page_request page;
};

static int parse(const struct cmd *self, struct cmd_ctx *ctx, struct options *o, int *argc,
		 char **argv)
{
	const struct opt table[] = {
		{ "format", 0, OPT_STRING, "mail|md|html", "what it becomes", &o->format },
		{ "output", 'o', OPT_STRING, "PATH",
		  "the new file, or folder of md (mail, html: "
		  "standard output)",
		  &o->output },
		EVIDENCE_WITH_OPT(o->with),
		{ "tree", 0, OPT_STRING, "DIR", "a kernel tree, for its get_maintainer.pl",
		  &o->tree },
		{ "introduced", 0, OPT_STRING, "A..B|COMMIT", "where it began",
		  &o->mail.introduced },
		{ "swap", 0, OPT_FLAG, NULL, "a mail of OLD and NEW exchanged", &o->swap },
		{ "regzbot", 0, OPT_FLAG, NULL, "with lines for regzbot, where it heeds them",
		  &o->mail.regzbot },
		{ "bundle-url", 0, OPT_STRING, "URL", "where the bundle lies",
		  &o->mail.bundle_url },
		{ "program-url", 0, OPT_STRING, "URL", "where a foreign program lies",
		  &o->mail.program_url },
		{ "source-url", 0, OPT_STRING, "BASE",
		  "of NEW's source, for links of html to BASE/FILE#LINE", &o->page.source_url },
		{ "reported-by", 0, OPT_STRING, "NAME", "'Name <address>', for a line to copy",
		  &o->mail.reported_by },
		{ "closes", 0, OPT_STRING, "URL", "of this report, for a line to copy",
		  &o->mail.closes },
		{ "title", 0, OPT_STRING, "TEXT", "'mm/FILE: ...' instead of the one that is made",
		  &o->mail.title },
		{ "reply-to", 0, OPT_STRING, "MESSAGE-ID", "a follow-up in this thread",
		  &o->mail.reply_to },
		{ "subject", 0, OPT_STRING, "TEXT", "the first mail's, of a follow-up",
		  &o->mail.subject },
		{ "follow-up", 0, OPT_STRING, "correction|range|candidate|withdrawal",
		  "what the follow-up says (default correction)", &o->follow_up },
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
	if (o->swap && strcmp(o->format, "mail") != 0)
		return usage_error(self, "--swap is for --format mail");
	if (o->page.source_url && strcmp(o->format, "html") != 0)
		return usage_error(self, "--source-url is for --format html");
	if (o->swap && o->with->count)
		return usage_error(self, "--swap: what --with attaches is not exchanged");
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

/* Who maintained a file when NEW was not there yet is not who does now. */
static void warn_of_old_tree(const char *tree, const struct mail_about *a)
{
	_cleanup_free_ char *version = tree_version(tree);
	struct release of_tree, of_new;

	if (version && a->c->new_run && release_parse(version, &of_tree) &&
	    release_parse(a->c->new_run->kernel_release, &of_new) &&
	    release_compare(&of_tree, &of_new) < 0)
		fprintf(stderr,
			"slowpath report: --tree is of %s, and NEW of %s: a current tree names "
			"today's maintainers\n",
			release_name(&of_tree).text, release_name(&of_new).text);
}

static int write_mail(const struct options *o, const struct evidence *x, struct buf *out,
		      struct err *e)
{
	_cleanup_maintainers_ struct maintainers cc = { 0 };
	_cleanup_buf_ struct buf notes = { 0 };
	struct mail_request mail = o->mail;
	struct mail_about about;
	int r = mail_about_find(x, &about, e);

	if (r == 0 && o->tree)
		r = maintainers_find(o->tree,
				     about.c->scenario->program ? "mm/" : mail_source(about.c).text,
				     &cc, e);
	mail.cc = (const char *const *)cc.items;
	mail.n_cc = cc.count;
	mail.swapped = o->swap;
	if (r == 0)
		r = mail_write(&mail, &about, out, &notes, e);
	if (r < 0)
		return r;
	if (o->tree)
		warn_of_old_tree(o->tree, &about);
	for (const char *line = buf_str(&notes); *line; line += strcspn(line, "\n") + 1)
		fprintf(stderr, "slowpath report: %.*s\n", (int)strcspn(line, "\n"), line);
	return 0;
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
	int r = o->swap ? record_swap_sides(&set->records[0], e) : 0;
	bool html = !strcmp(o->format, "html");

	o->page.bundle_url = o->mail.bundle_url;
	o->page.program_url = o->mail.program_url;
	if (r == 0 && html)
		r = page_check(&o->page, e);

	if (r == 0)
		r = evidence_set_make(set, e);
	if (r == 0 && !strcmp(o->format, "md")) {
		r = page_files(x, &files, e);
		if (r == 0)
			r = bundle_write(&files, o->output, e);
		terminal_end();
		return r < 0 ? report_error(e) : 0;
	}
	if (!html)
		terminal_end();
	if (r == 0)
		r = html ? page_html(x, &o->page, &text, e) : write_mail(o, x, &text, e);
	terminal_end();
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
	terminal_wait("reading the experiment");
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
