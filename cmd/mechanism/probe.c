// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/mechanism/mechanism_opts.h"

#include "cmd/common/start.h"
#include "drive/measure/measuring.h"
#include "drive/measure/pair_run.h"
#include "kernel/store/title.h"
#include "reading/slope.h"
#include "report/views/mechanism/probe.h"

#include <errno.h>
#include <string.h>

struct probe {
	struct mechanism m;
	struct scenario
		asked; /* with --function: the scenario with that place instead of its own */
	struct probed probed;
	struct probe_view view;
	json_t *document;
};

static void probe_close(struct probe *p)
{
	json_decref(p->document);
	mechanism_close(&p->m);
}

/* How often a function is called an iteration, and the pages that its segments go over. */
static double calls_of(const struct scenario *s, const struct run *run,
		       const struct profile_function *f, double *pages)
{
	const struct slope whole = slope_whole(s, run);
	double calls = 0;

	*pages = 0;
	for (unsigned i = 0; i < s->n_segments; i++) {
		const struct slope one = slope_segment(&whole, i);
		double n = slope_mean(&one, f->calls) * (double)scenario_items(s);

		calls += n;
		*pages += n > 0 ? (double)scenario_pages(s) : 0;
	}
	return calls;
}

static int not_called(const struct probe *p, struct err *e)
{
	const struct scenario *s = p->m.scenario;
	const char *kernel = kernel_title(p->m.kernels[0]).text;

	if (s != &p->asked)
		return err_unmeasured(e, ENOENT,
				      "%s: none of the places that %s names is in this kernel, nor "
				      "called in it",
				      kernel, s->name);
	return err_unmeasured(e, ENOENT, "%s: %s is not called where %s is measured%s", kernel,
			      s->probes[0].function, s->name,
			      probe_refusal_text(p->probed.refusals[0]));
}

/* No place can be probed: what its calls say, if it is called by that name at all. */
static int count_instead(struct probe *p, struct err *e)
{
	const struct scenario *s = p->m.scenario;
	const struct profile *profile = &p->m.sides[0].run.profile;
	int r = mechanism_run(&p->m, e);

	for (size_t i = 0; r == 0 && !p->view.counted && i < s->n_probes; i++) {
		for (size_t k = 0; k < profile->count; k++) {
			double pages, calls;

			if (strcmp(profile->functions[k].name, s->probes[i].function) != 0)
				continue;
			calls = calls_of(s, &p->m.sides[0].run, &profile->functions[k], &pages);
			if (calls <= 0)
				continue;
			p->view.counted = s->probes[i].function;
			p->view.calls = calls;
			p->view.mean = pages / calls;
			break;
		}
	}
	return r == 0 && !p->view.counted ? not_called(p, e) : r;
}

static int check_fired(const struct probe *p, struct err *e)
{
	const struct histogram *h = &p->probed.histogram;

	if (h->calls)
		return 0;
	return err_unmeasured(e, ENODATA, "%s: the probe on %s never fired%s",
			      kernel_title(p->m.kernels[0]).text,
			      p->m.scenario->probes[p->probed.place].function,
			      h->zeros	   ? " but with 0"
			      : h->dropped ? ": all hits were dropped"
					   : "");
}

static int measure(struct probe *p, struct err *e)
{
	struct mechanism *m = &p->m;
	struct pair_side *side = &m->sides[0];
	int r;

	catch_signals(&m->session);
	probed_measure(&m->session.lab, &side->request, &side->run, &p->probed, &side->err);
	release_signals();
	if (!side->err.code && m->scenario == &p->asked && p->probed.refusals[0] == PROBE_ABSENT) {
		drop_unmeasured(&m->session, m->id);
		return err_unmeasured(e, ENOENT, "%s: %s%s%s", kernel_title(m->kernels[0]).text,
				      m->scenario->probes[0].function,
				      probe_refusal_text(PROBE_ABSENT), p->probed.meant);
	}
	if (!side->err.code &&
	    (p->probed.place < 0 || !m->scenario->probes[p->probed.place].argument)) {
		run_free(&side->run);
		return count_instead(p, e);
	}
	r = pair_keep(&m->session, m->id, m->block++, false, side, 1, e);
	return r < 0 ? err_wrap(e, "%s", m->scenario->name) : check_fired(p, e);
}

static int finish(struct probe *p, const struct cmd_ctx *ctx, struct err *e)
{
	const struct text_style style = screen_style_of(ctx, p->m.session.store, p->m.id);
	_cleanup_buf_ struct buf text = { 0 };

	p->document = mechanism_document(&p->m, "slowpath/probe/1", "attribution");
	if (!p->document)
		return err_oom(e), report_error(e);
	if (probe_json(&p->view, p->document, e) < 0 ||
	    mechanism_finish(&p->m, p->view.counted ? "counted" : "probed", p->document, e) < 0)
		return report_error(e);
	if (ctx->json)
		return print_json(p->document);
	if (probe_text(&p->view, &style, &text, e) < 0)
		return report_error(e);
	return mechanism_print(&p->m, &style, NULL, &text, e);
}

/* A place of the user's own; what the database keeps of the scenario is as it was. */
static void ask_for(struct probe *p, const struct scenario_probe *place)
{
	p->asked = *p->m.scenario;
	p->asked.probes[0] = *place;
	p->asked.n_probes = 1;
	p->m.scenario = p->m.sides[0].request.scenario = &p->asked;
}

static int run(const struct cmd *self, struct cmd_ctx *ctx, int argc, char **argv)
{
	__attribute__((cleanup(probe_close))) struct probe p = { 0 };
	struct scenario_probe place;
	const struct opt own[] = {
		{ "function", 0, OPT_STRING, "FUNCTION[:N]",
		  "this function and its argument N, not what the scenario names",
		  &p.m.o.function },
	};
	struct err e = { 0 };
	int status = mechanism_parse(self, ctx, &p.m, own, ARRAY_SIZE(own), &argc, argv, 1, 1);

	if (status < 0 && p.m.o.function && !scenario_probe_read(p.m.o.function, true, &place))
		status = usage_error(self,
				     "--function: '%s' is not a function's name, or one with an "
				     "argument from 1 to %d: change_protection:2",
				     p.m.o.function, PLAN_PROBE_ARGUMENTS);
	if (status >= 0)
		return status;
	p.m.o.reads_code = "probe";
	if (mechanism_open(&p.m, ctx, "probe", "attribution", argc, argv, &e) < 0)
		return report_error(&e);
	if (p.m.o.function)
		ask_for(&p, &place);
	if (!p.m.scenario->n_probes) {
		err_set(&e, EINVAL, "%s names no place to probe; --function FUNCTION[:N] does",
			p.m.scenario->name);
		return report_error(&e);
	}
	p.view = (struct probe_view){ .scenario = p.m.scenario,
				      .title = kernel_title(p.m.kernels[0]),
				      .probed = &p.probed };
	return measure(&p, &e) < 0 ? report_error(&e) : finish(&p, ctx, &e);
}

const struct cmd cmd_probe = {
	.name = "probe",
	.args = "KERNEL [-s SCENARIO] [--function FUNCTION[:N]] [-- PROGRAM ARGS]",
	.help = "how large the batches are that a function is called with",
	.run = run,
};
