// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/buf.h"
#include "base/clock.h"
#include "drive/bisect/bisect_begin.h"
#include "drive/bisect/bisect_search.h"
#include "drive/bisect/bisection_journal.h"
#include "cmd/common/building_opts.h"
#include "cmd/common/measuring_opts.h"
#include "cmd/common/memory.h"
#include "cmd/common/program_words.h"
#include "cmd/common/screen.h"
#include "cmd/common/start.h"
#include "report/views/search/bisect.h"
#include "store/resolve.h"

#include <stdlib.h>
#include <string.h>

#define DEFAULT_THRESHOLD "1%"

struct words {
	struct bisect_options o;
	const char *percent;
	const char *memory;
	unsigned deadline_s;
	const char *mode;
	const char *program;
};

static int check(const struct cmd *self, struct words *w, int argc, int dashdash, char **argv)
{
	struct bisect_options *o = &w->o;

	if (argc && (dashdash != 0))
		return usage_error(self, "'%s' is not expected; paths stand behind --", argv[0]);
	if (o->resume && (o->good || o->bad || argc))
		return usage_error(self, "--resume takes all else from what it resumes");
	if (!o->resume && (!o->good || !o->bad))
		return usage_error(self, "--good and --bad are needed");
	if (o->cpus < 1 || o->cpus > CPUS_MAX)
		return usage_error(self, "--cpus: 1 to %d is possible", CPUS_MAX);
	if (parse_metric(self, o->metric) >= 0)
		return parse_metric(self, o->metric);
	if (check_mode(self, w->mode, o->metric, &o->iterations, &o->budget_s) >= 0)
		return ERR_USAGE;
	o->timed = !strcmp(w->mode, "timed");
	if (o->resume && (o->iterations || o->budget_s))
		return usage_error(self, "--resume goes on with the iterations that were found");
	if (o->resume && o->metric)
		return usage_error(self, "--resume goes on with the metric that was chosen");
	if (!w->deadline_s)
		return check_deadline(self, w->deadline_s);
	o->paths = argc ? (const char *const *)argv : NULL;
	if (parse_percent(self, "--threshold", w->percent, &o->threshold) >= 0)
		return ERR_USAGE;
	return memory_parse(self, w->memory, &o->memory_mib);
}

static int parse(const struct cmd *self, struct cmd_ctx *ctx, struct words *w, int *argc,
		 char **argv)
{
	struct bisect_options *o = &w->o;
	const struct opt table[] = {
		{ "tree", 0, OPT_STRING, "DIR", "the kernel's git tree (default .)", &o->tree },
		{ "good", 0, OPT_STRING, "REV", "a commit that is fast", &o->good },
		{ "bad", 0, OPT_STRING, "REV", "a later one that is slow", &o->bad },
		{ "scenario", 's', OPT_STRING, "SCENARIO",
		  "scenario (default " DEFAULT_SCENARIO ")", &o->scenario },
		{ "mode", 0, OPT_STRING, "exact|timed", "default exact", &w->mode },
		{ "program", 0, OPT_STRING, "'PROGRAM ARGS'",
		  "a program of one's own in place of a scenario", &w->program },
		PROGRAM_OPTS(&program_words_of(ctx)->opts),
		BUILDING_OPTS(&o->building),
		{ "threshold", 0, OPT_STRING, "PERCENT",
		  "smallest change that matters (default 1%)", &w->percent },
		{ "cpus", 0, OPT_UINT, "N", "CPUs of the guest (default 1)", &o->cpus },
		{ "mem", 0, OPT_STRING, "SIZE",
		  "memory of the guest (default 512M, or as the scenario says)", &w->memory },
		ITERATIONS_OPTS(&o->iterations, &o->budget_s),
		METRIC_OPT(&o->metric),
		CPU_OPT(&w->o.cpu_model),
		DEADLINE_OPT(&w->deadline_s),
		{ "resume", 0, OPT_STRING, "ID", "go on with a bisection that was ended",
		  &o->resume },
	};
	int dashdash, status;

	*w = (struct words){ .o = { .tree = ".",
				    .scenario = DEFAULT_SCENARIO,
				    .cpus = 1,
				    .iterations = ITERATIONS_NOT_GIVEN,
				    .budget_s = ITERATIONS_NOT_GIVEN },
			     .percent = DEFAULT_THRESHOLD,
			     .mode = "exact",
			     .deadline_s = SESSION_DEADLINE_S };
	status = opts_parse(self, ctx, table, ARRAY_SIZE(table), argc, argv, &dashdash);
	if (status < 0 && w->program)
		status = program_words_split(self, ctx, w->program, &o->scenario, DEFAULT_SCENARIO);
	else if (status < 0)
		status = program_words_take(self, ctx, &o->scenario, DEFAULT_SCENARIO, argc, argv,
					    -1);
	return status < 0 ? check(self, w, *argc, dashdash, argv) : status;
}

