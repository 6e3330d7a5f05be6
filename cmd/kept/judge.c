// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "cmd/common/cmd.h"
#include "cmd/common/measuring_opts.h"
#include "cmd/terminal/terminal.h"
#include "drive/session/database.h"
#include "drive/session/home.h"
#include "cmd/common/judged_exit.h"
#include "cmd/common/screen.h"
#include "drive/execute/stored_rows.h"
#include "judge/judgement/judgement.h"
#include "lab/plan/experiment.h"
#include "report/views/judge.h"
#include "report/bundle/rows_csv.h"
#include "store/resolve.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

struct options {
	const char *rules_text, *baseline, *looks_text, *metric;
	const char *threshold_text;
	double tolerance, max_cv, threshold; /* negative: not given; a share of the baseline */
	struct judge_options looks;	     /* its looks only */
	bool csv, summary_csv;
	enum judge_rules rules;
};

static int parse(const struct cmd *self, struct cmd_ctx *ctx, struct options *o, int *argc,
		 char **argv)
{
	const struct opt table[] = {
		{ "rules", 0, OPT_STRING, "blocks|mean-cv", "for --json and exit (default blocks)",
		  &o->rules_text },
		{ "baseline", 0, OPT_STRING, "KERNEL", "what others are held against (the oldest)",
		  &o->baseline },
		METRIC_OPT(&o->metric),
		{ "tolerance", 0, OPT_DOUBLE, "X", "of mean-cv, a fraction (default 0.05)",
		  &o->tolerance },
		{ "threshold", 0, OPT_STRING, "PERCENT",
		  "smallest effect that matters, of the baseline (default 1%)",
		  &o->threshold_text },
		{ "looks", 0, OPT_STRING, "N,N...",
		  "judge times early, after so many blocks (all there are, once)", &o->looks_text },
		{ "csv", 0, OPT_FLAG, NULL, "the raw rows, as CSV, and nothing else", &o->csv },
		{ "summary-csv", 0, OPT_FLAG, NULL, "the rows that --json gives, as CSV",
		  &o->summary_csv },
		{ "max-cv", 0, OPT_DOUBLE, "Y", "of mean-cv, a fraction (default 0.10)",
		  &o->max_cv },
	};
	struct err e = { 0 };
	int status;

	*o = (struct options){
		.rules_text = "blocks", .tolerance = -1, .max_cv = -1, .threshold = -1
	};
	status = opts_parse(self, ctx, table, ARRAY_SIZE(table), argc, argv, NULL);
	if (status >= 0)
		return status;
	status = parse_metric(self, o->metric);
	if (status >= 0)
		return status;
	if (o->threshold_text)
		status = parse_percent(self, "--threshold", o->threshold_text, &o->threshold);
	if (status >= 0)
		return status;
	if (!strcmp(o->rules_text, "mean-cv"))
		o->rules = RULES_MEAN_CV;
	else if (strcmp(o->rules_text, "blocks") != 0)
		return usage_error(self, "--rules: '%s' is neither blocks nor mean-cv",
				   o->rules_text);
	if (o->looks_text && judge_options_looks(o->looks_text, &o->looks, &e) < 0)
		return usage_error(self, "--looks: %s", e.text);
	if (o->csv + o->summary_csv + ctx->json > 1)
		return usage_error(self, "--csv, --summary-csv and --json exclude each other");
	if (*argc != 1)
		return usage_error(self, "one FILE.csv or one experiment's ID is expected");
	return -1;
}

static int read_file(const char *path, struct rows *out, struct err *e)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return err_errno(e, errno, "%s", path);
	return rows_read(path, fd, out, e);
}

/* The raw rows of a stored experiment on stdout. */
static int export_csv(const struct options *o, struct store *store, const char *id, struct err *e)
{
	_cleanup_record_ struct record record = { 0 };
	_cleanup_buf_ struct buf out = { 0 };

	if (stored_rows_load(store, id, o->metric, &record, e) < 0 ||
	    rows_csv(&record, &out, e) < 0)
		return report_error(e);
	return print_buf(&out);
}

