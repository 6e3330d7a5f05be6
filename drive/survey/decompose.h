/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A gap and several candidates as the kernels of a survey: OLD, NEW, and NEW with every set of the
 * candidates that applies and builds. What a set does is held against NEW in each scenario.
 */
#ifndef DRIVE_SURVEY_DECOMPOSE_H
#define DRIVE_SURVEY_DECOMPOSE_H

#include "drive/survey/surveying.h"
#include "kernel/git/git.h"
#include "report/survey/decompose.h"

struct candidate {
	const char *name;	  /* as it was given; borrowed */
	const char *kind;	  /* "commit", "revert", "patch" */
	struct git_commit commit; /* none of a patch */
	char *subject;		  /* of a patch, if it says one */
	struct buf patch;
};

/* As a command line says it; all is borrowed. */
struct decompose_wish {
	const char *tree, *old_word, *new_word;
	char *const *candidates;
	size_t n_candidates;
	struct survey_wish chosen;
	const char *const *siblings; /* globs; none: scenarios of the same files */
	size_t n_siblings;
	bool alone; /* no siblings at all */
};

struct decompose_run {
	struct git_tree tree;
	struct git_commit base; /* that NEW is of */
	struct candidate candidates[DECOMPOSE_CANDIDATES_MAX];
	size_t n;
	char *specs[DECOMPOSE_SETS_MAX];   /* of the kernel of a set, as it is called in rows */
	char *reasons[DECOMPOSE_SETS_MAX]; /* why there is none; else NULL */
	char *images[DECOMPOSE_SETS_MAX];  /* hash of its loaded sections */
	char *old_spec;
	struct survey_pair *pairs; /* owned */
	json_t *asked; /* of report/survey/decompose.h, with "config" and "config_sha256"; owned */
};

/* Finds the tree, both ends and the candidates. -EINVAL with what is wrong of which. */
int decompose_find(struct decompose_run *d, const struct decompose_wish *w, struct surveying *x,
		   struct err *e);
/* The scenarios that were chosen and their siblings, into @x. */
int decompose_scenarios(struct decompose_run *d, const struct decompose_wish *w,
			struct surveying *x, struct err *e);
/*
 * Builds all, and adds to @x what is to be measured. A set that does not apply or build is left out
 * with the reason; without OLD or NEW there is nothing to do, and it fails.
 */
int decompose_build(struct decompose_run *d, struct surveying *x, struct err *e);
/* In place of all that, once @x is taken up: the same of its journal. */
int decompose_take_up(struct decompose_run *d, struct surveying *x, struct err *e);
void decompose_run_free(struct decompose_run *d);

#endif
