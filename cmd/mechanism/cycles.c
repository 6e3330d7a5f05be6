// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/mechanism/mechanism_opts.h"

#include "drive/estimating.h"
#include "drive/measure/measuring.h"
#include "drive/measure/pair_run.h"
#include "judge/why/cycles.h"
#include "kernel/store/title.h"
#include "report/views/mechanism/cycles.h"

#include <errno.h>

#define DEFAULT_MODEL "golden-cove"

struct cycles_run {
	struct mechanism m;
	const char *model_name;
	bool functions;
	unsigned top;
	struct model model;
	struct traced traced[2];
	struct estimating_side sides[2];
	struct cycles cycles;
	json_t *document;
};

static void cycles_run_close(struct cycles_run *c)
{
	json_decref(c->document);
	cycles_free(&c->cycles);
	for (unsigned i = 0; i < 2; i++) {
		estimate_free(&c->sides[i].estimate);
		traced_free(&c->traced[i]);
	}
	mechanism_close(&c->m);
}

static struct cycles_view view_of(const struct cycles_run *c)
{
	return (struct cycles_view){ .scenario = c->m.scenario,
				     .titles = { kernel_title(c->m.kernels[0]),
						 kernel_title(c->m.kernels[1]) },
				     .model = &c->model,
				     .cycles = &c->cycles,
				     .functions = c->functions,
				     .top = c->top };
}

/* What no segment of this could be estimated for. */
static int check_asked(const struct cycles_run *c, struct err *e)
{
	if (c->m.o.cpus > 1)
		return err_unmeasured(e, ENOTSUP,
				      "cycles are estimated for one CPU, not %u: what CPUs do to "
				      "each other is not modelled",
				      c->m.o.cpus);
	if (c->m.scenario->program)
		return err_unmeasured(e, ENOTSUP,
				      "cycles of programs are not estimated: what user code does "
				      "is not validated");
	return 0;
}

static int measure(struct cycles_run *c, struct err *e)
{
	struct mechanism *m = &c->m;
	int r = session_traces(&m->session, e);

	for (unsigned i = 0; i < 2; i++)
		m->sides[i].request.traced = &c->traced[i];
	if (r == 0)
		r = mechanism_run(m, e);
	for (unsigned i = 0; i < 2; i++) {
		c->sides[i].traced = &c->traced[i];
		c->sides[i].symbols = m->sides[i].run.symbols;
	}
	teller_side(m->session.teller, 0, "estimating cycles");
	teller_side(m->session.teller, 1, "%s", "");
	if (r == 0)
		r = estimate_sides(&c->model, c->sides, e);
	for (unsigned i = 0; r == 0 && i < 2; i++) {
		if (!c->sides[i].err.code)
			continue;
		*e = c->sides[i].err;
		r = err_wrap(e, "%s", kernel_title(m->kernels[i]).text);
	}
	return r;
}

static int conclude(struct cycles_run *c, struct err *e)
{
	const struct estimate *const estimates[2] = { &c->sides[0].estimate,
						      &c->sides[1].estimate };
	const struct symbols *const symbols[2] = { c->sides[0].symbols, c->sides[1].symbols };
	int r = cycles_compare(c->m.scenario, estimates, symbols, &c->cycles, e);
	struct cycles_view view = view_of(c);

	if (r < 0)
		return r;
	c->document = mechanism_document(&c->m, "slowpath/cycles/1", "attribution");
	r = c->document ? cycles_json(&view, c->document, e) : err_oom(e);
	return r < 0 ? r
		     : mechanism_finish(&c->m, c->cycles.n_estimated ? "estimated" : "refused",
					c->document, e);
}

static int print(struct cycles_run *c, const struct cmd_ctx *ctx, struct err *e)
{
	const struct text_style style = screen_style_of(ctx, c->m.session.store, c->m.id);
	_cleanup_buf_ struct buf text = { 0 };
	struct cycles_view view = view_of(c);

	if (ctx->json)
		return print_json(c->document);
	if (cycles_text(&view, &style, &text, e) < 0)
		return report_error(e);
	return mechanism_print(&c->m, &style, "attribute", &text, e);
}

static int run(const struct cmd *self, struct cmd_ctx *ctx, int argc, char **argv)
{
	__attribute__((cleanup(cycles_run_close))) struct cycles_run c = { .model_name =
										   DEFAULT_MODEL,
									   .top = 12 };
	const struct opt own[] = {
		{ "model", 0, OPT_STRING, "NAME",
		  "processor: golden-cove (default), zen3, or a file with a slash in its name",
		  &c.model_name },
		{ "functions", 0, OPT_FLAG, NULL, "where the cycles are, by function",
		  &c.functions },
		{ "top", 0, OPT_UINT, "N", "functions to list (default 12)", &c.top },
	};
	struct err e = { 0 };
	int status = mechanism_parse(self, ctx, &c.m, own, ARRAY_SIZE(own), &argc, argv, 2, 2);

	if (status >= 0)
		return status;
	c.m.o.reads_code = "cycles";
	if (mechanism_open(&c.m, ctx, "cycles", "attribution", argc, argv, &e) < 0 ||
	    estimating_model(c.m.session.parts.models, c.model_name, &c.model, &e) < 0 ||
	    check_asked(&c, &e) < 0 || measure(&c, &e) < 0 || conclude(&c, &e) < 0) {
		drop_unmeasured(&c.m.session, c.m.id);
		return report_error(&e);
	}
	status = print(&c, ctx, &e);
	return status == 0 && !c.cycles.n_estimated ? ERR_UNMEASURED : status;
}

const struct cmd cmd_cycles = {
	.name = "cycles",
	.args = "OLD NEW [-s SCENARIO] [--model NAME] [--functions]",
	.help = "what it may cost in cycles: a model's estimate, with a band",
	.run = run,
};
