// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/common/building_opts.h"
#include "cmd/common/measuring_opts.h"
#include "cmd/common/start.h"
#include "drive/begin/cpu_model.h"
#include "drive/survey/surveying.h"

#include "base/cleanup.h"
#include "cmd/common/screen.h"
#include "report/survey/survey.h"
#include "report/survey/survey_site.h"
#include "store/resolve.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct options {
	struct measuring m;
	struct opt_list scenarios;
	const char *cmdline, *resume, *into, *dir, *from;
	struct building building;
};

static int check(const struct cmd *self, struct options *o, int argc)
{
	const bool kept = o->resume || o->into;
	int status = -1;

	if (o->resume && (argc || o->scenarios.count))
		return usage_error(self, "--resume ID goes on with what was asked for; --into ID "
					 "adds kernels and scenarios");
	if (o->resume && o->into)
		return usage_error(self, "--into ID goes on too: one of both is enough");
	if (o->from && (kept || argc || o->scenarios.count))
		return usage_error(self, "--from FILE only makes pages: it stands alone");
	if (o->from && !o->dir)
		return usage_error(self, "--from FILE makes pages: -o DIR says where");
	if (kept && (o->m.iterations || o->m.budget_s || o->m.metric || o->cmdline))
		status = usage_error(self, "what was asked for at first stays: --metric, "
					   "--iterations, --budget and --cmdline are of a new "
					   "survey");
	if (!kept && !o->from && !argc)
		status = usage_error(self, "kernels are expected, or a range");
	return status;
}

static int parse(const struct cmd *self, struct cmd_ctx *ctx, struct options *o, int *argc,
		 char **argv)
{
	const struct opt table[] = {
		{ "scenario", 's', OPT_LIST, "SCENARIO",
		  "a scenario or a glob; several (default: the whole library)", &o->scenarios },
		{ "output", 'o', OPT_STRING, "DIR", "pages, CSV and JSON go in there", &o->dir },
		{ "cmdline", 0, OPT_STRING, "WORDS", "added to every kernel's command line",
		  &o->cmdline },
		ITERATIONS_OPTS(&o->m.iterations, &o->m.budget_s),
		BUILDING_OPTS(&o->building),
		{ "resume", 0, OPT_STRING, "ID", "go on with a survey that was interrupted",
		  &o->resume },
		{ "into", 0, OPT_STRING, "ID", "add kernels and scenarios to a survey", &o->into },
		{ "from", 0, OPT_STRING, "FILE", "only make pages of a survey's JSON", &o->from },
		MEASURING_OPTS(&o->m),
	};
	int status;

	*o = (struct options){ .m = MEASURING_DEFAULTS };
	o->m.iterations = o->m.budget_s = ITERATIONS_NOT_GIVEN;
	status = opts_parse(self, ctx, table, ARRAY_SIZE(table), argc, argv, NULL);
	if (status < 0)
		status = check_iterations(self, &o->m.iterations, &o->m.budget_s);
	if (status < 0)
		status = parse_measuring(self, &o->m);
	return status < 0 ? check(self, o, *argc) : status;
}

/* Before anything is measured: whether the pages can be written in the end. */
static int conclude(const struct cmd_ctx *ctx, const struct options *o, const json_t *document,
		    struct err *e)
{
	_cleanup_survey_ struct survey v = { 0 };
	_cleanup_buf_ struct buf text = { 0 };
	const struct text_style style = screen_style(ctx);
	int r = survey_read(document, &v, e);

	if (r == 0 && o->dir)
		r = survey_site_write(&v, o->dir, e);
	if (r == 0 && !ctx->json)
		survey_text(&v, &style, &text);
	if (r == 0 && buf_error(&text))
		r = err_oom(e);
	if (r < 0)
		return report_error(e);
	return ctx->json ? print_json((json_t *)document) : print_buf(&text);
}

/* New, or taken up, or both: kernels and scenarios. */
static int set_out(struct options *o, struct surveying *x, char **words, int count, struct err *e)
{
	static const char *const all[] = { "*" };
	const char *kept = o->resume ? o->resume : o->into;
	struct survey_wish wish = { .words = words,
				    .n_words = (size_t)count,
				    .globs = o->scenarios.items,
				    .n_globs = o->scenarios.count };
	_cleanup_free_ char *id = NULL;
	int r = 0;

	if (!kept && !wish.n_globs) {
		wish.globs = all;
		wish.n_globs = 1;
	}
	if (!kept)
		r = session_set_arch(x->s, o->m.arch, e);
	if (r == 0 && kept)
		r = store_resolve(x->s->store, kept, &id, e);
	if (r == 0 && kept)
		r = survey_take_up(x, id, &o->m, e);
	if (r == 0 && !kept)
		r = session_expect(x->s, words, (size_t)count, e);
	if (r == 0)
		r = building_set(&o->building, x->s->kernels, x->s->teller, e);
	if (r == 0)
		r = cpu_model_set(x->s, o->m.cpu_model, e);
	return r < 0 ? r : survey_add(x, &wish, e);
}

static int measure(struct surveying *x, struct err *e)
{
	int r;

	catch_signals(x->s);
	r = survey_measure(x, e);
	release_signals();
	teller_done(x->s->teller);
	return r;
}

static int carry_out(struct cmd_ctx *ctx, struct options *o, struct surveying *x, char **words,
		     int count)
{
	struct err e = { 0 };
	json_t *document = NULL;
	int r = o->dir ? survey_site_check(o->dir, &e) : 0, status;

	if (r == 0)
		r = set_out(o, x, words, count, &e);
	if (r == 0)
		r = measure(x, &e);
	if (r == 0)
		r = survey_document(x, &document, &e);
	status = r < 0 ? report_error(&e) : conclude(ctx, o, document, &e);
	json_decref(document);
	return status;
}

static int make_pages(const struct cmd_ctx *ctx, const struct options *o)
{
	struct err e = { 0 };
	json_t *document = NULL;
	int r = survey_site_check(o->dir, &e), status;

	if (r == 0)
		r = survey_open(o->from, &document, &e);
	status = r < 0 ? report_error(&e) : conclude(ctx, o, document, &e);
	json_decref(document);
	return status;
}

static int run(const struct cmd *self, struct cmd_ctx *ctx, int argc, char **argv)
{
	_cleanup_session_ struct session s;
	struct options o;
	struct err e = { 0 };
	int status = parse(self, ctx, &o, &argc, argv);
	struct surveying x = { .s = &s, .m = &o.m, .command = "survey", .cmdline = o.cmdline };

	memset(&s, 0, sizeof(s));
	if (status < 0 && o.from)
		status = make_pages(ctx, &o);
	else if (status < 0 && start_session(ctx, &s, &e) < 0)
		status = report_error(&e);
	if (status < 0) {
		s.lab.deadline_s = o.m.deadline_s;
		status = carry_out(ctx, &o, &x, argv, argc);
	}
	survey_close(&x);
	opt_list_free(&o.scenarios);
	return status;
}

const struct cmd cmd_survey = {
	.name = "survey",
	.args = "SPEC... | debian:A..B [-s SCENARIO]... [-o DIR] | --resume ID | --into ID "
		"[SPEC...] [-s SCENARIO]... | --from FILE -o DIR",
	.help = "many scenarios on many kernels, as a table and as pages",
	.run = run,
};
