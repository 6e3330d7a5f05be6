/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The commits of a patch series as the kernels of a survey: each built, and those whose loaded
 * sections are those of one before it not measured again. A commit that does not build is left out
 * with the reason; what it did is then part of the next one that builds.
 */
#ifndef DRIVE_SURVEY_SERIES_H
#define DRIVE_SURVEY_SERIES_H

#include "drive/session/building.h"
#include "drive/survey/surveying.h"
#include "kernel/git/history.h"
#include "report/survey/series.h"

struct series_run {
	struct git_tree tree;
	struct git_commit base, tip;
	struct history chain;	       /* both ends included */
	struct series_commit *commits; /* owned, one of each of the chain */
	char **images;		       /* of each, the hash of its loaded sections */
	json_t *asked; /* {"tree", "base", "tip", "config", "config_sha256", "turns_back"}; owned */
};

/* Finds the commits of "BASE..TIP" in a tree. -EINVAL with what is wrong of the range. */
int series_find(struct series_run *r, const char *tree, const char *range, struct err *e);
/* The same of a journal's command. */
int series_find_kept(struct series_run *r, const json_t *command, struct err *e);
/*
 * Sets how they are built: as the journal of @x says if it has one, whose config has to be what it
 * was. @b is then filled with strings of the journal.
 */
int series_set_building(struct series_run *r, const struct surveying *x, struct building *b,
			struct err *e);
/*
 * Builds them, and adds to @x what is to be measured. Fails if BASE does not build: there is
 * nothing to hold the others against.
 */
int series_build(struct series_run *r, struct surveying *x, struct err *e);
void series_run_free(struct series_run *r);

#endif
