// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/common/building_opts.h"
#include "cmd/common/measuring_opts.h"
#include "cmd/common/start.h"
#include "drive/begin/cpu_model.h"
#include "drive/survey/decompose.h"

#include "base/cleanup.h"
#include "cmd/common/screen.h"
#include "store/resolve.h"

#include <string.h>

struct options {
	struct measuring m;
	struct opt_list candidates, scenarios, siblings;
	const char *tree, *old_word, *new_word, *resume;
	struct building building;
	bool alone;
};

static int check(const struct cmd *self, const struct options *o, int argc, char **argv)
{
	if (argc)
		return usage_error(self,
				   "'%s': kernels are given as --old and --new, candidates as "
				   "--probe",
				   argv[0]);
	if (o->resume && (o->old_word || o->new_word || o->candidates.count || o->scenarios.count ||
			  o->siblings.count || o->alone || o->building.config || o->m.metric ||
			  o->m.iterations || o->m.budget_s))
		return usage_error(self, "--resume ID goes on with what was asked for");
	if (o->resume)
		return -1;
	if (!o->old_word || !o->new_word || !o->candidates.count)
		return usage_error(self, "--old, --new and at least one --probe are needed");
	if (o->candidates.count > DECOMPOSE_CANDIDATES_MAX)
		return usage_error(self, "--probe: %d at most, as every set of them is a kernel",
				   DECOMPOSE_CANDIDATES_MAX);
	if (o->siblings.count && o->alone)
		return usage_error(self, "--sibling and --no-siblings are against one another");
	return -1;
}

