// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/mechanism/mechanism_opts.h"

#include "drive/measure/measuring.h"
#include "drive/measure/pair_run.h"
#include "judge/why/contention.h"
#include "kernel/store/title.h"
#include "report/views/mechanism/contention.h"

#include <errno.h>

#define DEFAULT_CPUS 2
/* Of N and 2N: each has so many windows, six times. */
#define DEFAULT_ITERATIONS 16

struct contention_run {
	struct mechanism m;
	unsigned cpus, iterations, top;
	struct contended contended[2];
	struct contention_side sides[2];
	json_t *document;
};

static void contention_run_close(struct contention_run *c)
{
	json_decref(c->document);
	for (unsigned i = 0; i < 2; i++) {
		contention_free(&c->sides[i]);
		contended_free(&c->contended[i]);
	}
	mechanism_close(&c->m);
}

static struct contention_view view_of(const struct contention_run *c)
{
	struct contention_view v = { .scenario = c->m.scenario,
				     .n = c->m.n,
				     .sides = c->sides,
				     .cpus = c->m.o.cpus,
				     .top = c->top };

	for (unsigned i = 0; i < c->m.n; i++)
		v.titles[i] = kernel_title(c->m.kernels[i]);
	return v;
}

/* What nothing would be told of, however it is measured. */
static int check_asked(const struct contention_run *c, struct err *e)
{
	const struct scenario *s = c->m.scenario;
	bool threads = false;

	if (s->program)
		return err_unmeasured(e, ENOTSUP,
				      "what CPUs share is told of scenarios, not of programs");
	for (size_t i = 0; i < s->n_segments; i++)
		threads = threads || s->segments[i].flags & PLAN_SEGMENT_THREADS;
	if (!threads)
		return err_unmeasured(e, EINVAL,
				      "%s does everything on one CPU: a segment with "
				      "'threads: cpus' is needed",
				      s->name);
	return 0;
}

static int measure(struct contention_run *c, struct err *e)
{
	struct mechanism *m = &c->m;
	int r = session_contends(&m->session, e);

	for (unsigned i = 0; i < m->n; i++) {
		m->sides[i].request.contended = &c->contended[i];
		m->sides[i].request.iterations = c->iterations;
	}
	if (r == 0)
		r = mechanism_run(m, e);
	for (unsigned i = 0; r == 0 && i < m->n; i++) {
		r = contention_conclude(m->scenario, &m->sides[i].run, &c->contended[i],
					&c->sides[i], e);
		if (r < 0)
			r = err_wrap(e, "%s", kernel_title(m->kernels[i]).text);
	}
	return r;
}

static int conclude(struct contention_run *c, struct err *e)
{
	const struct contention_view view = view_of(c);
	int r;

	c->document = mechanism_document(&c->m, "slowpath/contention/1", "attribution");
	r = c->document ? contention_json(&view, c->document, e) : err_oom(e);
	return r < 0 ? r : mechanism_finish(&c->m, "measured", c->document, e);
}

static int print(struct contention_run *c, const struct cmd_ctx *ctx, struct err *e)
{
	const struct text_style style = screen_style_of(ctx, c->m.session.store, c->m.id);
	const struct contention_view view = view_of(c);
	_cleanup_buf_ struct buf text = { 0 };

	if (ctx->json)
		return print_json(c->document);
	if (contention_text(&view, &style, &text, e) < 0)
		return report_error(e);
	return mechanism_print(&c->m, &style, NULL, &text, e);
}

static int run(const struct cmd *self, struct cmd_ctx *ctx, int argc, char **argv)
{
	__attribute__((cleanup(contention_run_close))) struct contention_run c = {
		.cpus = DEFAULT_CPUS, .iterations = DEFAULT_ITERATIONS, .top = 20
	};
	const struct opt own[] = {
		{ "cpus", 0, OPT_UINT, "N", "CPUs of the guest (default 2)", &c.cpus },
		{ "iterations", 0, OPT_UINT, "N", "of N and 2N (default 16)", &c.iterations },
		{ "top", 0, OPT_UINT, "N", "functions to list (default 20)", &c.top },
	};
	struct err e = { 0 };
	int status = mechanism_parse(self, ctx, &c.m, own, ARRAY_SIZE(own), &argc, argv, 1, 2);

	if (status < 0 && (c.cpus < 2 || c.cpus > CPUS_MAX))
		status = usage_error(self, "--cpus: 2 to %d is possible", CPUS_MAX);
	if (status < 0 && (c.iterations < 1 || c.iterations > 1000))
		status = usage_error(self, "--iterations: 1 to 1000 is possible");
	if (status >= 0)
		return status;
	c.m.o.cpus = c.cpus;
	c.m.o.reads_code = "contention";
	if (mechanism_open(&c.m, ctx, "contention", "attribution", argc, argv, &e) < 0 ||
	    check_asked(&c, &e) < 0 || measure(&c, &e) < 0 || conclude(&c, &e) < 0) {
		drop_unmeasured(&c.m.session, c.m.id);
		return report_error(&e);
	}
	return print(&c, ctx, &e);
}

const struct cmd cmd_contention = {
	.name = "contention",
	.args = "OLD [NEW] -s SCENARIO [--cpus N]",
	.help = "which lines of the kernel's memory CPUs share, and by which functions",
	.run = run,
};
