/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A bisection while it runs: every commit that is asked about is built and measured once, and what
 * came of it stands in the journal before anything else happens. So a bisection that was killed is
 * taken up by doing all of it again, of which nothing takes time but what is missing.
 *
 * Entries of the journal:
 *   commit:ID         {value, spread, image, built[, same_as]} or {skipped, built}
 *   parent:ID         a pair (below): the commit before against it
 *   revert:ID         a pair: the bad end against itself without it
 * A pair is {old, new, confirmed, reason, built} or {failed, built}; both measured from fresh
 * boots. built: how many kernels were built for the entry.
 */
#ifndef CMD_BISECTION_H
#define CMD_BISECTION_H

#include "bisect/commits.h"
#include "bisect/journal.h"
#include "cmd/session.h"

struct bisect_options {
	const char *tree, *good, *bad; /* as given, or as kept */
	const char *scenario, *config;
	const char *const *paths;  /* NULL-terminated; NULL: all */
	double threshold;	   /* fraction */
	unsigned cpus, memory_mib; /* 0: as the scenario says */
	const char *resume;
	json_t *kept; /* owned: the command that is resumed; what the strings point into */
};

struct bisection {
	struct session *s;
	struct bisect_options o;
	const struct scenario *scenario;
	struct git_tree tree;
	struct git_commit good, bad;
	struct history chain;
	struct journal *journal;
	char id[STORE_ID_LEN];
	bool finished;	      /* it was, before it was resumed */
	unsigned block;	      /* of the next runs */
	struct run reference; /* of the good end: what state is right */
	bool has_reference;
	const char **kept_paths; /* of a bisection that is resumed; owned */
	char metric[64];
	unsigned built;
	double build_s, measure_s;
};

/* A commit_measure_fn; @arg is the bisection. */
int bisection_measure(void *arg, const char *commit, struct commit_value *out, struct err *e);
/* The journal's entry of the pair, measured if it is not there; borrowed. */
int bisection_against_parent(struct bisection *b, const struct culprit *c, const json_t **out,
			     struct err *e);
int bisection_reverted(struct bisection *b, const struct culprit *c, const json_t **out,
		       struct err *e);
/* Why a commit was skipped, from the journal; NULL: it was not. */
const char *bisection_skipped(const struct bisection *b, const char *commit);

#endif