static int parse(const struct cmd *self, struct cmd_ctx *ctx, struct options *o, int *argc,
		 char **argv)
{
	const struct opt table[] = {
		{ "old", 0, OPT_STRING, "SPEC",
		  "the kernel before: a commit of the tree, or a spec", &o->old_word },
		{ "new", 0, OPT_STRING, "COMMIT", "what candidates go on top of", &o->new_word },
		{ "probe", 0, OPT_LIST, "COMMIT|FILE",
		  "a candidate: a commit, revert:COMMIT, or a patch; several", &o->candidates },
		{ "tree", 0, OPT_STRING, "DIR", "the kernel's git tree (default .)", &o->tree },
		{ "scenario", 's', OPT_LIST, "SCENARIO",
		  "a scenario or a glob; several (default " DEFAULT_SCENARIO ")", &o->scenarios },
		{ "sibling", 0, OPT_LIST, "SCENARIO",
		  "that is not to get worse either (default: all of the same files)",
		  &o->siblings },
		{ "no-siblings", 0, OPT_FLAG, NULL, "measure what was chosen alone", &o->alone },
		BUILDING_OPTS(&o->building),
		ITERATIONS_OPTS(&o->m.iterations, &o->m.budget_s),
		{ "resume", 0, OPT_STRING, "ID", "go on with what was interrupted", &o->resume },
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
	return status < 0 ? check(self, o, *argc, argv) : status;
}

static int take_up(struct options *o, struct decompose_run *d, struct surveying *x, struct err *e)
{
	_cleanup_free_ char *id = NULL;
	int r = store_resolve(x->s->store, o->resume, &id, e);

	if (r == 0)
		r = survey_take_up(x, id, &o->m, e);
	if (r == 0)
		r = decompose_take_up(d, x, e);
	return r < 0 ? r : survey_set_building(x, &o->building, d->asked, e);
}

static int set_out(struct options *o, struct decompose_run *d, struct surveying *x, struct err *e)
{
	static const char *const usual[] = { DEFAULT_SCENARIO };
	const struct decompose_wish w = {
		.tree = o->tree,
		.old_word = o->old_word,
		.new_word = o->new_word,
		.candidates = (char *const *)o->candidates.items,
		.n_candidates = o->candidates.count,
		.chosen = { .globs = o->scenarios.count ? o->scenarios.items : usual,
			    .n_globs = o->scenarios.count ? o->scenarios.count : 1 },
		.siblings = o->siblings.items,
		.n_siblings = o->siblings.count,
		.alone = o->alone
	};
	int r = session_set_arch(x->s, o->m.arch, e);

	if (r == 0)
		r = decompose_find(d, &w, x, e);
	if (r == 0)
		r = survey_set_building(x, &o->building, d->asked, e);
	if (r == 0)
		r = cpu_model_set(x->s, o->m.cpu_model, e);
	return r < 0 ? r : decompose_scenarios(d, &w, x, e);
}

static int carry_out(const struct options *o, struct decompose_run *d, struct surveying *x,
		     struct err *e)
{
	int r = 0;

	catch_signals(x->s);
	if (!o->resume)
		r = decompose_build(d, x, e);
	x->asked = d->asked;
	if (r == 0)
		r = survey_measure(x, e);
	release_signals();
	teller_done(x->s->teller);
	return r;
}

static int make_document(const struct decompose_run *d, const struct surveying *x, json_t **out,
			 struct err *e)
{
	_cleanup_free_ json_t **rows = calloc(x->n_scenarios + 1, sizeof(json_t *));
	const struct decompose_view v = { .id = x->id,
					  .threshold = x->m->threshold,
					  .asked = d->asked,
					  .rows = rows,
					  .n_rows = x->n_scenarios };
	int r = rows ? survey_rows(x, rows, e) : err_oom(e);

	if (r == 0)
		*out = decompose_json(&v);
	for (size_t i = 0; rows && i < x->n_scenarios; i++)
		json_decref(rows[i]);
	return r == 0 && !*out ? err_oom(e) : r;
}

static int print(const struct cmd_ctx *ctx, json_t *document, struct err *e)
{
	const struct text_style style = screen_style(ctx);
	_cleanup_buf_ struct buf text = { 0 };

	if (ctx->json)
		return print_json(document);
	decompose_text(document, &style, &text);
	return buf_error(&text) ? (err_oom(e), report_error(e)) : print_buf(&text);
}

static int measure(struct cmd_ctx *ctx, struct options *o, struct decompose_run *d,
		   struct surveying *x)
{
	struct err e = { 0 };
	json_t *document = NULL;
	int r = o->resume ? take_up(o, d, x, &e) : set_out(o, d, x, &e), status;

	if (r == 0)
		r = carry_out(o, d, x, &e);
	if (r == 0)
		r = make_document(d, x, &document, &e);
	status = r < 0 ? report_error(&e) : print(ctx, document, &e);
	if (r == 0 && status == 0)
		status = verdict_status(ctx, decompose_exit(document));
	json_decref(document);
	return status;
}

static int run(const struct cmd *self, struct cmd_ctx *ctx, int argc, char **argv)
{
	_cleanup_session_ struct session s;
	struct options o;
	struct err e = { 0 };
	int status = parse(self, ctx, &o, &argc, argv);
	struct surveying x = { .s = &s, .m = &o.m, .command = "decompose" };
	struct decompose_run d = { 0 };

	memset(&s, 0, sizeof(s));
	if (status < 0 && start_session(ctx, &s, &e) < 0)
		status = report_error(&e);
	if (status < 0) {
		s.lab.deadline_s = o.m.deadline_s;
		status = measure(ctx, &o, &d, &x);
	}
	survey_close(&x);
	decompose_run_free(&d);
	opt_list_free(&o.candidates);
	opt_list_free(&o.scenarios);
	opt_list_free(&o.siblings);
	return status;
}

const struct cmd cmd_decompose = {
	.name = "decompose",
	.args = "--old SPEC --new COMMIT --probe COMMIT|FILE... [--tree DIR] [-s SCENARIO]... | "
		"--resume ID",
	.help = "what share of a gap each of several candidates recovers",
	.has_verdict = true,
	.run = run,
};
