/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an experiment says, concluded anew from what it measured: the model that bundle, mail and
 * pages render. Nothing here is measured, and nothing is taken from the database's results.
 */
#ifndef REPORT_EVIDENCE_EVIDENCE_H
#define REPORT_EVIDENCE_EVIDENCE_H

#include "judge/why/audit.h"
#include "judge/counts/comparison.h"
#include "judge/counts/confirm.h"
#include "judge/judgement/overall.h"
#include "judge/table/record_rows.h"
#include "kernel/store/title.h"
#include "report/evidence/in_time.h"
#include "lab/plan/experiment.h"

/* One claim: a kernel against the baseline, in one scenario and CPU count, by its primary metric.
 */
struct evidence_case {
	const struct scenario *scenario;
	unsigned cpus;
	const struct record_run *old_run,
		*new_run;		      /* good ones of one block; NULL: there is none */
	struct kernel old_kernel, new_kernel; /* borrowed from the runs */
	/* By the rules for formal experiments; NULL for 'slowpath compare'. */
	const struct judged_row *judged;
	/*
	 * Of old_run and new_run: functions, state. With 'compare' also the verdict. Of timed runs
	 * only the checks and outcomes are filled. Without the runs nothing is.
	 */
	struct run pair[2]; /* the comparison's; borrowed */
	struct comparison comparison;
	struct audit audit;
	struct confirmation confirmation; /* count 0: none was asked for */
	struct in_time *time; /* owned; beside the count, NULL: not asked for, or not had */
	char *no_time;	      /* owned; why it was not had, NULL: it was, or not asked for */
	/* The claim itself. */
	enum verdict verdict;
	char reason[1024];
	char *cpu_model;  /* owned; what OLD's guest saw, NULL: not known */
	const char *mode; /* exact, near-exact, timed, emulated */
	char metric[READING_NAME_BYTES];
	const char *part;	     /* that the verdict is about: "exact part"; NULL: the whole */
	const char *unit, *item;     /* insns or ns; page or call */
	double old_value, new_value; /* per item: means of counts, medians of times; NAN: none */
	double ratio, low, high;     /* low and high: NAN unless timed */
	double alpha;		     /* of the interval */
	char why_not[READING_WHY_BYTES]; /* of counts: why near-exact; "" otherwise */
	double spread, floor; /* of counts: how far measurements are apart; what could be seen */
	double detectable;    /* smallest change that could have been seen; NAN unless timed */
	size_t blocks;
	/* Of a search: which two these are ("the candidate against OLD"); "" elsewhere. */
	char what[120];
};

/* What a command that explains or searches says (report/evidence/study.h). */
struct study {
	const struct study_kind *kind; /* NULL: it is of compare or of a profile */
	const struct scenario *scenario;
	json_t *document; /* owned; as the command prints it, without "seconds" */
};

struct evidence {
	const struct record *record;
	bool is_compare; /* of 'slowpath compare' */
	struct study study;
	struct scenario_list scenarios;
	struct experiment *experiment; /* the profile; NULL if there is none */
	struct judge_options options;
	struct rows rows;
	struct judgement judgement; /* empty without a profile */
	struct evidence_case *cases;
	size_t n_cases;
	bool concluded; /* there is a verdict */
	enum verdict verdict;
	size_t failed_runs;
	const struct evidence
		*with; /* what explains it (report/evidence/evidence_set.h); borrowed */
	size_t n_with;
	bool attached;	/* it is one of these itself */
	char *unjudged; /* why nothing could be concluded; NULL: something was */
};

/*
 * -EINVAL if what is measured does not hold together: a scenario's hash, a profile's, a config's.
 * @r has to outlive @out.
 */
int evidence_make(const struct record *r, struct evidence *out, struct err *e);
/*
 * One case more: of two good runs, compared, with the verdict of that; for what adds cases itself.
 * NULL with @e filled; else valid until the next.
 */
struct evidence_case *evidence_add_pair(struct evidence *x, const struct scenario *s,
					const struct record_run *old_run,
					const struct record_run *new_run, struct err *e);
/* A run and its kernel as judge/ wants them; all is borrowed. */
struct run evidence_run(const struct record_run *run);
struct kernel evidence_kernel(const struct record_run *run);
/* What its kernel is called (kernel/store/title.h). */
struct kernel_title evidence_title(const struct record_run *run);
/* What a kernel goes by: its side's name, or its spec where sides are no names. */
const char *evidence_kernel_name(const struct evidence *x, const struct record_run *run);
void evidence_free(struct evidence *x);
#define _cleanup_evidence_ __attribute__((cleanup(evidence_free)))

/*
 * The scenario as a C program that needs no slowpath (report/reproducer/reproducer.h); of cases
 * with the same scenario the same text. 0 or -ENOMEM.
 */
/* Whether there is one; else a scenario is a program, or works on a disk. */
bool evidence_has_reproducer(const struct evidence_case *c);
int evidence_reproducer(const struct evidence *x, const struct evidence_case *c, struct buf *out,
			struct err *e);
/* Is case @at the first of its scenario? */
bool evidence_first_of_scenario(const struct evidence *x, size_t at);
/* "mprotect-shared-dirty-toggle.c", or "scenario.c" for a name that is no file's. */
struct reproducer_name {
	char text[80];
};
struct reproducer_name evidence_reproducer_name(const struct evidence_case *c);
/* Whether the verdict is about something else than an iteration (scenario/metric.h). */
bool evidence_metric_chosen(const struct evidence_case *c);
/* Are counts of functions known? */
bool evidence_has_functions(const struct evidence_case *c);
/* A failed check of the page state before the window. */
bool evidence_same_state(const struct evidence_case *c);
/* "exact", "timed (emulated)": how a verdict of this case has to be labelled. */
const char *evidence_mode_words(const struct evidence_case *c);
/* "executed instructions" or "time". */
const char *evidence_unit_words(const struct evidence_case *c);
/* The name of a CPU count: "1 CPU", "4 CPUs". */
struct cpus_text {
	char text[24];
};
struct cpus_text evidence_cpus(unsigned cpus);

#endif
