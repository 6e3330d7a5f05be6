// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/export/export.h"

#include "base/cleanup.h"
#include "base/file.h"
#include "cmd/common/cmd.h"
#include "cmd/kept/evidence.h"

#include <errno.h>
#include <string.h>

#define DEFAULT_ORIGIN "slowpath"

struct options {
	const char *format, *output, *origin;
	bool keep_host;
};

typedef void (*export_fn)(const struct export *x, struct buf *out);

static export_fn find_format(const char *name)
{
	static const struct {
		const char *name;
		export_fn put;
	} all[] = { { "ktap", export_ktap },
		    { "junit", export_junit },
		    { "openmetrics", export_openmetrics },
		    { "csv", export_csv } };

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		if (!strcmp(all[i].name, name))
			return all[i].put;
	}
	return NULL;
}

static bool is_origin(const char *text)
{
	return *text && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(text);
}

static int parse(const struct cmd *self, struct cmd_ctx *ctx, struct options *o, int *argc,
		 char **argv)
{
	const struct opt table[] = {
		{ "format", 0, OPT_STRING, "kcidb|ktap|junit|openmetrics|csv", "what it becomes",
		  &o->format },
		{ "output", 'o', OPT_STRING, "PATH", "the file (default: standard output)",
		  &o->output },
		{ "origin", 0, OPT_STRING, "NAME",
		  "of kcidb: the CI system that submits it (default " DEFAULT_ORIGIN ")",
		  &o->origin },
		{ "keep-host", 0, OPT_FLAG, NULL, "leave paths and names of this machine in",
		  &o->keep_host },
	};
	int status;

	*o = (struct options){ 0 };
	status = opts_parse(self, ctx, table, ARRAY_SIZE(table), argc, argv, NULL);
	if (status >= 0)
		return status;
	if (*argc != 1 || !o->format)
		return usage_error(self, "one experiment's ID and --format are expected");
	if (strcmp(o->format, "kcidb") != 0 && !find_format(o->format))
		return usage_error(self,
				   "--format: '%s' is neither kcidb, ktap, junit, openmetrics nor "
				   "csv",
				   o->format);
	if (ctx->json && strcmp(o->format, "kcidb") != 0)
		return usage_error(self, "--json: of these formats, kcidb is JSON");
	if (o->origin && strcmp(o->format, "kcidb") != 0)
		return usage_error(self, "--origin is for --format kcidb");
	if (o->origin && !is_origin(o->origin))
		return usage_error(self, "--origin: small letters, digits and '_' are possible");
	return -1;
}

static int put(const struct options *o, const struct export *x, struct buf *out, struct err *e)
{
	_cleanup_free_ char *dumped = NULL;
	json_t *document = NULL;

	if (!strcmp(o->format, "kcidb")) {
		document = export_kcidb(x, o->origin ? o->origin : DEFAULT_ORIGIN);
		dumped = document ? json_dumps(document, JSON_INDENT(2)) : NULL;
		json_decref(document);
		if (!dumped)
			return err_oom(e);
		buf_printf(out, "%s\n", dumped);
	} else {
		find_format(o->format)(x, out);
	}
	return buf_error(out) ? err_oom(e) : 0;
}

/* A series is a survey of its commits' kernels, and a decomposition one of sets of candidates. */
static bool is_survey(const struct record *r)
{
	const char *command = json_string_value(json_object_get(r->command, "command"));

	return command && (!strcmp(command, "survey") || !strcmp(command, "series") ||
			   !strcmp(command, "decompose"));
}

/* A survey's rows are concluded when they are measured; all else is concluded anew. */
static int make(const struct record *r, struct evidence *x, struct export *out, struct err *e)
{
	int rc;

	if (is_survey(r))
		return export_survey(r, out, e);
	rc = evidence_make(r, x, e);
	return rc < 0 ? rc : export_evidence(x, out, e);
}

static int run(const struct cmd *self, struct cmd_ctx *ctx, int argc, char **argv)
{
	static const struct opt_list none;
	_cleanup_evidence_set_ struct evidence_set set = { 0 };
	_cleanup_evidence_ struct evidence evidence = { 0 };
	_cleanup_export_ struct export x = { 0 };
	_cleanup_buf_ struct buf text = { 0 };
	struct err e = { 0 };
	struct options o;
	int status = parse(self, ctx, &o, &argc, argv);

	if (status >= 0)
		return status;
	if (evidence_load(ctx, argv[0], &none, o.keep_host, &set, &e) < 0 ||
	    make(&set.records[0], &evidence, &x, &e) < 0 || put(&o, &x, &text, &e) < 0)
		return report_error(&e);
	if (!o.output)
		return print_buf(&text);
	return file_write_atomic(o.output, buf_str(&text), text.len, &e) < 0 ? report_error(&e) : 0;
}

const struct cmd cmd_export = {
	.name = "export",
	.args = "ID --format FORMAT [-o PATH]",
	.help = "what was compared, in a format of another system",
	.run = run,
};