/* What the profile says, if it was one, and then the command line. */
static void fill_options(const struct options *o, const json_t *command, struct judge_options *out)
{
	const char *baseline = json_string_value(json_object_get(command, "baseline"));

	*out = judge_options_default();
	out->baseline = baseline;
	judge_options_profile(json_object_get(command, "experiment"), out);
	if (o->baseline)
		out->baseline = o->baseline;
	/* Over what a profile says of each scenario. */
	if (o->metric) {
		out->metric = o->metric;
		out->n_primaries = 0;
	}
	if (o->tolerance >= 0)
		out->tolerance = o->tolerance;
	if (o->max_cv >= 0)
		out->max_cv = o->max_cv;
	if (o->threshold >= 0)
		out->threshold = o->threshold;
	if (o->looks.n_looks) {
		out->n_looks = o->looks.n_looks;
		memcpy(out->looks, o->looks.looks, sizeof(out->looks));
	}
}

static int print(const struct cmd_ctx *ctx, const struct options *o, const struct rows *t,
		 const struct judgement *j, struct err *e)
{
	const struct text_style style = screen_style(ctx);
	_cleanup_buf_ struct buf text = { 0 };
	json_t *doc;
	int status;

	if (!ctx->json) {
		if (o->summary_csv)
			judge_csv(t, j, o->rules, &text);
		else
			judge_text(t, j, &style, &text);
		if (buf_error(&text) != 0)
			return err_oom(e), report_error(e);
		return print_buf(&text);
	}
	doc = judge_json(t, j, o->rules);
	if (!doc)
		return err_oom(e), report_error(e);
	status = print_json(doc);
	json_decref(doc);
	return status;
}

/* @command: of a stored experiment; NULL for a file. */
static int judge_rows(const struct cmd_ctx *ctx, const struct options *o, const struct rows *t,
		      const json_t *command, struct err *e)
{
	_cleanup_judgement_ struct judgement j = { 0 };
	struct judge_options options;
	int status;

	fill_options(o, command, &options);
	if (judge_table(t, &options, &j, e) < 0)
		return report_error(e);
	status = print(ctx, o, t, &j, e);
	return status ? status : judged_exit(ctx, &j, o->rules);
}

static int run_stored(struct cmd_ctx *ctx, struct options *o, const char *word, struct err *e)
{
	_cleanup_free_ char *id = NULL;
	_cleanup_stored_experiment_ struct stored_experiment x = { 0 };
	_cleanup_(store_close_p) struct store *store = NULL;
	_cleanup_home_ struct home home = { 0 };
	_cleanup_rows_ struct rows t = { 0 };

	terminal_wait("reading the experiment");
	if (home_open(ctx->home_arg, &home, e) < 0 ||
	    database_of_home(&home, terminal_teller(), &store, e) < 0 ||
	    store_resolve(store, word, &id, e) < 0 || store_find_experiment(store, id, &x, e) < 0)
		return report_error(e);
	if (strcmp(x.purpose, experiment_purposes[EXPERIMENT_PERFORMANCE]) != 0) {
		err_set(e, EINVAL, "experiment '%s' was made for %s: its runs are not judged", id,
			x.purpose);
		return report_error(e);
	}
	if (o->csv)
		return export_csv(o, store, id, e);
	if (stored_rows_read(store, id, o->metric, &t, e) < 0)
		return report_error(e);
	return judge_rows(ctx, o, &t, x.command, e);
}

static int run(const struct cmd *self, struct cmd_ctx *ctx, int argc, char **argv)
{
	_cleanup_rows_ struct rows t = { 0 };
	struct err e = { 0 };
	struct options o;
	int status = parse(self, ctx, &o, &argc, argv);

	if (status >= 0)
		return status;
	/* An ID has no dot and no slash; a file that is there is a file. */
	if (!strpbrk(argv[0], "./") && !file_exists(argv[0]))
		return run_stored(ctx, &o, argv[0], &e);
	if (read_file(argv[0], &t, &e) < 0)
		return report_error(&e);
	return judge_rows(ctx, &o, &t, NULL, &e);
}

const struct cmd cmd_judge = {
	.name = "judge",
	.args = "ID|FILE.csv [--rules mean-cv] [--baseline KERNEL] [--csv]",
	.help = "judge raw results again, offline",
	.has_verdict = true,
	.run = run,
};
