// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/common/building_opts.h"
#include "cmd/common/measuring_opts.h"
#include "cmd/common/start.h"
#include "drive/begin/cpu_model.h"
#include "drive/survey/series.h"

#include "base/cleanup.h"
#include "cmd/common/screen.h"
#include "store/resolve.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct options {
	struct measuring m;
	struct opt_list scenarios;
	const char *tree, *resume;
	struct building building;
	bool b4;
};

static int parse(const struct cmd *self, struct cmd_ctx *ctx, struct options *o, int *argc,
		 char **argv)
{
	const struct opt table[] = {
		{ "tree", 0, OPT_STRING, "DIR", "the kernel's git tree (default .)", &o->tree },
		{ "scenario", 's', OPT_LIST, "SCENARIO",
		  "a scenario or a glob; several (default " DEFAULT_SCENARIO ")", &o->scenarios },
		BUILDING_OPTS(&o->building),
		ITERATIONS_OPTS(&o->m.iterations, &o->m.budget_s),
		{ "b4", 0, OPT_FLAG, NULL, "print what b4's review checks take", &o->b4 },
		{ "resume", 0, OPT_STRING, "ID", "go on with a series that was interrupted",
		  &o->resume },
		MEASURING_OPTS(&o->m),
	};
	int status;

	*o = (struct options){ .m = MEASURING_DEFAULTS, .tree = "." };
	o->m.iterations = o->m.budget_s = ITERATIONS_NOT_GIVEN;
	status = opts_parse(self, ctx, table, ARRAY_SIZE(table), argc, argv, NULL);
	if (status < 0)
		status = check_iterations(self, &o->m.iterations, &o->m.budget_s);
	if (status < 0)
		status = parse_measuring(self, &o->m);
	if (status < 0 && o->resume && (*argc || o->scenarios.count))
		status = usage_error(self, "--resume ID goes on with what was asked for");
	if (status < 0 && o->resume &&
	    (o->building.config || o->m.metric || o->m.iterations || o->m.budget_s))
		status = usage_error(self, "what was asked for at first stays: --config, --metric, "
					   "--iterations and --budget are of a new series");
	if (status < 0 && !o->resume && *argc != 1)
		status = usage_error(self, "one range of commits is expected: BASE..TIP");
	if (status < 0 && o->b4 && ctx->json)
		status = usage_error(self, "--b4 and --json are two documents");
	return status;
}

/* What was asked for then, or is now: the commits, and the survey without its kernels. */
static int set_out(struct options *o, struct series_run *r, struct surveying *x, char **words,
		   struct err *e)
{
	static const char *const usual[] = { DEFAULT_SCENARIO };
	const struct survey_wish wish = { .globs = o->scenarios.count ? o->scenarios.items : usual,
					  .n_globs = o->scenarios.count ? o->scenarios.count : 1 };
	/* Its scenarios are there, but not yet by the metric that was asked for. */
	static const struct survey_wish as_it_is;
	_cleanup_free_ char *id = NULL;
	int rc = session_set_arch(x->s, o->m.arch, e);

	if (rc == 0 && o->resume)
		rc = store_resolve(x->s->store, o->resume, &id, e);
	if (rc == 0 && id)
		rc = survey_take_up(x, id, &o->m, e);
	if (rc == 0)
		rc = id ? series_find_kept(r, x->journal.command, e)
			: series_find(r, o->tree, words[0], e);
	if (rc == 0)
		rc = series_set_building(r, x, &o->building, e);
	if (rc == 0)
		rc = cpu_model_set(x->s, o->m.cpu_model, e);
	x->asked = r->asked;
	if (rc == 0)
		rc = survey_add_scenarios(x, id ? &as_it_is : &wish, e);
	return rc;
}

static int carry_out(struct series_run *r, struct surveying *x, struct err *e)
{
	int rc;

	catch_signals(x->s);
	rc = series_build(r, x, e);
	/* One kernel stands for all commits: nothing is to be found out. */
	if (rc == 0 && x->n_kernels > 1)
		rc = survey_measure(x, e);
	release_signals();
	teller_done(x->s->teller);
	return rc;
}

static int make_document(const struct series_run *r, const struct surveying *x, json_t **out,
			 struct err *e)
{
	const bool measured = x->n_kernels > 1;
	_cleanup_free_ json_t **rows = calloc(x->n_scenarios + 1, sizeof(json_t *));
	const struct series_view v = { .id = measured ? x->id : NULL,
				       .tree = r->tree.dir,
				       .threshold = x->m->threshold,
				       .commits = r->commits,
				       .count = r->chain.count,
				       .rows = rows,
				       .n_rows = measured ? x->n_scenarios : 0 };
	int rc = !rows ? err_oom(e) : measured ? survey_rows(x, rows, e) : 0;

	if (rc == 0)
		*out = series_json(&v);
	for (size_t i = 0; rows && i < x->n_scenarios; i++)
		json_decref(rows[i]);
	return rc == 0 && !*out ? err_oom(e) : rc;
}

static int print_b4(const json_t *document, struct err *e)
{
	json_t *list = series_b4(document);
	int status = list ? print_json(list) : (err_oom(e), report_error(e));

	json_decref(list);
	return status;
}

static int print(const struct cmd_ctx *ctx, const struct options *o, json_t *document,
		 struct err *e)
{
	const struct text_style style = screen_style(ctx);
	_cleanup_buf_ struct buf text = { 0 };

	if (o->b4)
		return print_b4(document, e);
	if (ctx->json)
		return print_json(document);
	series_text(document, &style, &text);
	return buf_error(&text) ? (err_oom(e), report_error(e)) : print_buf(&text);
}

static int measure(struct cmd_ctx *ctx, struct options *o, struct series_run *r,
		   struct surveying *x, char **words)
{
	struct err e = { 0 };
	json_t *document = NULL;
	int rc = set_out(o, r, x, words, &e), status;

	if (rc == 0)
		rc = carry_out(r, x, &e);
	if (rc == 0)
		rc = make_document(r, x, &document, &e);
	status = rc < 0 ? report_error(&e) : print(ctx, o, document, &e);
	if (rc == 0 && status == 0)
		status = verdict_status(ctx, series_exit(document));
	json_decref(document);
	return status;
}

static int run(const struct cmd *self, struct cmd_ctx *ctx, int argc, char **argv)
{
	_cleanup_session_ struct session s;
	struct options o;
	struct err e = { 0 };
	int status = parse(self, ctx, &o, &argc, argv);
	struct surveying x = { .s = &s, .m = &o.m, .command = "series" };
	struct series_run r = { 0 };

	memset(&s, 0, sizeof(s));
	if (status < 0 && start_session(ctx, &s, &e) < 0)
		status = report_error(&e);
	if (status < 0) {
		s.lab.deadline_s = o.m.deadline_s;
		status = measure(ctx, &o, &r, &x, argv);
	}
	survey_close(&x);
	series_run_free(&r);
	opt_list_free(&o.scenarios);
	return status;
}

const struct cmd cmd_series = {
	.name = "series",
	.args = "BASE..TIP [--tree DIR] [-s SCENARIO]... [--b4] | --resume ID",
	.help = "what each commit of a patch series costs",
	.has_verdict = true,
	.run = run,
};
