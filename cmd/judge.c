// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/buf.h"
#include "base/cleanup.h"
#include "cmd/cmd.h"
#include "judge/judgement.h"
#include "report/judge.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

struct options {
	const char *rules_text, *baseline;
	double tolerance, max_cv;
	enum judge_rules rules;
};

static int parse(const struct cmd *self, struct cmd_ctx *ctx, struct options *o, int *argc,
		 char **argv)
{
	const struct opt table[] = {
		{ "rules", 0, OPT_STRING, "NAME",
		  "blocks (default) or mean-cv, for --json and exit", &o->rules_text },
		{ "baseline", 0, OPT_STRING, "KERNEL", "what others are held against (the oldest)",
		  &o->baseline },
		{ "tolerance", 0, OPT_DOUBLE, "X", "of mean-cv, a fraction (default 0.05)",
		  &o->tolerance },
		{ "max-cv", 0, OPT_DOUBLE, "Y", "of mean-cv, a fraction (default 0.10)",
		  &o->max_cv },
	};
	int status;

	*o = (struct options){ .rules_text = "blocks", .tolerance = 0.05, .max_cv = 0.10 };
	status = opts_parse(self, ctx, table, ARRAY_SIZE(table), argc, argv, NULL);
	if (status >= 0)
		return status;
	if (!strcmp(o->rules_text, "mean-cv"))
		o->rules = RULES_MEAN_CV;
	else if (strcmp(o->rules_text, "blocks") != 0)
		return usage_error(self, "--rules: '%s' is neither blocks nor mean-cv",
				   o->rules_text);
	if (*argc != 1)
		return usage_error(self, "one FILE.csv is expected");
	return -1;
}

static int read_file(const char *path, struct rows *out, struct err *e)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return err_errno(e, errno, "%s", path);
	return rows_read(path, fd, out, e);
}

static int find_baseline(const struct options *o, const struct rows *t, uint32_t *out,
			 struct err *e)
{
	*out = INTERN_NONE;
	if (!o->baseline)
		return 0;
	for (size_t i = 0; i < t->count; i++) {
		if (!strcmp(rows_word(t, t->at[i].kernel), o->baseline)) {
			*out = t->at[i].kernel;
			return 0;
		}
	}
	return err_set(e, ENOENT, "--baseline: the file has no kernel '%s'", o->baseline);
}

/* 1 before 125 before 0, over all rows. */
static int exit_status(const struct judgement *j, enum judge_rules rules)
{
	int status = 0;

	for (size_t i = 0; i < j->count; i++) {
		const struct judged_row *r = &j->rows[i];
		int one;

		if (r->is_baseline)
			continue;
		if (rules == RULES_MEAN_CV)
			one = !strcmp(r->mean_cv.classification, "regression");
		else
			one = verdict_exit(r->timed.verdict, r->timed.ratio > 1);
		status = status == 1 || one == 1 ? 1 : status > one ? status : one;
	}
	return status;
}

static int print(const struct cmd_ctx *ctx, const struct rows *t, const struct judgement *j,
		 enum judge_rules rules, struct err *e)
{
	_cleanup_buf_ struct buf text = { 0 };
	json_t *doc;
	int status;

	if (!ctx->json) {
		if (judge_text(t, j, &text) != 0)
			return err_oom(e), report_error(e);
		fwrite(text.data, 1, text.len, stdout);
		return finish_stdout();
	}
	doc = judge_json(t, j, rules);
	if (!doc)
		return err_oom(e), report_error(e);
	status = print_json(doc);
	json_decref(doc);
	return status;
}

static int run(const struct cmd *self, struct cmd_ctx *ctx, int argc, char **argv)
{
	_cleanup_judgement_ struct judgement j = { 0 };
	_cleanup_rows_ struct rows t = { 0 };
	struct mean_cv_rules rules;
	struct err e = { 0 };
	struct options o;
	int status = parse(self, ctx, &o, &argc, argv);

	if (status >= 0)
		return status;
	rules = (struct mean_cv_rules){ .tolerance = o.tolerance, .max_cv = o.max_cv };
	if (read_file(argv[0], &t, &e) < 0 || find_baseline(&o, &t, &rules.baseline, &e) < 0 ||
	    judge_table(&t, &rules, &j, &e) < 0)
		return report_error(&e);
	status = print(ctx, &t, &j, o.rules, &e);
	return status ? status : exit_status(&j, o.rules);
}

const struct cmd cmd_judge = {
	.name = "judge",
	.args = "FILE.csv [--rules mean-cv] [--baseline KERNEL]",
	.help = "judge raw results again, offline",
	.run = run,
};