static int print(const struct cmd_ctx *ctx, const struct bisection *b, json_t *document,
		 struct err *e)
{
	const struct text_style style = screen_style_of(ctx, b->s->store, b->id);
	_cleanup_buf_ struct buf text = { 0 };

	json_object_set_new(document, "config_unlike", bisection_unlike(b));
	if (ctx->json)
		return print_json(document);
	bisect_text(document, &style, &text);
	if (buf_error(&text)) {
		err_oom(e);
		return report_error(e);
	}
	return print_buf(&text);
}

static int exit_status(const struct bisection *b, enum proof_status status)
{
	if (b->noisy.ends == NOISY_ENDS_ALIKE)
		return ERR_UNMEASURED;
	switch (status) {
	case PROOF_PROVEN:
	case PROOF_LIKELY:
		return 1;
	case PROOF_NO_DIFFERENCE:
		return 0;
	case PROOF_NOT_CONFIRMED:
	case PROOF_UNDECIDED:
		break;
	}
	return ERR_UNMEASURED;
}

static int run(const struct cmd *self, struct cmd_ctx *ctx, int argc, char **argv)
{
	const uint64_t start_ns = clock_ns();
	_cleanup_free_ char *resume = NULL;
	_cleanup_session_ struct session s = { 0 };
	_cleanup_(bisection_close) struct bisection b = { .s = &s };
	enum proof_status found = PROOF_NO_DIFFERENCE;
	struct err e = { 0 };
	json_t *document = NULL;
	struct words w;
	int status = parse(self, ctx, &w, &argc, argv), r;

	if (status >= 0)
		return status;
	r = start_session(ctx, &s, &e);
	if (r == 0)
		r = session_set_arch(&s, arch_default()->name, &e); /* that git: specs are of */
	b.o = w.o;
	s.lab.deadline_s = w.deadline_s;
	if (r == 0 && w.o.resume) {
		r = store_resolve(s.store, w.o.resume, &resume, &e);
		b.o.resume = resume;
	}
	if (r == 0)
		r = bisection_begin(&b, &e);
	catch_signals(&s);
	if (r == 0) {
		kernel_store_set_cancel(s.kernels, s.lab.cancel);
		r = bisection_search(&b, start_ns, &found, &document, &e);
	}
	release_signals();
	if (r == 0)
		r = bisection_finish(&b, document, found, &e);
	teller_done(s.teller);
	if (r < 0) {
		if (b.journal && e.status != ERR_UNMEASURED)
			err_wrap(&e, "'slowpath bisect --resume %s' goes on", b.id);
		status = report_error(&e);
	} else {
		status = print(ctx, &b, document, &e);
		status = status ? status : verdict_status(ctx, exit_status(&b, found));
	}
	json_decref(document);
	return status;
}

const struct cmd cmd_bisect = {
	.name = "bisect",
	.args = "--good REV --bad REV [--tree DIR] [-s SCENARIO] [--program PROGRAM] [--mode MODE] "
		"[-- PATH...] | "
		"--resume ID",
	.help = "which commit of a kernel's git tree made it slower, and the proof",
	.has_verdict = true,
	.run = run,
};
