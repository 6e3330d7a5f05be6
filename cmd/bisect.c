// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/buf.h"
#include "base/clock.h"
#include "bisect/exact_search.h"
#include "drive/bisect_begin.h"
#include "drive/bisect_document.h"
#include "drive/bisection_journal.h"
#include "drive/bisection_timed.h"
#include "cmd/measuring_opts.h"
#include "cmd/memory.h"
#include "cmd/start.h"
#include "report/views/bisect.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_THRESHOLD 1.0
/* By times, runs of a commit before another is built: those are cheap, builds are not. */
#define VISIT_RUNS 3

struct words {
	struct bisect_options o;
	double percent;
	const char *memory;
	unsigned deadline_s;
	const char *mode;
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
	if (strcmp(w->mode, "exact") != 0 && strcmp(w->mode, "timed") != 0)
		return usage_error(self, "--mode: exact or timed is possible, not '%s'", w->mode);
	o->timed = !strcmp(w->mode, "timed");
	if (!w->deadline_s)
		return check_deadline(self, w->deadline_s);
	o->paths = argc ? (const char *const *)argv : NULL;
	o->threshold = w->percent / 100;
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
		{ "config", 0, OPT_STRING, "FILE",
		  "the .config to build with (default: 'slowpath kconfig')", &o->config },
		{ "threshold", 0, OPT_DOUBLE, "PERCENT", "smallest change that matters (default 1)",
		  &w->percent },
		{ "cpus", 0, OPT_UINT, "N", "CPUs of the guest (default 1)", &o->cpus },
		{ "mem", 0, OPT_STRING, "SIZE",
		  "memory of the guest (default 512M, or as the scenario says)", &w->memory },
		DEADLINE_OPT(&w->deadline_s),
		{ "resume", 0, OPT_STRING, "ID", "go on with a bisection that was ended",
		  &o->resume },
	};
	int dashdash, status;

	*w = (struct words){ .o = { .tree = ".", .scenario = DEFAULT_SCENARIO, .cpus = 1 },
			     .percent = DEFAULT_THRESHOLD,
			     .mode = "exact",
			     .deadline_s = SESSION_DEADLINE_S };
	status = opts_parse(self, ctx, table, ARRAY_SIZE(table), argc, argv, &dashdash);
	return status < 0 ? check(self, w, *argc, dashdash, argv) : status;
}

/* One end, which has to be measured. */
static int measure_end(struct bisection *b, const char *name, const struct git_commit *c,
		       struct commit_value *out, struct err *e)
{
	const char *why;
	int r = bisection_measure(b, c->id, out, e);

	if (r < 0 || out->known)
		return r;
	why = bisection_skipped(b, c->id);
	return err_unmeasured(e, ENODATA, "%s (%.*s) cannot be measured: %s", name, GIT_SHORT,
			      c->id, why ? why : "unknown");
}

/* 1: bad is slower; 0: there is no difference. */
static int compare_ends(struct bisection *b, struct err *e)
{
	struct commit_value good = { 0 }, bad = { 0 };
	struct exact_search two = { 0 };
	bool differ;
	int r = measure_end(b, "good", &b->good, &good, e);

	if (r == 0)
		r = measure_end(b, "bad", &b->bad, &bad, e);
	if (r == 0)
		r = exact_search_init(&two, 2, b->o.threshold, e);
	if (r < 0)
		return r;
	exact_search_measured(&two, 0, &good.reading);
	exact_search_measured(&two, 1, &bad.reading);
	differ = exact_search_differ(&two, 0, 1);
	exact_search_free(&two);
	if (differ && bad.reading.value < good.reading.value)
		return err_set(e, EINVAL,
			       "good and bad are swapped: bad (%.*s, %.3f) is faster than good "
			       "(%.*s, %.3f)",
			       GIT_SHORT, b->bad.id, bad.reading.value, GIT_SHORT, b->good.id,
			       good.reading.value);
	return differ;
}

static int search_exact(struct bisection *b, struct culprits *found, bool *differ, struct err *e)
{
	struct exact_commits exact = { .threshold = b->o.threshold,
				       .measure = bisection_measure,
				       .arg = b };
	const struct commit_search s = {
		.tree = &b->tree, .paths = b->o.paths, .search = exact_commits_search, .arg = &exact
	};
	int r = compare_ends(b, e);

	*differ = r > 0;
	return r > 0 ? commits_search(&s, &b->chain, found, e) : r;
}

/* Why an end of a search by times is none. */
static int end_failed(struct bisection *b, struct err *e)
{
	const char *id = b->noisy.failed_end, *why = bisection_skipped(b, id);

	return err_unmeasured(e, ENODATA, "%s (%.*s) cannot be measured: %s",
			      strcmp(id, b->good.id) != 0 ? "bad" : "good", GIT_SHORT, id,
			      why ? why : "unknown");
}

static int search_timed(struct bisection *b, struct culprits *found, bool *differ, struct err *e)
{
	const struct commit_search s = { .tree = &b->tree,
					 .paths = b->o.paths,
					 .search = noisy_commits_search,
					 .arg = &b->noisy };
	int r;

	b->noisy.options.smallest = log1p(b->o.threshold);
	b->noisy.options.visit_runs = VISIT_RUNS;
	b->noisy.image = bisection_image;
	b->noisy.run = bisection_run;
	b->noisy.arg = b;
	snprintf(b->metric, sizeof(b->metric), "iteration_ns_per_%.20s",
		 scenario_item_name(b->scenario));
	r = commits_search(&s, &b->chain, found, e);
	if (r == 0 && b->noisy.ends == NOISY_ENDS_FAILED)
		r = end_failed(b, e);
	*differ = b->noisy.ends == NOISY_ENDS_DIFFER;
	return r;
}

static int search(struct bisection *b, json_t **document, enum proof_status *status,
		  uint64_t start_ns, struct err *e)
{
	_cleanup_culprits_ struct culprits found = { 0 };
	bool differ = false;
	int r = b->o.timed ? search_timed(b, &found, &differ, e)
			   : search_exact(b, &found, &differ, e);

	if (r == 0)
		r = bisect_document(b, differ ? &found : NULL, start_ns, status, document, e);
	return r;
}

static int print(const struct cmd_ctx *ctx, json_t *document, struct err *e)
{
	_cleanup_buf_ struct buf text = { 0 };

	if (ctx->json)
		return print_json(document);
	if (bisect_text(document, &text) != 0) {
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
		break;
	}
	return ERR_UNMEASURED;
}

static int run(const struct cmd *self, struct cmd_ctx *ctx, int argc, char **argv)
{
	const uint64_t start_ns = clock_ns();
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
	b.o = w.o;
	s.lab.deadline_s = w.deadline_s;
	if (r == 0)
		r = bisection_begin(&b, &e);
	catch_signals(&s);
	if (r == 0) {
		kernel_store_set_cancel(s.kernels, s.lab.cancel);
		r = search(&b, &document, &found, start_ns, &e);
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
		status = print(ctx, document, &e);
		status = status ? status : verdict_status(ctx, exit_status(&b, found));
	}
	json_decref(document);
	return status;
}

const struct cmd cmd_bisect = {
	.name = "bisect",
	.args = "--good REV --bad REV [--tree DIR] [-s SCENARIO] [--mode MODE] [-- PATH...] | "
		"--resume ID",
	.help = "which commit of a kernel's git tree made it slower, and the proof",
	.has_verdict = true,
	.run = run,
};
