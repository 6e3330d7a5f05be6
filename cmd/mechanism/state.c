// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/mechanism/mechanism_opts.h"

#include "judge/counts/comparison.h"
#include "kernel/store/title.h"
#include "report/views/mechanism/state.h"

struct state {
	struct mechanism m;
	struct comparison comparison;
	json_t *document;
};

static void state_close(struct state *s)
{
	json_decref(s->document);
	comparison_free(&s->comparison);
	mechanism_close(&s->m);
}

static int measure(struct state *s, struct err *e)
{
	struct mechanism *m = &s->m;
	int r = mechanism_run(m, e);

	/* One kernel is held against what the scenario expects, and against itself. */
	return r < 0 ? r
		     : compare_runs(m->scenario, &m->sides[0].run, &m->sides[m->n - 1].run,
				    m->o.cpus, 0, &s->comparison, e);
}

static int finish(struct state *s, const struct cmd_ctx *ctx, struct err *e)
{
	struct mechanism *m = &s->m;
	const struct kernel_title titles[2] = {
		kernel_title(m->kernels[0]),
		kernel_title(m->kernels[m->n - 1]),
	};
	const struct state_view v = { .scenario = m->scenario->name,
				      .titles = { titles[0].text,
						  m->n == 2 ? titles[1].text : NULL },
				      .comparison = &s->comparison };
	bool same = s->comparison.verdict != VERDICT_DIFFERENT_STATE;
	const struct text_style style = screen_style_of(ctx, m->session.store, m->id);
	_cleanup_buf_ struct buf text = { 0 };
	int status;

	s->document = mechanism_document(m, "slowpath/state/1", "state");
	if (!s->document)
		return err_oom(e), report_error(e);
	if (state_json(&v, s->document, e) < 0 ||
	    mechanism_finish(m, same ? "same-state" : "different-state", s->document, e) < 0)
		return report_error(e);
	if (ctx->json) {
		status = print_json(s->document);
	} else {
		if (state_text(&v, &style, &text, e) < 0)
			return report_error(e);
		status = mechanism_print(m, &style, NULL, &text, e);
	}
	return status ? status : verdict_status(ctx, same ? 0 : ERR_UNMEASURED);
}

static int run(const struct cmd *self, struct cmd_ctx *ctx, int argc, char **argv)
{
	__attribute__((cleanup(state_close))) struct state s = { 0 };
	struct err e = { 0 };
	int status = mechanism_parse(self, ctx, &s.m, NULL, 0, &argc, argv, 1, 2);

	if (status >= 0)
		return status;
	if (mechanism_open(&s.m, ctx, "state", "state", argc, argv, &e) < 0 || measure(&s, &e) < 0)
		return report_error(&e);
	return finish(&s, ctx, &e);
}

const struct cmd cmd_state = {
	.name = "state",
	.args = "KERNEL|OLD NEW [-s SCENARIO]",
	.help = "the state of the pages that a scenario starts from, and leaves",
	.has_verdict = true,
	.run = run,
};
