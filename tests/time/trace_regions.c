// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a model says of the regions of interest of a program, which come in pairs: the first of each
 * warms what the second finds.
 *
 *	trace_regions HOME KERNEL MODEL.yaml PROGRAM ARGUMENT
 *
 * A line for each pair: instructions and estimated cycles, as published.
 */
#include "drive/session/session.h"
#include "lab/traced.h"
#include "model/notes.h"
#include "model/pipeline.h"
#include "scenario/program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int estimate(const struct model *m, const struct trace *t, size_t pair,
		    struct window_counts *counts, double *cycles, struct err *e)
{
	const struct trace_window *w = &t->windows[2 * pair];
	struct caches caches;
	struct branches branches;
	struct notes notes = { 0 };
	struct part_time time = { 0 };
	int r = caches_init(&caches, m, e);

	if (r == 0)
		r = branches_init(&branches, m, e);
	if (r == 0) {
		window_count(t, &w[1], counts, NULL, 0);
		window_warm(t, &w[0], &caches, &branches);
		r = window_note(t, &w[1], counts->insns, &caches, &branches, &notes, e);
		branches_free(&branches);
	}
	if (r == 0)
		r = pipeline_time(m, t, &notes, NULL, 0, &time, e);
	*cycles = (double)time.cycles * (double)counts->insns / (double)(notes.n_measured + 1);
	notes_free(&notes);
	caches_free(&caches);
	return r;
}

static int print_pairs(const char *path, const struct traced *traced, struct err *e)
{
	_cleanup_trace_ struct trace t = { 0 };
	struct model m;
	int r = model_load(path, &m, e);

	if (r == 0)
		r = trace_open(traced->words, traced->n_words, NULL, NULL, &t, e);
	for (size_t i = 0; r == 0 && i < t.n_windows / 2; i++) {
		struct window_counts counts;
		double cycles;

		r = estimate(&m, &t, i, &counts, &cycles, e);
		if (r == 0)
			printf("%llu %.1f\n", (unsigned long long)counts.insns, cycles);
	}
	return r;
}

static int make_scenario(char **words, struct scenario **out, struct err *e)
{
	const char *base = strrchr(words[0], '/');
	struct program *p = NULL;
	int r = program_new(words[0], &p, e);

	/* What it is called as is no path. */
	if (r == 0)
		r = program_add_word(p, base ? base + 1 : words[0], e);
	if (r == 0)
		r = program_add_word(p, words[1], e);
	if (r == 0)
		r = program_scenario(p, "regions", out, e);
	return r < 0 ? r : program_load(*out, e);
}

static int measure(struct session *s, char **argv, struct traced *traced, struct err *e)
{
	_cleanup_(kernel_free_p) struct kernel *k = NULL;
	_cleanup_(scenario_free_p) struct scenario *scenario = NULL;
	_cleanup_run_ struct run run = { 0 };
	struct run_request q = { .cpus = 1, .memory_mib = SCENARIO_MEMORY_MIB, .traced = traced };
	int r = kernel_resolve(s->kernels, argv[2], NULL, NULL, NULL, &k, e);

	if (r == 0)
		r = session_measures(s, &k, 1, e);
	if (r == 0)
		r = session_traces(s, e);
	if (r == 0)
		r = make_scenario(argv + 4, &scenario, e);
	q.kernel = k;
	q.scenario = scenario;
	return r < 0 ? r : traced_measure(&s->lab, &q, &run, e);
}

int main(int argc, char **argv)
{
	struct session_start start = { .home_arg = argc > 1 ? argv[1] : NULL,
				       .version = "test",
				       .commit = "" };
	_cleanup_session_ struct session s = { 0 };
	struct traced traced = { .regions = true };
	struct err e = { 0 };
	int r;

	if (argc != 6)
		return 2;
	r = session_open(&start, &s, &e);
	s.lab.deadline_s = 600;
	if (r == 0)
		r = measure(&s, argv, &traced, &e);
	if (r == 0)
		r = print_pairs(argv[3], &traced, &e);
	if (r < 0)
		fprintf(stderr, "%s\n", e.text);
	traced_free(&traced);
	return r < 0;
}
